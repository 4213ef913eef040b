"""How fast a cluster grows, from one number that never has to be refreshed.

The *heat* of a cluster is ``log2(sum(2 ** (t / H)))`` over the times of receipt ``t`` of its
articles, H being the half-life. Time moving on lowers the weight of every article alike, so heats
compare the same way today as tomorrow: a list sorted by velocity is a list sorted by heat.

At the moment ``now`` the articles weigh ``n = 2 ** (heat - now / H)``: 1 for one that just came,
1/2 for one that came a half-life ago. A steady stream of r articles an hour would weigh
``r * H / ln 2``, hence ``velocity = n * ln 2 / H`` articles an hour.
"""

from __future__ import annotations

import math
from datetime import datetime, timedelta
from typing import Final

from dedupe.store.times import microseconds

HALF_LIFE: Final = timedelta(hours=6)
_HALF_LIFE_US: Final = HALF_LIFE / timedelta(microseconds=1)
_HALF_LIFE_HOURS: Final = HALF_LIFE / timedelta(hours=1)


def heat(received_us: int) -> float:
    """Return the heat of one article."""
    return received_us / _HALF_LIFE_US


def combined(left: float, right: float) -> float:
    """Return the heat of two disjoint sets of articles taken together.

    The powers themselves would overflow (2 ** 82000 for a day of our time), their ratio cannot.

    >>> combined(10.0, 10.0)
    11.0
    """
    higher, lower = max(left, right), min(left, right)
    return higher + math.log1p(2.0 ** (lower - higher)) / math.log(2.0)


def velocity(heat: float, now: datetime) -> float:
    """Return articles an hour, at ``now``, of a cluster with this ``heat``."""
    weight: float = 2.0 ** (heat - microseconds(now) / _HALF_LIFE_US)
    return weight * math.log(2.0) / _HALF_LIFE_HOURS
