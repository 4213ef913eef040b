"""`storyfold export`: every article of a store with its assignment, as JSON lines or CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from typing import Any, Final

import orjson

from dedupe.article import Article
from dedupe.cli.output import STANDARD_OUTPUT, check_output, open_output, print_json, say
from dedupe.cli.progress import Reporter, progress
from dedupe.readers.formats import format_of
from dedupe.store.catalogue import SqlCatalogue
from dedupe.store.protocol import StoredArticle

Row = dict[str, Any]

COLUMNS: Final = (
    "article_id", "cluster_id", "duplicate_group_id", "duplicate_of", "decision", "confidence", "received_at",
    "revision", "detected_language", "uri", "url", "source", "published_at", "language", "version", "title", "text",
    "authors", "pub_status", "embargoed_until",
)  # fmt: skip


def run(store: str, output: str, form: str | None, *, as_json: bool) -> None:
    """Write a store's articles out; raise `StoreError` or `CommandFailed`."""
    write = WRITERS[format_of(output, form).name]
    check_output(output)
    with closing(SqlCatalogue.open(store)) as catalogue:
        total = catalogue.unveiled.totals().articles
        with progress("Exporting", total) as report, open_output(output) as target:
            count = 0
            for line in write(_rows(catalogue, report)):
                target.write(line)
                count += 1
    articles = count - (write is comma_separated)
    if as_json:
        print_json({"articles": articles})
    elif output != STANDARD_OUTPUT:
        say(f"{articles:,} articles")


def json_lines(rows: Iterable[Row]) -> Iterator[bytes]:
    """Yield a line of JSON for each row."""
    for row in rows:
        yield orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE)


def comma_separated(rows: Iterable[Row]) -> Iterator[bytes]:
    """Yield a header, then a record for each row; authors are separated by semicolons."""
    yield _record(COLUMNS)
    for row in rows:
        yield _record([_cell(row[name]) for name in COLUMNS])


WRITERS: Final[dict[str, Callable[[Iterable[Row]], Iterator[bytes]]]] = {
    "jsonl": json_lines,
    "csv": comma_separated,
}


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
    }
    return placed | {name: _value(getattr(article, name)) for name in COLUMNS if name not in placed}


def _moment(value: Any) -> str:
    text: str = value.isoformat()
    return text.replace("+00:00", "Z")


def _value(value: Any) -> Any:
    return _moment(value) if hasattr(value, "isoformat") else value


def _record(cells: Iterable[str]) -> bytes:
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\r\n").writerow(cells)
    return buffer.getvalue().encode()


def _cell(value: Any) -> str:
    if isinstance(value, tuple):
        return "; ".join(value)
    return "" if value is None else str(value)
