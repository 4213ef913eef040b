from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser
from xml.etree import ElementTree as ET

import pytest

from dedupe.evaluation.copies import CopyLabels
from dedupe.evaluation.gold import Gold, Prediction
from dedupe.evaluation.likeness import Likeness
from dedupe.evaluation.page import render_page
from dedupe.evaluation.plots import BOTTOM, HEIGHT, LEFT, RIGHT, TOP, WIDTH, plots_of
from dedupe.evaluation.reasons import Pull, Reason
from dedupe.evaluation.report import Curves, Report, evaluate
from dedupe.evaluation.sweep import Histogram, Point

ATTACK = "<script>alert('x')</script><img src=https://example.org/x.png onerror=\"x\"> & “so on”"
VOID = {"meta", "br", "img", "link"}


class Page(HTMLParser):
    """What a browser would see: elements in order, attributes, text; fails on tags that do not match."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.fixture
def report() -> Report:
    reason = Reason(
        told=f"b joined {ATTACK}",
        probability=0.9,
        pulls=(Pull("rare", 0.4, 1.25), Pull("gap", 2.0, -0.5)),
        likeness=Likeness(cosine=0.3, jaccard=0.0, containment=0.1, terms=(ATTACK,)),
    )
    events = {"a": ATTACK, "b": "fire", "c": "fire", "d": "strike"}
    gold = Gold(
        ids=tuple("abcd"), events=events, languages=dict.fromkeys("abcd", ATTACK), titles={},
        copies=CopyLabels.of_pairs(frozenset({("c", "d")})),
    )  # fmt: skip
    found = {i: Prediction(cluster_id=cluster, duplicate_group_id=group) for i, cluster, group in
             (("a", "1", "g"), ("b", "1", "g"), ("c", "2", None), ("d", "3", None))}  # fmt: skip
    measured = evaluate(gold, found)
    curves = Curves(
        threshold=0.56,
        points=(Point(0.0, 0.5, 1.0), Point(1.0, 1.0, 0.25)),
        probabilities=(Histogram("right", (0, 3, 1)), Histogram("wrong", (2, 0, 0))),
        similarities=(Histogram("none", (0, 0, 0)), Histogram(ATTACK, (1, 0, 4))),
    )
    return replace(
        measured,
        false=tuple(replace(error, reason=reason) for error in measured.false),
        missed=tuple(replace(error, reason=reason) for error in measured.missed),
        reasons=dict.fromkeys([("a", "b"), ("c", "d")], reason),
        curves=curves,
    )


def test_what_articles_and_labels_say_is_text(report: Report) -> None:
    page = Page(render_page(report, {"a": ATTACK}, ATTACK))

    assert page.open == []
    assert {tag for tag, _ in page.elements} & {"script", "img", "iframe", "object", "a", "link", "form"} == set()
    assert page.text.count("<script>alert('x')</script>") >= 6


def test_nothing_is_fetched_and_nothing_runs(report: Report) -> None:
    html = render_page(report, {}, "gold")
    attributes = [name for _, attributes in Page(html).elements for name in attributes]

    assert not {"src", "href", "srcset", "action", "data"} & set(attributes)
    assert not [name for name in attributes if name.startswith("on")]
    assert "url(" not in html
    assert "@import" not in html
    assert "default-src 'none'" in html


def test_it_suits_dark_rooms_and_phones(report: Report) -> None:
    html = render_page(report, {}, "gold")

    assert "prefers-color-scheme: dark" in html
    assert 'content="width=device-width, initial-scale=1"' in html


def test_figures_errors_and_reasons_are_shown(report: Report) -> None:
    text = Page(render_page(report, {"b": "Warehouse burns", "c": "x" * 300}, "gold")).text

    assert report.clusters
    assert f"{report.clusters.bcubed.f1:.3f}" in text
    assert f"{report.clusters.bcubed_floor:.3f}" in text
    assert "Warehouse burns" in text
    assert "x" * 119 + "…" in text
    assert "x" * 121 not in text
    assert "+1.25" in text
    assert "containment 0.10" in text


def test_plots_are_well_formed_and_within_their_frame(report: Report) -> None:
    html = render_page(report, {}, "gold")
    drawings = re.findall(r"<svg.*?</svg>", html, re.DOTALL)

    assert len(drawings) == 4
    for drawing in drawings:
        for element in ET.fromstring(drawing).iter():  # noqa: S314  a page of our own
            for name, value in element.attrib.items():
                if name in ("x", "x1", "x2", "y", "y1", "y2"):
                    assert 0 <= float(value) <= (WIDTH if name[0] == "x" else HEIGHT)


def test_lines_go_where_the_figures_say(report: Report) -> None:
    thresholds, sizes, probabilities, similarities = plots_of(report.curves, report.size_counts)

    corners = [tuple(map(float, corner.split())) for corner in thresholds.curves[0].path[1:].split("L")]
    assert corners == [(LEFT, (TOP + BOTTOM) / 2), (RIGHT, TOP)]
    assert thresholds.mark
    assert thresholds.mark.at == round(LEFT + 0.56 * (RIGHT - LEFT), 1)
    assert [bar.height for bar in sizes.bars[:2]] == [BOTTOM - TOP] * 2, "half of the articles are alone, in both"
    assert [tick.label for tick in sizes.y_ticks] == ["0%", "25%", "50%"]
    assert probabilities.names == ("right (4)", "wrong (2)")
    assert [curve.series for curve in similarities.curves] == [1], "nothing is drawn for no pairs"


def test_a_plot_without_values_is_not_drawn(report: Report) -> None:
    assert report.curves
    nothing = (Histogram("right", (0, 0)), Histogram("wrong", (0, 0)))
    empty = replace(report.curves, points=(), probabilities=nothing, similarities=nothing)

    assert [plot.title for plot in plots_of(empty, report.size_counts)] == ["Sizes of events and of clusters"]
    assert plots_of(None, ()) == []


def test_without_the_articles_it_says_what_is_missing(report: Report) -> None:
    bare = replace(report, curves=None, reasons=None)
    page = Page(render_page(bare, {}, "gold"))

    assert "Reasons and curves need the articles" in page.text
    assert len([tag for tag, _ in page.elements if tag == "svg"]) == 1


def test_copies_alone_make_a_page_and_a_perfect_answer_has_no_errors() -> None:
    gold = Gold(ids=("a",), events={}, languages={"a": "en"}, titles={}, copies=CopyLabels.of_pairs(frozenset()))
    text = Page(
        render_page(evaluate(gold, {"a": Prediction(cluster_id="1", duplicate_group_id=None)}), {}, "gold")
    ).text

    assert "BCubed F1" not in text
    assert text.count("None.") == 2
