"""Small views: the sparkline, what was looked at, passages in a text, the history in sentences, the tree."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from api.views.history import told
from api.views.looking import VISIT, Looking
from api.views.passages import MOST_CHARACTERS, left_text, right_text, verdict
from api.views.sparkline import BARS, HEIGHT, sparkline
from api.views.tree import tree
from dedupe.comparison import Comparison, Passage, Side
from dedupe.constraints import Rule
from dedupe.events import Event, EventKind
from dedupe.provenance import CopiedFrom, Origin, Role
from dedupe.store.answers import Hour
from dedupe.wording import Span

NOW = datetime(2026, 3, 5, 12, 30, tzinfo=UTC)


def hour(before: int, articles: int, copies: int = 0) -> Hour:
    return Hour(at=datetime(2026, 3, 5, 12, tzinfo=UTC) - timedelta(hours=before), articles=articles, copies=copies)


def test_a_sparkline_stacks_copies_on_reports() -> None:
    drawn = sparkline([hour(100, 7), hour(71, 1), hour(1, 2), hour(0, 4, 3)], NOW)
    assert drawn.reports == f"M0 24v-4h3v4zM{4 * (BARS - 1)} {HEIGHT}v-12h3v12z"
    assert drawn.copies == f"M{4 * (BARS - 1)} 12v-12h3v12z"
    assert drawn.told == "Three days to the last article: 7 articles, 6 at most in 3 hours"


def test_a_sparkline_of_nothing_is_empty() -> None:
    assert (sparkline([], NOW).reports, sparkline([], NOW).copies) == ("", "")


def test_a_visit_ends_after_a_pause() -> None:
    first = Looking.read(None, 10, NOW).again(10, NOW)
    assert (first.before, first.seen) == (10, 10)
    soon = Looking.read(first.cookie(), 14, NOW).again(14, NOW + timedelta(minutes=1))
    assert (soon.before, soon.seen) == (10, 14)
    late = soon.again(20, NOW + 2 * VISIT)
    assert (late.before, late.seen) == (14, 20)
    assert late.all_seen().before == 20


@pytest.mark.parametrize("cookie", ["", "1-2", "1-2-x", "1-2-3-4", "²-1-1", "9" * 30 + "-1-1", "-1-1-1"])
def test_a_cookie_that_says_nothing_is_a_first_visit(cookie: str) -> None:
    assert Looking.read(cookie, 7, NOW) == Looking(before=7, seen=7, at=int(NOW.timestamp()))


def test_a_cookie_of_an_older_store_is_held_to_the_newest() -> None:
    assert Looking.read("50-60-1", 7, NOW) == Looking(before=7, seen=7, at=1)


def span(start: int, end: int, field: Any = "text") -> Span:
    return Span(field=field, start=start, end=end)


def side(tokens: int, shared: int, *added: Span) -> Side:
    return Side(
        language="en", tokens=tokens, shared_tokens=shared, added_tokens=tokens - shared,
        added_characters=0, added=added, added_left_out=0,
    )  # fmt: skip


def comparison(passages: tuple[Passage, ...], left: Side, right: Side, similarity: float = 0.0) -> Comparison:
    return Comparison(
        similarity=similarity, jaccard=0, containment=0, passages=passages, passages_left_out=0, terms=(),
        left=left, right=right,
    )  # fmt: skip


def test_passages_are_marked_where_they_stand() -> None:
    left = "Menu line that nobody compares with. The ferry ran aground at dawn; more."
    right = "The ferry ran aground at dawn"
    shared = (
        Passage(left=span(37, 66), right=span(0, 29), tokens=6, excerpt=right),
        Passage(left=span(40, 50), right=span(5, 9), tokens=5, excerpt="overlaps"),
        Passage(left=span(0, 3, "title"), right=span(0, 3, "title"), tokens=5, excerpt="Sea"),
    )
    found = comparison(shared, side(7, 6, span(68, 72)), side(6, 6))
    ours = left_text(found, "Sea", left)
    assert [(part.kind, part.passage, part.text) for part in ours.text] == [
        ("aside", None, "Menu line that nobody compares with. "),
        ("shared", 1, "The ferry ran aground at dawn"), ("own", None, "; "), ("own", None, "more"), ("own", None, "."),
    ]  # fmt: skip
    assert [(part.kind, part.passage) for part in ours.title] == [("shared", 3)]
    assert ours.told == "86 % of its 7 words are in the other text; 1 word of its own."
    theirs = right_text(found, "Sea", right)
    assert "".join(part.text for part in theirs.text) == right
    assert theirs.told == "100 % of its 6 words are in the other text."


def test_a_very_long_text_is_cut() -> None:
    long = "word " * MOST_CHARACTERS
    end = MOST_CHARACTERS
    shared = (
        Passage(left=span(end - 2, end + 50), right=span(0, 5), tokens=5, excerpt=""),
        Passage(left=span(end + 60, end + 90), right=span(6, 9), tokens=5, excerpt=""),
    )
    cut = left_text(comparison(shared, side(9, 9), side(9, 9)), "", long)
    assert cut.is_cut
    assert sum(len(part.text) for part in cut.text) == MOST_CHARACTERS


@pytest.mark.parametrize(
    ("left", "right", "similarity", "said"),
    [
        (side(0, 0), side(5, 0), 0.0, "no words"),
        (side(100, 95), side(100, 95), 1.0, "The same text"),
        (side(100, 95), side(300, 95), 0.5, "The left text is nearly all"),
        (side(300, 95), side(100, 95), 0.5, "The right text is nearly all"),
        (side(100, 60), side(100, 60), 0.5, "Largely the same"),
        (side(100, 2), side(100, 2), 0.36, "in other words"),
        (side(100, 2), side(100, 2), 0.12, "related, perhaps not the same"),
        (side(100, 2), side(100, 2), 0.02, "Hardly anything"),
    ],
)
def test_likeness_is_told_in_words(left: Side, right: Side, similarity: float, said: str) -> None:
    assert said in verdict(comparison((), left, right, similarity))


def event(kind: EventKind, *, here: bool = True, **detail: Any) -> Event:
    clusters = ("clu_1", "clu_2") if here else ("clu_2", "clu_1")
    return Event(
        seq=5, at=NOW, kind=kind, article_id=None, cluster_id=clusters[0], from_cluster_id=clusters[1], detail=detail
    )


@pytest.mark.parametrize("kind", list(EventKind))
@pytest.mark.parametrize("here", [True, False])
def test_every_kind_of_event_is_told(kind: EventKind, here: bool) -> None:
    said = told(event(kind, here=here, rule=Rule.PIN.value, undoes=3, articles=["a"]), "clu_1", [5])
    assert said.sentence
    assert (said.other_id, said.can_undo) == ("clu_2", True)


def test_events_are_told_in_sentences() -> None:
    assert told(event(EventKind.SPLIT, articles=["a", "b"]), "clu_1", []).sentence == "It was split off: 2 articles"
    assert told(event(EventKind.SPLIT, here=False, articles=["a"]), "clu_1", []).sentence == "1 article split off"
    assert told(event(EventKind.MOVED), "clu_1", []).sentence == "An article was told to stay here"
    merged = told(event(EventKind.MERGED, actor="Ada", note="one"), "clu_1", [])
    assert (merged.actor, merged.note, merged.can_undo) == ("Ada", "one", False)


def origin(number: int, copied_from: int | None = None, role: Role = Role.COPY, **figures: Any) -> Origin:
    copied = None
    if copied_from is not None:
        copied = CopiedFrom(article_id=f"art_{copied_from}", source="Wire", jaccard=0.5, containment=1.0, **figures)
    return Origin(
        article_id=f"art_{number}", title="T", source="S", published_at=None, received_at=NOW, role=role,
        duplicate_group_id=None, copied_from=copied, wire=None,
    )  # fmt: skip


def test_copies_stand_below_their_originals() -> None:
    figures = {"seconds_after": 7_200.0, "kept_tokens": 60, "added_tokens": 1, "cut_tokens": 40}
    found = tree([
        origin(1, role=Role.ORIGINAL), origin(2, 1, **figures), origin(3, 2), origin(4, 9), origin(5, role=Role.REPORT),
    ])  # fmt: skip
    first, lost = found.roots
    assert first.copies[0].told == "2 h later, keeps 60 %, adds 1 word, cuts 40 words"
    assert first.copies[0].copies[0].told == "the original was taken down"
    assert lost.origin.article_id == "art_4"
    assert [alone.article_id for alone in found.alone] == ["art_5"]


def test_articles_that_copy_each_other_are_told_all_the_same() -> None:
    found = tree([origin(1, 2), origin(2, 1)])
    count = sum(1 + len(node.copies) for node in found.roots)
    assert count == 2


def test_a_copy_that_keeps_nothing_has_a_share() -> None:
    figures = {"kept_tokens": 0, "added_tokens": 0, "cut_tokens": 0}
    assert tree([replace(origin(2, 1, **figures))]).roots[0].kept == 0
