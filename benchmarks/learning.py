"""From labelled streams to the weights of the join decision, and how well they do."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray
from sklearn.ensemble import HistGradientBoostingClassifier
from streams import Labelled, Set, stream

from dedupe.clusters.decision import DEPTH, QUESTIONS, JoinModel, Trees
from dedupe.clusters.features import FEATURES
from dedupe.decide import Verdict, decide, decide_merge, decide_split
from dedupe.evaluation.metrics import score_clusters
from dedupe.events import Event
from dedupe.index import Index
from dedupe.recording import merging_event, placing_event, splitting_event
from dedupe.settings import EngineSettings

SIGNS: Final = {
    "centroid": 1, "mean": 1, "background": -1, "title_mean": 1, "title_best": 1, "breadth": 1, "rare": 1,
    "unshared": -1,
    "oldest": 1, "gap": -1, "log_size": -1, "brief_breadth": 1, "prominence": 1,
}  # fmt: skip
"""What speaks for belonging together must never count against it, nor the other way round: a
weight of the wrong sign is a quirk of the sets it was learned from."""
VERSION: Final = 10
"""Raised with every model that is to be shipped; those before stay in the archive, for decisions made by them."""
TREES: Final = 200
FEWEST: Final = 200
"""No leaf rests on fewer examples: what is rarer is a quirk."""
COPY_SHARE: Final = 0.5
CROWD: Final = 10
"""An unlabelled cluster of so many articles is taken to be another event than a labelled article's."""
UNSHARED, LONG, LONG_AGO, DOUBT = 3.0, 5.5, round(math.log1p(90), 3), 1.8
"""From which `unshared` on, which is that of 402 shingles and one in common, if `log_length` is that of 245 tokens or
more, and from which `gap` on, which is that of 90 days, how much is taken from the log-odds."""
NOTHING_SHARED, SMALL_DOUBT = 5.0, 0.8
"""From which `unshared` on, which is that of 147 shingles and none in common, how much where dates are closer."""
NOTHING_RARE, UNDATED_DOUBT, DATED_DOUBT = 0.1, 1.7, 0.7
"""Up to which `rare` a long text shares next to no rare word with another, and how much it is taken for that."""

UNLEARNED: Final = JoinModel(
    0, 0.0, Trees(np.empty((0, QUESTIONS), np.int32), np.empty((0, QUESTIONS)), np.empty((0, QUESTIONS + 1))), 0.5, 0.5
)


@dataclass(frozen=True, slots=True)
class Examples:
    """Rows of features, and whether the candidate cluster was the right one."""

    features: NDArray[np.float64]
    labels: NDArray[np.bool_]


class Run:
    """A stream clustered by a model, watched from beside: which gold events each cluster holds."""

    def __init__(self, part: Set, model: JoinModel) -> None:
        self.index = Index(EngineSettings(prior=part.prior))
        self.golds: dict[int, Counter[str]] = defaultdict(Counter)
        self._model = model
        self._gold_of: dict[str, str] = {}

    def place(self, labelled: Labelled, choose: Callable[[Verdict], Verdict]) -> Verdict:
        """Place one article where ``choose`` says after the model has decided; return the decision."""
        reading = labelled.reading
        dropped = self.index.counts.furniture(reading)
        reading = labelled.reading_without(dropped) if dropped else reading
        verdict = decide(self.index, reading, self._model)
        chosen = choose(verdict)
        event = placing_event(self.index, chosen, labelled.submission, reading)
        self.index.apply(event, reading, probe=chosen.probe)
        self.index.take_snapshot(reading)
        if labelled.gold is not None:
            self._gold_of[labelled.submission.article_id] = labelled.gold
            self.golds[self.index.cluster_number(event.cluster_id)][labelled.gold] += 1
        if chosen is verdict:
            self._regroup(event, verdict)
        return verdict

    def _regroup(self, placed: Event, verdict: Verdict) -> None:
        """Merge and split clusters, as the engine does."""
        pair = decide_merge(self.index, verdict, self._model)
        if pair:
            self.index.apply(merging_event(self.index, placed, *pair), None)
            self.golds[pair[0]] += self.golds.pop(pair[1], Counter())
        parting = decide_split(self.index, verdict)
        if parting:
            parted = splitting_event(self.index, placed, *parting)
            self.index.apply(parted, None)
            leaving = Counter(self._gold_of[moved] for moved in parted.moved_articles if moved in self._gold_of)
            self.golds[parting[0]] -= leaving
            self.golds[self.index.cluster_number(parted.cluster_id)] += leaving

    def label(self, cluster: int, gold: str) -> bool | None:
        """Return whether a cluster is mostly ``gold``; None where that cannot be told."""
        if self.golds[cluster]:
            return self.golds[cluster].most_common(1)[0][0] == gold
        return False if self.index.clusters.clusters.members[cluster] >= CROWD else None


def forced_examples(part: Set, shuffle: int) -> Examples:
    """Return the decisions of a stream in which every article so far is in its gold cluster."""
    run = Run(part, UNLEARNED)
    clusters: dict[str, int] = {}
    rows: list[tuple[NDArray[np.float64], bool]] = []
    for labelled in stream(part, shuffle):
        gold = labelled.gold

        def force(verdict: Verdict, gold: str | None = gold) -> Verdict:
            rows.extend(_examples(run, verdict, gold))
            return verdict if verdict.copy else verdict._replace(cluster=clusters.get(gold or ""))

        run.place(labelled, force)
        if gold is not None:
            clusters.setdefault(gold, run.index.clusters.cluster_of(run.index.slot_of(labelled.submission.article_id)))
    return _stacked(rows)


def free_examples(part: Set, model: JoinModel, shuffle: int) -> Examples:
    """Return the decisions of a stream as ``model`` really clusters it (Ross, Gordon & Bagnell 2011)."""
    run = Run(part, model)
    rows: list[tuple[NDArray[np.float64], bool]] = []
    for labelled in stream(part, shuffle):
        gold = labelled.gold

        def watch(verdict: Verdict, gold: str | None = gold) -> Verdict:
            rows.extend(_examples(run, verdict, gold))
            return verdict

        run.place(labelled, watch)
    return _stacked(rows)


def score(part: Set, model: JoinModel) -> float:
    """Return BCubed F1 of a stream clustered by a model."""
    run, placed = Run(part, model), []
    for labelled in stream(part):
        run.place(labelled, lambda verdict: verdict)
        placed.append((run.index.slot_of(labelled.submission.article_id), labelled.gold))
    found = [(str(run.index.clusters.cluster_of(slot)), gold) for slot, gold in placed if gold is not None]
    return score_clusters([cluster for cluster, _ in found], [gold for _, gold in found]).bcubed.f1


def fit(examples: Mapping[Set, Examples], threshold: float, merge_threshold: float) -> JoinModel:
    """Learn trees of the right signs from several sets; each counts the same, a changed copy of one `COPY_SHARE`."""
    everything = joined(list(examples.values()))
    features, labels = everything.features, everything.labels
    shares = np.array([1.0 if part.is_itself else COPY_SHARE for part in examples])
    each = shares / shares.sum() * len(labels) / [len(lot.labels) for lot in examples.values()]
    weights = np.repeat(each, [len(lot.labels) for lot in examples.values()])
    learner = HistGradientBoostingClassifier(
        max_iter=TREES,
        max_depth=DEPTH,
        min_samples_leaf=FEWEST,
        l2_regularization=1.0,
        monotonic_cst=[SIGNS.get(name, 0) for name in FEATURES],
        early_stopping=False,
        random_state=0,
    )
    learner.fit(features, labels, sample_weight=weights)
    trees = [_tree(predictor.nodes) for (predictor,) in learner._predictors]
    columns = Trees(*(np.array(column) for column in zip(*trees, strict=True)))
    return doubting(JoinModel(VERSION, float(learner._baseline_prediction[0, 0]), columns, threshold, merge_threshold))


def doubting(model: JoinModel) -> JoinModel:
    """Return a model that is less sure of what is far apart in time, or may be, and of long texts that share little.

    Labelled sets tell of few days. Two long texts of unknown date with next to no passage in common are one event
    in them for two to one, in undated news of years for one to two; and a quarter of a year between two
    dates hardly ever comes up. Two reports of one quarrel, days apart, do where little else is known. Sets cannot
    teach it, so the last two trees are not learned.
    """
    # Questions and leaves are counted from 0, level by level and from left to right. Where a place has no question, the
    # leaves below it are alike.
    passages = _rule(
        {
            0: ("dated", 0.5),
            1: ("unshared", UNSHARED),
            2: ("gap", LONG_AGO),
            4: ("log_length", LONG),
            5: ("unshared", NOTHING_SHARED),
        },
        {3: DOUBT, 5: SMALL_DOUBT, 6: DOUBT, 7: DOUBT},
    )
    words = _rule(
        {0: ("log_length", LONG), 2: ("dated", 0.5), 5: ("rare", NOTHING_RARE), 6: ("rare", NOTHING_RARE)},
        {4: UNDATED_DOUBT, 6: DATED_DOUBT},
    )
    columns = zip(model.trees, passages, words, strict=True)
    return replace(model, trees=Trees(*(np.concatenate(column) for column in columns)))


def _rule(questions: Mapping[int, tuple[str, float]], doubts: Mapping[int, float]) -> Trees:
    """Return a tree of questions by their places; each leaf takes its doubt from the log-odds."""
    features, cuts = np.zeros((1, QUESTIONS), np.int32), np.zeros((1, QUESTIONS))
    leaves = np.zeros((1, QUESTIONS + 1))
    for place, (name, cut) in questions.items():
        features[0, place], cuts[0, place] = FEATURES.index(name), cut
    for place, doubt in doubts.items():
        leaves[0, place] = -doubt
    return Trees(features, cuts, leaves)


def _tree(nodes: NDArray[np.void]) -> tuple[list[int], list[float], list[float]]:
    """Return the questions and leaves of a tree; where it asks fewer, all ways lead to the same leaf."""
    level, features, cuts = [nodes[0]], list[int](), list[float]()
    for _ in range(DEPTH):
        features += [0 if node["is_leaf"] else int(node["feature_idx"]) for node in level]
        cuts += [0.0 if node["is_leaf"] else round(float(node["num_threshold"]), 6) for node in level]
        pairs = ((node, node) if node["is_leaf"] else (nodes[node["left"]], nodes[node["right"]]) for node in level)
        level = [child for pair in pairs for child in pair]
    return features, cuts, [round(float(leaf["value"]), 5) for leaf in level]


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
