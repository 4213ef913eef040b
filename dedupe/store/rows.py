"""Between the values of the protocol and the rows of the tables."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson
from sqlalchemy import Row

from dedupe.article import Article, PubStatus
from dedupe.events import Assignment, Decision, DuplicateOf, Event, EventKind, RunnerUp
from dedupe.store.dialect import Values
from dedupe.store.records import Replayed, StoredArticle, VocabularySnapshot
from dedupe.store.summary import seen_us
from dedupe.store.times import microseconds, moment

Record = Row[*tuple[Any, ...]]


def packed(value: object) -> str:
    """Return a JSON value as a text column keeps it."""
    return orjson.dumps(value).decode()


def unpacked(text: str) -> tuple[str, ...]:
    """Return the strings of a text column."""
    return tuple(orjson.loads(text))


def event_values(event: Event) -> Values:
    """Return the row of an event."""
    return {
        "seq": event.seq,
        "at": microseconds(event.at),
        "kind": event.kind.value,
        "article_id": event.article_id,
        "cluster_id": event.cluster_id,
        "from_cluster_id": event.from_cluster_id,
        "detail": packed(dict(event.detail)),
        "hidden": event.hidden,
    }


def event_of(row: Record) -> Event:
    """Return the event of a row."""
    return Event(
        seq=row.seq,
        at=moment(row.at),
        kind=EventKind(row.kind),
        article_id=row.article_id,
        cluster_id=row.cluster_id,
        from_cluster_id=row.from_cluster_id,
        detail=orjson.loads(row.detail),
        hidden=row.hidden,
    )


def vocabulary_values(seq: int, snapshot: VocabularySnapshot) -> Values:
    """Return the row of a vocabulary."""
    return {
        "seq": seq,
        "language": snapshot.language,
        "articles": snapshot.articles,
        "terms": snapshot.terms,
        "counts": snapshot.counts,
    }


def article_values(stored: StoredArticle, article: Article, placed_seq: int) -> Values:
    """Return the row of a live article, but for the numbers of the article and its cluster."""
    assignment = stored.assignment
    return {
        "id": stored.article_id,
        "placed_seq": placed_seq,
        "withdrawn": False,
        "revision": stored.revision,
        "received_at": microseconds(stored.received_at),
        "seen_at": seen_us(article, stored.received_at),
        "published_at": article.published_at and microseconds(article.published_at),
        "embargoed_until": article.embargoed_until and microseconds(article.embargoed_until),
        "source": article.source,
        "language": stored.language,
        "given_language": article.language,
        "version": article.version,
        "pub_status": article.pub_status.value,
        "decision": assignment.decision.value,
        "duplicate_group_id": assignment.duplicate_group_id,
        "duplicate_of": assignment.duplicate_of.article_id if assignment.duplicate_of else None,
        "reason": packed(reason_values(assignment)),
        "content_digest": stored.content_digest,
        "top_terms": packed(stored.top_terms),
        "hidden": stored.hidden,
    }


def text_values(stored: StoredArticle, article: Article, article_pk: int) -> Values:
    """Return the row of an article's text."""
    return {
        "article_pk": article_pk,
        "title": article.title,
        "lead": stored.lead,
        "text": article.text,
        "uri": article.uri,
        "url": article.url,
        "authors": packed(article.authors),
    }


WITHDRAWN_VALUES: Mapping[str, Any] = {
    "withdrawn": True,
    "published_at": None,
    "embargoed_until": None,
    "source": None,
    "given_language": None,
    "version": None,
    "duplicate_group_id": None,
    "duplicate_of": None,
    "content_digest": b"",
    "top_terms": "[]",
    "hidden": False,
}
"""What is left of the row of an article that was taken down."""


def reason_values(assignment: Assignment) -> Values:
    """Return what a row tells of the decision that placed its article."""
    copied, runner_up = assignment.duplicate_of, assignment.runner_up
    return {
        "confidence": assignment.confidence,
        "copied": [copied.jaccard, copied.containment, copied.kind] if copied else None,
        "runner_up": [runner_up.cluster_id, runner_up.confidence] if runner_up else None,
        "also_in": assignment.also_in,
        "notices": assignment.notices,
        "seq": assignment.seq,
    }


def stored_of(row: Record) -> StoredArticle:
    """Return the article of a row joined with its text and cluster."""
    return StoredArticle(
        article_id=row.id,
        article=None if row.withdrawn else article_of(row),
        received_at=moment(row.received_at),
        revision=row.revision,
        language=row.language,
        assignment=_assignment_of(row),
        content_digest=row.content_digest,
        top_terms=unpacked(row.top_terms),
        hidden=row.hidden,
        lead=row.lead or "",
    )


def article_of(row: Record) -> Article:
    """Return the text of a live article's row, joined with its text."""
    return Article(
        title=row.title,
        text=row.text,
        source=row.source,
        uri=row.uri,
        url=row.url,
        published_at=None if row.published_at is None else moment(row.published_at),
        language=row.given_language,
        version=row.version,
        authors=unpacked(row.authors),
        pub_status=PubStatus(row.pub_status),
        embargoed_until=None if row.embargoed_until is None else moment(row.embargoed_until),
    )


def replayed_of(row: Record) -> Replayed:
    """Return an event joined with the text it placed, if that is still current, and its vocabulary."""
    is_current = row.id is not None
    return Replayed(
        event=event_of(row),
        article=article_of(row) if is_current else None,
        language=row.language if is_current else None,
        vocabulary=None if row.vocabulary_seq is None else vocabulary_of(row),
        revision=row.revision if is_current else 0,
    )


def vocabulary_of(row: Record) -> VocabularySnapshot:
    """Return the vocabulary of a row that has one, its columns named ``vocabulary_…``."""
    return VocabularySnapshot(
        seq=row.vocabulary_seq,
        language=row.vocabulary_language,
        articles=row.vocabulary_articles,
        terms=row.vocabulary_terms,
        counts=row.vocabulary_counts,
    )


def _duplicate_of(article_id: str, jaccard: float, containment: float, kind: str = "copy") -> DuplicateOf:
    return DuplicateOf(article_id=article_id, jaccard=jaccard, containment=containment, kind=kind)


def _assignment_of(row: Record) -> Assignment:
    reason = orjson.loads(row.reason)
    copied, runner_up = reason["copied"], reason["runner_up"]
    return Assignment(
        article_id=row.id,
        cluster_id=row.cluster_id,
        duplicate_group_id=row.duplicate_group_id,
        decision=Decision(row.decision),
        duplicate_of=row.duplicate_of and _duplicate_of(row.duplicate_of, *copied),
        confidence=reason["confidence"],
        runner_up=runner_up and RunnerUp(cluster_id=runner_up[0], confidence=runner_up[1]),
        also_in=tuple(reason["also_in"]),
        seq=reason["seq"],
        notices=tuple(reason["notices"]),
    )
