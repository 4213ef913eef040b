"""Plain texts, each compared with all before it and then added to them: the copy layer alone.

What the engine does with an article in several steps, since it decides and records between them, is one call of
compiled code here, of the same functions: sign, find what shares buckets, count what is shared, enter.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from dedupe.clusters.similarity import shared_count
from dedupe.columns import grow
from dedupe.duplicates.bands import Buckets, band_keys, enter, find
from dedupe.duplicates.signature import Permutations, Words, permutations, shingle_set, sign, windows
from dedupe.duplicates.tables import Arrays, Reach, Tables
from dedupe.kernel import kernel
from dedupe.text.block import Block, lay_out
from dedupe.text.characters import Characters, characters
from dedupe.text.spelling import first_places, room_for, spell
from dedupe.text.tokens import collect_hashes

_FEWEST: Final = 1024
Known = tuple[npt.NDArray[np.int16], Words, npt.NDArray[np.int64]]
"""Room to count in, the shingles of all texts, and where those of each begin and the last one's end."""


class Texts:
    """Finds which earlier texts have a Jaccard similarity of shingles to a new one, or more.

    >>> texts = Texts(Buckets(bands=42, rows=3, cap=64), size=2, similarity=0.5)
    >>> [texts.find_and_add(text) for text in ("Two banks will merge on Monday.", "It rains.")]
    [[], []]
    >>> texts.find_and_add("TWO banks will merge on Tuesday")
    [0]
    """

    def __init__(self, buckets: Buckets, size: int, similarity: float) -> None:
        self.count = 0
        self._buckets, self._wanted = buckets, (size, similarity)
        self._shingles = np.zeros(_FEWEST, np.uint32)
        self._starts = np.zeros(_FEWEST, np.int64)

    def find_and_add(self, text: str) -> list[int]:
        """Return the numbers, from 0, of texts that are similar enough, most shared buckets first; enter this one."""
        number, start = self.count, int(self._starts[self.count])
        (self._shingles,) = grow((self._shingles,), start + len(text))
        (self._starts,) = grow((self._starts,), number + 2)
        arrays, hits, limits = self._buckets.room_for(number)
        known = hits, self._shingles, self._starts
        found, chains = _find_and_add(
            (*lay_out([text]),), (*characters(), *permutations()), arrays, known, (number, *limits), self._wanted
        )
        self._buckets.entered(chains)
        self.count += 1
        similar: list[int] = found.tolist()
        return similar


@kernel
def _find_and_add(
    block: tuple[npt.NDArray[np.uint8], npt.NDArray[np.int64]],
    constants: tuple[npt.NDArray[np.uint16], Words, Words, Words, Words],
    arrays: Arrays,
    known: Known,
    numbers: tuple[int, int, int, int, int],
    wanted: tuple[int, float],
) -> tuple[npt.NDArray[np.int32], int]:
    hits, shingles, starts = known
    number, rows, chains, oldest, cap = numbers
    tables, reach = Tables(*arrays), Reach(rows, chains, oldest, cap)
    ordered = _windows(Block(*block), Characters(*constants[:3]), wanted[0])
    if len(ordered) == 0:
        starts[number + 1] = starts[number]
        return np.empty(0, np.int32), chains
    keys = band_keys(sign(ordered, Permutations(*constants[3:])), tables.keys.shape[1], rows)
    shingled = shingle_set(ordered)
    found, _ = find(tables, keys, reach, hits)
    count = 0
    for slot in found:
        theirs = shingles[starts[slot] : starts[slot + 1]]
        shared = shared_count(shingled, theirs)
        found[count] = slot
        count += shared >= wanted[1] * (len(shingled) + len(theirs) - shared)
    starts[number + 1] = starts[number] + len(shingled)
    shingles[starts[number] : starts[number + 1]] = shingled
    return found[:count], enter(tables, number, keys, reach)


@kernel
def _windows(block: Block, table: Characters, size: int) -> Words:
    """Return the shingles of the only text of a block, in its order."""
    spelling, reached = room_for(block), first_places(block)
    entries = spelling.entries[: spell(block, 0, reached, table, spelling) + 1]
    hashes = np.empty(len(entries), np.uint64)
    count = collect_hashes(entries, table.sequences, hashes)
    return windows(hashes[:count], size)
