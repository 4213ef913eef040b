"""From labelled streams to the weights of the join decision, and how well they do."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler
from streams import Labelled

from dedupe.clusters.decision import JoinModel
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
        event = placing_event(index, verdict, labelled.submission)
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


def fit(examples: Sequence[Examples], threshold: float, merge_threshold: float, inverse_penalty: float = 1.0, balance: float = 0.5) -> JoinModel:
    """Learn weights from several sets, each counting as the square root of its size."""
    features = np.concatenate([part.features for part in examples])
    labels = np.concatenate([part.labels for part in examples])
    weights = np.concatenate([np.full(len(part.labels), len(part.labels) ** -balance) for part in examples])
    scaler = StandardScaler().fit(features)
    regression = LogisticRegression(C=inverse_penalty, max_iter=5000)
    regression.fit(scaler.transform(features), labels, sample_weight=weights / weights.mean())
    slopes = regression.coef_[0] / scaler.scale_
    bias = float(regression.intercept_[0] - scaler.mean_ @ slopes)
    return JoinModel(1, slopes, bias, threshold, merge_threshold)


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
