"""An editor's decision, held against those in force and written down as one event. Nothing here changes state."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import Any

from dedupe import ids
from dedupe.constraints import Constraint, Rule
from dedupe.corrections import Correction
from dedupe.discretion import check_seen, contradiction
from dedupe.drafting import NEW, Draft, draft_of, names_of
from dedupe.events import Event, EventKind
from dedupe.index import Index


class Proposed:
    """Where articles would be if some of them went elsewhere."""

    def __init__(self, index: Index, article_ids: Collection[str], cluster: int) -> None:
        self._index = index
        self._moving = article_ids
        self._cluster = cluster

    def whereabouts(self, article_id: str) -> int:
        """Return the number of an article's cluster."""
        return self._cluster if article_id in self._moving else self._index.whereabouts(article_id)

    def cluster_number(self, cluster_id: str) -> int:
        """Return the number of a cluster."""
        return self._index.cluster_number(cluster_id)


def may_go(index: Index, article_id: str, cluster_id: str) -> bool:
    """Return whether no editor's decision keeps an article from a cluster."""
    if not index.constraints:
        return True
    proposed = Proposed(index, {article_id}, index.cluster_number(cluster_id))
    return not any(constraint.is_broken(proposed) for constraint in index.constraints.naming([article_id]))


def correcting_event(index: Index, correction: Correction) -> Event:
    """Write down an editor's decision as the event that follows the index's last one.

    Raises `Contradiction` when a decision in force forbids it, `InvalidCorrection`, `UnknownArticle`,
    `WithdrawnArticle`, `UnknownCluster`, `UnknownConstraint` or `AlreadyUndone`.
    """
    check_seen(index, correction)
    draft = draft_of(index, correction)
    standing = _contradicted(index, draft)
    if standing:
        raise contradiction(index, correction, standing, _told(index, draft, correction))
    return _event(index, draft, correction)


def _contradicted(index: Index, draft: Draft) -> Constraint | None:
    """Return the first decision in force that a draft would break."""
    if draft.source is None:
        return None
    if draft.kind is EventKind.MERGED:
        return _between(index, draft.source, draft)
    moved = set(names_of(index, draft.slots))
    proposed = Proposed(index, moved, draft.cluster)
    concerned = (c for c in index.constraints.naming(moved) if c.seq not in draft.lifts)
    return next((constraint for constraint in concerned if constraint.is_broken(proposed)), None)


def _between(index: Index, source: int, draft: Draft) -> Constraint | None:
    """Return the first decision in force, but for those lifted, that keeps two clusters from becoming one."""
    pair = {source, draft.cluster}
    standing = (c for c in index.constraints.in_force() if c.seq not in draft.lifts)
    return next((c for c in standing if any(set(parted) == pair for parted in c.parted(index))), None)


def _event(index: Index, draft: Draft, correction: Correction) -> Event:
    seq = index.seq + 1
    detail = _detail(index, draft, correction)
    if draft.cluster == NEW:
        bits = ids.derive_dated("clu", int(index.clusters.articles.bits[draft.slots[0]]), seq, correction.at)
        cluster_id = ids.encode("clu", bits)
    else:
        cluster_id = index.cluster_id(draft.cluster)
    event = Event(
        seq=seq,
        at=correction.at,
        kind=draft.kind,
        article_id=draft.article_id,
        cluster_id=cluster_id,
        from_cluster_id=None if draft.source is None else index.cluster_id(draft.source),
        detail=detail,
    )
    if is_hidden(index, event):
        return replace(event, hidden=True)
    return replace(event, article_id=None) if event.article_id in index.embargoes.articles else event


def is_hidden(index: Index, event: Event) -> bool:
    """Return whether an editor's decision is told only to those who may see embargoed articles.

    They alone are told when nothing moves that others see, or a cluster ends of which others never heard.
    """
    embargoed = index.embargoes
    if event.unites:
        return event.from_cluster_id in embargoed.clusters
    if event.moved_articles:
        return embargoed.articles.issuperset(event.moved_articles)
    undone = index.constraints.get(event.detail.get("undoes", 0))
    if undone is not None:
        return undone.event.hidden
    return not embargoed.articles.isdisjoint(Constraint(event=event).named)


def _detail(index: Index, draft: Draft, correction: Correction) -> dict[str, Any]:
    detail: dict[str, Any] = {"actor": correction.actor, "note": correction.note}
    if draft.rule:
        detail |= {"rule": draft.rule.value}
        detail |= {"bound": names_of(index, draft.bound), "others": names_of(index, draft.others)}
    if draft.slots:
        detail["articles"] = names_of(index, draft.slots)
    if draft.cluster == NEW:
        detail["founded"] = True
    elif draft.kind is not EventKind.MERGED and takes_all(index, draft):
        detail["united"] = True
    if draft.lifts:
        detail["lifts"] = list(draft.lifts)
    if draft.undoes is not None:
        detail["undoes"] = draft.undoes
    if draft.unlinked:
        detail["unlinked"] = [draft.unlinked]
    return detail


def takes_all(index: Index, draft: Draft) -> bool:
    """Return whether nobody is left where the articles were, and its id may answer for where they are."""
    if draft.source is None or len(draft.slots) < len(index.clusters.members(draft.source)):
        return False
    return _between(index, draft.source, draft) is None


def _told(index: Index, draft: Draft, correction: Correction) -> dict[str, Any]:
    named = draft.bound or draft.slots
    if draft.rule in (Rule.MUST_LINK, Rule.CANNOT_LINK):
        named += draft.others
    return {
        "rule": draft.rule.value if draft.rule else "undo",
        "actor": correction.actor,
        "note": correction.note,
        "at": correction.at,
        "article_ids": names_of(index, named),
    }
