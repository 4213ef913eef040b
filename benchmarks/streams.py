"""The development sets, in stream order, as the engine reads them. They are never part of the repository."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from dedupe import ids
from dedupe.article import Article
from dedupe.reading import Reading, read
from dedupe.settings import EngineSettings
from dedupe.submission import Submission

DATASETS = Path(__file__).parents[2] / "shared" / "datasets"
FIRST, LAST = (datetime(year, 1, 1, tzinfo=UTC) for year in (2000, 9999))
HEADLINE_WORDS = 14
LEAD_WORDS = 30


@dataclass(frozen=True, slots=True)
class Labelled:
    """One article of a stream, its gold event, if it has one, and when it really was published."""

    id: str
    submission: Submission
    gold: str | None
    published: datetime | None

    @property
    def reading(self) -> Reading:
        """Return the article as the engine reads it."""
        return self.reading_without(())

    def reading_without(self, dropped: Sequence[int]) -> Reading:
        """Return the article as the engine reads it without some of its lines."""
        article = self.submission.article
        return read(article, article.language or "und", self.submission.received_at, EngineSettings(), dropped)


class Times(NamedTuple):
    """When an article says that it was published, and when it came in."""

    published: datetime | None
    received_at: datetime


def rows(name: str) -> Iterator[dict[str, Any]]:
    """Yield the rows of a set in its file's order."""
    with gzip.open(DATASETS / name / "docs.jsonl.gz", "rt", encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


class Form(Enum):
    """How much of an article is read: news comes whole, as a headline with its lead, or as a headline alone."""

    WHOLE = "whole"
    LEAD = "lead"
    HEADLINE = "headline"


class Set(NamedTuple):
    """The first ``limit`` articles of a set by time, with their dates or as if they had none, whole or shortened.

    ``noise`` is False where the articles without a label are left out, and only one of ``every`` so many articles
    is taken: what remains is sparse, and what is nearest to an article is often another event. ``prior`` is False
    where it is to be learned from as if nothing were known of the language. ``topical`` is True where each event
    comes among articles like it of other times, as `topics` finds them, and ``at_once`` where those claim to be of the
    same week.
    """

    name: str
    limit: int | None = None
    dated: bool = True
    form: Form = Form.WHOLE
    noise: bool = True
    every: int = 1
    prior: bool = True
    topical: bool = False
    at_once: bool = False

    @property
    def is_itself(self) -> bool:
        """Return whether its articles are read as they are."""
        return self == Set(self.name, self.limit)


def stream(part: Set, shuffle: int | None = None) -> Iterator[Labelled]:
    """Yield the articles of a set in order of publication, the undated last.

    Articles of one moment come as in the file, or shuffled by the seed ``shuffle``: their order says nothing.
    """
    draw = np.random.default_rng(shuffle)
    drawn = ((row, place if shuffle is None else draw.random()) for place, row in enumerate(_taken(part)))
    ordered = sorted(drawn, key=lambda entry: (moment_of(entry[0]) if part.dated else LAST, entry[1]))
    at = FIRST
    for place, (row, _) in enumerate(ordered):
        moment = published(row) if part.dated else None
        at = max(at, moment or at)
        yield labelled(row, place, part.form, Times(moment, at))


def labelled(row: dict[str, Any], place: int, form: Form, times: Times) -> Labelled:
    """Return a row as the ``place``-th article of a stream, with as much of its text as a form leaves."""
    title, text = shortened(row.get("title") or "", row.get("text") or "", form)
    article = Article(
        title=title, text=text, source=row.get("source"), published_at=times.published, language=row["lang"]
    )
    submission = Submission(article=article, article_id=ids.encode("art", place), received_at=times.received_at)
    return Labelled(row["id"], submission, gold_of(row), published(row))


def _taken(part: Set) -> Iterable[dict[str, Any]]:
    """Return the rows of a part by time, those of one moment as in the file: the same ones with dates as without."""
    worded = (row for row in rows(part.name) if row.get("title") or row.get("text"))
    wanted = sorted((row for row in worded if part.noise or gold_of(row)), key=moment_of)
    return islice(wanted[:: part.every], part.limit)


def moment_of(row: dict[str, Any]) -> datetime:
    """Return the time of publication of a row, after all others where it is not known."""
    return published(row) or LAST


def gold_of(row: dict[str, Any]) -> str | None:
    """Return the gold event of a row, None where it has no label."""
    return row.get("cluster_merged") or row.get("cluster")


def shortened(title: str, text: str, form: Form) -> tuple[str, str]:
    """Return of a title and a text what a form leaves; an untitled article's first words are its headline."""
    if form is Form.LEAD:
        return title, _first_words(text, LEAD_WORDS)
    if form is Form.HEADLINE:
        return (title, "") if title else ("", _first_words(text, HEADLINE_WORDS))
    return title, text


def _first_words(text: str, count: int) -> str:
    return " ".join(text.split()[:count])


def published(row: dict[str, Any]) -> datetime | None:
    """Return the time of publication of a row, in UTC where it names no zone."""
    if not row.get("published_at"):
        return None
    moment = datetime.fromisoformat(row["published_at"])
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
