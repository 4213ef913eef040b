"""From labelled streams to the weights of the join decision, and how well they do."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

import numpy as np
from numpy.typing import NDArray
from sklearn.ensemble import HistGradientBoostingClassifier
from streams import Labelled, Set, stream
from topics import FAR, topics

from dedupe.clusters.decision import DEPTH, QUESTIONS, JoinModel, Trees
from dedupe.clusters.features import FEATURES
from dedupe.decide import Verdict, decide, decide_merge, decide_split
from dedupe.evaluation.metrics import score_clusters
from dedupe.events import Event
from dedupe.index import Index
from dedupe.reading import Reading
from dedupe.recording import merging_event, placing_event, splitting_event
from dedupe.settings import EngineSettings

SIGNS: Final = {
    "centroid": 1, "mean": 1, "background": -1, "title_mean": 1, "title_best": 1, "breadth": 1, "rare": 1,
    "unshared": -1,
    "oldest": 1, "gap": -1, "log_size": -1, "brief_breadth": 1, "prominence": 1,
    "base_rate": 1,
}  # fmt: skip
"""What speaks for belonging together must never count against it, nor the other way round: a
weight of the wrong sign is a quirk of the sets it was learned from."""
VERSION: Final = 12
"""Raised with every model that is to be shipped; those before stay in the archive, for decisions made by them."""
TREES: Final = 200
FEWEST: Final = 200
"""No leaf rests on fewer examples: what is rarer is a quirk."""
COPY_SHARE: Final = 0.5
CROWD: Final = 10
"""An unlabelled cluster of so many articles is taken to be another event than a labelled article's."""
BASE_RATES: Final = (0.3, 0.95)
"""From where single reports come in to where events are told a hundred times."""
LONG, LONG_AGO = 5.5, round(math.log1p(90), 3)
"""`log_length` of a text of 245 tokens, and `gap` of 90 days."""
LITTLE_SHARED, NOTHING_SHARED, NOTHING_RARE = 3.0, 5.0, 0.12
"""`unshared` of 402 shingles and one in common, and of 147 and none; `rare` up to which no rare word is shared."""
DOUBT, UNDATED_DOUBT, LONG_AGO_DOUBT = 2.4, 1.4, 1.4
"""How much is taken from the log-odds."""
Span = tuple[datetime, datetime]
Row = tuple[NDArray[np.float64], bool]
"""The features of a candidate cluster, and whether it was the right one."""

UNLEARNED: Final = JoinModel(
    0, 0.0, Trees(np.empty((0, QUESTIONS), np.int32), np.empty((0, QUESTIONS)), np.empty((0, QUESTIONS + 1))), 0.5, 0.5
)


@dataclass(frozen=True, slots=True)
class Examples:
    """Rows of features, and whether the candidate cluster was the right one."""

    features: NDArray[np.float64]
    labels: NDArray[np.bool_]


class Run:
    """A stream clustered by a model, watched from beside: which gold events each cluster holds, and of which days."""

    def __init__(self, part: Set, model: JoinModel) -> None:
        self.index = Index(EngineSettings(prior=part.prior))
        self._model = model
        self._part = part
        self._gold_of: dict[str, str] = {}
        self._golds: dict[int, Counter[str]] = defaultdict(Counter)
        self._spans: dict[int, Span] = {}

    def decide(self, labelled: Labelled) -> tuple[Reading, Verdict]:
        """Read one article and decide where it belongs; nothing changes."""
        reading = labelled.reading
        dropped = self.index.counts.furniture(reading)
        reading = labelled.reading_without(dropped) if dropped else reading
        return reading, decide(self.index, reading, self._model)

    def place(self, labelled: Labelled, reading: Reading, verdict: Verdict) -> Event:
        """Place one article where a verdict says."""
        event = placing_event(self.index, verdict, labelled.submission, reading)
        self.index.apply(event, reading, probe=verdict.probe)
        self.index.take_snapshot(reading)
        cluster = self.index.cluster_number(event.cluster_id)
        if labelled.gold is not None:
            self._gold_of[labelled.submission.article_id] = labelled.gold
            self._golds[cluster][labelled.gold] += 1
        if labelled.published is not None:
            self._stretch(cluster, (labelled.published, labelled.published))
        return event

    def add(self, labelled: Labelled) -> list[Row]:
        """Place one article where the model says, merge and split as the engine does; return what it was asked."""
        reading, verdict = self.decide(labelled)
        asked = self.examples(labelled, verdict)
        self._regroup(self.place(labelled, reading, verdict), verdict)
        return asked

    def _stretch(self, cluster: int, span: Span) -> None:
        """Note when a cluster's articles were published, whether the engine knows it or not."""
        first, last = self._spans.get(cluster, span)
        self._spans[cluster] = min(first, span[0]), max(last, span[1])

    def _regroup(self, placed: Event, verdict: Verdict) -> None:
        pair = decide_merge(self.index, verdict, self._model)
        if pair:
            self.index.apply(merging_event(self.index, placed, *pair), None)
            self._golds[pair[0]] += self._golds.pop(pair[1], Counter())
            if pair[1] in self._spans:
                self._stretch(pair[0], self._spans.pop(pair[1]))
        parting = decide_split(self.index, verdict)
        if parting:
            parted = splitting_event(self.index, placed, *parting)
            self.index.apply(parted, None)
            leaving = Counter(self._gold_of[moved] for moved in parted.moved_articles if moved in self._gold_of)
            self._golds[parting[0]] -= leaving
            self._golds[self.index.cluster_number(parted.cluster_id)] += leaving
            if parting[0] in self._spans:
                self._stretch(self.index.cluster_number(parted.cluster_id), self._spans[parting[0]])

    def examples(self, labelled: Labelled, verdict: Verdict) -> list[Row]:
        """Return the features of the clusters in question, and whether each is right, where that can be told."""
        if verdict.copy or (labelled.gold is None and not self._part.topical):
            return []
        rows = ((rival.features, self._label(rival.cluster, labelled)) for rival in verdict.rivals)
        return [(features, label) for features, label in rows if label is not None]

    def _label(self, cluster: int, labelled: Labelled) -> bool | None:
        """Return whether a cluster is mostly the event of an article; None where that cannot be told."""
        if self._golds[cluster] and labelled.gold is not None:
            return self._golds[cluster].most_common(1)[0][0] == labelled.gold
        if self._is_of_another_time(cluster, labelled.published):
            return False
        is_crowd = self.index.clusters.clusters.members[cluster] >= CROWD
        return False if is_crowd and labelled.gold is not None else None

    def _is_of_another_time(self, cluster: int, published: datetime | None) -> bool:
        if published is None or cluster not in self._spans:
            return False
        first, last = self._spans[cluster]
        return published - last > FAR or first - published > FAR


def forced_examples(part: Set, shuffle: int) -> Examples:
    """Return the decisions of a stream in which every article so far is in its gold cluster."""
    rows: list[Row] = []
    for articles in _streams(part, shuffle):
        run, clusters = Run(part, UNLEARNED), dict[str, int]()
        for labelled in articles:
            reading, verdict = run.decide(labelled)
            rows.extend(run.examples(labelled, verdict))
            if not verdict.copy:
                verdict = verdict._replace(cluster=clusters.get(labelled.gold or ""))
            event = run.place(labelled, reading, verdict)
            if labelled.gold is not None:
                clusters.setdefault(labelled.gold, run.index.cluster_number(event.cluster_id))
    return _stacked(rows, part)


def free_examples(part: Set, model: JoinModel, shuffle: int) -> Examples:
    """Return the decisions of a stream as ``model`` really clusters it (Ross, Gordon & Bagnell 2011)."""
    rows: list[Row] = []
    for articles in _streams(part, shuffle):
        run = Run(part, model)
        for labelled in articles:
            rows.extend(run.add(labelled))
    return _stacked(rows, part)


def _streams(part: Set, shuffle: int) -> Iterable[Iterable[Labelled]]:
    """Return the streams of a part, each to be clustered on its own."""
    return topics(part, shuffle) if part.topical else [stream(part, shuffle)]


def score(part: Set, model: JoinModel) -> float:
    """Return BCubed F1 of a stream clustered by a model."""
    run, placed = Run(part, model), []
    for labelled in stream(part):
        run.add(labelled)
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
    """Return a model that is less sure of long texts that share neither a passage nor a rare word.

    Labelled sets tell of few days, and with them it is hard to learn that a page about the same people may be of
    another year. So the last three trees are not learned: the first doubts any such text, the second one of
    unknown date, the third what shares no passage and lies a quarter of a year off, whatever its words.
    """
    # Questions and leaves are counted from 0, level by level and from left to right. Where a place has no question, the
    # leaves below it are alike.
    little = _rule(
        {0: ("unshared", LITTLE_SHARED), 2: ("rare", NOTHING_RARE), 5: ("log_length", LONG)},
        {5: DOUBT},
    )
    undated = _rule(
        {0: ("unshared", NOTHING_SHARED), 2: ("rare", NOTHING_RARE), 5: ("dated", 0.5)},
        {4: UNDATED_DOUBT},
    )
    long_ago = _rule(
        {0: ("unshared", LITTLE_SHARED), 2: ("dated", 0.5), 6: ("gap", LONG_AGO)},
        {7: LONG_AGO_DOUBT},
    )
    columns = zip(model.trees, little, undated, long_ago, strict=True)
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


def _stacked(rows: Sequence[Row], part: Set) -> Examples:
    """Return the decisions of a part; what is alike and is not one event is that whatever else joins."""
    features, labels = np.array([features for features, _ in rows]), np.array([label for _, label in rows])
    if part.topical:
        features[:, FEATURES.index("base_rate")] = np.random.default_rng(0).uniform(*BASE_RATES, len(features))
    return Examples(features, labels)
