"""One number for the whole index, whatever order its arrays happen to be laid out in."""

from __future__ import annotations

import hashlib

import numpy as np
from numpy.typing import NDArray

from dedupe.clusters.similarity import numbers_of, shingles_of, title_of, vector_of
from dedupe.clusters.space import Space
from dedupe.index import Index
from dedupe.kernel import kernel


def digest(index: Index) -> str:
    """Return a hex digest of all that decisions are made from: equal indexes give equal digests."""
    clusters = index.clusters
    slots, count = clusters.slots, clusters.count
    space = clusters.space
    articles = clusters.articles
    members = np.array([clusters.cluster_of(slot) for slot in range(slots)], dtype=np.int64)
    parts: list[NDArray[np.generic]] = [
        articles.bits[:slots],
        members,
        articles.previous[:slots],
        articles.original[:slots],
        articles.group[:slots],
        articles.counted[:slots],
        articles.joined[:slots],
        articles.time[:slots],
        articles.tokens[:slots],
        articles.source[:slots],
        _text_sums(slots, space, clusters.vocabulary.hashes),
        *(column[:count] for column in clusters.clusters),
        *_term_counts(index),
        index.counts.source_lines.checksum(),
    ]
    whole = hashlib.sha256(f"{index.seq} {clusters.oldest} {index.buckets.oldest}".encode())
    whole.update(index.constraints.checksum())
    whole.update(index.embargoes.checksum())
    for part in parts:
        whole.update(np.ascontiguousarray(part).tobytes())
    return whole.hexdigest()


def _term_counts(index: Index) -> tuple[NDArray[np.uint64], NDArray[np.int32], NDArray[np.float32]]:
    vocabulary = index.clusters.vocabulary
    counted = np.flatnonzero(vocabulary.terms.counts[: vocabulary.count])
    order = counted[np.argsort(vocabulary.hashes[counted])]
    return vocabulary.hashes[order], vocabulary.terms.counts[order], vocabulary.terms.idf[order]


@kernel
def _text_sums(slots: int, space: Space, hashes: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Return a checksum of each article's vectors, shingles and numbers, by term and not by term number."""
    sums = np.zeros(slots, dtype=np.uint64)
    factor = np.uint64(0x9E3779B97F4A7C15)
    for slot in range(slots):
        vector, title = vector_of(slot, space), title_of(slot, space)
        for at in range(len(vector.terms)):
            sums[slot] += hashes[vector.terms[at]] * (np.uint64(vector.weights[at]) + np.uint64(1))
        for at in range(len(title.terms)):
            sums[slot] += hashes[title.terms[at]] * (np.uint64(title.weights[at]) + factor)
        for shingle in shingles_of(slot, space):
            sums[slot] += np.uint64(shingle) * factor
        for number in numbers_of(slot, space):
            sums[slot] += (np.uint64(number) + factor) * factor
    return sums
