from __future__ import annotations

import math

import pytest

from dedupe.clusters.attribution import archived, past_model
from dedupe.clusters.features import FEATURES
from dedupe.sentences import KNOWN, OF_TIME_OR_SIZE, sentence, span_of_time


def test_every_feature_that_ever_decided_has_a_sentence() -> None:
    """An editor reads these: say a new feature in plain words in dedupe/sentences.py."""
    models = [past_model(version) for version in sorted(archived())]
    names = set(FEATURES).union(*(model.features for model in models if model))
    assert names - KNOWN == set()
    assert OF_TIME_OR_SIZE < KNOWN


@pytest.mark.parametrize("value", [0.0, 0.18, 1.0, 3.0])
def test_sentences_are_sentences(value: float) -> None:
    for feature in [*FEATURES, "something_new"]:
        written = sentence(feature, value)
        assert written[0].isupper()
        assert written.endswith(".")
        assert "_" not in written


def test_logarithms_are_undone() -> None:
    assert sentence("log_size", math.log(12)) == "The cluster had 12 articles of its own text."
    assert sentence("log_size", 0.0) == "The cluster had 1 article of its own text."
    assert sentence("log_length", math.log(1_401)) == "It is 1,400 words long."
    assert sentence("breadth", math.log(1 + 6.2)).endswith("about 6 words.")
    assert "while" in sentence("gap", 0.0)
    assert sentence("dated", 0.0) == "A date is missing, so time says little."


@pytest.mark.parametrize(
    ("minutes", "told"),
    [
        (2, "within an hour of"),
        (60, "within an hour of"),
        (89, "1 hour before or after"),
        (360, "6 hours before or after"),
        (72 * 60, "3 days before or after"),
    ],
)
def test_a_gap_is_told_as_it_was_recorded(minutes: int, told: str) -> None:
    recorded = round(math.log1p(minutes / 1_440), 4)
    assert sentence("gap", recorded) == f"It was published {told} the cluster's articles."


def test_time_is_told_in_the_unit_that_suits() -> None:
    told = [span_of_time(seconds) for seconds in (0, 60, 3_598, 5_400, 86_400, 172_800, 10**7)]
    assert told == ["0 minutes", "1 minute", "1 hour", "2 hours", "24 hours", "2 days", "116 days"]
