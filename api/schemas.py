"""What the service reads and writes, as JSON."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from pydantic.config import JsonDict

from api.moments import Moment
from api.problems import Problem
from dedupe.article import Article, PubStatus
from dedupe.errors import InvalidArticle
from dedupe.events import Assignment, Decision, Event, EventKind
from dedupe.store.protocol import ClusterRow, StoredArticle, Totals
from dedupe.store.velocity import velocity
from dedupe.text.html import extract

Name = Annotated[str, StringConstraints(max_length=2_000)]

EXAMPLE_ARTICLE: JsonDict = {
    "title": "Harbour ferry runs aground off Sandholm",
    "text": "The ferry Aurora ran aground at dawn on Monday. All 212 people on board were brought ashore.",
    "source": "Eastlow Standard",
    "uri": "eastlow:2026:4711",
    "url": "https://eastlow.example/news/ferry-aground",
    "published_at": "2026-03-02T06:40:00Z",
    "language": "en",
}
EXAMPLE_ASSIGNMENT: JsonDict = {
    "article_id": "art_5x1m8v0c2q4rt",
    "cluster_id": "clu_2vtqzqzhf8ff1",
    "duplicate_group_id": "dup_d1vtf8x88c8k7",
    "decision": "copied",
    "duplicate_of": {"article_id": "art_0pz6k3n9w7b1s", "jaccard": 0.41, "containment": 0.87},
    "confidence": 0.87,
    "runner_up": None,
    "also_in": [],
    "seq": 1042,
    "notices": [],
}


class ArticleIn(BaseModel):
    """An article as a client sends it: a title, and ``text`` or ``html``; at least one of the three."""

    model_config = ConfigDict(extra="forbid", strict=True, json_schema_extra={"examples": [EXAMPLE_ARTICLE]})

    title: str | None = Field(None, description="The headline, up to 2,000 characters.")
    text: str | None = Field(None, description="The plain text, up to 1,000,000 bytes of UTF-8.")
    html: str | None = Field(None, description="A page to take the text from, instead of `text`.")
    uri: Name | None = Field(None, description="Your own id for the article, unique within `source`.")
    url: Name | None = Field(None, description="Where it was published.")
    source: Name | None = Field(None, description="The outlet that published it.")
    published_at: Moment | None = Field(None, description="RFC 3339 with a time zone.")
    language: str | None = Field(None, description="BCP 47 tag; detected when absent.")
    version: int | Name | None = None
    authors: list[Name] = Field(default_factory=list, max_length=100)
    pub_status: PubStatus = Field(PubStatus.USABLE, strict=False)
    embargoed_until: Moment | None = None

    def article(self) -> Article:
        """Return the article; raise `InvalidArticle` when a field cannot be used."""
        title, text = self.title or "", self.text or ""
        if self.html is not None:
            if self.text is not None:
                raise InvalidArticle("html", "send text or html, not both")
            page = extract(self.html)
            title, text = title or page.title, page.text
        return Article(
            title=title,
            text=text,
            source=self.source,
            uri=self.uri,
            url=self.url,
            published_at=_utc(self.published_at, "published_at"),
            language=self.language,
            version=None if self.version is None else str(self.version),
            authors=tuple(self.authors),
            pub_status=self.pub_status,
            embargoed_until=_utc(self.embargoed_until, "embargoed_until"),
        )


class DuplicateOfOut(BaseModel):
    """The article that a text was copied from, and how much of it."""

    article_id: str
    jaccard: float
    containment: float


class RunnerUpOut(BaseModel):
    """The second-best cluster."""

    cluster_id: str
    confidence: float


class AssignmentOut(BaseModel):
    """Where an article is, and how it came there. ``seq`` is null for a dry run."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE_ASSIGNMENT]})

    article_id: str
    cluster_id: str
    duplicate_group_id: str | None
    decision: Decision
    duplicate_of: DuplicateOfOut | None
    confidence: float
    runner_up: RunnerUpOut | None
    also_in: list[str]
    seq: int | None
    notices: list[str]


class ArticleOut(BaseModel):
    """An article as it is kept, with its assignment."""

    article_id: str
    title: str
    text: str
    source: str | None
    uri: str | None
    url: str | None
    published_at: datetime | None
    received_at: datetime
    language: str
    version: str | None
    authors: list[str]
    pub_status: PubStatus
    embargoed_until: datetime | None
    revision: int
    top_terms: list[str]
    assignment: AssignmentOut


class ArticlePage(BaseModel):
    """A page of articles; ``next_cursor`` is null on the last."""

    articles: list[ArticleOut]
    next_cursor: str | None


class ClusterOut(BaseModel):
    """One event: its representative headline, how many tell of it, since when, and how fast it grows.

    ``velocity`` is in articles an hour, the newest counting most.
    """

    cluster_id: str
    headline: str
    representative_id: str
    language: str
    size: int
    source_count: int
    independent_count: int
    first_seen: datetime
    last_seen: datetime
    updated_at: datetime
    updated_seq: int
    velocity: float
    sources: list[str]
    top_terms: list[str]


class ClusterPage(BaseModel):
    """A page of clusters; ``next_cursor`` is null on the last."""

    clusters: list[ClusterOut]
    next_cursor: str | None


class ChangeOut(BaseModel):
    """One event of the log."""

    seq: int
    at: datetime
    kind: EventKind
    article_id: str | None
    cluster_id: str
    from_cluster_id: str | None


class ChangePage(BaseModel):
    """Changes in order; ask again with ``after`` = ``last_seq``."""

    changes: list[ChangeOut]
    last_seq: int


class ReadyOut(BaseModel):
    """What is ready, and how much it holds."""

    status: str
    articles: int
    clusters: int
    duplicate_groups: int
    last_seq: int


class ProblemOut(BaseModel):
    """Why a request was refused (RFC 9457)."""

    type: str
    title: str
    status: int
    code: str
    detail: str
    errors: list[dict[str, str]] = Field(default_factory=list)


def assignment_json(assignment: Assignment) -> dict[str, Any]:
    """Return an assignment as JSON values."""
    return {
        "article_id": assignment.article_id,
        "cluster_id": assignment.cluster_id,
        "duplicate_group_id": assignment.duplicate_group_id,
        "decision": assignment.decision,
        "duplicate_of": assignment.duplicate_of,
        "confidence": assignment.confidence,
        "runner_up": assignment.runner_up,
        "also_in": assignment.also_in,
        "seq": assignment.seq,
        "notices": assignment.notices,
    }


def article_json(stored: StoredArticle) -> dict[str, Any]:
    """Return an article that was not taken down as JSON values."""
    article = stored.article
    if article is None:
        raise Problem(410, "withdrawn_article", f"the article {stored.article_id!r} was taken down")
    return {
        "article_id": stored.article_id,
        "title": article.title,
        "text": article.text,
        "source": article.source,
        "uri": article.uri,
        "url": article.url,
        "published_at": article.published_at,
        "received_at": stored.received_at,
        "language": stored.language,
        "version": article.version,
        "authors": article.authors,
        "pub_status": article.pub_status,
        "embargoed_until": article.embargoed_until,
        "revision": stored.revision,
        "top_terms": stored.top_terms,
        "assignment": assignment_json(stored.assignment),
    }


def cluster_json(row: ClusterRow, now: datetime) -> dict[str, Any]:
    """Return a cluster as JSON values, its velocity as of ``now``."""
    fields = ClusterOut.model_fields.keys() - {"velocity"}
    return {field: getattr(row, field) for field in ClusterOut.model_fields if field in fields} | {
        "velocity": round(velocity(row.heat, now), 3)
    }


def change_json(event: Event) -> dict[str, Any]:
    """Return an event as JSON values; its reasons stay with the article."""
    return {field: getattr(event, field) for field in ChangeOut.model_fields}


def totals_json(totals: Totals) -> dict[str, Any]:
    """Return the totals as JSON values."""
    return {
        "status": "ready",
        "articles": totals.articles,
        "clusters": totals.clusters,
        "duplicate_groups": totals.duplicate_groups,
        "last_seq": totals.last_seq,
    }


def _utc(moment: datetime | None, field: str) -> datetime | None:
    try:
        return moment.astimezone(UTC) if moment else None
    except OverflowError:
        raise InvalidArticle(field, "lies outside the years 1 to 9999 in UTC") from None
