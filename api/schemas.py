"""What the service reads and writes, as JSON."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from api.decisions import RefusedOut, StandingOut
from api.moments import Moment
from dedupe.article import Article, PubStatus
from dedupe.errors import InvalidArticle
from dedupe.events import Decision, EventKind
from dedupe.neighbours import RelatedCluster, SimilarArticle
from dedupe.text.html import extract

Name = Annotated[str, StringConstraints(max_length=2_000)]


class ArticleIn(BaseModel):
    """An article as a client sends it: a title, and ``text`` or ``html``; at least one of the three."""

    model_config = ConfigDict(
        extra="forbid",
        strict=True,
        json_schema_extra={"anyOf": [
            {"required": ["title"]}, {"required": ["text"]}, {"required": ["html"]},
            {"required": ["pub_status"], "properties": {"pub_status": {"const": "canceled"}}},
        ]},
    )  # fmt: skip

    title: str | None = Field(default=None, description="The headline, up to 2,000 characters.")
    text: str | None = Field(default=None, description="The plain text, up to 1,000,000 bytes of UTF-8.")
    html: str | None = Field(default=None, description="A page to take the text from, instead of `text`; as long.")
    uri: Name | None = Field(default=None, description="Your own id for the article, unique within `source`.")
    url: Name | None = Field(default=None, description="Where it was published.")
    source: Name | None = Field(default=None, description="The outlet that published it.")
    published_at: Moment | None = Field(default=None, description="RFC 3339 with a time zone.")
    language: str | None = Field(default=None, description="BCP 47 tag; detected when absent.")
    version: int | Name | None = None
    authors: list[Name] = Field(default_factory=list, max_length=100)
    pub_status: PubStatus = Field(default=PubStatus.USABLE, strict=False)
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
    """The article that a text was copied from, and how much of it; an ``excerpt`` is a small part of the other."""

    article_id: str
    jaccard: float
    containment: float
    kind: str


class RunnerUpOut(BaseModel):
    """The second-best cluster."""

    cluster_id: str
    confidence: float


class AssignmentOut(BaseModel):
    """Where an article is, and how it came there. ``seq`` is null for a dry run."""

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
    """An article as it is kept, with its assignment.

    ``headline`` is what lists and searches call it: its title, or, where none was sent, how its text begins.
    """

    article_id: str
    title: str
    headline: str
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


class SimilarPage(BaseModel):
    """A page of the nearest articles; ``next_cursor`` is null on the last."""

    articles: list[SimilarArticle]
    next_cursor: str | None


class RelatedPage(BaseModel):
    """A page of earlier events; ``next_cursor`` is null on the last, and may follow an empty page."""

    clusters: list[RelatedCluster]
    next_cursor: str | None


class HourOut(BaseModel):
    """How many articles were first seen within the hour that began ``at``, and how many of those are copies."""

    at: datetime
    articles: int
    copies: int


class TimelineOut(BaseModel):
    """A cluster's hours in order, those without an article left out; ``next_cursor`` is null on the last page."""

    cluster_id: str
    hours: list[HourOut]
    next_cursor: str | None


class GenerationOut(BaseModel):
    """A generation that was put into force, and what that changed."""

    number: int
    job_id: str
    article_count: int
    moved_count: int
    cluster_count: int
    former_cluster_count: int


class ChangeOut(BaseModel):
    """One event of the log; ``cluster_id`` is null where a ``generation`` was put into force, and many change."""

    seq: int
    at: datetime
    kind: EventKind
    article_id: str | None
    cluster_id: str | None
    from_cluster_id: str | None
    generation: GenerationOut | None


class ChangePage(BaseModel):
    """Changes in order; ask again with ``after`` = ``last_seq``."""

    changes: list[ChangeOut]
    last_seq: int


class AliveOut(BaseModel):
    """The process answers."""

    status: str


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
    standing: StandingOut | None = Field(
        default=None, description="In `contradiction`: the decision that is in the way."
    )
    refused: RefusedOut | None = Field(default=None, description="In `contradiction`: the decision that was asked for.")


def _utc(moment: datetime | None, field: str) -> datetime | None:
    try:
        return moment.astimezone(UTC) if moment else None
    except OverflowError:
        raise InvalidArticle(field, "lies outside the years 1 to 9999 in UTC") from None
