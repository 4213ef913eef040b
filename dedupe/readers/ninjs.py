"""IPTC ninjs 2 and 3 (https://iptc.org/standards/ninjs/): one item, a list of them, or one a line.

The versions differ in how names are spelt (``pubstatus``, ``pubStatus``), so case does not count.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

import orjson

from dedupe.errors import UnreadableInput
from dedupe.readers import json_lines
from dedupe.readers.entry import Entry, Format
from dedupe.readers.source import Source
from dedupe.readers.whole import whole

_SAME: Final = {
    "uri": "uri", "url": "url", "language": "language", "version": "version", "pub_status": "pubstatus",
    "embargoed_until": "embargoeduntil",
}  # fmt: skip
_PUBLISHED: Final = ("published", "contentcreated", "firstcreated", "versioncreated")


def read(source: Source) -> Iterator[Entry]:
    """Yield each item; raise `UnreadableInput` when the file is neither JSON nor JSON lines."""
    content = whole(source)
    try:
        found = orjson.loads(content)
    except orjson.JSONDecodeError as problem:
        yield from _lines(source.name, content, problem)
        return
    for number, item in enumerate(found if isinstance(found, list) else [found], 1):
        yield _entry(f"{source.name}: item {number}", item)


def _lines(name: str, content: bytes, problem: orjson.JSONDecodeError) -> Iterator[Entry]:
    lines = [(number, line) for number, line in enumerate(content.splitlines(), 1) if line.strip()]
    if not lines or json_lines.entry_of(name, lines[0][1]).problem:
        raise UnreadableInput(f"{name}:{problem.lineno}: is not JSON: {problem.msg} at column {problem.colno}")
    for number, line in lines:
        entry = json_lines.entry_of(f"{name}:{number}", line)
        yield entry if entry.problem else _entry(entry.place, entry.fields)


def _entry(place: str, item: Any) -> Entry:
    if not isinstance(item, dict):
        return Entry(place, {}, "is JSON, but not an object")
    folded = {name.lower(): value for name, value in item.items()}
    fields: dict[str, Any] = {ours: folded[theirs] for ours, theirs in _SAME.items() if folded.get(theirs) is not None}
    fields.setdefault("embargoed_until", folded.get("embargoed"))
    fields["title"] = _main(folded.get("headlines")) or folded.get("headline") or folded.get("title")
    fields |= _body(folded)
    fields["published_at"] = next((folded[name] for name in _PUBLISHED if folded.get(name)), None)
    fields["source"] = _name(folded.get("infosources")) or folded.get("copyrightholder")
    fields["authors"] = _authors(folded)
    if isinstance(fields.get("version"), int):
        fields["version"] = str(fields["version"])
    return Entry(place, {name: value for name, value in fields.items() if value not in (None, [])})


def _body(folded: Mapping[str, Any]) -> dict[str, Any]:
    plain = _main(folded.get("bodies"), "text/plain") or folded.get("body_text")
    if plain:
        return {"text": plain}
    return {"html": _main(folded.get("bodies")) or folded.get("body_xhtml") or folded.get("body_html")}


def _main(values: Any, content_type: str | None = None) -> Any:
    """Return the ``value`` of the entry whose role is main, else of the first; of ``content_type`` if one is named."""
    entries = [{name.lower(): value for name, value in entry.items()} for entry in _objects(values)]
    if content_type:
        entries = [entry for entry in entries if entry.get("contenttype") == content_type]
    main = [entry for entry in entries if entry.get("role") == "main"]
    return next((entry.get("value") for entry in main or entries), None)


def _name(values: Any) -> Any:
    return next((entry["name"] for entry in _objects(values) if entry.get("name")), None)


def _authors(folded: Mapping[str, Any]) -> list[Any]:
    byline = folded.get("byline")
    return [byline] if byline else [entry["byline"] for entry in _objects(folded.get("bylines")) if entry.get("byline")]


def _objects(values: Any) -> list[dict[str, Any]]:
    return [value for value in values if isinstance(value, dict)] if isinstance(values, list) else []


NINJS: Final = Format(name="ninjs", suffixes=(".json", ".ninjs"), read=read)
