"""An article that comes again: whether it says the same, where its new text goes, and what its sender is answered."""

from __future__ import annotations

from dataclasses import replace

from dedupe.article import Article
from dedupe.correcting import may_go
from dedupe.duplicates.containment import containment
from dedupe.events import Assignment, Decision, Event
from dedupe.group import Group
from dedupe.index import Index
from dedupe.reading import Reading
from dedupe.recording import destination, revising_event, staying_event
from dedupe.store.records import StoredArticle
from dedupe.submission import Submission

SAME_TEXT = 0.5
"""A revision that keeps this share of the shorter text stays where it is."""


def says_the_same(group: Group, known: StoredArticle, submission: Submission) -> bool:
    """Tell whether a submission changes nothing; raise `ReusedIdempotencyKey`."""
    article, before = submission.article, known.article
    if group.is_repeated_request(submission) or before is None or article.is_older_than(before):
        return True
    return known.content_digest == article.content_digest and before.standing == article.standing


def revision_event(
    index: Index, placed: Event, known: StoredArticle, before: Reading | None, reading: Reading
) -> Event:
    """Turn the event that would place a text as new into the revision of a known article, read ``before`` this."""
    same_text = before is not None and containment(before.evidence.shingles, reading.evidence.shingles) >= SAME_TEXT
    at_present = present(index, known)
    cluster_id = destination(index, placed, known.article_id, same_text=same_text)
    event = revising_event(placed, at_present, cluster_id, same_text=same_text)
    return event if may_go(index, known.article_id, event.cluster_id) else staying_event(event, at_present)


def unchanged(index: Index, known: StoredArticle, submission: Submission) -> Assignment:
    """Return the answer to a submission that says the same."""
    notices = notices_of(submission)
    if known.article and submission.article.is_older_than(known.article):
        notices = (*notices, f"version {known.article.version} is here already; nothing was changed")
    elif known.article and (passed_over := _corrected(submission.article, known.article)):
        fields = " and ".join(passed_over)
        notices = (*notices, f"title and text are the same, so {fields} stayed as before; send another version with it")
    return replace(present(index, known), decision=Decision.UNCHANGED, notices=notices)


def _corrected(article: Article, known: Article) -> list[str]:
    """Return which fields, beside what a reader sees, say something else than before."""
    fields = ("published_at", "language", "authors")
    return [field for field in fields if getattr(article, field) not in (None, (), getattr(known, field))]


def present(index: Index, known: StoredArticle) -> Assignment:
    """Return where an article is now; a row of the group in hand does not know of later merges yet."""
    slot = index.slot_of(known.article_id)
    cluster_id = index.cluster_id(index.clusters.cluster_of(slot))
    return replace(known.assignment, cluster_id=cluster_id, duplicate_group_id=index.group_id(slot))


def notices_of(submission: Submission) -> tuple[str, ...]:
    """Return what the sender should know of an article."""
    return submission.article.notices(submission.received_at)
