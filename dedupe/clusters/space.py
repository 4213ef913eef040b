"""The arrays that live articles and clusters are kept in, as kernels read them."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final, NamedTuple, TypeVar, cast

import numpy as np
from numpy.typing import DTypeLike, NDArray

from dedupe.clusters.terms import MAX_TERMS, MAX_TITLE_TERMS
from dedupe.columns import grow
from dedupe.kernel import inlined

_SLICE = (np.int64, np.int32)


class ArticleColumns(NamedTuple):
    """One row a slot: an article that weighs in its cluster, a copy, a round-up, or a slot that was emptied.

    ``previous`` is the cluster's member before this one, ``original`` the slot that a copy was
    copied from, a round-up's own, ``group`` its duplicate group; each is -1 for none. Whether its terms are
    ``counted``, and whether it ``joined`` others when it was placed. ``time`` is when it was published, in seconds
    since 1970, NaN when unknown; ``source`` marks who published it, 0 when unknown.
    """

    bits: NDArray[np.uint64]
    previous: NDArray[np.int32]
    original: NDArray[np.int32]
    group: NDArray[np.int32]
    counted: NDArray[np.bool_]
    joined: NDArray[np.bool_]
    time: NDArray[np.float64]
    received: NDArray[np.float64]
    tokens: NDArray[np.int32]
    source: NDArray[np.uint32]
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
    member, ``merged`` the cluster it was merged into; both are -1 for none. ``newest`` and ``oldest`` are
    the times of its ``dated`` members.
    """

    bits: NDArray[np.uint64]
    members: NDArray[np.int32]
    last: NDArray[np.int32]
    squared: NDArray[np.int64]
    newest: NDArray[np.float64]
    oldest: NDArray[np.float64]
    dated: NDArray[np.int32]
    merged: NDArray[np.int32]


VECTORS: Final = 0
TITLES: Final = 1
SHINGLES: Final = 2
NUMBERS: Final = 3


class TextColumns(NamedTuple):
    """What `ArticleColumns` points into: weighted terms, those of titles, shingles, numbers.

    ``ends`` tells how far each of the four is filled: `VECTORS`, `TITLES`, `SHINGLES`, `NUMBERS`.
    """

    terms: NDArray[np.int32]
    weights: NDArray[np.uint16]
    title_terms: NDArray[np.int32]
    title_weights: NDArray[np.uint16]
    shingles: NDArray[np.uint32]
    numbers: NDArray[np.uint32]
    ends: NDArray[np.int64]

    def has_room(self, shingles: int, numbers: int) -> bool:
        """Return whether one more article fits in, with so many shingles and numbers."""
        ends: list[int] = self.ends.tolist()
        return (
            ends[VECTORS] + MAX_TERMS <= len(self.terms)
            and ends[TITLES] + MAX_TITLE_TERMS <= len(self.title_terms)
            and ends[SHINGLES] + shingles <= len(self.shingles)
            and ends[NUMBERS] + numbers <= len(self.numbers)
        )

    def longer(self, shingles: int, numbers: int, folder: Path | None) -> TextColumns:
        """Return the same columns with room for one more article; many shingles lie in a file in ``folder``."""
        ends = self.ends.tolist()
        terms, weights = grow((self.terms, self.weights), ends[VECTORS] + MAX_TERMS)
        titles = grow((self.title_terms, self.title_weights), ends[TITLES] + MAX_TITLE_TERMS)
        (shingled,) = grow((self.shingles,), ends[SHINGLES] + shingles, folder)
        (numbered,) = grow((self.numbers,), ends[NUMBERS] + numbers)
        return TextColumns(terms, weights, *titles, shingled, numbered, self.ends)


Records = TypeVar("Records", ArticleColumns, ClusterColumns)
Arrays = tuple[Any, ...]
"""Named columns as they are handed to compiled code: each name would cost a microsecond a call."""


class Space(NamedTuple):
    """All of it, in one argument.

    ``articles`` and ``clusters`` are record arrays, which have the attributes of named columns: kernels take
    one array much faster than twenty, and find what belongs together in one place. ``membership`` is the
    cluster of each article: apart, because a search reads it for thousands of them.
    """

    articles: ArticleColumns
    membership: NDArray[np.int32]
    clusters: ClusterColumns
    texts: TextColumns

    @property
    def arrays(self) -> Arrays:
        """Return all columns without their names; `space_of` gives them back."""
        return (self.articles, self.membership, self.clusters, (*self.texts,))


@inlined
def space_of(arrays: Arrays) -> Space:
    """Return the space with its names."""
    articles, membership, clusters, texts = arrays
    return Space(articles, membership, clusters, TextColumns(*texts))


def article_rows(rows: int) -> ArticleColumns:
    """Return room for articles, as kernels read it."""
    links = (np.int32,) * 3
    flags, times = (np.bool_,) * 2, (np.float64,) * 2
    return _records(ArticleColumns, rows, np.uint64, *links, *flags, *times, np.int32, np.uint32, *_SLICE * 5)


def cluster_rows(rows: int) -> ClusterColumns:
    """Return room for clusters, as kernels read it."""
    counts = np.int32, np.int32, np.int64
    return _records(ClusterColumns, rows, np.uint64, *counts, np.float64, np.float64, np.int32, np.int32)


def text_columns(cells: int) -> TextColumns:
    """Return room for what articles hold."""
    return TextColumns(
        terms=np.zeros(cells, np.int32),
        weights=np.zeros(cells, np.uint16),
        title_terms=np.zeros(cells, np.int32),
        title_weights=np.zeros(cells, np.uint16),
        shingles=np.zeros(cells, np.uint32),
        numbers=np.zeros(cells, np.uint32),
        ends=np.zeros(4, np.int64),
    )


def longer(records: Records, rows: int) -> Records:
    """Return the same records, with room for ``rows``."""
    (grown,) = grow((cast("NDArray[np.void]", records),), rows)
    return cast("Records", grown.view(np.recarray))


def columns_of(records: Records, make: type[Records]) -> Records:
    """Return the columns of records as plain arrays on the same memory, which Python reads much faster."""
    stored = cast("NDArray[np.void]", records)
    return make(*(stored[name] for name in make._fields))


def _records(make: type[Records], rows: int, *types: DTypeLike) -> Records:
    kinds = np.dtype(list(zip(make._fields, types, strict=True)), align=True)
    return cast("Records", np.zeros(rows, kinds).view(np.recarray))
