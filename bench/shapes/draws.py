"""How numbers of a catalog are drawn: sizes of groups, prices, stock, and the combinations that are made."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from facetry.domain.money import SCALE

Integers = NDArray[np.int64]
Floats = NDArray[np.float64]

_SOLD_OUT = 0.15
_CHARM = np.array([0.0, 0.01, 0.05])


def portions(total: int, weights: Floats) -> Integers:
    """Return integers of at least 1 that are as the weights are and add up to the total."""
    count = len(weights)
    exact = (total - count) * np.cumsum(weights) / weights.sum()
    beyond: Integers = np.diff(np.round(exact).astype(np.int64), prepend=0)
    return beyond + 1


def prices(generator: np.random.Generator, middles: Floats, spread: float) -> Integers:
    """Return prices in ten-thousandths around these middles, most of them as shops like to end them."""
    units = np.maximum(np.round(middles * generator.lognormal(0.0, spread, len(middles))), 2.0)
    cents = units - generator.choice(_CHARM, len(units), p=[0.35, 0.55, 0.1])
    rounded: Floats = np.round(cents * SCALE)
    return rounded.astype(np.int64)


def reduced(price: int, percent: int) -> int:
    """Return a price in ten-thousandths less a discount, in whole cents."""
    return price * (100 - percent) // 100 // 100 * 100


def stocks(generator: np.random.Generator, count: int) -> Integers:
    """Return what is in stock: small numbers mostly, sometimes nothing."""
    numbers = generator.geometric(0.15, count)
    return np.where(generator.random(count) < _SOLD_OUT, 0, numbers)


def combinations(generator: np.random.Generator, count: int, lengths: Sequence[int]) -> list[Integers]:
    """Return how each of some products lies on each axis: distinct combinations, in order, on as few values as will do.

    Args:
        generator: What draws.
        count: How many products; at most the product of the lengths.
        lengths: How many values each axis has at most, the first axis varying slowest.
    """
    used = [1] * len(lengths)
    while np.prod(used) < count:
        # The axis that is used least of all that it offers is opened further.
        axis = min(range(len(lengths)), key=lambda i: used[i] / lengths[i] + generator.random() * 0.3)
        used[axis] = min(used[axis] + 1, lengths[axis])
    chosen = np.sort(generator.permutation(int(np.prod(used)))[:count])
    return list(np.unravel_index(chosen, used))
