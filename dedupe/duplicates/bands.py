"""Which live articles might be copies: locality-sensitive hashing of signatures.

A signature is cut into bands of a few rows; articles equal on a whole band share a bucket and are
candidates (Leskovec, Rajaraman & Ullman, Mining of Massive Datasets, ch. 3). With 42 bands of 3
rows a pair of Jaccard similarity s is found with probability 1 - (1 - s^3)^42.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from dedupe.columns import grow
from dedupe.kernel import kernel

MAX_CANDIDATES: Final = 16


class EntryColumns(NamedTuple):
    """One row an article, one column a band: its bucket key and the next entry of the same chain."""

    keys: NDArray[np.uint32]
    following: NDArray[np.int64]


class Buckets:
    """A hash table of buckets, newest articles first, so that old ones fall off the end of a chain."""

    def __init__(self, bands: int, rows: int, cap: int) -> None:
        self._bands, self._rows, self._cap = bands, rows, cap
        self._heads = np.full(1 << 16, -1, dtype=np.int64)
        self._entries = EntryColumns(np.zeros((1024, bands), np.uint32), np.zeros((1024, bands), np.int64))
        self._hits = np.zeros(1024, dtype=np.int16)
        self.oldest = 0
        self.flooded = 0

    def candidates(self, signature: NDArray[np.uint32]) -> NDArray[np.int32]:
        """Return the slots that share most buckets with a signature, at most `MAX_CANDIDATES`."""
        limits = self._rows, self.oldest, self._cap
        slots, flooded = _search(self._heads, self._entries, signature, limits, self._hits)
        self.flooded += flooded
        return slots

    def add(self, slot: int, signature: NDArray[np.uint32]) -> None:
        """Enter an article; slots must come in ascending order."""
        if slot >= len(self._hits):
            self._entries = grow(self._entries, slot + 1)
            self._hits = np.zeros(len(self._entries.keys), dtype=np.int16)
        if (slot + 1 - self.oldest) * self._bands > len(self._heads):
            self._heads = np.full(4 * len(self._heads), -1, dtype=np.int64)
            _rehash(self._heads, self._entries, self.oldest, slot)
        _add(self._heads, self._entries, slot, signature, self._rows)

    def rebuild(self) -> None:
        """Make the chains again after the keys were put in the place of others."""
        live = len(self._entries.keys) - self.oldest
        while live * self._bands > len(self._heads):
            self._heads = np.full(4 * len(self._heads), -1, dtype=np.int64)
        self._entries = self._entries._replace(following=np.zeros(self._entries.keys.shape, np.int64))
        self._hits = np.zeros(len(self._entries.keys), dtype=np.int16)
        _rehash(self._heads, self._entries, self.oldest, len(self._entries.keys))

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
    heads: NDArray[np.int64],
    entries: EntryColumns,
    signature: NDArray[np.uint32],
    limits: tuple[int, int, int],
    hits: NDArray[np.int16],
) -> tuple[NDArray[np.int32], int]:
    rows, oldest, cap = limits
    bands = entries.keys.shape[1]
    keys = band_keys(signature, bands, rows)
    found = np.empty(bands * cap, dtype=np.int32)
    count, flooded = 0, 0
    for band in range(bands):
        entry = heads[keys[band] & np.uint32(len(heads) - 1)]
        read = 0
        while entry >= 0 and read < cap:
            slot = entry // bands
            if slot < oldest:
                break
            if entries.keys[slot, entry % bands] == keys[band]:
                read += 1
                if hits[slot] == 0:
                    found[count] = slot
                    count += 1
                hits[slot] += 1
            entry = entries.following[slot, entry % bands]
        flooded += read == cap
    found = found[:count]
    strength = np.empty(count, dtype=np.int64)
    for i in range(count):
        strength[i] = -np.int64(hits[found[i]])
        hits[found[i]] = 0
    return found[np.argsort(strength, kind="mergesort")[:MAX_CANDIDATES]], flooded


@kernel
def _add(heads: NDArray[np.int64], entries: EntryColumns, slot: int, signature: NDArray[np.uint32], rows: int) -> None:
    entries.keys[slot] = band_keys(signature, entries.keys.shape[1], rows)
    _insert(heads, entries, slot)


@kernel
def _insert(heads: NDArray[np.int64], entries: EntryColumns, slot: int) -> None:
    bands = entries.keys.shape[1]
    for band in range(bands):
        at = entries.keys[slot, band] & np.uint32(len(heads) - 1)
        entries.following[slot, band] = heads[at]
        heads[at] = slot * bands + band


@kernel
def _rehash(heads: NDArray[np.int64], entries: EntryColumns, oldest: int, newest: int) -> None:
    for slot in range(oldest, newest):
        if entries.keys[slot, 0]:  # what was removed, or never there, would make one chain very long
            _insert(heads, entries, slot)
