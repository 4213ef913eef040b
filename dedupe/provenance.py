"""A cluster's articles, turned into where each comes from: who was first, who copied from whom, what changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from dedupe.archive import Archive, Placed
from dedupe.comparison import Side, runs_between, sides
from dedupe.errors import UnknownArticle, WithdrawnArticle
from dedupe.events import DuplicateOf
from dedupe.text.wire import WireCredit, wire_credit

PATIENCE: Final = 400_000
"""A page ends early when its articles and their originals have more tokens than this."""


class Role(StrEnum):
    """What an article is in its cluster: a text of its own, one that others copied, or a copy."""

    REPORT = "report"
    ORIGINAL = "original"
    COPY = "copy"


@dataclass(frozen=True, slots=True, kw_only=True)
class CopiedFrom:
    """The article that a text was copied from, as recorded, and what the present texts have of each other.

    ``seconds_after`` is how long after it the copy was published: negative where the copy was published
    first and came in later, None where a date is missing. What depends on the original's text is None
    once that was taken down.
    """

    article_id: str
    source: str | None
    jaccard: float
    containment: float
    seconds_after: float | None = None
    kept_tokens: int | None = None
    added_tokens: int | None = None
    added_characters: int | None = None
    cut_tokens: int | None = None
    cut_characters: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where one article comes from."""

    article_id: str
    title: str
    source: str | None
    published_at: datetime | None
    received_at: datetime
    role: Role
    duplicate_group_id: str | None
    copied_from: CopiedFrom | None
    wire: WireCredit | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """Where a page of a cluster's articles comes from, the first seen first.

    ``independent_count`` counts the texts of the whole cluster that are nobody's copy; ``first`` is the
    article that was seen first of all.
    """

    cluster_id: str
    size: int
    independent_count: int
    source_count: int
    first: str | None
    articles: tuple[Origin, ...]
    next_cursor: str | None


def provenance(archive: Archive, cluster_id: str, limit: int, cursor: str | None) -> Provenance:
    """Return where a page of a cluster's articles comes from; raise `UnknownCluster` or `InvalidQuery`."""
    catalogue = archive.catalogue
    row, page = catalogue.cluster(cluster_id), catalogue.members(cluster_id, limit, cursor)
    first = catalogue.members(cluster_id, 1, None).rows
    origins = _Origins(archive).of([archive.read(stored) for stored in page.rows])
    if len(origins) < len(page.rows):
        page = catalogue.members(cluster_id, len(origins), cursor)
    return Provenance(
        cluster_id=cluster_id,
        size=row.size,
        independent_count=row.independent_count,
        source_count=row.source_count,
        first=first[0].article_id if first else None,
        articles=tuple(origins),
        next_cursor=page.next_cursor,
    )


class _Origins:
    """Finds where articles come from, until that takes too long; an original of many copies is read once."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive
        self._read: dict[str, Placed | None] = {}
        self._tokens = 0

    def of(self, articles: Sequence[Placed]) -> list[Origin]:
        """Return where articles come from: of the first, and of those after it while there is patience left."""
        self._read = {placed.stored.article_id: placed for placed in articles}
        origins: list[Origin] = []
        for placed in articles:
            if origins and self._tokens > PATIENCE:
                break
            origins.append(self._origin(placed))
        return origins

    def _origin(self, placed: Placed) -> Origin:
        stored, article, assignment = placed.stored, placed.reading.article, placed.stored.assignment
        self._tokens += placed.reading.evidence.tokens
        role = Role.COPY if assignment.duplicate_of else Role.ORIGINAL
        return Origin(
            article_id=stored.article_id,
            title=stored.headline,
            source=article.source,
            published_at=article.published_at,
            received_at=stored.received_at,
            role=role if assignment.duplicate_group_id else Role.REPORT,
            duplicate_group_id=assignment.duplicate_group_id,
            copied_from=self._copied_from(placed, assignment.duplicate_of) if assignment.duplicate_of else None,
            wire=wire_credit(article.text, article.authors),
        )

    def _copied_from(self, placed: Placed, copied: DuplicateOf) -> CopiedFrom:
        original = self._original(copied.article_id)
        if original is None:
            return CopiedFrom(
                article_id=copied.article_id, source=None, jaccard=copied.jaccard, containment=copied.containment
            )
        apart = placed.reading.time - original.reading.time
        ours, theirs = self._differences(original, placed)
        return CopiedFrom(
            article_id=copied.article_id,
            source=original.reading.article.source,
            jaccard=copied.jaccard,
            containment=copied.containment,
            seconds_after=apart if apart == apart else None,  # noqa: PLR0124  NaN is the number unequal to itself
            kept_tokens=theirs.shared_tokens,
            added_tokens=theirs.added_tokens,
            added_characters=theirs.added_characters,
            cut_tokens=ours.added_tokens,
            cut_characters=ours.added_characters,
        )

    def _differences(self, original: Placed, copy: Placed) -> tuple[Side, Side]:
        self._tokens += original.reading.evidence.tokens
        pair = original.reading, copy.reading
        return sides(runs_between(*pair, self._archive.shingle_size), pair)

    def _original(self, article_id: str) -> Placed | None:
        if article_id not in self._read:
            try:
                self._read[article_id] = self._archive.placed(article_id)
            except (UnknownArticle, WithdrawnArticle):
                self._read[article_id] = None
        return self._read[article_id]
