"""An editor who decides at random, and what must hold after whatever was decided: worked out from the rows alone."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta

from dedupe.constraints import Constraint, Rule
from dedupe.corrections import Constrain, Correction, Merge, Move, Release, Split, Undo
from dedupe.errors import AlreadyUndone, Contradiction, InvalidCorrection, UnknownConstraint, WithdrawnArticle
from dedupe.events import SWITCHING, Event, EventKind
from dedupe.store.protocol import Catalogue

REFUSALS = (AlreadyUndone, Contradiction, InvalidCorrection, UnknownConstraint, WithdrawnArticle)


def any_correction(draw: random.Random, catalogue: Catalogue, articles: list[str], at: datetime) -> Correction:
    """Return some decision about some of ``articles``."""
    who = {"actor": draw.choice(("Ada", "Ben")), "at": at, "note": draw.choice((None, "see the wire"))}
    one, other = draw.choice(articles), draw.choice(articles)
    kind = draw.randrange(8)
    if kind == 0:
        return Move(article_id=one, cluster_id=draw.choice((None, cluster_of(catalogue, other))), **who)
    if kind == 1:
        return Merge(cluster_id=cluster_of(catalogue, one), other_id=cluster_of(catalogue, other), **who)
    if kind == 2:
        inside = [row.article_id for row in catalogue.members(cluster_of(catalogue, one), 200, None).rows] or [one]
        leaving = draw.sample(inside, draw.randint(1, len(inside)))
        return Split(cluster_id=cluster_of(catalogue, one), article_ids=tuple(leaving), **who)
    if kind in (3, 4):
        return Undo(seq=draw.choice([c.seq for c in decisions(catalogue)] or [1]), **who)
    if kind == 5:
        return Release(article_id=one, **who)
    rule = draw.choice((Rule.PIN, Rule.MUST_LINK, Rule.CANNOT_LINK))
    if rule is not Rule.PIN and one == other:
        rule = Rule.PIN
    return Constrain(rule=rule, article_ids=(one,) if rule is Rule.PIN else (one, other), **who)


def cluster_of(catalogue: Catalogue, article_id: str) -> str:
    """Return the cluster of an article."""
    return catalogue.article(article_id).assignment.cluster_id


def survivor(catalogue: Catalogue, cluster_id: str) -> str:
    """Return where a cluster's id leads."""
    return catalogue.cluster(cluster_id).merged_into or cluster_id


def decisions(catalogue: Catalogue, *, in_force: bool = True) -> list[Constraint]:
    """Return all editors' decisions."""
    listed: list[Constraint] = []
    cursor = None
    while True:
        page = catalogue.constraints(7, cursor, in_force=in_force)
        listed += page.rows
        cursor = page.next_cursor
        if cursor is None:
            return listed


def every_event(catalogue: Catalogue) -> Iterator[Event]:
    """Yield the whole log."""
    after = 0
    while page := catalogue.changes(after, 1_000):
        yield from page
        after = page[-1].seq


def check_decisions(catalogue: Catalogue) -> int:
    """Check that every decision in force holds; return how many there are."""
    standing = decisions(catalogue)
    for constraint in standing:
        here, others = clusters_of(catalogue, constraint.articles), clusters_of(catalogue, constraint.others)
        event, rule = constraint.event, constraint.rule
        if rule in (Rule.PIN, Rule.MOVE):
            assert here <= {survivor(catalogue, event.cluster_id)}, constraint
        if rule in (Rule.MOVE, Rule.SPLIT) and event.from_cluster_id and "united" not in event.detail:
            assert survivor(catalogue, event.from_cluster_id) not in here, constraint
        if rule in (Rule.MUST_LINK, Rule.MERGE) and here and others:
            assert here == others, constraint
        if rule is Rule.CANNOT_LINK:
            assert not here & others, constraint
    return len(standing)


def clusters_of(catalogue: Catalogue, article_ids: tuple[str, ...]) -> set[str]:
    """Return the clusters of those articles that were not taken down."""
    stored = [catalogue.article(article_id) for article_id in article_ids]
    return {row.assignment.cluster_id for row in stored if row.article is not None}


def check_ids(catalogue: Catalogue) -> int:
    """Check that no cluster was founded twice, and that every id still answers; return how many ids there are."""
    founded: Counter[str] = Counter()
    known: set[str] = set()
    founded_aside = any(event.kind in SWITCHING for event in every_event(catalogue))
    for event in every_event(catalogue):
        if event.kind in SWITCHING:
            continue
        founded[event.cluster_id] += event.kind is EventKind.OPENED or "founded" in event.detail
        known |= {event.cluster_id, event.from_cluster_id or event.cluster_id}
    assert set(founded.values()) <= ({0, 1} if founded_aside else {1})  # a generation founds clusters of its own
    for cluster_id in known:
        end = catalogue.cluster(survivor(catalogue, cluster_id))
        assert end.merged_into is None
    return len(known)


def check_groups(catalogue: Catalogue, articles: list[str]) -> None:
    """Check that every duplicate group lies inside one cluster and has at least two articles."""
    clusters: dict[str, list[str]] = {}
    for article_id in articles:
        stored = catalogue.article(article_id)
        if stored.article is not None and stored.assignment.duplicate_group_id is not None:
            clusters.setdefault(stored.assignment.duplicate_group_id, []).append(stored.assignment.cluster_id)
    assert all(len(inside) > 1 and len(set(inside)) == 1 for inside in clusters.values())


MINUTE = timedelta(minutes=1)
