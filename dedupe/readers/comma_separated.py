"""CSV with a header line that names the fields, in UTF-8. Authors are separated by semicolons."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from typing import Any, Final

from dedupe.article import MAX_TEXT_BYTES
from dedupe.errors import UnreadableInput
from dedupe.readers.entry import Entry, Format
from dedupe.readers.source import Source
from dedupe.writers.table import unguarded

_LONGEST_FIELD: Final = 4 * MAX_TEXT_BYTES  # a text that is too long is refused by name, not by the parser
_UNDECODED: Final = re.compile("[\udc80-\udcff]")


def read(source: Source) -> Iterator[Entry]:
    """Yield the fields of each line after the header; raise `UnreadableInput` when that names no text."""
    return _read(source, ("title", "text", "html"), "neither title, text nor html")


def read_labels(source: Source) -> Iterator[Entry]:
    """Yield what is said of each article, with or without its text; raise `UnreadableInput` when no id is named."""
    return _read(source, ("id",), "no id")


def _read(source: Source, wanted: Sequence[str], otherwise: str) -> Iterator[Entry]:
    csv.field_size_limit(_LONGEST_FIELD)
    text = io.TextIOWrapper(io.BufferedReader(_Lines(source)), "utf-8-sig", errors="surrogateescape", newline="")
    rows = csv.DictReader(text, strict=True)
    if not set(wanted) & set(_header(source, rows)):
        raise UnreadableInput(f"{source.name}:1: the header names {otherwise}")
    while True:
        try:
            row = next(rows)
        except StopIteration:
            return
        except csv.Error as problem:
            yield Entry(f"{source.name}:{rows.line_num}", {}, f"is not CSV: {problem}")
        else:
            yield _entry(f"{source.name}:{rows.line_num}", row)


def _header(source: Source, rows: csv.DictReader[str]) -> list[str]:
    try:
        return list(rows.fieldnames or ())
    except csv.Error as problem:
        raise UnreadableInput(f"{source.name}:1: is not CSV: {problem}") from problem


def _entry(place: str, row: dict[str | Any, Any]) -> Entry:
    if None in row:
        return Entry(place, {}, "has more columns than the header")
    fields: dict[str, Any] = {name: value for name, value in row.items() if value}
    if any(_UNDECODED.search(value) for value in fields.values()):
        return Entry(place, {}, "is not UTF-8")
    fields = {name: unguarded(value) for name, value in fields.items()}
    if "authors" in fields:
        fields["authors"] = [author.strip() for author in fields["authors"].split(";") if author.strip()]
    return Entry(place, fields)


class _Lines(io.RawIOBase):
    """The lines of a source as a raw stream, so that damage to packed data is reported in one place."""

    def __init__(self, source: Source) -> None:
        self._lines = source.lines()
        self._rest = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any, /) -> int:
        self._rest = self._rest or next(self._lines, b"")
        count = min(len(buffer), len(self._rest))
        buffer[:count] = self._rest[:count]
        self._rest = self._rest[count:]
        return count


COMMA_SEPARATED: Final = Format(name="csv", suffixes=(".csv",), read=read)
