"""Labels and predictions, read from files.

A gold file has a line an article, JSON or CSV: `id`, `cluster` (the event; missing: not scored), and
optionally `language` (or `lang`), `title`, `text` and `duplicate_group`. Instead of the last, a file
`near_dup_pairs.jsonl` (or `.jsonl.gz`) beside it may label pairs: `a`, `b` and `label`, which is
`near_dup`, `grey` or `excerpt` (both left open), or anything else for no copy.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Final, NamedTuple

from dedupe.errors import UnreadableInput
from dedupe.evaluation.copies import CopyLabels, Pair, pair_of
from dedupe.readers.comma_separated import COMMA_SEPARATED, read_labels
from dedupe.readers.entry import Entry, Fields
from dedupe.readers.formats import format_of
from dedupe.readers.source import open_source

SHORT_WORDS: Final = 45
"""A text of fewer words has too few shingles for its pairs to have been labelled."""
TITLE_CHARACTERS: Final = 200
LABEL: Final = "cluster"
"""The field that names the event, unless told."""
_PAIRS_FILE: Final = "near_dup_pairs.jsonl"
_OPEN: Final = frozenset({"grey", "excerpt"})
_WORD: Final = re.compile(r"\w+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Gold:
    """Labels of some articles: ``events`` and ``languages`` by id; ``copies`` is None when nothing is known of them."""

    ids: tuple[str, ...]
    events: Mapping[str, str]
    languages: Mapping[str, str]
    titles: Mapping[str, str]
    copies: CopyLabels | None

    def among(self, article_ids: AbstractSet[str]) -> Gold:
        """Return the labels of some of the articles."""
        return replace(
            self,
            ids=tuple(article_id for article_id in self.ids if article_id in article_ids),
            events={article_id: event for article_id, event in self.events.items() if article_id in article_ids},
            copies=self.copies.among(article_ids) if self.copies else None,
        )


class _Labels(NamedTuple):
    """What is kept of a line: not its text, so that a large file fits."""

    event: str | None
    language: str
    title: str
    group: str | None
    has_group: bool
    is_short: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Prediction:
    """Where a clustering put one article."""

    cluster_id: str
    duplicate_group_id: str | None


def read_gold(path: str, label: str = LABEL) -> Gold:
    """Read labels, the event from the field ``label``; raise `UnreadableInput`."""
    pairs_file = _pairs_file(path)
    lines = {article_id: _labels(row, label) for article_id, row in _rows(path)}
    copies = _labelled_pairs(pairs_file, lines) if pairs_file else _grouped(lines)
    events = {article_id: line.event for article_id, line in lines.items() if line.event is not None}
    if not events and copies is None:
        raise UnreadableInput(f"{path}: no line has the field {label!r}; --label names the field that holds the event")
    return Gold(
        ids=tuple(lines),
        events=events,
        languages={article_id: line.language for article_id, line in lines.items()},
        titles={article_id: line.title for article_id, line in lines.items() if line.title},
        copies=copies,
    )


def read_predictions(path: str) -> dict[str, Prediction]:
    """Read `id`, `cluster_id` and `duplicate_group_id` of each line; raise `UnreadableInput`."""
    predictions = {}
    for article_id, row in _rows(path):
        if not isinstance(row.get("cluster_id"), str):
            raise UnreadableInput(f"{path}: the article {article_id!r} has no cluster_id")
        group = row.get("duplicate_group_id")
        predictions[article_id] = Prediction(
            cluster_id=row["cluster_id"], duplicate_group_id=None if group is None else str(group)
        )
    return predictions


def _rows(path: str) -> Iterator[tuple[str, Fields]]:
    seen: dict[str, str] = {}
    for entry in _entries(path):
        row = entry.checked()
        if row.get("id") is None:
            raise UnreadableInput(f"{entry.place}: has no id")
        article_id = str(row["id"])
        if article_id in seen:
            raise UnreadableInput(f"{entry.place}: the id {article_id!r} is already at {seen[article_id]}")
        seen[article_id] = entry.place
        yield article_id, row


def _entries(path: str) -> Iterator[Entry]:
    form = format_of(path)
    read = read_labels if form is COMMA_SEPARATED else form.read
    with open_source(path) as source:
        yield from read(source)


def _labels(row: Fields, label: str) -> _Labels:
    event, group = row.get(label), row.get("duplicate_group")
    return _Labels(
        event=None if event is None else str(event),
        language=str(row.get("language") or row.get("lang") or "und"),
        title=str(row.get("title") or "")[:TITLE_CHARACTERS],
        group=None if group is None else str(group),
        has_group="duplicate_group" in row,
        is_short=_is_short(str(row.get("text") or "")),
    )


def _pairs_file(path: str) -> str | None:
    folder = Path(path).parent
    return next((str(folder / name) for name in (_PAIRS_FILE, f"{_PAIRS_FILE}.gz") if (folder / name).exists()), None)


def _grouped(lines: Mapping[str, _Labels]) -> CopyLabels | None:
    if not any(line.has_group for line in lines.values()):
        return None
    return CopyLabels(families={article_id: line.group for article_id, line in lines.items() if line.group is not None})


def _labelled_pairs(path: str, lines: Mapping[str, _Labels]) -> CopyLabels:
    copies: set[Pair] = set()
    open_pairs: set[Pair] = set()
    for entry in _entries(path):
        row = entry.checked()
        if not {"a", "b", "label"} <= row.keys():
            raise UnreadableInput(f"{entry.place}: a labelled pair has a, b and label")
        if row["label"] == "near_dup":
            copies.add(pair_of(str(row["a"]), str(row["b"])))
        elif row["label"] in _OPEN:
            open_pairs.add(pair_of(str(row["a"]), str(row["b"])))
    short = {article_id for article_id, line in lines.items() if line.is_short}
    return CopyLabels.of_pairs(frozenset(copies), frozenset(open_pairs), frozenset(short))


def _is_short(text: str) -> bool:
    return sum(1 for _ in islice(_WORD.finditer(text), SHORT_WORDS)) < SHORT_WORDS
