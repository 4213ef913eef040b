"""Which live articles might be copies: locality-sensitive hashing of signatures.

A signature is cut into bands of a few rows; articles equal on a whole band share a bucket and are
candidates (Leskovec, Rajaraman & Ullman, Mining of Massive Datasets, ch. 3). With 42 bands of 3
rows a pair of Jaccard similarity s is found with probability 1 - (1 - s^3)^42.

Buckets are chains, newest article first, so that old ones fall off the end. Each band has a table of chains,
which grows with the live articles, a chain at a time (`dedupe.linear_hashing`).
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from dedupe.columns import grow, zeros_like
from dedupe.duplicates.tables import Arrays, Entries, Limits, Reach, Tables
from dedupe.kernel import kernel
from dedupe.linear_hashing import mask_of, parent_of, row_of

MAX_CANDIDATES: Final = 16
LONGEST: Final = 1_024
"""Of a chain no more is read or parted than this: where there is more, one text has flooded it."""
_FEWEST_CHAINS: Final = 1 << 10
_ADDED_AT_ONCE: Final = 2
"""How many chains an article may add to each band: it needs one, and some have not added theirs."""


class Buckets:
    """The buckets of all bands, and the articles in them."""

    def __init__(self, bands: int, rows: int, cap: int) -> None:
        self._rows, self._cap = rows, cap
        self._chains = _FEWEST_CHAINS
        self._entries = Entries(np.zeros((1024, bands), np.uint32), np.zeros((1024, bands), np.int32))
        self._heads = np.zeros((_FEWEST_CHAINS, bands), np.int32)
        self._hits = np.zeros(1024, dtype=np.int16)
        self.oldest = 0
        self.flooded = 0

    def candidates(self, signature: NDArray[np.uint32]) -> NDArray[np.int32]:
        """Return the slots that share most buckets with a signature, at most `MAX_CANDIDATES`."""
        slots, flooded = _search((self._heads, *self._entries), signature, self._limits(), self._hits)
        self.flooded += flooded
        return slots

    def add(self, slot: int, signature: NDArray[np.uint32]) -> None:
        """Enter an article; slots must come in ascending order."""
        arrays, _, limits = self.room_for(slot)
        self._chains = _add(arrays, slot, signature, limits)

    def room_for(self, slot: int) -> tuple[Arrays, NDArray[np.int16], Limits]:
        """Make room for an article; return what compiled code needs to `find` and `enter` it."""
        if slot >= len(self._hits):
            (self._hits,) = grow((self._hits,), slot + 1)
        if slot >= len(self._entries.keys):
            self._entries = grow(self._entries, slot + 1)
        if self._chains + _ADDED_AT_ONCE > len(self._heads):
            (self._heads,) = grow((self._heads,), self._chains + _ADDED_AT_ONCE)
        return (self._heads, *self._entries), self._hits, self._limits()

    def entered(self, chains: int) -> None:
        """Take note of how many chains there are since an article was entered."""
        self._chains = chains

    def _limits(self) -> Limits:
        return self._rows, self._chains, self.oldest, self._cap

    def rebuild(self) -> None:
        """Make the chains again after the keys were put in the place of others."""
        rows = len(self._entries.keys)
        self._chains = max(rows - self.oldest, _FEWEST_CHAINS)
        self._entries = self._entries._replace(following=zeros_like(self._entries.following, rows))
        self._heads = zeros_like(self._heads, self._chains)
        self._hits = zeros_like(self._hits, rows)
        _chain_all((self._heads, *self._entries), self._limits())

    def remove(self, slot: int) -> None:
        """Make an article unfindable: its keys become those of no signature."""
        self._entries.keys[slot] = 0


@kernel
def band_keys(signature: NDArray[np.uint32], bands: int, rows: int) -> NDArray[np.uint32]:
    """Return the bucket key of each band, never 0."""
    keys = np.empty(bands, dtype=np.uint32)
    for band in range(bands):
        h = np.uint64(band + 1) * np.uint64(0x9E3779B97F4A7C15)
        for row in range(rows):
            h = (h ^ np.uint64(signature[band * rows + row])) * np.uint64(0xD6E8FEB86659FD93)
            h ^= h >> np.uint64(32)
        keys[band] = max(np.uint32(h), np.uint32(1))
    return keys


@kernel
def _search(
    arrays: Arrays, signature: NDArray[np.uint32], limits: Limits, hits: NDArray[np.int16]
) -> tuple[NDArray[np.int32], int]:
    keys = band_keys(signature, arrays[1].shape[1], limits[0])
    return find(Tables(*arrays), keys, Reach(*limits), hits)


@kernel
def _add(arrays: Arrays, slot: int, signature: NDArray[np.uint32], limits: Limits) -> int:
    keys = band_keys(signature, arrays[1].shape[1], limits[0])
    return enter(Tables(*arrays), slot, keys, Reach(*limits))


@kernel
def find(
    tables: Tables, keys: NDArray[np.uint32], reach: Reach, hits: NDArray[np.int16]
) -> tuple[NDArray[np.int32], int]:
    """Return the slots in most of the buckets with these keys, at most `MAX_CANDIDATES`, and how many overflow."""
    heads, entries, following = tables
    bands, longest = len(keys), max(LONGEST, reach.cap)
    found = np.empty(bands * reach.cap, dtype=np.int32)
    count, flooded = 0, 0
    firsts, mask = np.empty(bands, np.int32), mask_of(reach.chains)
    for band in range(bands):
        firsts[band] = heads[row_of(np.uint64(keys[band]), reach.chains, mask), band]
    _fetch(tables, firsts.copy())
    for band in range(bands):
        slot = firsts[band] - 1
        read = 0
        for _ in range(longest):
            if slot < reach.oldest or read == reach.cap:
                break
            if entries[slot, band] == keys[band]:
                read += 1
                if hits[slot] == 0:
                    found[count] = slot
                    count += 1
                hits[slot] += 1
            slot = following[slot, band] - 1
        flooded += read == reach.cap
    return _strongest(found[:count], hits), flooded


@kernel
def _strongest(found: NDArray[np.int32], hits: NDArray[np.int16]) -> NDArray[np.int32]:
    """Return the articles hit most often, in the order of finding where equal, and leave zeros in ``hits``."""
    strength = np.empty(len(found), dtype=np.int64)
    for i in range(len(found)):
        strength[i] = -np.int64(hits[found[i]])
        hits[found[i]] = 0
    return found[np.argsort(strength, kind="mergesort")[:MAX_CANDIDATES]]


@kernel
def enter(tables: Tables, slot: int, keys: NDArray[np.uint32], reach: Reach) -> int:
    """Enter an article into the buckets with these keys; return how many chains each band has then."""
    chains = reach.chains
    tables.keys[slot] = keys
    for _ in range(_ADDED_AT_ONCE):
        if chains < slot + 1 - reach.oldest:
            _fetch(tables, tables.heads[parent_of(chains)].copy())
            for band in range(len(keys)):
                _part(tables, chains, band, reach)
            chains += 1
    _chain(tables, slot, chains)
    return chains


@kernel
def _fetch(tables: Tables, firsts: NDArray[np.int32]) -> None:
    """Look at the first two articles of a chain of each band; writes over ``firsts``.

    All at once, they come from memory together. Who follows the chains one by one waits for each.
    """
    for _ in range(2):
        for band in range(len(firsts)):
            slot = max(firsts[band] - 1, 0)
            firsts[band] = tables.following[slot, band] * (tables.keys[slot, band] != 0)


@kernel
def _chain(tables: Tables, slot: int, chains: int) -> None:
    """Put an article in front of its chains."""
    heads, keys, following = tables
    mask = mask_of(chains)
    for band in range(keys.shape[1]):
        row = row_of(np.uint64(keys[slot, band]), chains, mask)
        following[slot, band] = heads[row, band]
        heads[row, band] = slot + 1


@kernel
def _part(tables: Tables, row: int, band: int, reach: Reach) -> None:
    """Add a chain and move to it what is its own of the one that stood for it, in the same order.

    What is too old, was removed, or lies beyond `LONGEST` is in neither any more.
    """
    heads, keys, following = tables
    parted = parent_of(row)
    slot = heads[parted, band] - 1
    heads[parted, band] = heads[row, band] = 0
    last_kept = last_moved = -1
    mask = mask_of(row + 1)
    for _ in range(max(LONGEST, reach.cap)):
        if slot < reach.oldest:
            break
        after = following[slot, band] - 1
        if row_of(np.uint64(keys[slot, band]), row + 1, mask) == row:
            last_moved = _put_behind(tables, last_moved, slot, row, band)
        elif keys[slot, band]:
            last_kept = _put_behind(tables, last_kept, slot, parted, band)
        slot = after


@kernel
def _put_behind(tables: Tables, last: int, slot: int, row: int, band: int) -> int:
    """Make an article the last of a chain, which ended with ``last``, -1 for an empty one; return it."""
    heads, _, following = tables
    if last < 0:
        heads[row, band] = slot + 1
    else:
        following[last, band] = slot + 1
    following[slot, band] = 0
    return slot


@kernel
def _chain_all(arrays: Arrays, limits: Limits) -> None:
    tables, reach = Tables(*arrays), Reach(*limits)
    for slot in range(reach.oldest, len(tables.keys)):
        if tables.keys[slot, 0]:  # not what was removed, or never there
            _chain(tables, slot, reach.chains)
