from __future__ import annotations

from dedupe.evaluation.copies import CopyLabels, pair_of, score_copies
from dedupe.evaluation.metrics import Agreement


def test_a_labelled_pair_in_one_group_is_true_and_another_pair_false() -> None:
    labels = CopyLabels(copies=frozenset({("a", "b"), ("c", "d")}))
    scores = score_copies({"a": "g", "b": "g", "x": "g", "c": None, "d": None}, labels)

    assert (scores.labelled_count, scores.true_count, scores.false_count) == (2, 1, 2)
    assert scores.false_pairs == (("a", "x"), ("b", "x"))
    assert scores.missed_pairs == (("c", "d"),)
    assert scores.agreement == Agreement(1 / 3, 0.5)


def test_a_copy_of_a_copy_is_not_held_against_a_clustering() -> None:
    labels = CopyLabels(copies=frozenset({("a", "b"), ("b", "c")}))
    scores = score_copies({"a": "g", "b": "g", "c": "g"}, labels)

    assert (scores.true_count, scores.false_count) == (2, 0)


def test_two_families_are_not_one() -> None:
    labels = CopyLabels(copies=frozenset({("a", "b"), ("c", "d")}))
    scores = score_copies(dict.fromkeys("abcd", "g"), labels)

    assert (scores.true_count, scores.false_count) == (2, 4)


def test_open_pairs_and_short_texts_are_not_counted() -> None:
    labels = CopyLabels(copies=frozenset(), open_pairs=frozenset({("a", "b")}), short=frozenset({"s"}))
    scores = score_copies({"a": "g", "b": "g", "s": "g"}, labels)

    assert (scores.true_count, scores.false_count) == (0, 0)
    assert scores.agreement == Agreement(0.0, 0.0)


def test_examples_are_limited_and_counts_are_not() -> None:
    labels = CopyLabels(copies=frozenset({("m1", "m2"), ("m3", "m4")}))
    groups: dict[str, str | None] = dict.fromkeys("abcdef", "g")
    scores = score_copies(groups | dict.fromkeys(("m1", "m2", "m3", "m4")), labels, examples=1)

    assert scores.false_count == 15
    assert scores.false_pairs == (("a", "b"),)
    assert scores.missed_pairs == (("m1", "m2"),)


def test_a_pair_is_the_same_from_both_sides() -> None:
    assert pair_of("b", "a") == pair_of("a", "b") == ("a", "b")
