"""S4: the whole engine, both levels, article by article in stream order, without a store."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final, NamedTuple

import corpora
from news import Report, reports
from quality import LabelledSet, labelled_sets

from dedupe import ids
from dedupe.article import Article
from dedupe.cli.cluster import Line
from dedupe.submission import Submission
from rows.apart import apart
from rows.figure import Figure, Measured, Size

FIRST: Final = datetime(2026, 3, 2, tzinfo=UTC)
SPAN: Final = timedelta(days=9)
OUTLETS: Final = 200


class Part(NamedTuple):
    """How much of a set is run unless told, and how quick that should be."""

    articles: int
    target: float


PARTS: Final = {
    "reuters21578": Part(20_578, 10_000.0),
    "uci_headlines": Part(50_000, 25_000.0),
    "allsides": Part(10_000, 5_000.0),
}


def measure(size: Size) -> Measured:
    """Run the development sets that are there, and made-up news."""
    there = [labelled for labelled in labelled_sets() if labelled.name in PARTS]
    figures = [
        Figure(
            what=f"articles/s, {labelled.name}",
            target=PARTS[labelled.name].target,
            ours=apart(rates, labelled, min(size.articles, PARTS[labelled.name].articles), size.runs),
        )
        for labelled in there
    ]
    count = min(size.articles, PARTS["allsides"].articles)
    figures.append(Figure(what="articles/s, made-up news", ours=apart(rates, None, count, size.runs)))
    most = ", ".join(f"{min(part.articles, size.articles):,} of {name}" for name, part in PARTS.items())
    missing = "" if len(there) == len(PARTS) else "; development sets that are not beside the repository are left out"
    return Measured(figures=figures, note=f"the first {most}, {count:,} made up{missing}")


def rates(labelled: LabelledSet | None, count: int, runs: int) -> list[float]:
    """Return the articles per second of each run, after one on a few that loads what is needed."""
    lines = corpora.load(labelled).first(count).lines if labelled else made_up(count)
    corpora.clustered(lines[:WARM])
    return [_rate(lines) for _ in range(runs)]


WARM: Final = 200


def _rate(lines: Sequence[Line]) -> float:
    begun = time.process_time()
    corpora.clustered(lines)
    return len(lines) / (time.process_time() - begun)


def made_up(count: int) -> list[Line]:
    """Return made-up news as lines of a file."""
    return [Line(number, submission.article) for number, submission in enumerate(submissions(count))]


def submissions(count: int, seed: int = 1) -> Iterator[Submission]:
    """Yield made-up news within so few days that all of it stays live."""
    for report in reports(count, seed):
        yield submission_of(report, count)


def submission_of(report: Report, count: int) -> Submission:
    """Return a report as it comes in, one of ``count``."""
    at = FIRST + SPAN * (report.number / count)
    article = Article(
        title=report.title,
        text=report.text,
        source=f"Outlet {report.number * 7919 % OUTLETS}",
        published_at=at,
        language="en",
        uri=str(report.number),
    )
    return Submission(article=article, article_id=ids.encode("art", report.number), received_at=at)
