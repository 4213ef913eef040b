"""JSON lines: one object a line, also called NDJSON. Blank lines are skipped."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from typing import Final

import orjson

from dedupe.readers.entry import Entry, Format
from dedupe.readers.source import Source


def read(source: Source) -> Iterator[Entry]:
    """Yield the object of each line that is not blank."""
    for number, line in enumerate(source.lines(), 1):
        content = line.removeprefix(codecs.BOM_UTF8).strip() if number == 1 else line
        if content and not content.isspace():
            yield entry_of(f"{source.name}:{number}", content)


def entry_of(place: str, content: bytes) -> Entry:
    """Return what one line holds."""
    try:
        fields = orjson.loads(content)
    except orjson.JSONDecodeError as problem:
        return Entry(place, {}, f"is not JSON: {problem.msg} at column {problem.colno}")
    if not isinstance(fields, dict):
        return Entry(place, {}, f"is JSON, but not an object: it starts with {content.lstrip()[:1].decode()!r}")
    return Entry(place, fields)


JSON_LINES: Final = Format(name="jsonl", suffixes=(".jsonl", ".ndjson"), read=read)
