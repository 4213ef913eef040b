from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from dedupe import ids
from dedupe.archive import Archive
from dedupe.article import Article
from dedupe.constraints import Rule
from dedupe.corrections import Constrain
from dedupe.engine import Engine, Submission
from dedupe.events import Assignment, Event, EventKind
from dedupe.history import later_events
from dedupe.settings import EngineSettings
from dedupe.store.memory import MemoryStore
from dedupe.store.sql import SqlStore
from tests.dedupe.models import alike

AT = datetime(2026, 3, 2, 8, tzinfo=UTC)
JOINS_ALL = alike("centroid", -1.0)
FIRE, STRIKE = "smoke", "quays"


class Desk:
    """Sends reports of two events that have one word in common to an engine that tells no two events apart."""

    def __init__(self, store: MemoryStore | SqlStore) -> None:
        self.store = store
        self.events: list[Event] = []
        self.engine = Engine(store, model=JOINS_ALL, on_event=self.events.append)
        self.texts: list[str] = []

    def report(self, about: str, **fields: object) -> Assignment:
        """Send a new report: the words of its event in an order of its own."""
        number = len(self.texts)
        words = [f"{about}{letter}{letter}" for letter in "abcdefghijklmnopqrstuvwx"] + ["harbour"] * 3
        random.Random(number).shuffle(words)
        return self.send(" ".join(words), **fields)

    def send(self, text: str, **fields: object) -> Assignment:
        """Send a text."""
        number = len(self.texts)
        self.texts.append(text)
        article = Article(text=text, uri=str(number), published_at=AT, language="en", **fields)  # type: ignore[arg-type]  # any field
        at = AT + timedelta(seconds=number)
        return self.engine.add(Submission(article=article, article_id=ids.encode("art", number + 1), received_at=at))

    def splits(self) -> list[Event]:
        """Return the splits in the log."""
        return [event for event in self.events if event.kind is EventKind.SPLIT]

    def places(self, answers: Sequence[Assignment]) -> list[str]:
        """Return where articles are by now."""
        return [self.store.catalogue.article(answer.article_id).assignment.cluster_id for answer in answers]


@pytest.fixture(params=["memory", "sqlite"])
def desk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Desk]:
    if request.param == "memory":
        yield Desk(MemoryStore())
        return
    with closing(SqlStore.open(f"sqlite:///{tmp_path / 'news.db'}", EngineSettings().signature_identity())) as store:
        yield Desk(store)


def test_a_cluster_that_has_become_two_events_is_split(desk: Desk) -> None:
    fires = [desk.report(FIRE), desk.report(FIRE)]
    strikes = [desk.report(STRIKE), desk.report(STRIKE)]

    (split,) = desk.splits()
    assert split.from_cluster_id == fires[0].cluster_id
    assert split.article_id == strikes[1].article_id
    assert split.seq == (strikes[1].seq or 0) + 1
    assert not split.hidden
    leaving = set(split.moved_articles)
    assert leaving in ({answer.article_id for answer in pair} for pair in (fires, strikes))
    assert len(set(desk.places(fires))) == len(set(desk.places(strikes))) == 1
    assert desk.places(fires)[0] != desk.places(strikes)[0]
    assert strikes[1].cluster_id == desk.places(strikes)[1], "the answer tells where it is in the end"


def test_one_event_is_not_split(desk: Desk) -> None:
    answers = [desk.report(FIRE) for _ in range(12)]

    assert not desk.splits()
    assert len({answer.cluster_id for answer in answers}) == 1


def test_a_split_is_replayed(desk: Desk) -> None:
    for about in (FIRE, FIRE, STRIKE, STRIKE, FIRE, STRIKE):
        desk.report(about)

    assert desk.splits()
    assert Engine(desk.store, model=JOINS_ALL).digest() == desk.engine.digest()


def test_copies_leave_with_their_original(desk: Desk) -> None:
    desk.report(FIRE)
    desk.report(FIRE)
    strike = desk.report(STRIKE)
    copied = desk.send(desk.texts[-1] + " (Reuters)", title="Another headline")
    desk.report(STRIKE)

    (split,) = desk.splits()
    assert copied.duplicate_of
    assert (strike.article_id in split.moved_articles) == (copied.article_id in split.moved_articles)
    assert len(set(desk.places([strike, copied]))) == 1


@pytest.mark.parametrize("about", [FIRE, STRIKE])
def test_what_an_editor_decided_about_is_not_split(desk: Desk, about: str) -> None:
    answers = {FIRE: desk.report(FIRE), STRIKE: desk.report(STRIKE)}
    pinned = (answers[about].article_id,)
    desk.engine.correct(Constrain(actor="m.okafor", note=None, at=AT, rule=Rule.PIN, article_ids=pinned))
    rest = [desk.report(FIRE), desk.report(STRIKE)]

    assert not desk.splits()
    assert len(set(desk.places([*answers.values(), *rest]))) == 1


def test_of_what_is_embargoed_nobody_is_told(desk: Desk) -> None:
    later = AT + timedelta(days=1)
    desk.report(FIRE)
    desk.report(FIRE)
    desk.report(FIRE)
    hidden = [desk.report(STRIKE, embargoed_until=later), desk.report(STRIKE, embargoed_until=later)]

    (split,) = desk.splits()
    assert split.hidden
    assert split.article_id is None
    assert set(split.moved_articles) == {answer.article_id for answer in hidden}


def test_what_shares_next_to_nothing_does_not_merge(desk: Desk) -> None:
    """A split is not taken back by the next article that could belong to either."""
    for about in (FIRE, FIRE, STRIKE, STRIKE):
        desk.report(about)
    for _ in range(6):
        desk.report(FIRE)
        desk.report(STRIKE)

    merged = [event for event in desk.events if event.kind is EventKind.MERGED]
    assert len(desk.splits()) == 1
    assert not merged


def test_an_article_that_was_split_off_says_why(desk: Desk) -> None:
    answers = [desk.report(about) for about in (FIRE, FIRE, STRIKE, STRIKE)]
    (split,) = desk.splits()
    archive = Archive(desk.store.catalogue)
    gone = next(answer.article_id for answer in answers[:3] if answer.article_id in split.moved_articles)

    (later,) = later_events(archive, archive.placed(gone))

    assert later.kind is EventKind.SPLIT
    assert later.actor is None
    assert "had become two events" in later.sentence
