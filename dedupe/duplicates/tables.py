"""What buckets consist of, as compiled code reads it."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray


class Entries(NamedTuple):
    """One row an article, one column a band: its bucket key, and the next article of the same chain.

    Articles in chains are their slots + 1, 0 for none. Keys never change, unless an article is removed: they
    are 0 then.
    """

    keys: NDArray[np.uint32]
    following: NDArray[np.int32]


class Tables(NamedTuple):
    """The first article of each chain, a column a band, and the entries that chains lead through."""

    heads: NDArray[np.int32]
    keys: NDArray[np.uint32]
    following: NDArray[np.int32]


Arrays = tuple[NDArray[np.int32], NDArray[np.uint32], NDArray[np.int32]]
"""`Tables` as they are handed to compiled code: without their names, in a third of the time."""
Limits = tuple[int, int, int, int]
"""`Reach`, likewise."""


class Reach(NamedTuple):
    """How many rows a band has, how many chains its table; which articles are live, and how many of a bucket count."""

    rows: int
    chains: int
    oldest: int
    cap: int
