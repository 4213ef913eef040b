"""`storyfold cluster`: a file of articles in, the cluster of each out; no server, no store."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

import orjson

from dedupe.article import Article
from dedupe.cli.batch import Placement, cluster_batch
from dedupe.cli.failures import complain
from dedupe.cli.output import STANDARD_OUTPUT, check_output, open_output, print_json, say
from dedupe.cli.progress import progress
from dedupe.cli.startup import load_kernels
from dedupe.errors import InvalidArticle, UnreadableInput
from dedupe.readers.entry import Entry
from dedupe.readers.fields import moment_of, text_of
from dedupe.readers.formats import format_of
from dedupe.readers.source import open_source

LineId = str | int


@dataclass(frozen=True, slots=True)
class Line:
    """One article of the input, with its id as the file has it; ``article`` is None when it has no words."""

    id: LineId
    article: Article | None


def cluster(name: str, output: str, form: str | None, started: float) -> dict[str, Any]:
    """Cluster the file ``name`` into ``output`` and return the figures; raise `UnreadableInput` or `CommandFailed`.

    ``started`` is when the command began, by `time.perf_counter`.
    """
    check_output(output, name)
    load_kernels()
    opened = time.perf_counter()
    lines = read_lines(name, form)
    with progress("Clustering", len(lines)) as report:
        placements = cluster_batch([line.article for line in lines], report)
    with open_output(output) as target:
        for line, placement in zip(lines, placements, strict=True):
            target.write(_answer(line, placement, lines))
    seconds = time.perf_counter() - opened
    return {
        "articles": len(lines),
        "clusters": len({placement.cluster_id for placement in placements}),
        "duplicate_groups": len({placement.duplicate_group_id for placement in placements} - {None}),
        "seconds": round(seconds, 3),
        "articles_per_second": round(len(lines) / seconds, 1),
        "startup_seconds": round(opened - started, 3),
    }


def run(name: str, output: str, form: str | None, started: float, *, as_json: bool) -> None:
    """Cluster a file and print the figures."""
    figures = cluster(name, output, form, started)
    if as_json:
        print_json(figures)
    elif output != STANDARD_OUTPUT:
        say(
            f"{figures['articles']:,} articles: {figures['clusters']:,} clusters,"
            f" {figures['duplicate_groups']:,} duplicate groups, in {figures['seconds']:,.1f} s"
            f" ({figures['articles_per_second']:,.0f}/s, after {figures['startup_seconds']:.1f} s to start)"
        )


def read_lines(name: str, form: str | None = None) -> list[Line]:
    """Read every article of a file; raise `UnreadableInput` for the first line that is none, or has a known id."""
    reader = format_of(name, form)
    lines: list[Line] = []
    places: dict[str, str] = {}
    with open_source(name) as source:
        for entry in reader.read(source):
            line = _line(entry)
            if str(line.id) in places:
                raise UnreadableInput(f"{entry.place}: the id {line.id!r} is already at {places[str(line.id)]}")
            places[str(line.id)] = entry.place
            lines.append(line)
    without_words = sum(line.article is None for line in lines)
    if without_words:
        complain(
            f"{PurePath(name).name}: articles with neither title nor text, each in a cluster alone: {without_words}"
        )
    return lines


def _line(entry: Entry) -> Line:
    fields = entry.checked()
    try:
        title, text = text_of(fields, "title") or "", text_of(fields, "text") or ""
        line_id = _id(fields.get("id"))
        if not title.strip() and not text.strip():
            return Line(line_id, None)
        article = Article(
            title=title,
            text=text,
            uri=str(line_id),  # tells apart lines that say the same
            source=text_of(fields, "source"),
            published_at=moment_of(fields, "published_at"),
            language=text_of(fields, "language") or text_of(fields, "lang"),
        )
    except InvalidArticle as problem:
        raise UnreadableInput(f"{entry.place}: {problem}") from problem
    return Line(line_id, article)


def _id(value: Any) -> LineId:
    if value is None or value == "":
        raise InvalidArticle("id", "is missing; every line needs one of its own")
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise InvalidArticle("id", f"must be a string or a whole number, not {type(value).__name__}")
    return value


def _answer(line: Line, placement: Placement, lines: Sequence[Line]) -> bytes:
    original = placement.duplicate_of
    answer = {
        "id": line.id,
        "cluster_id": placement.cluster_id,
        "duplicate_group_id": placement.duplicate_group_id,
        "duplicate_of": None if original is None else lines[original].id,
    }
    return orjson.dumps(answer, option=orjson.OPT_APPEND_NEWLINE)
