"""A decision, written down: the event that the log keeps and the answer that the sender gets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from dedupe import ids
from dedupe.decide import Verdict
from dedupe.events import Assignment, Decision, DuplicateOf, Event, EventKind, RunnerUp
from dedupe.index import Index
from dedupe.reading import Reading
from dedupe.store.records import StoredArticle
from dedupe.submission import Submission
from dedupe.text.lead import lead


def placing_event(index: Index, verdict: Verdict, submission: Submission, reading: Reading) -> Event:
    """Write down where a new article goes, as the event that follows the index's last one."""
    seq = index.seq + 1
    if verdict.cluster is None:
        kind, cluster_id = EventKind.OPENED, _new_cluster_id(submission.article_id, seq)
    else:
        kind, cluster_id = EventKind.JOINED, index.cluster_id(verdict.cluster)
    detail: dict[str, Any] = {"confidence": round(verdict.confidence, 4), **_reasons(index, verdict)}
    if reading.dropped:
        detail["furniture"] = list(reading.dropped)
    if verdict.copy:
        kind = EventKind.COPIED
        detail |= _copy_detail(index, verdict, submission.article_id, seq)
    return Event(
        seq=seq,
        at=submission.received_at,
        kind=kind,
        article_id=submission.article_id,
        cluster_id=cluster_id,
        detail=detail,
        hidden=submission.article.is_embargoed(submission.received_at),
    )


def destination(index: Index, placed: Event, article_id: str, *, same_text: bool) -> str:
    """Return the cluster of a revision of a known article, ``placed`` as if it were new.

    One that keeps most of the text stays where it is; another goes where it would go if it were new. If it is
    alone in its cluster, that one will do for a new one.
    """
    if same_text or (placed.kind is EventKind.OPENED and index.is_alone(article_id)):
        return index.cluster_id(index.whereabouts(article_id))
    return placed.cluster_id


def revising_event(placed: Event, known: Assignment, cluster_id: str, *, same_text: bool) -> Event:
    """Turn the event that would place a text as new into the revision of a known article, which goes to a cluster.

    A revision that keeps most of the text stays what it is a copy of. Which cluster the features are about is
    ``considered`` then.
    """
    detail = considered(placed, cluster_id)
    if same_text:
        detail = no_copy(detail) | _copy_detail_of(known)
    detail = elsewhere(detail, placed, cluster_id)
    return Event(
        seq=placed.seq,
        at=placed.at,
        kind=EventKind.REVISED,
        article_id=known.article_id,
        cluster_id=cluster_id,
        from_cluster_id=known.cluster_id if cluster_id != known.cluster_id else None,
        detail=detail,
        hidden=placed.hidden,
    )


def staying_event(revised: Event, known: Assignment) -> Event:
    """Turn a revision that would go elsewhere into one that stays: an editor keeps it where it is."""
    detail = no_copy(elsewhere(revised.detail, revised, known.cluster_id))
    detail.pop("founded", None)
    return replace(revised, cluster_id=known.cluster_id, from_cluster_id=None, detail=detail)


def considered(placed: Event, cluster_id: str) -> dict[str, Any]:
    """Return what an event that places a text says when it goes to a cluster, and which one its features are about."""
    detail = dict(placed.detail)
    if placed.kind is EventKind.OPENED and cluster_id == placed.cluster_id:
        detail["founded"] = True
    if "features" in detail:
        is_opened = placed.kind is EventKind.OPENED
        detail["considered"] = detail["runner_up"]["cluster_id"] if is_opened else placed.cluster_id
    return detail


def elsewhere(detail: Mapping[str, Any], placed: Event, cluster_id: str) -> dict[str, Any]:
    """Return what an event that places a round-up says when it goes to ``cluster_id``: of the others it tells, too.

    A copy is not told of elsewhere: its original is.
    """
    if "also_in" not in detail:
        return dict(detail)
    told = (placed.cluster_id, *detail["also_in"])
    also_in = [] if "duplicate_of" in detail else [other for other in told if other != cluster_id]
    return {**detail, "also_in": also_in}


def no_copy(detail: Mapping[str, Any]) -> dict[str, Any]:
    """Return what an event says without what it is a copy of."""
    return {key: value for key, value in detail.items() if not key.startswith("duplicate")}


def merging_event(index: Index, placed: Event, survivor: int, absorbed: int) -> Event:
    """Write down the merge of two clusters that the article just placed gave occasion to.

    Readers who never heard of the absorbed one are not told, and of an embargoed occasion nobody is.
    """
    absorbed_id = index.cluster_id(absorbed)
    return Event(
        seq=placed.seq + 1,
        at=placed.at,
        kind=EventKind.MERGED,
        article_id=None if placed.hidden else placed.article_id,
        cluster_id=index.cluster_id(survivor),
        from_cluster_id=absorbed_id,
        hidden=absorbed_id in index.embargoes.clusters,
    )


def splitting_event(index: Index, placed: Event, source: int, slots: Sequence[int]) -> Event:
    """Write down that articles leave a cluster for one of their own, since the one just placed joined it.

    Readers who never saw any of them are not told, and of an embargoed occasion nobody is.
    """
    articles, seq = [*map(index.article_id, slots)], index.seq + 1
    bits = ids.derive_dated("clu", ids.decode("art", articles[0]), seq, placed.at)
    return Event(
        seq=seq,
        at=placed.at,
        kind=EventKind.SPLIT,
        article_id=None if placed.hidden else placed.article_id,
        cluster_id=ids.encode("clu", bits),
        from_cluster_id=index.cluster_id(source),
        detail={"articles": articles, "founded": True},
        hidden=index.embargoes.articles.issuperset(articles),
    )


def assignment(event: Event, notices: tuple[str, ...] = ()) -> Assignment:
    """Return the answer that an event gives to whoever sent the article."""
    copied, runner_up = event.detail.get("duplicate_of"), event.detail.get("runner_up")
    return Assignment(
        article_id=event.article_id or "",
        cluster_id=event.cluster_id,
        duplicate_group_id=event.detail.get("duplicate_group_id"),
        decision=Decision(event.kind),
        duplicate_of=DuplicateOf(**copied) if copied else None,
        confidence=event.detail["confidence"],
        runner_up=RunnerUp(**runner_up) if runner_up else None,
        also_in=tuple(event.detail.get("also_in", ())),
        seq=event.seq,
        notices=notices,
    )


def stored_article(
    event: Event, submission: Submission, reading: Reading, *, revision: int, top_terms: tuple[str, ...]
) -> StoredArticle:
    """Return the row of an article that an event has just placed."""
    return StoredArticle(
        article_id=event.article_id or "",
        article=submission.article,
        received_at=submission.received_at,
        revision=revision,
        language=reading.language,
        assignment=assignment(event),
        content_digest=submission.article.content_digest,
        top_terms=top_terms,
        hidden=event.hidden,
        lead="" if submission.article.title.strip() else lead(reading.page, submission.article.text, reading.dropped),
    )


def _new_cluster_id(article_id: str, seq: int) -> str:
    return ids.encode("clu", ids.derive("clu", ids.decode("art", article_id), seq))


def _reasons(index: Index, verdict: Verdict) -> dict[str, Any]:
    reasons: dict[str, Any] = {}
    runner_up = verdict.runner_up
    best = verdict.chosen or runner_up
    if best and not verdict.copy:
        reasons = {"model": verdict.model, "features": best.reasons()}
        if best.nearest >= 0:
            reasons["nearest"] = index.article_id(best.nearest)
    if runner_up:
        reasons["runner_up"] = {
            "cluster_id": index.cluster_id(runner_up.cluster),
            "confidence": round(runner_up.probability, 4),
        }
    if verdict.also_in:
        reasons["also_in"] = [index.cluster_id(cluster) for cluster in verdict.also_in]
    return reasons


def _copy_detail(index: Index, verdict: Verdict, arrival_id: str, seq: int) -> dict[str, Any]:
    """Name the original and the group, which is founded by what arrives: its id was never there before."""
    copy = verdict.copy
    if copy is None:
        return {}
    original = index.article_id(copy.slot)
    founded = ids.encode("dup", ids.derive("dup", ids.decode("art", arrival_id), seq))
    return {
        "duplicate_of": {
            "article_id": original,
            "jaccard": round(copy.jaccard, 4),
            "containment": round(copy.containment, 4),
            "kind": copy.kind,
        },
        "duplicate_group_id": index.group_id(copy.slot) or founded,
    }


def _copy_detail_of(known: Assignment) -> dict[str, Any]:
    detail: dict[str, Any] = {}
    if known.duplicate_of:
        copied = known.duplicate_of
        detail["duplicate_of"] = {
            "article_id": copied.article_id,
            "jaccard": copied.jaccard,
            "containment": copied.containment,
            "kind": copied.kind,
        }
    if known.duplicate_group_id:
        detail["duplicate_group_id"] = known.duplicate_group_id
    return detail
