"""From weighted terms to the live articles that share most with them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from dedupe.clusters.postings import Cells, Reach, accumulate
from dedupe.clusters.search import Scratch
from dedupe.clusters.terms import Vector
from dedupe.kernel import kernel


@kernel
def nearest(
    vector: Vector, cells: Cells, heads: NDArray[np.int32], reach: Reach, scratch: Scratch, most: int
) -> NDArray[np.int32]:
    """Return the slots of up to ``most`` articles, the most similar first; the earlier first of equal ones."""
    count = accumulate(cells, heads, vector, reach, scratch.dots, scratch.touched)
    touched = np.sort(scratch.touched[:count])
    products = np.empty(count, np.int64)
    for at in range(count):
        products[at] = -np.int64(scratch.dots[touched[at]])
        scratch.dots[touched[at]] = 0
    return touched[np.argsort(products, kind="mergesort")[:most]]
