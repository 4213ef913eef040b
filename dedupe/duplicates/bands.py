"""Which live articles might be copies: locality-sensitive hashing of signatures.

A signature is cut into bands of a few rows; articles equal on a whole band share a bucket and are
candidates (Leskovec, Rajaraman & Ullman, Mining of Massive Datasets, ch. 3). With 42 bands of 3
rows a pair of Jaccard similarity s is found with probability 1 - (1 - s^3)^42.

Buckets are chains, newest article first, so that old ones fall off the end. Each band has a table of chains,
which grows with the live articles, a chain at a time (`dedupe.linear_hashing`).
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from dedupe.columns import grow, zeros_like
from dedupe.kernel import kernel
from dedupe.linear_hashing import parent_of, row_of

MAX_CANDIDATES: Final = 16
LONGEST: Final = 1_024
"""Of a chain no more is read or parted than this: where there is more, one text has flooded it."""
_FEWEST_CHAINS: Final = 1 << 10
_ADDED_AT_ONCE: Final = 2
"""How many chains an article may add to each band: it needs one, and some have not added theirs."""


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
    entries: Entries


class Reach(NamedTuple):
    """How many rows a band has, how many chains its table; which articles are live, and how many of a bucket count."""

    rows: int
    chains: int
    oldest: int
    cap: int


class Buckets:
    """The buckets of all bands, and the articles in them."""

    def __init__(self, bands: int, rows: int, cap: int) -> None:
        self._rows, self._cap = rows, cap
        self._chains = _FEWEST_CHAINS
        entries = Entries(np.zeros((1024, bands), np.uint32), np.zeros((1024, bands), np.int32))
        self._tables = Tables(np.zeros((_FEWEST_CHAINS, bands), np.int32), entries)
        self._hits = np.zeros(1024, dtype=np.int16)
        self.oldest = 0
        self.flooded = 0

    def candidates(self, signature: NDArray[np.uint32]) -> NDArray[np.int32]:
        """Return the slots that share most buckets with a signature, at most `MAX_CANDIDATES`."""
        slots, flooded = _search(self._tables, signature, self._reach(), self._hits)
        self.flooded += flooded
        return slots

    def add(self, slot: int, signature: NDArray[np.uint32]) -> None:
        """Enter an article; slots must come in ascending order."""
        if slot >= len(self._hits):
            (self._hits,) = grow((self._hits,), slot + 1)
        heads, entries = self._tables
        if slot >= len(entries.keys) or self._chains + _ADDED_AT_ONCE > len(heads):
            (heads,) = grow((heads,), self._chains + _ADDED_AT_ONCE)
            self._tables = Tables(heads, grow(entries, slot + 1))
        self._chains = _add(self._tables, slot, signature, self._reach())

    def _reach(self) -> Reach:
        return Reach(self._rows, self._chains, self.oldest, self._cap)

    def rebuild(self) -> None:
        """Make the chains again after the keys were put in the place of others."""
        heads, (keys, following) = self._tables
        live = len(keys) - self.oldest
        self._chains = max(live, _FEWEST_CHAINS)
        following = zeros_like(following, len(keys))
        self._tables = Tables(zeros_like(heads, self._chains), Entries(keys, following))
        self._hits = zeros_like(self._hits, len(keys))
        _chain_all(self._tables, len(keys), self._reach())

    def remove(self, slot: int) -> None:
        """Make an article unfindable: its keys become those of no signature."""
        self._tables.entries.keys[slot] = 0


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
    tables: Tables, signature: NDArray[np.uint32], reach: Reach, hits: NDArray[np.int16]
) -> tuple[NDArray[np.int32], int]:
    heads, (entries, following) = tables
    bands, longest = entries.shape[1], max(LONGEST, reach.cap)
    keys = band_keys(signature, bands, reach.rows)
    found = np.empty(bands * reach.cap, dtype=np.int32)
    count, flooded = 0, 0
    for band in range(bands):
        slot = heads[row_of(np.uint64(keys[band]), reach.chains), band] - 1
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
def _add(tables: Tables, slot: int, signature: NDArray[np.uint32], reach: Reach) -> int:
    """Enter an article; return how many chains each band has then."""
    keys, chains = tables.entries.keys, reach.chains
    keys[slot] = band_keys(signature, keys.shape[1], reach.rows)
    for _ in range(_ADDED_AT_ONCE):
        if chains < slot + 1 - reach.oldest:
            for band in range(keys.shape[1]):
                _part(tables, chains, band, reach)
            chains += 1
    _chain(tables, slot, chains)
    return chains


@kernel
def _chain(tables: Tables, slot: int, chains: int) -> None:
    """Put an article in front of its chains."""
    heads, (keys, following) = tables
    for band in range(keys.shape[1]):
        row = row_of(np.uint64(keys[slot, band]), chains)
        following[slot, band] = heads[row, band]
        heads[row, band] = slot + 1


@kernel
def _part(tables: Tables, row: int, band: int, reach: Reach) -> None:
    """Add a chain and move to it what is its own of the one that stood for it, in the same order.

    What is too old, was removed, or lies beyond `LONGEST` is in neither any more.
    """
    heads, (keys, following) = tables
    parted = parent_of(row)
    slot = heads[parted, band] - 1
    heads[parted, band] = heads[row, band] = 0
    last_kept = last_moved = -1
    for _ in range(max(LONGEST, reach.cap)):
        if slot < reach.oldest:
            break
        after = following[slot, band] - 1
        if row_of(np.uint64(keys[slot, band]), row + 1) == row:
            last_moved = _put_behind(tables, last_moved, slot, row, band)
        elif keys[slot, band]:
            last_kept = _put_behind(tables, last_kept, slot, parted, band)
        slot = after


@kernel
def _put_behind(tables: Tables, last: int, slot: int, row: int, band: int) -> int:
    """Make an article the last of a chain, which ended with ``last``, -1 for an empty one; return it."""
    heads, (_, following) = tables
    if last < 0:
        heads[row, band] = slot + 1
    else:
        following[last, band] = slot + 1
    following[slot, band] = 0
    return slot


@kernel
def _chain_all(tables: Tables, newest: int, reach: Reach) -> None:
    for slot in range(reach.oldest, newest):
        if tables.entries.keys[slot, 0]:  # not what was removed, or never there
            _chain(tables, slot, reach.chains)
