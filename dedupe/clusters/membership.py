"""Entering the index; joining, leaving and uniting clusters: the sums stay exact, whatever the order."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dedupe.clusters.postings import Cells, Lists, enter
from dedupe.clusters.similarity import vector_of
from dedupe.clusters.space import NUMBERS, SHINGLES, TITLES, VECTORS, Arrays, Space, space_of
from dedupe.clusters.terms import Vector
from dedupe.kernel import kernel

Kept = tuple[NDArray[np.uint32], NDArray[np.uint32], int]
"""What copies are confirmed by: an article's shingles, its numbers, and how many tokens are behind the shingles."""


class Arrival(NamedTuple):
    """An article on its way into a cluster: its vector, its title's, and what copies of it are confirmed by."""

    slot: int
    cluster: int
    vector: Vector
    title: Vector
    kept: Kept


def place(arrival: Arrival, lists: Lists, space: Space, scratch: NDArray[np.uint16]) -> int:
    """Keep what is known of an article, enter it into the posting lists and make it a member of a cluster.

    There must be room in all of them. Returns how many cells of the posting lists are in use.
    """
    slot, cluster, vector, title, kept = arrival
    listed = *lists.cells, lists.heads, lists.filled
    return int(_place((slot, cluster), (*vector, *title), kept, listed, space.arrays, scratch))


@kernel
def _place(
    numbers: tuple[int, int], vectors: Arrays, kept: Kept, lists: Arrays, arrays: Arrays, scratch: NDArray[np.uint16]
) -> int:
    slot, cluster = numbers
    terms, weights, titled, title_weights = vectors
    listed, their_weights, heads, filled = lists
    vector, space = Vector(terms, weights), space_of(arrays)
    shingles, counted, tokens = kept
    keep_copy_evidence(slot, shingles, counted, tokens, arrays)
    _keep_vectors(slot, vector, Vector(titled, title_weights), space)
    join(slot, cluster, space, scratch)
    return enter(Lists(Cells(listed, their_weights), heads, filled), vector, slot)


@kernel
def join(slot: int, cluster: int, space: Space, scratch: NDArray[np.uint16]) -> None:
    """Add a member. ``scratch`` has a zero for every term and does again on return."""
    articles, clusters = space.articles, space.clusters
    clusters.squared[cluster] += _squared_change(slot, cluster, space, scratch)
    space.membership[slot] = cluster
    articles.previous[slot] = clusters.last[cluster]
    clusters.last[cluster] = slot
    clusters.members[cluster] += 1
    _count_time(articles.time[slot], cluster, space)


@kernel
def leave(slot: int, space: Space, scratch: NDArray[np.uint16]) -> None:
    """Remove a member; the cluster's times follow from those that stay."""
    articles, clusters = space.articles, space.clusters
    cluster = space.membership[slot]
    if clusters.last[cluster] == slot:
        clusters.last[cluster] = articles.previous[slot]
    else:
        later = clusters.last[cluster]
        while articles.previous[later] != slot:
            later = articles.previous[later]
        articles.previous[later] = articles.previous[slot]
    space.membership[slot] = -1
    articles.previous[slot] = -1
    clusters.members[cluster] -= 1
    clusters.squared[cluster] -= _squared_change(slot, cluster, space, scratch)
    _count_times(cluster, space)


@kernel
def unite(absorbed: int, survivor: int, space: Space, scratch: NDArray[np.uint16]) -> None:
    """Make every member of ``absorbed`` one of ``survivor``, the earliest first."""
    articles, clusters = space.articles, space.clusters
    members = np.empty(clusters.members[absorbed], dtype=np.int64)
    slot = clusters.last[absorbed]
    for i in range(len(members) - 1, -1, -1):
        members[i] = slot
        slot = articles.previous[slot]
    for member in members:
        join(member, survivor, space, scratch)
    clusters.members[absorbed] = 0
    clusters.last[absorbed] = -1
    clusters.squared[absorbed] = 0
    clusters.merged[absorbed] = survivor
    _count_times(absorbed, space)


@kernel
def _count_times(cluster: int, space: Space) -> None:
    clusters = space.clusters
    clusters.newest[cluster] = np.nan
    clusters.oldest[cluster] = np.nan
    clusters.dated[cluster] = 0
    slot = clusters.last[cluster]
    while slot >= 0:
        _count_time(space.articles.time[slot], cluster, space)
        slot = space.articles.previous[slot]


@kernel
def _count_time(time: float, cluster: int, space: Space) -> None:
    if np.isnan(time):
        return
    clusters = space.clusters
    clusters.dated[cluster] += 1
    if clusters.dated[cluster] == 1 or time > clusters.newest[cluster]:
        clusters.newest[cluster] = time
    if clusters.dated[cluster] == 1 or time < clusters.oldest[cluster]:
        clusters.oldest[cluster] = time


@kernel
def _squared_change(slot: int, cluster: int, space: Space, scratch: NDArray[np.uint16]) -> int:
    """Return by how much the squared length of the members' sum grows with one more vector."""
    own, across = 0, 0
    vector, member = vector_of(slot, space), space.clusters.last[cluster]
    for at in range(len(vector.terms)):
        weight = int(vector.weights[at])
        own += weight * weight
    if member < 0:
        return own
    for at in range(len(vector.terms)):
        scratch[vector.terms[at]] = vector.weights[at]
    while member >= 0:
        theirs = vector_of(member, space)
        for at in range(len(theirs.terms)):
            across += int(scratch[theirs.terms[at]]) * int(theirs.weights[at])
        member = space.articles.previous[member]
    for at in range(len(vector.terms)):
        scratch[vector.terms[at]] = 0
    return own + 2 * across


@kernel
def keep_copy_evidence(
    slot: int, shingles: NDArray[np.uint32], numbers: NDArray[np.uint32], tokens: int, arrays: Arrays
) -> None:
    """Keep what copies are confirmed by behind what is there; there must be room in all the ``arrays`` of a space."""
    space = space_of(arrays)
    articles, texts = space.articles, space.texts
    articles.tokens[slot] = tokens
    start, end = texts.ends[SHINGLES], texts.ends[SHINGLES] + len(shingles)
    texts.shingles[start:end] = shingles
    articles.shingle_start[slot], articles.shingle_count[slot] = start, len(shingles)
    texts.ends[SHINGLES] = end
    start, end = texts.ends[NUMBERS], texts.ends[NUMBERS] + len(numbers)
    texts.numbers[start:end] = numbers
    articles.number_start[slot], articles.number_count[slot] = start, len(numbers)
    texts.ends[NUMBERS] = end


@kernel
def _keep_vectors(slot: int, vector: Vector, title: Vector, space: Space) -> None:
    """Keep an article's vectors behind those that are there."""
    articles, texts = space.articles, space.texts
    start, end = texts.ends[VECTORS], texts.ends[VECTORS] + len(vector.terms)
    texts.terms[start:end] = vector.terms
    texts.weights[start:end] = vector.weights
    articles.vector_start[slot], articles.vector_length[slot] = start, len(vector.terms)
    texts.ends[VECTORS] = end
    start, end = texts.ends[TITLES], texts.ends[TITLES] + len(title.terms)
    texts.title_terms[start:end] = title.terms
    texts.title_weights[start:end] = title.weights
    articles.title_start[slot], articles.title_length[slot] = start, len(title.terms)
    texts.ends[TITLES] = end
