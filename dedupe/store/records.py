"""What is written to a store, and comes back from it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from dedupe.article import Article
from dedupe.events import Assignment, Event


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredArticle:
    """An article as the log left it.

    ``article`` is None once it was taken down; a ``hidden`` one is embargoed. ``lead`` stands for the title of one
    that has none, "" for others.
    """

    article_id: str
    article: Article | None
    received_at: datetime
    revision: int
    language: str
    assignment: Assignment
    content_digest: bytes
    top_terms: tuple[str, ...] = ()
    hidden: bool = False
    lead: str = ""

    @property
    def headline(self) -> str:
        """What the article is called, in every list and search; "" once it was taken down."""
        return headline(self.article.title, self.lead) if self.article else ""


def headline(title: str, lead: str) -> str:
    """Return what an article is called."""
    return title.strip() or lead


@dataclass(frozen=True, slots=True, kw_only=True)
class VocabularySnapshot:
    """Document frequencies of one language from event ``seq`` on, so that replay weighs terms as the first run did.

    ``terms`` holds little-endian unsigned 64-bit term hashes, in any order, ``counts`` as many unsigned 32-bit
    document counts; ``articles`` is the number of articles counted.
    """

    seq: int
    language: str
    articles: int
    terms: bytes
    counts: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One event with all it writes: committed whole or not at all.

    ``stored`` is the article's new row for an event that places one (its ``assignment`` says
    where); ``identities`` are the digests it is recognised by. ``vocabulary`` is a snapshot taken
    right after the event, where one was due.
    """

    event: Event
    stored: StoredArticle | None = None
    identities: tuple[bytes, ...] = ()
    vocabulary: VocabularySnapshot | None = None


class Name(NamedTuple):
    """A public id in a new generation: of what was built under ``built_id``, or leading to another, or to nothing."""

    public_id: str
    built_id: str | None = None
    leads_to: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Replayed:
    """One event as replay needs it.

    ``article`` is the text that the event placed; None when the event placed none, or when a later
    revision or a takedown replaced that text (its slot in the index stays empty then). With the event that
    activates a generation come the ``names`` it was given, and the ids of the articles and clusters that are
    ``embargoed`` then. An event ``aside`` happened to another generation: of it, only what editors decided counts.
    """

    event: Event
    article: Article | None
    language: str | None
    vocabulary: VocabularySnapshot | None
    revision: int = 0
    names: Sequence[Name] = ()
    embargoed: Sequence[str] = ()
    aside: bool = False


class LogPosition(NamedTuple):
    """The log up to event ``seq``: a digest of its newest events, and which generation was in force, 0 for none."""

    seq: int
    digest: str
    generation: int


class JobState(StrEnum):
    """How far a job is. It is ``activating`` and ``rolling_back`` only while that is going on."""

    BUILDING = "building"
    READY = "ready"
    ACTIVATING = "activating"
    ACTIVATED = "activated"
    ROLLING_BACK = "rolling_back"
    ROLLED_BACK = "rolled_back"
    DISCARDED = "discarded"
    FAILED = "failed"
