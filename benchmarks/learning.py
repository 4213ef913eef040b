"""From labelled streams to the weights of the join decision, and how well they do."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from streams import Labelled

from dedupe.clusters.decision import JoinModel
from dedupe.clusters.features import FEATURES
from dedupe.clusters.prior import shipped_priors
from dedupe.decide import decide
from dedupe.engine import Engine
from dedupe.events import Event, EventKind
from dedupe.index import Index
from dedupe.recording import placing_event
from dedupe.settings import EngineSettings
from dedupe.store.discard import DiscardStore


@dataclass(frozen=True, slots=True)
class Examples:
    """Rows of features, and whether the candidate cluster was the right one."""

    features: NDArray[np.float64]
    labels: NDArray[np.bool_]


def forced_examples(stream: Sequence[Labelled], model: JoinModel) -> Examples:
    """Return the decisions of a stream in which every article so far is in its gold cluster."""
    index = Index(EngineSettings(), shipped_priors())
    rows: list[NDArray[np.float64]] = []
    labels: list[bool] = []
    gold_of: dict[int, str | None] = {}
    cluster_of: dict[str, int] = {}
    for labelled in stream:
        verdict = decide(index, labelled.reading, model)
        if labelled.gold is not None and verdict.copy is None:
            for rival in verdict.rivals:
                if gold_of[rival.cluster] is not None:
                    rows.append(rival.features)
                    labels.append(gold_of[rival.cluster] == labelled.gold)
        if verdict.copy is None:
            known = cluster_of.get(labelled.gold) if labelled.gold is not None else None
            verdict = replace(verdict, cluster=known)
        event = placing_event(index, verdict, labelled.submission, labelled.reading)
        index.apply(event, labelled.reading, probe=verdict.probe)
        index.take_snapshot(labelled.reading)
        if event.kind is EventKind.OPENED:
            number = index.cluster_number(event.cluster_id)
            gold_of[number] = labelled.gold
            if labelled.gold is not None:
                cluster_of.setdefault(labelled.gold, number)
    return Examples(np.array(rows), np.array(labels))


def free_examples(stream: Sequence[Labelled], model: JoinModel) -> Examples:
    """Return the decisions of a stream as ``model`` really clusters it; a cluster is what most of its articles are."""
    rows: list[NDArray[np.float64]] = []
    labels: list[bool] = []
    counts: dict[int, Counter[str]] = defaultdict(Counter)

    class Watched(Engine):
        def _place(self, group, submission, reading):  # type: ignore[no-untyped-def]
            gold = golds[submission.article_id]
            verdict = decide(self._index, reading, self._model)
            if gold is not None and verdict.copy is None:
                for rival in verdict.rivals:
                    if counts[rival.cluster]:
                        rows.append(rival.features)
                        labels.append(counts[rival.cluster].most_common(1)[0][0] == gold)
                    elif self._index.clusters.space.clusters.size[rival.cluster] >= 10:
                        rows.append(rival.features)
                        labels.append(False)
            answer = super()._place(group, submission, reading)
            if gold is not None:
                counts[self._index.cluster_number(answer.cluster_id)][gold] += 1
            return answer

        def _merge(self, group, placed, verdict):  # type: ignore[no-untyped-def]
            merged = super()._merge(group, placed, verdict)
            if merged:
                number = self._index._clusters.find
                from dedupe import ids

                gone = number(ids.decode("clu", merged.from_cluster_id))
                counts[number(ids.decode("clu", merged.cluster_id))] += counts.pop(gone, Counter())
            return merged

    golds = {labelled.submission.article_id: labelled.gold for labelled in stream}
    engine = Watched(DiscardStore(), model=model)
    for labelled in stream:
        engine.add(labelled.submission)
    return Examples(np.array(rows), np.array(labels))


SIGNS = {
    "mean": 1, "centroid": 1, "best": 1, "title_mean": 1, "title_best": 1, "names_mean": 1, "names_best": 1,
    "newest": 1, "middle": 1, "oldest": 1, "log_size": -1, "excess": 1, "containment": 1,
    "shared_information": 1, "shared_rarity": 1, "shared_shingles": 1, "gap": -1,
}  # fmt: skip
"""What speaks for belonging together must never count against it, nor the other way round: a
weight of the wrong sign is a quirk of the sets it was learned from."""


def fit(examples: Sequence[Examples], threshold: float, merge_threshold: float, penalty: float = 1e-4) -> JoinModel:
    """Learn logistic weights of the right signs from several sets, each counting the same."""
    features = np.concatenate([part.features for part in examples])
    labels = np.concatenate([part.labels for part in examples]).astype(np.float64)
    weights = np.concatenate([np.full(len(part.labels), 1.0 / len(part.labels) / len(examples)) for part in examples])
    mean, scale = features.mean(axis=0), features.std(axis=0) + 1e-9
    scaled = (features - mean) / scale

    def loss(parameters: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        log_odds = scaled @ parameters[:-1] + parameters[-1]
        error = weights * (1.0 / (1.0 + np.exp(-log_odds)) - labels)
        value = weights @ (np.logaddexp(0.0, log_odds) - labels * log_odds) + penalty * parameters[:-1] @ parameters[:-1]
        return value, np.append(scaled.T @ error + 2 * penalty * parameters[:-1], error.sum())

    sides = {1: (0.0, None), -1: (None, 0.0), 0: (None, None)}
    bounds = [sides[SIGNS.get(name, 0)] for name in FEATURES]
    start = np.zeros(len(FEATURES) + 1)
    found = minimize(loss, start, jac=True, bounds=[*bounds, (None, None)], method="L-BFGS-B", options={"maxiter": 2000})
    slopes = found.x[:-1] / scale
    return JoinModel(2, slopes, float(found.x[-1] - mean @ slopes), threshold, merge_threshold)


def clusters_of(stream: Sequence[Labelled], model: JoinModel) -> list[str]:
    """Return the cluster of each article of a stream, in its order."""
    alias: dict[str, str] = {}

    def note(event: Event) -> None:
        if event.kind is EventKind.MERGED and event.from_cluster_id:
            alias[event.from_cluster_id] = event.cluster_id

    engine = Engine(DiscardStore(), model=model, on_event=note)
    answers = [engine.add(labelled.submission).cluster_id for labelled in stream]
    final = []
    for cluster in answers:
        while cluster in alias:
            cluster = alias[cluster]
        final.append(cluster)
    return final
