"""The loose stones of the demo catalog as gemstones, things of their own with stock, grades and certificate."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from facetry.application.demo.diamonds import diamonds
from facetry.application.demo.gemstones import gemstones
from facetry.application.demo.model import Group, Value, Variant
from facetry.domain.gemstone import Gemstone
from facetry.domain.keeping import PutRecord
from facetry.domain.money import SCALE
from facetry.domain.trade_terms import grades, stones

_CENT = SCALE // 100
_COST_PERCENT = 58
_DETAILS = {"origin": "origin", "measurements": "measurementsMm", "table": "tablePercent", "depth": "depthPercent"}


def loose_stones() -> Iterator[PutRecord]:
    """Yield the write of each single stone; its code is the SKU of the product that sells it."""
    for group in chain(diamonds(), gemstones()):
        if len(group.variants) == 1:
            yield PutRecord(_stone(group, group.variants[0]))


def _stone(group: Group, variant: Variant) -> Gemstone:
    said = variant.attributes
    price = variant.price * _CENT
    carat = _number(said["carat"])
    return Gemstone(
        code=variant.code,
        name=group.name,
        type=stones.stone("type", said["gemstone"]).name,
        creation=stones.creation("creation", said["creation"]),
        shape=stones.shape("shape", said["shape"]),
        carat=carat,
        color=_text(said["stoneColor"]),
        clarity=_text(said.get("clarity")),
        cut=grades.cut("cut", said["cut"]) if "cut" in said else None,
        treatment=stones.treatment("treatment", said["treatment"]) if "treatment" in said else None,
        quantity=variant.quantity,
        is_unique=True,
        cost=round(price * _COST_PERCENT / 100 / _CENT) * _CENT,
        price=price,
        price_per_carat=round(price / carat / _CENT) * _CENT,
        certificate_number=_text(said["certificateNumber"]),
        certificate_lab=_text(said["certificateLab"]),
        details={name: value for name, key in _DETAILS.items() if not isinstance(value := said.get(key), list | None)},
    )


def _text(value: Value | None) -> str | None:
    return None if value is None else str(value)


def _number(value: Value) -> float:
    return float(value) if isinstance(value, int | float) else 0.0
