"""What a snapshot must not tell: words that only erased texts, or texts that were never stored, had.

Their hashes stay in the tables of a running index, counted by nobody. In the file, numbers that no text
leads to stand in their places.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from dedupe.kernel import kernel
from dedupe.snapshot.walking import Array, Block

_TERMS: Final = "clusters.vocabulary"
_TEXTS: Final = "clusters.space.texts"
_LINES: Final = "counts.source_lines"


def scrubbed(blocks: Sequence[Block]) -> list[tuple[str, Array]]:
    """Return the rows in use of all arrays, those of hashes without what nobody counts."""
    rows = {block.path: block.array[: block.rows] for block in blocks}
    terms, lines = f"{_TERMS}._interner._table.keys", f"{_LINES}._keys"
    rows[terms] = _numbered(rows[terms], _is_counted(rows))
    rows[lines] = _numbered(rows[lines], (rows[f"{_LINES}._counts"] > 0) | (rows[lines] == 0))
    return list(rows.items())


def _is_counted(rows: Mapping[str, Array]) -> NDArray[np.bool_]:
    counted: NDArray[np.bool_] = rows[f"{_TERMS}.terms.counts"] > 0
    _mark(counted, rows[f"{_TEXTS}.terms"])
    _mark(counted, rows[f"{_TEXTS}.title_terms"])
    return counted


def _numbered(keys: NDArray[np.uint64], is_kept: NDArray[np.bool_]) -> NDArray[np.uint64]:
    """Put the number of its place, from 1, where a key is not kept: never 0, and never the same twice."""
    places = np.arange(1, len(keys) + 1, dtype=np.uint64)
    return np.where(is_kept, keys, places)


@kernel
def _mark(marks: NDArray[np.bool_], places: NDArray[np.int32]) -> None:
    for place in places:
        marks[place] = True
