"""From labelled streams to the weights of the join decision, and how well they do."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from streams import Labelled

from dedupe.clusters.decision import JoinModel
from dedupe.clusters.features import FEATURES
from dedupe.clusters.prior import shipped_priors
from dedupe.decide import Verdict, decide, decide_merge
from dedupe.index import Index
from dedupe.recording import merging_event, placing_event
from dedupe.settings import EngineSettings

SIGNS: Final = {
    "centroid": 1, "title_mean": 1, "title_best": 1, "oldest": 1, "log_size": -1, "excess": 1,
    "shared_shingles": 1, "gap": -1,
}  # fmt: skip
"""What speaks for belonging together must never count against it, nor the other way round: a
weight of the wrong sign is a quirk of the sets it was learned from."""
CROWD: Final = 10
"""An unlabelled cluster of so many articles is taken to be another event than a labelled article's."""


@dataclass(frozen=True, slots=True)
class Examples:
    """Rows of features, and whether the candidate cluster was the right one."""

    features: NDArray[np.float64]
    labels: NDArray[np.bool_]


class Run:
    """A stream clustered by a model, watched from beside: which gold events each cluster holds."""

    def __init__(self, model: JoinModel) -> None:
        self.index = Index(EngineSettings(), shipped_priors())
        self.golds: dict[int, Counter[str]] = defaultdict(Counter)
        self._model = model

    def place(self, labelled: Labelled, choose: Callable[[Verdict], Verdict]) -> Verdict:
        """Place one article where ``choose`` says after the model has decided; return the decision."""
        reading = labelled.reading
        dropped = self.index.furniture(reading)
        reading = labelled.reading_without(dropped) if dropped else reading
        verdict = decide(self.index, reading, self._model)
        chosen = choose(verdict)
        event = placing_event(self.index, chosen, labelled.submission, reading)
        self.index.apply(event, reading, probe=chosen.probe)
        self.index.take_snapshot(reading)
        if labelled.gold is not None:
            self.golds[self.index.cluster_number(event.cluster_id)][labelled.gold] += 1
        pair = decide_merge(self.index, chosen, self._model) if chosen is verdict else None
        if pair:
            self.index.apply(merging_event(self.index, event, *pair), None)
            self.golds[pair[0]] += self.golds.pop(pair[1], Counter())
        return verdict

    def label(self, cluster: int, gold: str) -> bool | None:
        """Return whether a cluster is mostly ``gold``; None where that cannot be told."""
        if self.golds[cluster]:
            return self.golds[cluster].most_common(1)[0][0] == gold
        return False if self.index.clusters.clusters.members[cluster] >= CROWD else None


def forced_examples(stream: Iterable[Labelled], model: JoinModel) -> Examples:
    """Return the decisions of a stream in which every article so far is in its gold cluster."""
    run = Run(model)
    clusters: dict[str, int] = {}
    rows: list[tuple[NDArray[np.float64], bool]] = []
    for labelled in stream:
        gold = labelled.gold

        def force(verdict: Verdict, gold: str | None = gold) -> Verdict:
            rows.extend(_examples(run, verdict, gold))
            return verdict if verdict.copy else replace(verdict, cluster=clusters.get(gold or ""))

        run.place(labelled, force)
        if gold is not None:
            clusters.setdefault(gold, run.index.clusters.cluster_of(run.index.slot_of(labelled.submission.article_id)))
    return _stacked(rows)


def free_examples(stream: Iterable[Labelled], model: JoinModel) -> Examples:
    """Return the decisions of a stream as ``model`` really clusters it (Ross, Gordon & Bagnell 2011)."""
    run = Run(model)
    rows: list[tuple[NDArray[np.float64], bool]] = []
    for labelled in stream:
        gold = labelled.gold

        def watch(verdict: Verdict, gold: str | None = gold) -> Verdict:
            rows.extend(_examples(run, verdict, gold))
            return verdict

        run.place(labelled, watch)
    return _stacked(rows)


def clusters_of(stream: Iterable[Labelled], model: JoinModel) -> list[int]:
    """Return the cluster of each article of a stream, in its order."""
    run = Run(model)
    placed = []
    for labelled in stream:
        run.place(labelled, lambda verdict: verdict)
        placed.append(run.index.slot_of(labelled.submission.article_id))
    return [run.index.clusters.cluster_of(slot) for slot in placed]


def fit(examples: Sequence[Examples], threshold: float, merge_threshold: float, penalty: float = 1e-4) -> JoinModel:
    """Learn logistic weights of the right signs from several sets, each counting the same."""
    features = np.concatenate([part.features for part in examples])
    labels = np.concatenate([part.labels for part in examples]).astype(np.float64)
    weights = np.concatenate([np.full(len(part.labels), 1.0 / len(part.labels) / len(examples)) for part in examples])
    mean, scale = features.mean(axis=0), features.std(axis=0) + 1e-9
    scaled = (features - mean) / scale

    def loss(parameters: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        slopes, bias = parameters[:-1], parameters[-1]
        log_odds = scaled @ slopes + bias
        error = weights * (1.0 / (1.0 + np.exp(-log_odds)) - labels)
        value = weights @ (np.logaddexp(0.0, log_odds) - labels * log_odds) + penalty * slopes @ slopes
        return value, np.append(scaled.T @ error + 2 * penalty * slopes, error.sum())

    sides = {1: (0.0, None), -1: (None, 0.0), 0: (None, None)}
    bounds = [*(sides[SIGNS.get(name, 0)] for name in FEATURES), (None, None)]
    start = np.zeros(len(FEATURES) + 1)
    found = minimize(loss, start, jac=True, bounds=bounds, method="L-BFGS-B", options={"maxiter": 2000})
    slopes = found.x[:-1] / scale
    return JoinModel(3, slopes, float(found.x[-1] - mean @ slopes), threshold, merge_threshold)


def joined(parts: Sequence[Examples]) -> Examples:
    """Return several lots of examples as one."""
    return Examples(np.concatenate([part.features for part in parts]), np.concatenate([part.labels for part in parts]))


def _examples(run: Run, verdict: Verdict, gold: str | None) -> list[tuple[NDArray[np.float64], bool]]:
    if gold is None or verdict.copy:
        return []
    labelled = ((rival.features, run.label(rival.cluster, gold)) for rival in verdict.rivals)
    return [(features, label) for features, label in labelled if label is not None]


def _stacked(rows: Sequence[tuple[NDArray[np.float64], bool]]) -> Examples:
    return Examples(np.array([features for features, _ in rows]), np.array([label for _, label in rows]))
