from __future__ import annotations

import pytest

from dedupe.errors import UnreadableInput
from dedupe.evaluation.breakdown import Disagreement
from dedupe.evaluation.copies import CopyLabels
from dedupe.evaluation.gold import Gold, Prediction
from dedupe.evaluation.metrics import Agreement
from dedupe.evaluation.report import Report, evaluate
from dedupe.evaluation.text import NO_REASONS, render

EVENTS = {"a": "flood", "b": "flood", "c": "strike", "d": "strike", "e": "strike", "f": "fire"}
TITLES = {"a": "River rises", "c": "Docks closed"}


def gold_of(events: dict[str, str], copies: CopyLabels | None = None) -> Gold:
    return Gold(
        ids=("a", "b", "c", "d", "e", "f"),
        events=events,
        languages=dict.fromkeys("abcde", "en") | {"f": "fr"},
        titles=TITLES,
        copies=copies,
    )


def predict(**clusters: str) -> dict[str, Prediction]:
    return {i: Prediction(cluster_id=cluster, duplicate_group_id=None) for i, cluster in clusters.items()}


@pytest.fixture
def report() -> Report:
    """The flood and one article of the strike are in cluster 1; the rest of the strike is in 2."""
    labels = CopyLabels.of_pairs(frozenset({("a", "b")}))
    return evaluate(gold_of(EVENTS, labels), predict(a="1", b="1", c="1", d="2", e="2", f="3"))


def test_sizes_of_events(report: Report) -> None:
    assert [(part.name, part.article_count) for part in report.sizes] == [("1", 1), ("2", 2), ("3 to 5", 3)]
    assert report.sizes[0].agreement == Agreement(1.0, 1.0)
    assert report.sizes[1].agreement == Agreement(2 / 3, 1.0)


def test_large_events_have_an_open_end() -> None:
    events = {str(number): "election" for number in range(60)}
    gold = Gold(ids=tuple(events), events=events, languages=dict.fromkeys(events, "en"), titles={}, copies=None)

    assert [part.name for part in evaluate(gold, predict(**dict.fromkeys(events, "1"))).sizes] == ["51 and more"]


def test_languages_the_most_common_first(report: Report) -> None:
    assert [(part.name, part.article_count) for part in report.languages] == [("en", 5), ("fr", 1)]
    assert report.languages[1].agreement.f1 == 1.0


def test_worst_errors(report: Report) -> None:
    assert report.false == (Disagreement(pair_count=2, within="1", names=("flood", "strike"), example=("a", "c")),)
    assert report.missed == (Disagreement(pair_count=2, within="strike", names=("1", "2"), example=("c", "d")),)


def test_slices_average_to_the_whole(report: Report) -> None:
    assert report.clusters
    for slices in (report.sizes, report.languages):
        weighted = sum(part.agreement.precision * part.article_count for part in slices) / 6
        assert weighted == pytest.approx(report.clusters.bcubed.precision)


def test_the_text_names_figures_and_examples(report: Report) -> None:
    lines = render(report, TITLES).splitlines()

    assert any(line.startswith("clusters, BCubed") and f"{report.clusters.bcubed.f1:.3f}" in line for line in lines)
    assert "      2  a  River rises" in lines
    assert "         c  Docks closed" in lines
    assert "6 labelled articles of 3 events" in lines
    assert "Copies not found" in lines
    assert max(map(len, lines)) <= 100


def test_the_json_holds_the_same_figures(report: Report) -> None:
    told = report.as_json()

    assert told["clusters"]["bcubed"]["f1"] == report.clusters.bcubed.f1
    assert told["copies"]["recall"] == 0.0
    assert told["by_language"][0]["name"] == "en"
    assert told["worst_false"][0]["names"] == ("flood", "strike")


def test_unlabelled_articles_are_not_scored() -> None:
    report = evaluate(gold_of({"a": "flood"}), predict(a="1", b="1", c="1", d="1", e="1", f="1"))

    assert report.clusters
    assert report.clusters.article_count == 1
    assert report.clusters.bcubed.f1 == 1.0
    assert report.copies is None


def test_copies_alone_can_be_scored() -> None:
    labels = CopyLabels.of_pairs(frozenset({("a", "b")}))
    report = evaluate(gold_of({}, labels), predict(**dict.fromkeys("abcdef", "1")))

    assert report.clusters is None
    assert report.as_json()["clusters"] is None
    assert render(report, {}).splitlines()[1].startswith("copies, pairs")


def test_a_missing_prediction_is_refused() -> None:
    with pytest.raises(UnreadableInput, match="no prediction: 1, the first 'f'"):
        evaluate(gold_of(EVENTS), predict(**dict.fromkeys("abcde", "1")))


def test_articles_that_the_labels_do_not_know_are_not_scored() -> None:
    labels = CopyLabels.of_pairs(frozenset({("a", "b")}))
    found = predict(**dict.fromkeys("abcdefx", "1"))
    grouped = {i: Prediction(cluster_id="1", duplicate_group_id="g" if i in "abx" else None) for i in found}
    report = evaluate(gold_of(EVENTS, labels), grouped)

    assert report.clusters
    assert report.copies
    assert (report.clusters.article_count, report.unlabelled_count) == (6, 1)
    assert (report.copies.true_count, report.copies.false_count) == (1, 0)
    assert "1 articles without a label are not scored" in render(report, {})


def test_reasons_are_said_to_need_the_articles(report: Report) -> None:
    assert render(report, {}).endswith(NO_REASONS)
    assert report.as_json()["has_reasons"] is False


def test_sizes_are_counted_on_both_sides(report: Report) -> None:
    counts = {part.name: (part.event_count, part.cluster_count) for part in report.size_counts}
    assert counts == {
        "1": (1, 1),
        "2": (1, 1),
        "3 to 5": (1, 1),
        "6 to 10": (0, 0),
        "11 to 50": (0, 0),
        "51 and more": (0, 0),
    }


def test_a_cluster_of_a_thousand_events_shows_its_worst_pairs_only() -> None:
    events = {f"{event}-{n}": f"event{event:04}" for event in range(1000) for n in range(2 + (event < 3))}
    found = {i: Prediction(cluster_id="1", duplicate_group_id=None) for i in events}
    gold = Gold(ids=tuple(events), events=events, languages=dict.fromkeys(events, "en"), titles={}, copies=None)
    worst = evaluate(gold, found).false

    assert [error.pair_count for error in worst] == [9] * 3 + [6] * 17
    assert worst[0].names == ("event0000", "event0001")


def test_a_terminal_is_given_no_commands(report: Report) -> None:
    told = render(report, {"a": "\x1b[2J\x1b]0;owned\x07 one\ntwo\u2028three", "c": "洪水 und Überschwemmung"})

    assert "\x1b" not in told
    assert "\x07" not in told
    assert "one two three" in told
    assert "洪水 und Überschwemmung" in told


def test_copies_by_language() -> None:
    labels = CopyLabels.of_pairs(frozenset({("a", "b"), ("c", "f")}), frozenset({("a", "d")}), frozenset({"d"}))
    found = {
        i: Prediction(cluster_id="1", duplicate_group_id=group) for i, group in zip("abcdef", "ggghhi", strict=True)
    }
    report = evaluate(gold_of(EVENTS, labels), found)

    assert [(part.name, part.article_count) for part in report.copy_languages] == [("en", 5), ("fr", 1)]
    assert report.copy_languages[0].agreement == Agreement(1 / 3, 1.0), "a pair across languages is of neither"
    assert "Copies by language" in render(report, {})


def test_labels_of_some_articles() -> None:
    labels = CopyLabels.of_pairs(frozenset({("a", "b"), ("c", "d")}), frozenset({("a", "c")}), frozenset({"d", "e"}))
    some = gold_of(EVENTS, labels).among({"a", "b", "c", "e"})

    assert (some.ids, set(some.events)) == (("a", "b", "c", "e"), {"a", "b", "c", "e"})
    assert some.copies
    assert some.copies.copies == {("a", "b")}
    assert some.copies.open_pairs == {("a", "c")}
    assert some.copies.short == {"e"}
    assert gold_of(EVENTS).among({"a"}).copies is None
    assert CopyLabels(families={"a": "g", "b": "g"}).among({"a"}) == CopyLabels(families={"a": "g"})
