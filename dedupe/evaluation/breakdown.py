"""Where a clustering is good and where it is not: by size of the event, by language, and its worst errors."""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Final

from dedupe.evaluation.metrics import Agreement, Overlap

SIZES: Final = ((1, 1), (2, 2), (3, 5), (6, 10), (11, 50), (51, None))


@dataclass(frozen=True, slots=True)
class Slice:
    """The BCubed scores of the articles that ``name`` describes."""

    name: str
    article_count: int
    bcubed: Agreement


@dataclass(frozen=True, slots=True, kw_only=True)
class Disagreement:
    """Two sets of articles that were wrongly put together, or wrongly kept apart.

    ``names`` are the two events (put together) or the two clusters (kept apart), ``within`` the
    cluster or event that holds both, ``example`` one article of each.
    """

    pair_count: int
    within: str
    names: tuple[str, str]
    example: tuple[str, str]


def by_event_size(overlap: Overlap) -> list[Slice]:
    """Return the scores of articles by the number of labelled articles of their event."""
    slices = []
    for low, high in SIZES:
        chosen = [
            pair
            for pair in overlap.together
            if low <= overlap.gold[pair[1]] and (not high or overlap.gold[pair[1]] <= high)
        ]
        name = f"{low}" if low == high else f"{low} to {high}" if high else f"{low} and more"
        if chosen:
            slices.append(Slice(name, len(chosen), overlap.bcubed(chosen)))
    return slices


def by_language(overlap: Overlap, languages: Sequence[str]) -> list[Slice]:
    """Return the scores of articles by language, the most common first."""
    chosen: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for language, pair in zip(languages, overlap.together, strict=True):
        chosen[language].append(pair)
    ordered = sorted(chosen.items(), key=lambda item: (-len(item[1]), item[0]))
    return [Slice(language, len(pairs), overlap.bcubed(pairs)) for language, pairs in ordered]


def worst_false(predicted: Mapping[str, str], gold: Mapping[str, str], limit: int) -> list[Disagreement]:
    """Return the events that were put together with the most pairs of articles."""
    return _worst(((predicted[article_id], event, article_id) for article_id, event in gold.items()), limit)


def worst_missed(predicted: Mapping[str, str], gold: Mapping[str, str], limit: int) -> list[Disagreement]:
    """Return the events that were torn apart with the most pairs of articles."""
    return _worst(((event, predicted[article_id], article_id) for article_id, event in gold.items()), limit)


def _worst(rows: Iterable[tuple[str, str, str]], limit: int) -> list[Disagreement]:
    parts: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for whole, part, article_id in rows:
        parts[whole][part].append(article_id)
    found = (
        Disagreement(
            pair_count=len(left[1]) * len(right[1]),
            within=whole,
            names=(left[0], right[0]),
            example=(left[1][0], right[1][0]),
        )
        for whole, members in parts.items()
        for left, right in combinations(members.items(), 2)
    )
    return heapq.nsmallest(limit, found, key=lambda pair: (-pair.pair_count, pair.within, pair.names))
