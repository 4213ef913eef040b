"""Labels and predictions, read from files.

A gold file has one JSON object a line: `id`, `cluster` (the event; missing: not scored), and
optionally `language` (or `lang`), `title`, `text` and `duplicate_group`. Instead of the last, a file
`near_dup_pairs.jsonl` (or `.jsonl.gz`) beside it may label pairs: `a`, `b` and `label`, which is
`near_dup`, `grey` or `excerpt` (both left open), or anything else for no copy.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations, islice
from pathlib import Path
from typing import Final

from dedupe.errors import UnreadableInput
from dedupe.evaluation.copies import CopyLabels, Pair, pair_of
from dedupe.readers.entry import Entry, Fields
from dedupe.readers.json_lines import read
from dedupe.readers.source import open_source

SHORT_WORDS: Final = 45
"""A text of fewer words has too few shingles for its pairs to have been labelled."""
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Prediction:
    """Where a clustering put one article."""

    cluster_id: str
    duplicate_group_id: str | None


def read_gold(path: str, label: str = "cluster") -> Gold:
    """Read labels, the event from the field ``label``; raise `UnreadableInput`."""
    rows = dict(_rows(path))
    return Gold(
        ids=tuple(rows),
        events={article_id: str(row[label]) for article_id, row in rows.items() if row.get(label) is not None},
        languages={
            article_id: str(row.get("language") or row.get("lang") or "und") for article_id, row in rows.items()
        },
        titles={article_id: str(row["title"]) for article_id, row in rows.items() if row.get("title")},
        copies=_copies(path, rows),
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
    with open_source(path) as source:
        yield from read(source)


def _copies(path: str, rows: Mapping[str, Fields]) -> CopyLabels | None:
    folder = Path(path).parent
    for name in (_PAIRS_FILE, f"{_PAIRS_FILE}.gz"):
        if (folder / name).exists():
            return _labelled_pairs(str(folder / name), rows)
    if any("duplicate_group" in row for row in rows.values()):
        return CopyLabels(copies=_grouped_pairs(rows))
    return None


def _labelled_pairs(path: str, rows: Mapping[str, Fields]) -> CopyLabels:
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
    short = {article_id for article_id, row in rows.items() if _is_short(str(row.get("text") or ""))}
    return CopyLabels(copies=frozenset(copies), open_pairs=frozenset(open_pairs), short=frozenset(short))


def _is_short(text: str) -> bool:
    return sum(1 for _ in islice(_WORD.finditer(text), SHORT_WORDS)) < SHORT_WORDS


def _grouped_pairs(rows: Mapping[str, Fields]) -> frozenset[Pair]:
    members: dict[str, list[str]] = defaultdict(list)
    for article_id, row in rows.items():
        if row.get("duplicate_group") is not None:
            members[str(row["duplicate_group"])].append(article_id)
    return frozenset(pair for group in members.values() for pair in combinations(sorted(group), 2))
