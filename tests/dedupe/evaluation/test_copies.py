from __future__ import annotations

from itertools import combinations
from math import comb

from hypothesis import given
from hypothesis import strategies as st

from dedupe.evaluation.copies import CopyLabels, Pair, pair_of, score_copies
from dedupe.evaluation.metrics import Agreement


def test_a_labelled_pair_in_one_group_is_true_and_another_pair_false() -> None:
    labels = CopyLabels.of_pairs(frozenset({("a", "b"), ("c", "d")}))
    scores = score_copies({"a": "g", "b": "g", "x": "g", "c": None, "d": None}, labels)

    assert (scores.labelled_count, scores.true_count, scores.false_count) == (2, 1, 2)
    assert scores.false_pairs == (("a", "x"),), "b is of one family with a, and would show the same error"
    assert scores.missed_pairs == (("c", "d"),)
    assert scores.agreement == Agreement(1 / 3, 0.5)


def test_a_copy_of_a_copy_is_not_held_against_a_clustering() -> None:
    labels = CopyLabels.of_pairs(frozenset({("a", "b"), ("b", "c")}))
    scores = score_copies({"a": "g", "b": "g", "c": "g"}, labels)

    assert (scores.true_count, scores.false_count) == (2, 0)


def test_two_families_are_not_one() -> None:
    labels = CopyLabels.of_pairs(frozenset({("a", "b"), ("c", "d")}))
    scores = score_copies(dict.fromkeys("abcd", "g"), labels)

    assert (scores.true_count, scores.false_count) == (2, 4)


def test_open_pairs_and_short_texts_are_not_counted() -> None:
    labels = CopyLabels.of_pairs(frozenset(), open_pairs=frozenset({("a", "b")}), short=frozenset({"s"}))
    scores = score_copies({"a": "g", "b": "g", "s": "g"}, labels)

    assert (scores.true_count, scores.false_count) == (0, 0)
    assert scores.agreement == Agreement(0.0, 0.0)


def test_examples_are_limited_and_counts_are_not() -> None:
    labels = CopyLabels.of_pairs(frozenset({("m1", "m2"), ("m3", "m4")}))
    groups: dict[str, str | None] = dict.fromkeys("abcdef", "g")
    scores = score_copies(groups | dict.fromkeys(("m1", "m2", "m3", "m4")), labels, examples=1)

    assert scores.false_count == 15
    assert scores.false_pairs == (("a", "b"),)
    assert scores.missed_pairs == (("m1", "m2"),)


def test_a_pair_is_the_same_from_both_sides() -> None:
    assert pair_of("b", "a") == pair_of("a", "b") == ("a", "b")


def test_groups_as_labels_are_counted_and_not_spelt_out() -> None:
    """Twenty thousand copies are two hundred million pairs."""
    families = {str(number): "wire" for number in range(20_000)}
    groups: dict[str, str | None] = {article_id: f"g{int(article_id) % 2}" for article_id in families}
    scores = score_copies(groups | {"x": "g0"}, CopyLabels(families=families))

    assert (scores.labelled_count, scores.true_count) == (comb(20_000, 2), 2 * comb(10_000, 2))
    assert scores.false_count == 10_000
    assert (scores.false_pairs, scores.missed_pairs) == ((("0", "x"),), (("0", "1"),))


LABELS = st.dictionaries(st.sampled_from("abcdefgh"), st.sampled_from("xyz"))


@given(st.dictionaries(st.sampled_from("abcdefgh"), st.sampled_from(["p", "q", None])), LABELS)
def test_groups_as_labels_give_what_their_pairs_give(groups: dict[str, str | None], families: dict[str, str]) -> None:
    pairs = frozenset(pair for pair in combinations(sorted(families), 2) if families[pair[0]] == families[pair[1]])
    counted = score_copies(groups, CopyLabels(families=families))
    spelt = score_copies(groups, CopyLabels.of_pairs(pairs))

    assert counted.agreement == spelt.agreement
    assert (counted.labelled_count, counted.false_count) == (spelt.labelled_count, spelt.false_count)


@given(
    st.dictionaries(st.sampled_from("abcdefgh"), st.sampled_from(["p", "q", None])),
    st.frozensets(st.sampled_from(list(combinations("abcdefgh", 2))), max_size=6),
    st.frozensets(st.sampled_from(list(combinations("abcdefgh", 2))), max_size=6),
    st.frozensets(st.sampled_from("abcdefgh"), max_size=3),
)
def test_counts_are_those_of_looking_at_every_pair(
    groups: dict[str, str | None], copies: frozenset[Pair], left_open: frozenset[Pair], short: frozenset[str]
) -> None:
    labels = CopyLabels.of_pairs(copies, left_open, short)
    true = false = 0
    for pair in combinations(sorted(i for i, group in groups.items() if group), 2):
        if groups[pair[0]] != groups[pair[1]]:
            continue
        related = labels.families.get(pair[0], "") == labels.families.get(pair[1], "-")
        true += pair in copies
        false += not (pair in copies or pair in left_open or related or short & set(pair))
    scores = score_copies(groups, labels)

    assert (scores.true_count, scores.false_count) == (true, false)
    assert bool(scores.false_pairs) == bool(false)
