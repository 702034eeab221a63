"""The ordered scales of the diamond trade, lowest grade first, so that ``>=`` means "at least as good"."""

from __future__ import annotations

from collections.abc import Mapping

CLARITY = ("I3", "I2", "I1", "SI3", "SI2", "SI1", "VS2", "VS1", "VVS2", "VVS1", "IF", "FL")
COLOR = tuple(reversed("DEFGHIJKLMNOPQRSTUVWXYZ"))
GRADE = ("P", "F", "G", "VG", "EX", "I")

SCALES: Mapping[str, tuple[str, ...]] = {
    "gemstones.clarity": CLARITY,
    "gemstones.color": COLOR,
    "gemstones.cut": GRADE,
    "gemstones.polish": GRADE,
    "gemstones.symmetry": GRADE,
}
"""Scales by the full name of the field that has them without anybody saying so."""
