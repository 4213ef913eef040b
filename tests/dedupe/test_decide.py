from __future__ import annotations

import numpy as np
import pytest

from dedupe import ids
from dedupe.clusters.features import FEATURES
from dedupe.decide import Rival, Verdict, decide, decide_merge
from dedupe.events import Event, EventKind
from dedupe.index import Index
from dedupe.reading import Reading, read
from dedupe.settings import EngineSettings
from dedupe.submission import Submission
from tests.dedupe.models import alike, rising
from tests.dedupe.newsroom import Newsroom


def reading_of(submission: Submission) -> Reading:
    return read(submission.article, "en", submission.received_at, EngineSettings())


@pytest.fixture
def room() -> Newsroom:
    return Newsroom(9)


@pytest.fixture
def index(room: Newsroom) -> Index:
    """Ten events with a report each; event number n is cluster n."""
    index = Index(EngineSettings(prior=False))
    for number in range(10):
        sent = room.report(room.happen())
        opened = Event(
            seq=number + 1,
            at=sent.received_at,
            kind=EventKind.OPENED,
            article_id=sent.article_id,
            cluster_id=ids.encode("clu", 500 + number),
        )
        index.apply(opened, reading_of(sent))
    return index


def test_a_report_goes_to_the_most_probable_cluster(index: Index, room: Newsroom) -> None:
    verdict = decide(index, reading_of(room.report(4)), rising("centroid", threshold=0.01))

    assert verdict.cluster == 4
    assert verdict.copy is None
    assert verdict.chosen == verdict.rivals[0]
    assert verdict.confidence == verdict.rivals[0].probability
    assert [rival.probability for rival in verdict.rivals] == sorted(
        (rival.probability for rival in verdict.rivals), reverse=True
    )
    assert verdict.runner_up == verdict.rivals[1]


def test_where_none_is_probable_enough_a_cluster_opens(index: Index, room: Newsroom) -> None:
    verdict = decide(index, reading_of(room.report(room.happen())), rising("centroid", threshold=0.9))

    assert verdict.cluster is None
    assert verdict.chosen is None
    assert verdict.runner_up == verdict.rivals[0]
    assert verdict.confidence == 1 - verdict.rivals[0].probability


def test_an_empty_index_decides_with_certainty(room: Newsroom) -> None:
    verdict = decide(Index(EngineSettings(prior=False)), reading_of(room.report(room.happen())), rising("centroid"))

    assert (verdict.cluster, verdict.confidence, verdict.rivals, verdict.runner_up) == (None, 1.0, (), None)


def test_a_copy_goes_where_its_original_is_whatever_the_model_says(index: Index, room: Newsroom) -> None:
    verdict = decide(index, reading_of(room.copy(room.published[7])), rising("centroid", threshold=0.999))

    assert verdict.cluster == 7
    assert verdict.copy
    assert verdict.copy.slot == 7
    assert verdict.confidence == verdict.copy.coverage


def test_a_copy_that_buckets_miss_is_found_among_the_candidates(index: Index, room: Newsroom) -> None:
    index.buckets.remove(7)
    verdict = decide(index, reading_of(room.copy(room.published[7])), rising("centroid", threshold=0.01))

    assert verdict.copy
    assert verdict.copy.slot == 7


def test_the_text_being_revised_is_nobodys_original(index: Index, room: Newsroom) -> None:
    same = reading_of(room.published[7])

    assert decide(index, same, rising("centroid")).copy
    assert decide(index, same, rising("centroid"), besides=7).copy is None


def test_nothing_is_changed_by_deciding(index: Index, room: Newsroom) -> None:
    reading = reading_of(room.report(2))
    first, second = (decide(index, reading, rising("centroid", threshold=0.01)) for _ in range(2))

    assert first.cluster == second.cluster
    assert [rival.reasons() for rival in first.rivals] == [rival.reasons() for rival in second.rivals]


def test_reasons_are_the_rounded_features_that_decided(index: Index, room: Newsroom) -> None:
    model = rising("centroid", threshold=0.001)
    for rival in decide(index, reading_of(room.report(2)), model).rivals:
        reasons = rival.reasons()
        assert list(reasons) == list(FEATURES)
        assert all(value == round(value, 4) for value in reasons.values())
        assert model.probabilities(rival.features[np.newaxis]).tolist() == [rival.probability]


@pytest.mark.parametrize(("probabilities", "merged"), [([0.9, 0.15], (3, 4)), ([0.9, 0.14], None), ([0.9], None)])
def test_clusters_merge_only_where_a_second_is_probable(
    index: Index, probabilities: list[float], merged: tuple[int, int] | None
) -> None:
    always = alike("dated", -1.0)  # takes any two clusters for one event
    rivals = tuple(Rival(3 + at, value, np.zeros(len(FEATURES))) for at, value in enumerate(probabilities))

    assert decide_merge(index, Verdict(3, 0.9, rivals=rivals), always) == merged


def test_a_verdict_without_rivals_has_no_runner_up() -> None:
    only = Rival(3, 0.9, np.zeros(len(FEATURES)))

    assert Verdict(3, 0.9, rivals=(only,)).runner_up is None
    assert Verdict(None, 0.1, rivals=(only,)).runner_up == only
