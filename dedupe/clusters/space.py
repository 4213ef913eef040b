"""The arrays that live articles and clusters are kept in, as kernels read them."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dedupe.columns import new_columns

_SLICE = (np.int64, np.int32)


class ArticleColumns(NamedTuple):
    """One row a slot: an article that weighs in its cluster, a copy, or a slot that was emptied.

    ``previous`` is the cluster's member before this one, ``original`` the slot that a copy was
    copied from, ``group`` its duplicate group; each is -1 for none. ``time`` is when it was
    published, in seconds since 1970, NaN when unknown.
    """

    bits: NDArray[np.uint64]
    cluster: NDArray[np.int32]
    previous: NDArray[np.int32]
    original: NDArray[np.int32]
    group: NDArray[np.int32]
    time: NDArray[np.float64]
    received: NDArray[np.float64]
    tokens: NDArray[np.int32]
    vector_start: NDArray[np.int64]
    vector_length: NDArray[np.int32]
    title_start: NDArray[np.int64]
    title_length: NDArray[np.int32]
    shingle_start: NDArray[np.int64]
    shingle_count: NDArray[np.int32]
    number_start: NDArray[np.int64]
    number_count: NDArray[np.int32]
    dropped_start: NDArray[np.int64]
    dropped_count: NDArray[np.int32]


class ClusterColumns(NamedTuple):
    """One row a cluster.

    ``squared`` is the squared length of the sum of its members' vectors, ``last`` its newest
    member, ``merged`` the cluster it was merged into; both are -1 for none. ``time_sum`` adds up
    the times of its ``dated`` members.
    """

    bits: NDArray[np.uint64]
    size: NDArray[np.int32]
    last: NDArray[np.int32]
    squared: NDArray[np.int64]
    newest: NDArray[np.float64]
    oldest: NDArray[np.float64]
    time_sum: NDArray[np.float64]
    dated: NDArray[np.int32]
    merged: NDArray[np.int32]


class TextColumns(NamedTuple):
    """What `ArticleColumns` points into: weighted terms, shingles, numbers."""

    terms: NDArray[np.int32]
    weights: NDArray[np.uint16]
    title_terms: NDArray[np.int32]
    title_weights: NDArray[np.uint16]
    shingles: NDArray[np.uint32]
    numbers: NDArray[np.uint32]


class Space(NamedTuple):
    """All of it, in one argument."""

    articles: ArticleColumns
    clusters: ClusterColumns
    texts: TextColumns


def article_columns(rows: int) -> ArticleColumns:
    """Return room for articles."""
    links = (np.int32,) * 4
    return new_columns(ArticleColumns, rows, np.uint64, *links, np.float64, np.float64, np.int32, *_SLICE * 5)


def cluster_columns(rows: int) -> ClusterColumns:
    """Return room for clusters."""
    times = (np.float64,) * 3
    return new_columns(ClusterColumns, rows, np.uint64, np.int32, np.int32, np.int64, *times, np.int32, np.int32)
