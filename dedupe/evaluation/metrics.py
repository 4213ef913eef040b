"""How well clusters agree with labels: BCubed, pairs, adjusted Rand index, mutual information.

BCubed asks of each article which share of its cluster belongs there (precision) and which share of
its event it was put together with (recall), and averages over articles (Amigó et al. 2009,
doi:10.1007/s10791-008-9066-8). The floor is the BCubed F1 of leaving every article alone: what a set
of small events gives away for nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from math import comb, log


@dataclass(frozen=True, slots=True)
class Agreement:
    """Precision and recall, both 0 to 1."""

    precision: float
    recall: float

    @property
    def f1(self) -> float:
        """Return the harmonic mean of both.

        >>> Agreement(1.0, 0.5).f1
        0.6666666666666666
        """
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ClusterScores:
    """Everything measured on one clustering; ``ari`` and ``nmi`` are the usual two indices."""

    article_count: int
    predicted_count: int
    gold_count: int
    largest_predicted: int
    bcubed: Agreement
    bcubed_floor: float
    pairs: Agreement
    ari: float
    nmi: float


class Overlap:
    """How many articles each predicted cluster and each gold event have, and share."""

    def __init__(self, predicted: Sequence[str], gold: Sequence[str]) -> None:
        self.together = list(zip(predicted, gold, strict=True))
        self.predicted = Counter(predicted)
        self.gold = Counter(gold)
        self.shared = Counter(self.together)

    def bcubed(self, articles: Sequence[tuple[str, str]]) -> Agreement:
        """Return the average over some of the articles, at least one, each given as its cluster and its event."""
        precision = sum(self.shared[pair] / self.predicted[pair[0]] for pair in articles)
        recall = sum(self.shared[pair] / self.gold[pair[1]] for pair in articles)
        return Agreement(precision / len(articles), recall / len(articles))


def score_clusters(predicted: Sequence[str], gold: Sequence[str]) -> ClusterScores:
    """Compare the cluster of each article with its gold event; raise ValueError when there is none to compare."""
    if not gold:
        raise ValueError("no labelled article to compare")
    overlap = Overlap(predicted, gold)
    return ClusterScores(
        article_count=len(gold),
        predicted_count=len(overlap.predicted),
        gold_count=len(overlap.gold),
        largest_predicted=max(overlap.predicted.values()),
        bcubed=overlap.bcubed(overlap.together),
        bcubed_floor=Agreement(1.0, len(overlap.gold) / len(gold)).f1,
        pairs=_pairs(overlap),
        ari=_adjusted_rand(overlap),
        nmi=_mutual_information(overlap),
    )


def pair_count(sizes: Counter[str] | Counter[tuple[str, str]]) -> int:
    """Return how many pairs lie within groups of these sizes."""
    return sum(comb(size, 2) for size in sizes.values())


def _pairs(overlap: Overlap) -> Agreement:
    right, claimed, wanted = pair_count(overlap.shared), pair_count(overlap.predicted), pair_count(overlap.gold)
    return Agreement(right / claimed if claimed else 0.0, right / wanted if wanted else 0.0)


def _adjusted_rand(overlap: Overlap) -> float:
    """Return the Rand index, corrected for what chance would give (Hubert and Arabie 1985)."""
    right, claimed, wanted = pair_count(overlap.shared), pair_count(overlap.predicted), pair_count(overlap.gold)
    every = comb(len(overlap.together), 2)
    by_chance = claimed * wanted / every if every else 0.0
    best = (claimed + wanted) / 2
    return (right - by_chance) / (best - by_chance) if best != by_chance else 1.0


def _mutual_information(overlap: Overlap) -> float:
    """Return the mutual information of clusters and events over the mean of their entropies."""
    n = len(overlap.together)
    mean_entropy = (_entropy(overlap.predicted, n) + _entropy(overlap.gold, n)) / 2
    if not mean_entropy:
        return 1.0
    shared = sum(
        count / n * log(n * count / (overlap.predicted[cluster] * overlap.gold[event]))
        for (cluster, event), count in overlap.shared.items()
    )
    return shared / mean_entropy


def _entropy(sizes: Counter[str], n: int) -> float:
    return -sum(size / n * log(size / n) for size in sizes.values())
