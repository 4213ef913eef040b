"""The index at one moment, taken out while writing waits for a few milliseconds.

What changes is copied, into memory that was made ready before; of what only grows, the array and how far
it is filled are noted, and it is read while the index goes on. `layout` says which is which.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from dedupe.constraints import Constraint
from dedupe.index import Index
from dedupe.snapshot.walking import Array, Block, Figures, blocks_of, figures_of

_SPARE_ROWS = 65_536
"""What may be added between making room and the cut; beyond that, a copy takes longer once."""


class Cut(NamedTuple):
    """An index as it was after an event; ``blocks`` are copies, or what will not change any more."""

    source: Index
    seq: int
    blocks: Sequence[Block]
    figures: Figures
    constraints: Sequence[Constraint]
    embargoed: Sequence[str]


def room_for(index: Index) -> Mapping[str, Array]:
    """Return memory for what will be copied, touched once: an operating system hands out new pages slowly."""
    room = {block.path: _rows_like(block, block.rows + _SPARE_ROWS) for block in blocks_of(index) if block.way.change}
    for array in room.values():
        raw(array)[:] = 0
    return room


def cut(index: Index, room: Mapping[str, Array]) -> Cut:
    """Take the index, which must be held, as it is now."""
    return Cut(
        source=index,
        seq=index.seq,
        blocks=[_kept(block, room) for block in blocks_of(index)],
        figures=figures_of(index),
        constraints=index.constraints.all(),
        embargoed=index.embargoes.noted(),
    )


def _kept(block: Block, room: Mapping[str, Array]) -> Block:
    if not block.way.change:
        return block
    copy = room.get(block.path)
    if copy is None or len(copy) < block.rows:
        copy = _rows_like(block, block.rows)
    raw(copy[: block.rows])[:] = raw(block.array[: block.rows])
    return block._replace(array=copy)


def _rows_like(block: Block, rows: int) -> Array:
    return np.empty((rows, *block.array.shape[1:]), dtype=block.array.dtype)


def raw(array: Array) -> Array:
    """Return the bytes of a contiguous array, in the same memory."""
    return np.frombuffer(array.view(np.ndarray).data, dtype=np.uint8) if array.size else np.empty(0, np.uint8)
