from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import adjusted_rand_score, normalized_mutual_info_score

from dedupe.evaluation.metrics import Agreement, score_clusters

LABELS = st.lists(st.tuples(st.sampled_from("abcd"), st.sampled_from("wxyz")), min_size=2, max_size=40)


def test_worked_example() -> None:
    """Clusters {1 2 3} and {4 5}; events {1 2} and {3 4 5}."""
    scores = score_clusters(["p", "p", "p", "q", "q"], ["e", "e", "f", "f", "f"])

    # precision: 2/3, 2/3, 1/3, 1, 1; recall: 1, 1, 1/3, 2/3, 2/3
    assert scores.bcubed.precision == pytest.approx((2 / 3 + 2 / 3 + 1 / 3 + 1 + 1) / 5)
    assert scores.bcubed.recall == pytest.approx((1 + 1 + 1 / 3 + 2 / 3 + 2 / 3) / 5)
    # pairs: 1-2 and 4-5 are right, of four claimed and four wanted
    assert scores.pairs == Agreement(0.5, 0.5)
    # two right, 4 * 4 / 10 by chance, 4 at best
    assert scores.ari == pytest.approx((2 - 1.6) / (4 - 1.6))
    assert (scores.article_count, scores.predicted_count, scores.gold_count) == (5, 2, 2)
    assert scores.largest_predicted == 3


def test_floor_is_the_score_of_leaving_every_article_alone() -> None:
    gold = ["e", "e", "f", "f", "f", "g"]
    alone = score_clusters([str(number) for number in range(6)], gold)

    assert alone.bcubed.f1 == pytest.approx(alone.bcubed_floor)
    assert alone.bcubed.precision == 1.0
    assert alone.pairs == Agreement(0.0, 0.0)
    assert score_clusters(gold, gold).bcubed_floor == alone.bcubed_floor


def test_names_of_clusters_do_not_matter() -> None:
    scores = score_clusters(["2", "2", "1"], ["1", "1", "2"])

    assert scores.bcubed == Agreement(1.0, 1.0)
    assert (scores.bcubed.f1, scores.pairs.f1, scores.ari, scores.nmi) == (1.0, 1.0, 1.0, pytest.approx(1.0))


def test_one_article() -> None:
    scores = score_clusters(["p"], ["e"])

    assert (scores.bcubed.f1, scores.ari, scores.nmi, scores.pairs.f1) == (1.0, 1.0, 1.0, 0.0)


def test_nothing_to_compare_is_refused() -> None:
    with pytest.raises(ValueError, match="no labelled article"):
        score_clusters([], [])


def test_lists_of_different_length_are_refused() -> None:
    with pytest.raises(ValueError, match="argument 2 is longer"):
        score_clusters(["p"], ["e", "e"])


@given(LABELS)
def test_indices_are_those_of_scikit_learn(pairs: list[tuple[str, str]]) -> None:
    predicted, gold = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
    scores = score_clusters(predicted, gold)

    assert scores.ari == pytest.approx(adjusted_rand_score(gold, predicted), abs=1e-12)
    assert scores.nmi == pytest.approx(normalized_mutual_info_score(gold, predicted), abs=1e-12)


@given(LABELS)
def test_swapping_the_sides_swaps_precision_and_recall(pairs: list[tuple[str, str]]) -> None:
    predicted, gold = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
    there, back = score_clusters(predicted, gold), score_clusters(gold, predicted)

    assert there.bcubed.precision == pytest.approx(back.bcubed.recall)
    assert there.pairs.recall == pytest.approx(back.pairs.precision)
    assert there.bcubed.f1 == pytest.approx(back.bcubed.f1)
