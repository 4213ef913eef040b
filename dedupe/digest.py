"""One number for the whole index, whatever order its arrays happen to be laid out in."""

from __future__ import annotations

import hashlib

import numpy as np
from numpy.typing import NDArray

from dedupe.clusters.features import ArticleColumns, VectorColumns
from dedupe.index import Index
from dedupe.kernel import kernel


def digest(index: Index) -> str:
    """Return a hex digest of all that decisions are made from: equal indexes give equal digests."""
    clusters = index.clusters
    slots, count = clusters.slots, clusters.count
    articles, groups = clusters.articles, clusters.clusters
    members = np.array([clusters.cluster_of(slot) for slot in range(slots)], dtype=np.int64)
    parts: list[NDArray[np.generic]] = [
        articles.bits[:slots],
        members,
        articles.previous[:slots],
        articles.original[:slots],
        articles.group[:slots],
        articles.time[:slots],
        articles.tokens[:slots],
        _text_sums(articles, slots, clusters.vectors, clusters.vocabulary.hashes),
        *(column[:count] for column in groups),
        *_term_counts(index),
    ]
    whole = hashlib.sha256(f"{index.seq} {clusters.oldest} {index.buckets.oldest}".encode())
    for part in parts:
        whole.update(np.ascontiguousarray(part).tobytes())
    return whole.hexdigest()


def _term_counts(index: Index) -> tuple[NDArray[np.uint64], NDArray[np.int32], NDArray[np.float32]]:
    vocabulary = index.clusters.vocabulary
    counted = np.flatnonzero(vocabulary.terms.counts[: vocabulary.count])
    order = counted[np.argsort(vocabulary.hashes[counted])]
    return vocabulary.hashes[order], vocabulary.terms.counts[order], vocabulary.terms.frozen[order]


@kernel
def _text_sums(
    articles: ArticleColumns, slots: int, vectors: VectorColumns, hashes: NDArray[np.uint64]
) -> NDArray[np.uint64]:
    """Return a checksum of each article's vectors, shingles and numbers, by term and not by term number."""
    sums = np.zeros(slots, dtype=np.uint64)
    factor = np.uint64(0x9E3779B97F4A7C15)
    for slot in range(slots):
        start = articles.vector_start[slot]
        for at in range(start, start + articles.vector_length[slot]):
            sums[slot] += hashes[vectors.terms[at]] * (np.uint64(vectors.weights[at]) + np.uint64(1))
        start = articles.title_start[slot]
        for at in range(start, start + articles.title_length[slot]):
            sums[slot] += hashes[vectors.title_terms[at]] * (np.uint64(vectors.title_weights[at]) + factor)
        start = articles.shingle_start[slot]
        for at in range(start, start + articles.shingle_count[slot]):
            sums[slot] += np.uint64(vectors.shingles[at]) * factor
        start = articles.number_start[slot]
        for at in range(start, start + articles.number_count[slot]):
            sums[slot] += (np.uint64(vectors.numbers[at]) + factor) * factor
    return sums
