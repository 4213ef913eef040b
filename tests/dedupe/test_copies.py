"""Copies through the whole engine: in any order of arrival, of every kind, apart from templates."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import permutations
from typing import Any

import numpy as np
import pytest

from dedupe import ids
from dedupe.article import Article
from dedupe.engine import Engine
from dedupe.events import Assignment, Decision, DuplicateOf, Event, EventKind
from dedupe.recording import assignment
from dedupe.store.memory import MemoryStore
from dedupe.submission import Submission
from tests.dedupe.newsroom import START

WORDS = [f"word{chr(97 + at // 26)}{chr(97 + at % 26)}" for at in range(600)]
REPORT = WORDS[:240]
EDITED = [f"other{word}" if at % 12 == 5 else word for at, word in enumerate(REPORT)]
CUT = REPORT[:120]
TOPPED_AND_TAILED = ["photograph", "by", "our", "correspondent", *REPORT, *WORDS[300:340]]
BRIEF = REPORT[10:80]


def article(words: Sequence[str], hours: float = 0.0, source: str | None = None) -> Article:
    published = START + timedelta(hours=hours)
    return Article(text=" ".join(words), published_at=published, source=source, language="en")


def sent(articles: Sequence[Article]) -> list[Assignment]:
    engine, received = Engine(MemoryStore()), START + timedelta(days=60)
    return [
        engine.add(Submission(article=each, article_id=ids.encode("art", number), received_at=received))
        for number, each in enumerate(articles)
    ]


def groups_by_source(articles: Sequence[Article]) -> dict[str | None, str | None]:
    """Return in which duplicate group each ends up; the founder learns of its group from its copies."""
    answers = sent(articles)
    groups = {answer.article_id: answer.duplicate_group_id for answer in answers}
    for answer in answers:
        if answer.duplicate_of:
            groups[answer.duplicate_of.article_id] = answer.duplicate_group_id
    return {each.source: groups[answer.article_id] for each, answer in zip(articles, answers, strict=True)}


@pytest.mark.parametrize("order", list(permutations(range(4))), ids=lambda order: "".join(map(str, order)))
def test_copies_group_in_whatever_order_they_arrive(order: Sequence[int]) -> None:
    texts = (REPORT, EDITED, CUT, TOPPED_AND_TAILED)
    articles = [article(texts[number], hours=number, source=f"Paper {number}") for number in order]
    groups = groups_by_source([*articles, article(WORDS[350:590], source="Herald")])

    assert len({groups[f"Paper {number}"] for number in range(4)}) == 1
    assert groups["Paper 0"] is not None
    assert groups["Herald"] is None


@pytest.mark.parametrize(("first", "second"), [(REPORT, BRIEF), (BRIEF, REPORT)])
def test_an_excerpt_says_so_and_joins_its_original(first: list[str], second: list[str]) -> None:
    opened, copied = sent([article(first), article(second, hours=1)])

    assert copied.decision is Decision.COPIED
    assert copied.cluster_id == opened.cluster_id
    assert copied.duplicate_of
    assert copied.duplicate_of.kind == "excerpt"


@pytest.mark.parametrize("second", [CUT, EDITED, TOPPED_AND_TAILED, REPORT])
def test_what_is_cut_edited_topped_or_tailed_is_a_copy(second: list[str]) -> None:
    _, copied = sent([article(REPORT), article(second, hours=1)])

    assert copied.duplicate_of
    assert copied.duplicate_of.kind == "copy"


def test_a_text_that_says_everything_three_times_has_copies_in_any_number() -> None:
    """What it says again is no passage that a copy lacks: neither against its original nor against the founder."""
    threefold = REPORT[:60] * 3
    _, *copies = sent([article(threefold), article(threefold, hours=1), article(REPORT[:60], hours=2)])

    assert [copy.decision for copy in copies] == [Decision.COPIED] * 2
    assert copies[0].duplicate_group_id == copies[1].duplicate_group_id


def test_a_notice_filled_anew_every_week_is_no_copy() -> None:
    rng = np.random.default_rng(3)
    notices = []
    for week in range(6):
        filled = [str(rng.integers(100, 999)) if at % 14 == 7 else word for at, word in enumerate(REPORT)]
        notices.append(article(filled, hours=week * 168.0, source="Exchange"))

    assert [answer.duplicate_of for answer in sent(notices)] == [None] * 6


def test_edits_of_edits_do_not_wander_off() -> None:
    """Each replaces a few words of the one before, until nothing of the first is left."""
    words, articles = list(REPORT), []
    for step in range(48):
        words[5 * step : 5 * step + 5] = WORDS[300 + 5 * step : 305 + 5 * step]
        articles.append(article(words, hours=step / 10, source=f"Paper {step}"))
    answers = sent(articles)
    first = answers[1].duplicate_group_id

    assert first is not None
    assert answers[10].duplicate_group_id == first
    assert answers[-1].duplicate_group_id != first


def test_an_event_recorded_before_kinds_were_told_is_of_a_copy() -> None:
    recorded: dict[str, Any] = {"article_id": "art_0000000000001", "jaccard": 0.5, "containment": 0.9}
    event = Event(
        seq=2,
        at=datetime.fromisoformat("2026-03-02T06:00:00+00:00"),
        kind=EventKind.COPIED,
        article_id="art_0000000000002",
        cluster_id="clu_0000000000001",
        detail={"confidence": 0.9, "duplicate_of": recorded},
    )

    assert assignment(event).duplicate_of == DuplicateOf(**recorded, kind="copy")
