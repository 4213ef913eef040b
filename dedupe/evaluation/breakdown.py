"""Where a clustering is good and where it is not: by size of the event, by language, and its worst errors."""

from __future__ import annotations

import heapq
import sys
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Final

from dedupe.evaluation.metrics import Agreement, Overlap
from dedupe.evaluation.reasons import Reason

SIZES: Final = {
    "1": range(1, 2),
    "2": range(2, 3),
    "3 to 5": range(3, 6),
    "6 to 10": range(6, 11),
    "11 to 50": range(11, 51),
    "51 and more": range(51, sys.maxsize),
}


@dataclass(frozen=True, slots=True)
class Slice:
    """The scores of the articles that ``name`` describes."""

    name: str
    article_count: int
    agreement: Agreement


@dataclass(frozen=True, slots=True, kw_only=True)
class Disagreement:
    """Two sets of articles that were wrongly put together, or wrongly kept apart.

    ``names`` are the two events (put together) or the two clusters (kept apart), ``within`` the
    cluster or event that holds both, ``example`` the first article of each, and ``reason`` why the engine
    decided so for that one; None where it was not watched.
    """

    pair_count: int
    within: str
    names: tuple[str, str]
    example: tuple[str, str]
    reason: Reason | None = None


@dataclass(frozen=True, slots=True)
class SizeCount:
    """How many events and how many clusters have the size that ``name`` describes, and how many articles those hold."""

    name: str
    event_count: int
    cluster_count: int
    event_articles: int
    cluster_articles: int


def by_event_size(overlap: Overlap) -> list[Slice]:
    """Return the scores of articles by the number of labelled articles of their event."""
    slices = []
    for name, sizes in SIZES.items():
        chosen = [pair for pair in overlap.together if overlap.gold[pair[1]] in sizes]
        if chosen:
            slices.append(Slice(name, len(chosen), overlap.bcubed(chosen)))
    return slices


def count_sizes(overlap: Overlap) -> list[SizeCount]:
    """Return how large events and clusters are, both counted in labelled articles."""
    counted = []
    for name, sizes in SIZES.items():
        events = [size for size in overlap.gold.values() if size in sizes]
        clusters = [size for size in overlap.predicted.values() if size in sizes]
        counted.append(SizeCount(name, len(events), len(clusters), sum(events), sum(clusters)))
    return counted


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
        # The worst pairs are among the largest parts: a cluster of a thousand events is not a million pairs to look at.
        for left, right in combinations(_largest(members, limit + 1), 2)
    )
    return heapq.nsmallest(limit, found, key=lambda pair: (-pair.pair_count, pair.within, pair.names))


def _largest(parts: Mapping[str, list[str]], most: int) -> list[tuple[str, list[str]]]:
    """Return the largest parts, in the order in which they came."""
    largest = set(heapq.nsmallest(most, parts, key=lambda name: (-len(parts[name]), name)))
    return [part for part in parts.items() if part[0] in largest]
