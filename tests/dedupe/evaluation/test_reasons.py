from __future__ import annotations

from datetime import UTC, datetime
from math import log
from typing import Any

import numpy as np
import pytest

from dedupe.clusters.decision import shipped_model
from dedupe.clusters.features import FEATURES
from dedupe.evaluation.decisions import Decisions
from dedupe.evaluation.likeness import Likeness
from dedupe.evaluation.reasons import STRONGEST, Explainer, pulls
from dedupe.events import Event, EventKind

AT = datetime(2026, 3, 2, tzinfo=UTC)
DRAW = np.random.default_rng(7)


class Alike:
    """Texts that share one word."""

    def cosine(self, left: str, right: str) -> float:
        return 0.25

    def likeness(self, left: str, right: str) -> Likeness:
        return Likeness(cosine=0.25, jaccard=0.1, containment=0.2, terms=(f"{left}+{right}",))


def features() -> dict[str, float]:
    return dict(zip(FEATURES, DRAW.random(len(FEATURES)).round(4).tolist(), strict=True))


def note(  # one event
    decisions: Decisions, seq: int, name: str, cluster: str, best: tuple[str, float] | None, **detail: Any
) -> None:
    joined = best is not None and best[0] == cluster
    kind = EventKind.JOINED if joined else EventKind.OPENED
    told: dict[str, Any] = {"confidence": best[1] if joined and best else 1.0} | detail
    if best:
        told["features"] = features()
        if not joined:
            told["runner_up"] = {"cluster_id": best[0], "confidence": best[1]}
    decisions.note(Event(seq=seq, at=AT, kind=kind, article_id="art", cluster_id=cluster, detail=told), name, None)


@pytest.fixture
def explainer() -> Explainer:
    noted = Decisions()
    note(noted, 1, "a", "1", None)
    note(noted, 2, "b", "1", ("1", 0.91), runner_up={"cluster_id": "7", "confidence": 0.2})
    note(noted, 3, "c", "3", ("1", 0.4))
    note(noted, 4, "d", "3", ("3", 0.8), runner_up={"cluster_id": "1", "confidence": 0.3})
    note(noted, 5, "e", "5", None)
    note(noted, 6, "f", "6", ("5", 0.2))
    note(noted, 7, "g", "6", ("6", 0.7))
    copied = {"article_id": "art", "jaccard": 0.5, "containment": 0.75}
    event = Event(
        seq=8, at=AT, kind=EventKind.COPIED, article_id="art", cluster_id="5", detail={"duplicate_of": copied}
    )
    noted.note(event, "h", "e")
    merged = Event(seq=9, at=AT, kind=EventKind.MERGED, article_id="art", cluster_id="5", from_cluster_id="6")
    noted.note(merged, "i", None)
    return Explainer(noted, shipped_model(), Alike())


def threshold() -> str:
    return f"(threshold {shipped_model().threshold:.2f})"


def test_a_joined_article_says_how_probable_that_was(explainer: Explainer) -> None:
    reason = explainer.explain(("b", "a"))

    assert reason.told == f"b joined at 0.91 {threshold()}; the next cluster had 0.20."
    assert reason.probability == 0.91
    assert 0 < len(reason.pulls) <= STRONGEST
    assert reason.likeness
    assert reason.likeness.terms == ("a+b",), "the earlier one first"


@pytest.mark.parametrize(
    ("pair", "told"),
    [
        (("a", "c"), "c opened a cluster of its own: this one had 0.40 {threshold}."),
        (("a", "d"), "d joined another cluster at 0.80: this one had 0.30 {threshold}."),
        (("e", "d"), "e opened a cluster of its own: nothing that it shares a telling term with was there."),
        (("a", "f"), "f opened a cluster of its own: another cluster came nearest, with 0.20."),
        (("a", "g"), "g joined another cluster at 0.70: this one did not come second."),
        (("c", "h"), "h was taken for a copy of e: containment 0.75, Jaccard 0.50."),
        (("e", "f"), ("f opened a cluster of its own: this one had 0.20 {threshold}. "
                     "The two clusters were merged when i came.")),
        (("a", "nobody"), "One of them has no words to compare, or is not among the articles."),
    ],
)  # fmt: skip
def test_every_way_to_be_together_or_apart(explainer: Explainer, pair: tuple[str, str], told: str) -> None:
    assert explainer.explain(pair).told == told.format(threshold=threshold())


def test_a_split_is_told_of_until_the_clusters_are_one_again() -> None:
    noted = Decisions()
    for seq, name, best in ((1, "a", None), (2, "b", ("1", 0.91)), (3, "c", ("1", 0.8))):
        note(noted, seq, name, "1", best)
    parted = Event(seq=4, at=AT, kind=EventKind.SPLIT, article_id="art", cluster_id="2", from_cluster_id="1")
    noted.note_split(parted, "c", ["b", "c"])
    explainer = Explainer(noted, shipped_model(), Alike())
    together = f"b joined at 0.91 {threshold()}."

    assert explainer.explain(("a", "b")).told == "They were together until c came: the cluster had become two events."
    assert explainer.explain(("b", "c")).told == f"c joined at 0.80 {threshold()}.", "they left together"

    noted.note(
        Event(seq=5, at=AT, kind=EventKind.MERGED, article_id="art", cluster_id="1", from_cluster_id="2"), "d", None
    )
    assert explainer.explain(("a", "b")).told == together


def test_who_came_after_a_split_was_never_with_those_that_left() -> None:
    noted = Decisions()
    note(noted, 1, "a", "1", None)
    note(noted, 2, "b", "1", ("1", 0.91))
    noted.note_split(
        Event(seq=3, at=AT, kind=EventKind.SPLIT, article_id="art", cluster_id="2", from_cluster_id="1"), "b", ["a"]
    )
    note(noted, 4, "c", "1", ("1", 0.7), runner_up={"cluster_id": "2", "confidence": 0.3})
    explainer = Explainer(noted, shipped_model(), Alike())

    assert explainer.explain(("a", "c")).told == f"c joined another cluster at 0.70: this one had 0.30 {threshold()}."
    assert explainer.explain(("b", "c")).told.startswith("c joined at 0.70")


def test_features_are_told_of_the_cluster_in_question_only(explainer: Explainer) -> None:
    assert explainer.explain(("a", "c")).pulls
    assert explainer.explain(("a", "c")).probability == 0.4
    assert explainer.explain(("a", "d")).pulls == (), "they are those of the cluster that it joined"


def test_a_pull_is_what_replacing_the_feature_costs() -> None:
    model = shipped_model()
    row, typical = DRAW.random(len(FEATURES)), DRAW.random(len(FEATURES))
    moved = pulls(model, row, typical)

    def log_odds(values: Any) -> float:
        probability = float(model.probabilities(values[None, :])[0])
        return log(probability / (1 - probability))

    for at in range(len(FEATURES)):
        other = row.copy()
        other[at] = typical[at]
        assert moved[at] == pytest.approx(log_odds(row) - log_odds(other), abs=1e-6)
