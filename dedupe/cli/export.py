"""`storyfold export`: every article of a store with its assignment, in one of the formats of `writers`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from datetime import datetime
from pathlib import PurePath
from typing import Any, Final

import orjson

from dedupe.article import Article
from dedupe.cli.failures import CommandFailed, ExitCode
from dedupe.cli.output import STANDARD_OUTPUT, check_output, open_output, print_json, say
from dedupe.cli.progress import Reporter, progress
from dedupe.store.catalogue import SqlCatalogue
from dedupe.store.connection import database_path
from dedupe.store.records import StoredArticle
from dedupe.writers.item import FeedAbout, FeedItem
from dedupe.writers.json_feed import json_feed
from dedupe.writers.rss import rss
from dedupe.writers.table import comma_separated, parquet

Row = dict[str, Any]

COLUMNS: Final = (
    "article_id", "cluster_id", "duplicate_group_id", "duplicate_of", "decision", "confidence", "received_at",
    "revision", "detected_language", "headline", "uri", "url", "source", "published_at", "language", "version",
    "title", "text", "authors", "pub_status", "embargoed_until",
)  # fmt: skip


def run(store: str, output: str, form: str | None, *, as_json: bool) -> None:
    """Write a store's articles out; raise `StoreError` or `CommandFailed`."""
    write = writer_of(output, form)
    check_output(output, str(database_path(store)))
    with closing(SqlCatalogue.open(store)) as catalogue:
        articles = catalogue.totals().articles
        with progress("Exporting", articles) as report, open_output(output) as target:
            for part in write(_rows(catalogue, report)):
                target.write(part)
    if as_json:
        print_json({"articles": articles})
    elif output != STANDARD_OUTPUT:
        say(f"{articles:,} articles")


def json_lines(rows: Iterable[Row]) -> Iterator[bytes]:
    """Yield a line of JSON for each row."""
    for row in rows:
        yield orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE)


def tables(rows: Iterable[Row]) -> Iterator[bytes]:
    """Yield CSV; authors are separated by semicolons."""
    return comma_separated(COLUMNS, rows)


def parquet_file(rows: Iterable[Row]) -> Iterator[bytes]:
    """Yield a Parquet file; raise `MissingLibrary`."""
    return parquet(COLUMNS, rows)


def feed(rows: Iterable[Row]) -> Iterator[bytes]:
    """Yield a JSON Feed."""
    return json_feed(ABOUT, map(_item, rows))


def rss_feed(rows: Iterable[Row]) -> Iterator[bytes]:
    """Yield RSS."""
    return rss(ABOUT, map(_item, rows))


ABOUT: Final = FeedAbout(title="Storyfold: all articles", home_url="urn:storyfold", feed_url="urn:storyfold:all")
WRITERS: Final[dict[str, Callable[[Iterable[Row]], Iterator[bytes]]]] = {
    "jsonl": json_lines,
    "csv": tables,
    "parquet": parquet_file,
    "json": feed,
    "rss": rss_feed,
}


def writer_of(output: str, form: str | None) -> Callable[[Iterable[Row]], Iterator[bytes]]:
    """Return what writes the format called ``form``, else the one that the name of the output ends in, else JSON lines.

    Raises `CommandFailed` when no format is called ``form``.
    """
    if form is not None and form not in WRITERS:
        raise CommandFailed(f"there is no format {form!r}; there are {', '.join(WRITERS)}", ExitCode.USAGE)
    suffix = PurePath(output.lower().removesuffix(".gz")).suffix.removeprefix(".")
    return WRITERS[form or (suffix if suffix in WRITERS else "jsonl")]


def _rows(catalogue: SqlCatalogue, report: Reporter) -> Iterator[Row]:
    for count, stored in enumerate(catalogue.articles(), 1):
        if stored.article is not None:
            yield _row(stored, stored.article)
        report(count, count)


def _row(stored: StoredArticle, article: Article) -> Row:
    assignment = stored.assignment
    placed = {
        "article_id": stored.article_id,
        "cluster_id": assignment.cluster_id,
        "duplicate_group_id": assignment.duplicate_group_id,
        "duplicate_of": assignment.duplicate_of.article_id if assignment.duplicate_of else None,
        "decision": assignment.decision.value,
        "confidence": assignment.confidence,
        "received_at": _moment(stored.received_at),
        "revision": stored.revision,
        "detected_language": stored.language,
        "headline": stored.headline,
    }
    return placed | {name: _value(getattr(article, name)) for name in COLUMNS if name not in placed}


def _moment(value: Any) -> str:
    text: str = value.isoformat()
    return text.replace("+00:00", "Z")


def _value(value: Any) -> Any:
    return _moment(value) if hasattr(value, "isoformat") else value


def _item(row: Row) -> FeedItem:
    return FeedItem(
        item_id=row["article_id"],
        url=row["url"],
        title=row["headline"],
        text=row["text"],
        published_at=datetime.fromisoformat(row["published_at"] or row["received_at"]),
        authors=row["authors"],
        tags=tuple(filter(None, (row["cluster_id"], row["source"]))),
        language=row["detected_language"],
    )
