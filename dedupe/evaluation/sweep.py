"""What another threshold would have done, and how the pairs that were right differ from those that were not.

Each article is offered to one cluster, the most probable; whether that cluster is its event's is told
by the labels of the articles that were in it at that moment. An offer at or above the threshold is
taken. Every threshold is held against the same stream as it was: another one would also have changed
the clusters that later articles met.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from dedupe.evaluation.decisions import Decided, Decisions, Merge, Split
from dedupe.evaluation.likeness import Texts

STEPS: Final = 50
BINS: Final = 25
MOST_PAIRS: Final = 2_000
"""So many pairs of each kind are compared: enough for a picture, and the time does not grow with the stream."""


@dataclass(frozen=True, slots=True)
class Offer:
    """How probable the best cluster was for an article, and whether it was right; None where there was none.

    ``has_event`` says whether an article of its event came before it.
    """

    probability: float
    is_right: bool | None
    has_event: bool


@dataclass(frozen=True, slots=True)
class Point:
    """What joining at ``threshold`` gives: the share of joins that are right, and of right ones that are made."""

    threshold: float
    precision: float
    recall: float


@dataclass(frozen=True, slots=True)
class Histogram:
    """How many values fall into each of equal parts of 0 to 1."""

    name: str
    counts: tuple[int, ...]


def offers(decisions: Decisions, events: Mapping[str, str]) -> Iterator[Offer]:
    """Yield what was offered to each labelled article that is no copy."""
    members: dict[str, Counter[str]] = defaultdict(Counter)
    seen: set[str] = set()
    for taken in decisions.in_order():
        if isinstance(taken, Merge):
            members[taken.survivor] += members.pop(taken.absorbed, Counter())
            continue
        if isinstance(taken, Split):
            leaving = Counter(events[article_id] for article_id in taken.leaving if article_id in events)
            members[taken.source] -= leaving
            members[taken.founded] += leaving
            continue
        event = events.get(taken.article_id)
        if event is None:
            continue
        if taken.duplicate_of is None:
            yield _offer(taken, event, members, is_first=event not in seen)
        members[taken.cluster_id][event] += 1
        seen.add(event)


def sweep(made: Iterable[Offer]) -> list[Point]:
    """Return precision and recall over thresholds from 0 to 1, where any offer is taken."""
    told = [offer for offer in made if offer.is_right is not None or offer.has_event]
    probabilities = np.array([offer.probability for offer in told])
    right = np.array([offer.is_right is True for offer in told], dtype=np.bool_)
    known = np.array([offer.is_right is not None for offer in told], dtype=np.bool_)
    wanted = sum(offer.has_event for offer in told)
    points = []
    for threshold in np.linspace(0.0, 1.0, STEPS + 1).tolist():
        taken = known & (probabilities >= threshold)
        if taken.any():
            good = int(np.sum(right & taken))
            points.append(Point(round(threshold, 4), good / int(np.sum(taken)), good / wanted if wanted else 0.0))
    return points


def probabilities(made: Sequence[Offer]) -> list[Histogram]:
    """Return how probable the right and the wrong clusters were."""
    return [
        histogram("the right cluster", [offer.probability for offer in made if offer.is_right is True]),
        histogram("a wrong cluster", [offer.probability for offer in made if offer.is_right is False]),
    ]


def similarities(texts: Texts, predicted: Mapping[str, str], events: Mapping[str, str]) -> list[Histogram]:
    """Return how similar articles are that are one event and found so, one event and missed, and falsely together.

    Of each event, and of each cluster, every article is held against the one before it.
    """
    neighbours = list(_neighbours(events))
    found = [pair for pair in neighbours if predicted[pair[0]] == predicted[pair[1]]]
    missed = [pair for pair in neighbours if predicted[pair[0]] != predicted[pair[1]]]
    false = [pair for pair in _neighbours(predicted) if events[pair[0]] != events[pair[1]]]
    named = {"one event, together": found, "one event, kept apart": missed, "two events, put together": false}
    return [histogram(name, [texts.cosine(*pair) for pair in _spread(pairs)]) for name, pairs in named.items()]


def histogram(name: str, values: Sequence[float]) -> Histogram:
    """Count values between 0 and 1.

    >>> histogram("odd", [0.01, 0.02, 1.0]).counts[::24]
    (2, 1)
    """
    counts, _ = np.histogram(np.clip(values, 0.0, 1.0), bins=BINS, range=(0.0, 1.0))
    return Histogram(name, tuple(counts.tolist()))


def _offer(taken: Decided, event: str, members: Mapping[str, Counter[str]], *, is_first: bool) -> Offer:
    if taken.best is None:
        return Offer(0.0, None, not is_first)
    there = members[taken.best.cluster_id]
    # Of equally many the first to come stands for the cluster.
    is_right = max(there, key=there.__getitem__) == event if there else None
    return Offer(taken.best.probability, is_right, not is_first)


def _neighbours(groups: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    last: dict[str, str] = {}
    for article_id, group in groups.items():
        if group in last:
            yield last[group], article_id
        last[group] = article_id


def _spread(pairs: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return at most `MOST_PAIRS`, spread evenly over the stream."""
    if len(pairs) <= MOST_PAIRS:
        return list(pairs)
    return [pairs[at * len(pairs) // MOST_PAIRS] for at in range(MOST_PAIRS)]
