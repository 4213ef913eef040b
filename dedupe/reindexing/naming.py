"""Which public ids the clusters of a generation get, and where the ids lead that none of them gets.

An id follows the largest part of its articles, the cluster opened first among equal ones. Where several ids
come together, the one that brings most articles names the cluster, the older one among equals, and the
others lead to it. What the generation knew before (the state that a rollback brings back) keeps its ids.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from dedupe import ids
from dedupe.index import Index
from dedupe.reindexing.clustering import Clustering, Overlap, Side, aligned
from dedupe.store.protocol import Name

Heirs = dict[int, int]
"""The cluster of the generation that holds most of each present cluster's articles, by number."""


def overlap_of(present: Clustering, built: Clustering) -> Overlap:
    """Return how many articles of each present cluster are in each cluster that was built."""
    ours, theirs = aligned(present, built)
    return Overlap.between(present.clusters[ours], built.clusters[theirs])


def heirs_of(present: Index, built: Index, overlap: Overlap) -> Heirs:
    """Return where the articles of each present cluster are, or what the generation knows under its id."""
    heirs = {}
    for cluster, (largest, _) in overlap.largest().items():
        known = built.cluster_number(present.cluster_id(cluster))
        heirs[cluster] = known if known >= 0 else largest
    return heirs


def cluster_names(present: Index, built: Index, overlap: Overlap, heirs: Mapping[int, int], first: int) -> list[Name]:
    """Return the names of clusters: those of clusters built from number ``first`` on, then ids that lead elsewhere."""
    shared = {(left, right): count for left, right, count in zip(*(a.tolist() for a in overlap), strict=True)}
    claims: dict[int, tuple[int, int]] = {}
    for cluster, heir in sorted(heirs.items()):
        if heir < first or built.knows(present.cluster_id(cluster)):
            continue
        claim = (-shared.get((cluster, heir), 0), cluster)
        claims[heir] = min(claims.get(heir, claim), claim)
    taken = {cluster: heir for heir, (_, cluster) in claims.items()}
    carried = [Name(present.cluster_id(cluster), built.cluster_id(heir)) for cluster, heir in sorted(taken.items())]
    final = {heir: present.cluster_id(cluster) for cluster, heir in taken.items()}
    return [*carried, *_leading(present, built, heirs, final)]


def _leading(present: Index, built: Index, heirs: Mapping[int, int], final: Mapping[int, str]) -> Iterable[Name]:
    """Yield the ids that name no cluster of the generation: first those of clusters that have no articles."""
    leading = []
    for cluster in range(present.clusters.count):
        public_id = present.cluster_id(cluster)
        if built.knows(public_id) or final.get(heirs.get(cluster, -1)) == public_id:
            continue
        survivor = present.clusters.survivor(cluster)
        heir = heirs.get(survivor, -1)
        if heir < 0:
            heir = built.cluster_number(present.cluster_id(survivor))
        if heir >= 0:
            leading.append(Name(public_id, None, final.get(heir) or built.cluster_id(heir)))
        elif survivor == cluster:
            yield Name(public_id)
        else:
            leading.append(Name(public_id, None, present.cluster_id(survivor)))
    yield from leading


def group_names(present: Side, built: Side) -> list[Name]:
    """Return the names of duplicate groups: a group keeps its id where each holds most of the other."""
    ours, theirs = aligned(present.clustering, built.clustering)
    overlap = Overlap.between(present.clustering.groups[ours], built.clustering.groups[theirs])
    back = overlap.largest(of_right=True)
    names = []
    for group, (heir, _) in sorted(overlap.largest().items()):
        old, new = present.index.groups.bits(group), built.index.groups.bits(heir)
        if back[heir][0] == group and old != new and built.index.groups.find(old) < 0:
            names.append(Name(ids.encode("dup", old), ids.encode("dup", new)))
    return names
