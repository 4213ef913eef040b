"""Lines counted by source, turned into the furniture of that source's pages.

A line that recurs in many articles of one source is not news: "Sign up for our newsletter", an
author's biography, a disclaimer. Around an article, before and after all that is new in it, once is
enough: else the second page of a source would share its menu and footer with the first, as no two
reports of different events share anything. Count only articles that are nobody's copy, and take
out what leaves the index, so that a wire story carried three times does not become furniture.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from dedupe.kernel import kernel
from dedupe.text.body import PARAGRAPH
from dedupe.text.lines import WORD

FEWEST_ARTICLES: Final = 3
SMALLEST_SHARE: Final = 0.05
ENOUGH_ARTICLES: Final = 10
"""So many are enough, however many articles the source has: captions and biographies follow some of them only."""
LARGEST_PART: Final = 0.8
"""An article of which more would go is a template or a copy, not a page: it keeps all its lines."""
LONG: Final = 30 * WORD
"""A line this long is no menu and no footer, though it was there before: an update may begin with it."""
MOST_REPEATED: Final = 0.5
"""Paragraphs that were there before, per new ones: an article with more is told anew, and keeps its lines."""
FULLEST: Final = 0.75
_SMALL: Final = 1 << 12
_NO_ROOM: Final = -1

_ARTICLES: Final = np.uint64(0xC2B2AE3D27D4EB4F)
"""The line, as good as never written, under which a source's articles are counted."""

Hashes = npt.NDArray[np.uint64]
Counts = npt.NDArray[np.uint32]


class SourceLines:
    """In how many articles of its source each line stands; a source is any 64-bit number.

    Memory is bounded: ``capacity`` (a power of two) counters of 12 bytes. When three quarters are in
    use the least counts are forgotten, until no more than half are. Equal calls in equal order
    leave equal counts.
    """

    def __init__(self, capacity: int = 1 << 20) -> None:
        self._keys = np.zeros(capacity, np.uint64)
        self._counts = np.zeros(capacity, np.uint32)
        self._used = 0

    def __len__(self) -> int:
        return self._used

    def add(self, source: int, line_hashes: Hashes) -> None:
        """Count one article; a line that it holds twice counts once."""
        most = int(FULLEST * len(self._keys))
        new = _add(self._keys, self._counts, np.uint64(source), line_hashes, most - self._used)
        if new == _NO_ROOM:
            self._forget()
            new = _count(self._keys, self._counts, _keys(np.uint64(source), line_hashes)[: most - self._used])
        self._used += new

    def remove(self, source: int, line_hashes: Hashes) -> None:
        """Take back one article that was added."""
        _remove(self._keys, self._counts, _keys(np.uint64(source), line_hashes))

    def count(self, source: int, line_hashes: Hashes) -> Counts:
        """Return in how many articles of the source each line stands."""
        return _counts_of(self._keys, self._counts, np.uint64(source), line_hashes)

    def furniture(self, source: int, line_hashes: Hashes, weights: Counts) -> npt.NDArray[np.bool_]:
        """Tell for each line of an article, given their weights, whether it is furniture of the source."""
        return _furniture(self._keys, self._counts, np.uint64(source), line_hashes, weights)

    def checksum(self) -> Hashes:
        """Return one number that depends on every count and not on where it is kept."""
        total: Hashes = np.sum(self._keys * self._counts, keepdims=True, dtype=np.uint64)
        return total

    def _forget(self) -> None:
        self._keys, self._counts, self._used = _above(_half_way(self._counts), self._keys, self._counts)


@kernel
def _furniture(
    keys: Hashes, counts: Counts, source: np.uint64, line_hashes: Hashes, weights: Counts
) -> npt.NDArray[np.bool_]:
    articles = counts[_place(keys, _mix(source, _ARTICLES))]
    needed = min(max(FEWEST_ARTICLES, SMALLEST_SHARE * articles), ENOUGH_ARTICLES)
    seen = _counts_of(keys, counts, source, line_hashes)
    found: npt.NDArray[np.bool_] = seen >= needed
    first, last = _new_part(seen, weights)
    for line in range(len(seen)):
        found[line] |= seen[line] > 0 and not first <= line <= last
    if np.sum(weights[found]) > LARGEST_PART * np.sum(weights):
        found[:] = False
    return found


@kernel
def _new_part(seen: Counts, weights: Counts) -> tuple[int, int]:
    """Return the first and the last paragraph that tells something new; all lines where hardly any does."""
    first, last, new, repeated = len(seen), 0, 0, 0
    for line in range(len(seen)):
        is_paragraph = weights[line] >= PARAGRAPH
        repeated += weights[line] * (is_paragraph and seen[line] > 0)
        new += weights[line] * (is_paragraph and seen[line] == 0)
        if weights[line] >= (LONG if seen[line] else PARAGRAPH):
            first, last = min(first, line), line
    return (first, last) if repeated < MOST_REPEATED * new else (0, len(seen))


@kernel
def _keys(source: np.uint64, line_hashes: Hashes) -> Hashes:
    """Return the keys that an article counts for, sorted, each once."""
    keys = np.empty(len(line_hashes) + 1, np.uint64)
    keys[0] = _mix(source, _ARTICLES)
    for i in range(len(line_hashes)):
        keys[i + 1] = _mix(source, line_hashes[i])
    keys.sort()
    count = 1
    for i in range(1, len(keys)):
        if keys[i] != keys[count - 1]:
            keys[count] = keys[i]
            count += 1
    return keys[:count]


@kernel
def _mix(source: np.uint64, line_hash: np.uint64) -> np.uint64:
    """Return the key of a line within a source; 0 is left for empty places."""
    value = line_hash * np.uint64(0x9E3779B97F4A7C15) + source
    value = (value ^ (value >> np.uint64(33))) * np.uint64(0xFF51AFD7ED558CCD)
    value = (value ^ (value >> np.uint64(33))) * np.uint64(0xC4CEB9FE1A85EC53)
    return max(value ^ (value >> np.uint64(33)), np.uint64(1))


@kernel
def _place(keys: Hashes, key: np.uint64) -> int:
    """Return where a key stands, or where it would go."""
    mask = np.uint64(len(keys) - 1)
    place = key & mask
    while keys[place] != 0 and keys[place] != key:
        place = (place + np.uint64(1)) & mask
    return int(place)


@kernel
def _half_way(counts: Counts) -> int:
    """Return a count than which no more than half are higher; nearly always a small one."""
    having = np.zeros(_SMALL, np.int64)
    for count in counts:
        having[min(count, np.uint32(_SMALL - 1))] += 1
    half = len(counts) // 2
    count, most = 0, having[0]
    while most <= half:
        count += 1
        most += having[count]
    return count if count < _SMALL - 1 else int(np.sort(counts)[half])


@kernel
def _above(floor: int, keys: Hashes, counts: Counts) -> tuple[Hashes, Counts, int]:
    """Return tables of the keys with higher counts, and how many there are."""
    kept, their = np.zeros_like(keys), np.zeros_like(counts)
    used = 0
    for at in range(len(keys)):
        if counts[at] > floor:
            place = _place(kept, keys[at])
            kept[place], their[place] = keys[at], counts[at]
            used += 1
    return kept, their, used


@kernel
def _counts_of(keys: Hashes, counts: Counts, source: np.uint64, line_hashes: Hashes) -> Counts:
    found = np.empty(len(line_hashes), np.uint32)
    for i in range(len(line_hashes)):
        found[i] = counts[_place(keys, _mix(source, line_hashes[i]))]
    return found


@kernel
def _add(keys: Hashes, counts: Counts, source: np.uint64, line_hashes: Hashes, room: int) -> int:
    """Count an article of a source; return how many keys are new, or `_NO_ROOM` where there is none for so many."""
    added = _keys(source, line_hashes)
    return _count(keys, counts, added) if len(added) <= room else _NO_ROOM


@kernel
def _count(keys: Hashes, counts: Counts, added: Hashes) -> int:
    """Count every key once more; return how many are new."""
    new = 0
    for key in added:
        place = _place(keys, key)
        new += keys[place] == 0
        keys[place] = key
        counts[place] += np.uint32(1)
    return new


@kernel
def _remove(keys: Hashes, counts: Counts, removed: Hashes) -> None:
    for key in removed:
        place = _place(keys, key)
        if counts[place] > 0:
            counts[place] -= np.uint32(1)
