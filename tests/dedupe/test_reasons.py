"""Which of the figures of a decision its sentence names."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from dedupe.events import Event, EventKind
from dedupe.reasons import NEARLY, FeatureReason, JoinReason, summary
from dedupe.sentences import sentence

EVENT = Event(
    seq=2, at=datetime(2026, 3, 2, tzinfo=UTC), kind=EventKind.JOINED, article_id="art_1", cluster_id="clu_1", detail={}
)
VALUES = {"gap": 0.02, "mean": 0.4, "oldest": 0.9, "title_best": 0.3, "log_size": 0.0}


def join(**contributions: float) -> JoinReason:
    features = [
        FeatureReason(name=name, value=VALUES[name], contribution=added, sentence=sentence(name, VALUES[name]))
        for name, added in contributions.items()
    ]
    return JoinReason(
        cluster_id="clu_1",
        probability=0.9,
        threshold=0.42,
        margin=0.48,
        runner_up=None,
        lead=None,
        model=9,
        base=0.1,
        log_odds=2.2,
        features=tuple(sorted(features, key=lambda reason: -abs(reason.contribution or 0.0))),
    )


@pytest.mark.parametrize(
    ("contributions", "told"),
    [
        ({"gap": 1.78, "mean": 1.63, "oldest": 1.47}, ["mean", "gap"]),
        ({"gap": 1.6, "title_best": 1.3, "mean": 1.4}, ["mean", "gap"]),
        ({"gap": 2.0, "mean": 2.0 * NEARLY}, ["mean", "gap"]),
        ({"gap": 1.0, "mean": 0.7}, ["gap"]),
        ({"log_size": 1.0, "mean": 0.9}, ["mean", "log_size"]),
        ({"mean": 1.0, "gap": 0.99, "title_best": 0.98}, ["mean"]),
        ({"mean": -2.0, "gap": 0.5}, ["gap"]),
        ({"mean": -2.0, "gap": -0.5}, []),
        ({}, []),
    ],
)
def test_what_the_texts_say_is_named_before_time_that_counts_about_as_much(
    contributions: dict[str, float], told: list[str]
) -> None:
    _, named, most = summary(EVENT, join(**contributions)).partition(" What spoke most for it: ")
    assert most == " ".join(sentence(name, VALUES[name]) for name in told)
    assert bool(named) is bool(told)
