from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

import dedupe.neighbours as module
from dedupe.archive import Archive
from dedupe.engine import Engine
from dedupe.errors import InvalidQuery, UnknownArticle, UnknownCluster, WithdrawnArticle
from dedupe.events import Assignment
from dedupe.neighbours import related, similar
from dedupe.reading import Reading
from dedupe.settings import EngineSettings
from dedupe.store.answers import Page
from dedupe.store.memory import MemoryStore
from dedupe.weighing import shared_weights
from tests.dedupe.newsroom import Newsroom
from tests.dedupe.reports import BANKS, FERRY, RETOLD, Desk

TITLE = "Ferry Aurora aground off Sandholm"
SHORT_MEMORY = EngineSettings(copy_window=timedelta(days=2), cluster_window=timedelta(days=1), keep_articles=1)


@pytest.fixture
def desk() -> Desk:
    return Desk()


def walk(ask: Callable[[str | None], Page[Any]]) -> list[Any]:
    """Follow the cursors to the last page."""
    rows: list[Any] = []
    cursor, pages = None, 0
    while pages == 0 or cursor is not None:
        page = ask(cursor)
        rows += page.rows
        cursor, pages = page.next_cursor, pages + 1
        assert pages < 100
    return rows


def test_the_nearest_come_first(desk: Desk) -> None:
    first = desk.send(FERRY, TITLE, source="Courier")
    copy = desk.send(FERRY, "Accident", source="Herald")
    told = desk.send(RETOLD, "Passengers tell of ferry accident off Sandholm", source="Gazette")
    banks = desk.send(BANKS, "Banks to merge")
    found = similar(desk.engine, desk.archive, first.article_id, 20, None)
    assert [row.article_id for row in found.rows[:2]] == [copy.article_id, told.article_id]
    assert found.rows[0].containment == found.rows[0].jaccard == 1
    assert (found.rows[0].title, found.rows[0].source) == ("Accident", "Herald")
    assert 0 < found.rows[1].containment < 0.5
    assert found.rows[1].cluster_id == first.cluster_id
    by_id = {row.article_id: row for row in found.rows}
    assert first.article_id not in by_id
    assert banks.article_id not in by_id or by_id[banks.article_id].similarity < 0.1


def test_live_articles_are_ranked_as_by_looking_at_every_one() -> None:
    store = MemoryStore()
    engine, archive = Engine(store), Archive(store)
    answers = [engine.add(submission) for submission in Newsroom(2).stream(80)]
    ids = list(dict.fromkeys(answer.article_id for answer in answers))
    weights = {article_id: archive.weigh(archive.placed(article_id).reading) for article_id in ids}
    for article_id in ids[::7]:
        found = walk(lambda cursor, a=article_id: similar(engine, archive, a, 7, cursor))
        shown = {row.article_id: row.similarity for row in found}
        assert [row.similarity for row in found] == sorted(shown.values(), reverse=True)
        assert len(shown) == len(found)
        every = {
            other: sum(shared_weights(weights[article_id], weights[other]).values())
            for other in ids
            if other != article_id
        }
        own = [other for other in every if store.article(other).assignment.duplicate_of is None]
        assert set(sorted(own, key=lambda other: every[other], reverse=True)[:4]) <= shown.keys()
        for other, similarity in shown.items():
            assert similarity == round(every[other], 4)


def test_pages_of_the_nearest_hold_each_once(desk: Desk) -> None:
    first = desk.send(FERRY, TITLE)
    for number in range(6):
        desk.send(FERRY + f" Edition {number}.", f"Headline {number}")
    desk.send(RETOLD, "Passengers tell of ferry accident off Sandholm")
    whole = similar(desk.engine, desk.archive, first.article_id, 50, None)
    assert len(whole.rows) == 7
    for limit in (1, 3):
        paged = walk(lambda cursor, n=limit: similar(desk.engine, desk.archive, first.article_id, n, cursor))
        assert paged == list(whole.rows)


def test_articles_that_cannot_be_asked_about(desk: Desk) -> None:
    first = desk.send(FERRY, TITLE)
    gone = desk.send(BANKS, "Banks to merge")
    desk.engine.withdraw(gone.article_id, desk.now)
    assert similar(desk.engine, desk.archive, first.article_id, 20, None).rows == []
    with pytest.raises(WithdrawnArticle):
        similar(desk.engine, desk.archive, gone.article_id, 20, None)
    with pytest.raises(UnknownArticle):
        similar(desk.engine, desk.archive, "art_00000000000zz", 20, None)
    with pytest.raises(InvalidQuery):
        similar(desk.engine, desk.archive, first.article_id, 20, "nonsense")


def test_what_is_taken_down_while_it_is_looked_at_is_left_out(desk: Desk) -> None:
    first, copy = desk.send(FERRY, TITLE), desk.send(FERRY, "Accident")

    class Hasty(Engine):
        """Takes an article down right after it was found."""

        def nearest(self, reading: Reading, most: int) -> list[str]:
            found = super().nearest(reading, most)
            self.withdraw(copy.article_id, desk.now)
            return found

    engine = Hasty(desk.store)
    assert copy.article_id in desk.engine.nearest(desk.archive.placed(first.article_id).reading, 5)
    assert similar(engine, desk.archive, first.article_id, 20, None).rows == []


@pytest.fixture
def archived() -> Desk:
    """A desk whose engine has forgotten all but the newest article."""
    desk = Desk()
    desk.engine = Engine(desk.store, SHORT_MEMORY)
    return desk


def test_what_left_the_index_is_found_by_its_title(archived: Desk) -> None:
    old = archived.send(FERRY, TITLE)
    archived.send(BANKS, "Banks to merge", hours=24 * 20)
    new = archived.send(RETOLD, "Sandholm remembers the ferry Aurora", hours=24 * 20)
    reading = archived.archive.placed(new.article_id).reading
    assert old.article_id not in archived.engine.nearest(reading, 64), "otherwise this would prove nothing"
    found = similar(archived.engine, archived.archive, new.article_id, 20, None)
    assert found.rows[0].article_id == old.article_id
    assert found.rows[0].similarity > 0.2


def sent_and_forgotten(desk: Desk, text: str, title: str, **fields: Any) -> Assignment:
    """Send an article, and others long after it, with which it leaves the index."""
    answer = desk.send(text, title, hours=24 * 30, **fields)
    for _ in range(2):
        desk.send(f"Der Pass bleibt am Tag {desk.count} geschlossen.", "Schnee", hours=24 * 5, language="de")
    return answer


def test_earlier_events_are_listed_newest_first(archived: Desk) -> None:
    banks = archived.send(BANKS, "Banks to merge")
    events = [
        sent_and_forgotten(archived, text, title)
        for text, title in (
            ("The ferry Aurora lost an engine off Sandholm on Friday and was towed back by a tug.", "Aurora towed"),
            ("Sandholm is to have a second ferry beside the Aurora, the council of the island said.", "Second ferry"),
            (FERRY, TITLE),
        )
    ]
    later = archived.send(RETOLD, "Captain of ferry Aurora charged", hours=24 * 30)
    clusters = [answer.cluster_id for answer in events]
    assert len({*clusters, later.cluster_id, banks.cluster_id}) == 5
    found = related(archived.archive, clusters[2], 20, None)
    assert [row.cluster_id for row in found.rows] == [clusters[1], clusters[0]]
    assert found.next_cursor is None
    first = found.rows[0]
    assert (first.headline, first.size, first.representative_id) == ("Second ferry", 1, events[1].article_id)
    assert first.similarity >= 0.15
    assert {"Aurora", "ferry"} & set(first.terms)
    assert related(archived.archive, banks.cluster_id, 20, None).rows == []
    with pytest.raises(UnknownCluster):
        related(archived.archive, "clu_0000000000000", 20, None)
    with pytest.raises(InvalidQuery):
        related(archived.archive, clusters[2], 20, "nonsense")


@pytest.mark.parametrize(("look", "most"), [(1, 1), (2, 200), (200, 2), (3, 2), (200, 200)])
def test_pages_of_earlier_events_hold_each_once(
    archived: Desk, look: int, most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    places = ("Norvik", "Eastlow", "Brannock", "Tamsel", "Port Merrow")
    for place in places:
        text = f"The ferry Aurora now calls at {place}, the line said; islanders cheered."
        sent_and_forgotten(archived, text, f"Aurora to {place}")
    last = archived.send(FERRY, TITLE, hours=24 * 30)
    whole = related(archived.archive, last.cluster_id, 50, None)
    assert [row.headline for row in whole.rows] == [f"Aurora to {place}" for place in reversed(places)]
    monkeypatch.setattr(module, "LOOK", look)
    monkeypatch.setattr(module, "FOUND", most)
    for limit in (1, 2, 50):
        paged = walk(lambda cursor, n=limit: related(archived.archive, last.cluster_id, n, cursor))
        assert paged == list(whole.rows)


def test_a_word_in_common_is_not_enough(archived: Desk) -> None:
    sent_and_forgotten(archived, "Der Aurora gelang die Fahrt nach Sandholm.", "Die Aurora vor Sandholm", language="de")
    voices = "altos basses tenors soloists hymns psalms organists conductors"
    text = " ".join(f"The {voice} of the choir sang." for voice in voices.split())
    sent_and_forgotten(archived, text, f"Aurora: {voices}")
    sent_and_forgotten(archived, "A vote on the quay of Sandholm ended in a draw.", "Sandholm votes")
    last = archived.send(FERRY, TITLE, hours=24 * 30)
    found = related(archived.archive, last.cluster_id, 20, None)
    assert [row.headline for row in found.rows] == ["Sandholm votes"]
    assert found.next_cursor is None


def test_a_cluster_without_words_has_nothing_related(desk: Desk) -> None:
    only = desk.send("", "!!! 7")
    desk.engine.withdraw(only.article_id, desk.now)
    assert related(desk.archive, only.cluster_id, 20, None).rows == []


def test_scripts_without_spaces_are_searched_by_pairs(archived: Desk) -> None:
    old = archived.send(
        "汐見港のフェリー「曙光丸」が月曜の朝に座礁し、乗客二百人が救助された。", "曙光丸が座礁", language="ja"
    )
    new = archived.send("座礁した曙光丸の船長が起訴された。汐見地検が発表した。", "曙光丸の船長を起訴", language="ja",
                        hours=24 * 60)  # fmt: skip
    assert old.cluster_id != new.cluster_id
    assert [row.cluster_id for row in related(archived.archive, new.cluster_id, 20, None).rows] == [old.cluster_id]
    words = archived.archive.weigh(archived.archive.placed(new.article_id).reading).words().values()
    assert "曙光" in words
