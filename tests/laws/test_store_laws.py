"""What every store must obey, each law a small function."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import product

import pytest

from dedupe.errors import InvalidQuery, StoreError, UnknownArticle, UnknownCluster, UnknownConstraint
from dedupe.events import Event, EventKind
from dedupe.store.queries import ChangeFilter, ClusterFilter, ClusterSort, TitleQuery
from dedupe.store.records import Change
from dedupe.store.titles import title_words
from tests.laws.conftest import Subject
from tests.laws.edited_log import EditedLog
from tests.laws.expected import Expected, seen
from tests.laws.random_log import START, RandomLog
from tests.laws.showing import assert_shows, listed, walk
from tests.random_seeds import seeds


@pytest.mark.parametrize("seed", seeds(4, 12))
def test_every_row_follows_from_the_log(subject: Subject, seed: int) -> None:
    log, changes = RandomLog(seed, embargoed=0.25 * (seed % 2)), []
    for group in log.groups(160):
        subject.commit(group)
        changes += group
    assert_shows(subject.store, subject.catalogue, Expected(changes))
    subject.reopen()
    assert_shows(subject.store, subject.catalogue, Expected(changes))


@pytest.mark.parametrize("seed", seeds(3, 8))
def test_editors_decisions_change_the_rows(subject: Subject, seed: int) -> None:
    log, changes = EditedLog(seed, embargoed=0.25 * (seed % 2)), []
    for group in log.groups(160):
        subject.commit(group)
        changes += group
    assert sum(change.event.is_editorial for change in changes) > 20
    assert_shows(subject.store, subject.catalogue, Expected(changes))
    subject.reopen()
    assert_shows(subject.store, subject.catalogue, Expected(changes))


@pytest.mark.parametrize(
    "wrong",
    [
        {"articles": ["art_zzzzzzzzzzzzz"]},
        {"articles": ["art_zzzzzzzzzzzzz"], "united": True},
        {"lifts": [1]},
        {"lifts": [9]},
    ],
    ids=["unknown article", "unknown cluster", "no decision", "not there yet"],
)
def test_a_decision_about_what_is_not_there_is_refused_whole(subject: Subject, wrong: dict) -> None:
    changes = opened(3)
    subject.commit(changes)
    source = "clu_zzzzzzzzzzzzz" if "united" in wrong else changes[0].event.cluster_id
    detail = {"actor": "Ada", "note": None, "rule": "pin", "bound": [], "others": []} | wrong
    event = Event(
        seq=4,
        at=START,
        kind=EventKind.MOVED,
        article_id=None,
        cluster_id=changes[1].event.cluster_id,
        from_cluster_id=source,
        detail=detail,
    )
    with pytest.raises(StoreError):
        subject.commit([Change(event=event)])
    assert_shows(subject.store, subject.catalogue, Expected(changes))


def test_an_unknown_decision_or_cluster_has_no_history(subject: Subject) -> None:
    with pytest.raises(UnknownConstraint):
        subject.catalogue.constraint(1)
    with pytest.raises(UnknownCluster):
        subject.catalogue.lineage("clu_0000000000000", 10, None)
    with pytest.raises(UnknownCluster):
        subject.catalogue.arrival_counts("clu_0000000000000")
    assert subject.catalogue.constraints(10, None).rows == []


@pytest.mark.parametrize("seed", range(100, 103))
def test_grouping_changes_nothing(subject: Subject, seed: int) -> None:
    changes = RandomLog(seed, embargoed=0.25).changes(60)
    for number, change in enumerate(changes, start=1):
        subject.commit([change])
        if number % 10 == 0:
            assert_shows(subject.store, subject.catalogue, Expected(changes[:number]))


def test_an_empty_store_answers(subject: Subject) -> None:
    assert subject.store.last_seq() == 0
    assert list(subject.store.replay()) == []
    assert subject.store.find([b"unknown", b""]) == {}
    assert subject.store.find([]) == {}
    assert listed(subject.catalogue, ClusterFilter()) == []
    assert subject.catalogue.changes(0, 10) == []
    subject.commit([])
    subject.store.check_writable()
    assert subject.catalogue.totals().last_seq == 0
    with pytest.raises(UnknownArticle):
        subject.store.article("art_0000000000000")
    with pytest.raises(UnknownCluster):
        subject.catalogue.cluster("clu_0000000000000")
    with pytest.raises(UnknownCluster):
        subject.catalogue.members("clu_0000000000000", 10, None)


def broken_groups() -> dict[str, tuple[int, Callable[..., object]]]:
    """Faults by name: the event that gets one, and what is done to it."""
    return {
        "gap": (3, lambda change: replace(change, event=replace(change.event, seq=99))),
        "repeat": (3, lambda change: replace(change, event=replace(change.event, seq=3))),
        "no row": (3, lambda change: replace(change, stored=None)),
        "other cluster": (3, lambda change: replace(change, event=replace(change.event, cluster_id="clu_x"))),
        "unknown withdrawn": (3, lambda change: withdrawn(change, "art_x")),
        "unknown merged": (3, lambda change: merged(change, "clu_x")),
        "unknown revised": (
            3,
            lambda change: replace(change, event=replace(change.event, kind=EventKind.REVISED)),
        ),
    }


def withdrawn(change, article_id):
    event = replace(change.event, kind=EventKind.WITHDRAWN, article_id=article_id)
    return replace(change, event=event, stored=None, identities=())


def merged(change, absorbed):
    event = replace(change.event, kind=EventKind.MERGED, article_id=None, from_cluster_id=absorbed)
    return replace(change, event=event, stored=None, identities=())


def opened(count: int, seed: int = 1) -> list:
    """Return changes that each open a cluster."""
    log, changes = RandomLog(seed), []
    for _ in range(count):
        log.live.clear()
        log.clusters.clear()
        changes.append(log.change())
    return changes


@pytest.mark.parametrize("fault", broken_groups())
def test_a_group_is_committed_whole_or_not_at_all(subject: Subject, fault: str) -> None:
    first, group = opened(8)[:4], opened(8)[4:]
    subject.commit(first)
    index, break_it = broken_groups()[fault]
    with pytest.raises(StoreError):
        subject.commit([*group[:index], break_it(group[index])])
    assert_shows(subject.store, subject.catalogue, Expected(first))
    subject.commit(group)
    subject.reopen()
    assert_shows(subject.store, subject.catalogue, Expected([*first, *group]))


def test_an_article_is_opened_once(subject: Subject) -> None:
    changes = opened(2)
    again = replace(changes[0], event=replace(changes[0].event, seq=3))
    subject.commit(changes)
    with pytest.raises(StoreError):
        subject.commit([again])
    assert_shows(subject.store, subject.catalogue, Expected(changes))


def test_a_taken_down_article_is_not_taken_down_again(subject: Subject) -> None:
    changes = opened(2)
    gone = changes[0].event.article_id
    changes += [
        withdrawn(replace(c, event=replace(c.event, seq=seq, cluster_id=changes[0].event.cluster_id)), gone)
        for seq, c in ((3, changes[0]),)
    ]
    subject.commit(changes)
    with pytest.raises(StoreError):
        subject.commit([replace(changes[2], event=replace(changes[2].event, seq=4))])
    assert_shows(subject.store, subject.catalogue, Expected(changes))


def test_three_merges_in_a_row_lead_to_the_last_survivor(subject: Subject) -> None:
    changes = opened(4)
    a, b, c, d = (change.event.cluster_id for change in changes)
    for absorbed, survivor in ((a, b), (b, c), (c, d)):
        event = replace(changes[0].event, seq=len(changes) + 1, cluster_id=survivor)
        changes.append(merged(replace(changes[0], event=event), absorbed))
    subject.commit(changes)
    subject.reopen()
    assert [subject.catalogue.cluster(cluster_id).merged_into for cluster_id in (a, b, c, d)] == [d, d, d, None]
    assert subject.catalogue.cluster(d).size == 4
    assert subject.catalogue.members(a, 10, None).rows == []
    assert_shows(subject.store, subject.catalogue, Expected(changes))


@pytest.mark.parametrize("sort", ClusterSort)
def test_a_walk_meets_every_row_once_while_others_arrive(subject: Subject, sort: ClusterSort) -> None:
    log = RandomLog(7)
    subject.commit(log.changes(150))
    there = {row.cluster_id for row in listed(subject.catalogue, ClusterFilter(), sort)}
    met, cursor = [], None
    while True:
        page = subject.catalogue.clusters(ClusterFilter(), sort, 5, cursor)
        met += [row.cluster_id for row in page.rows]
        subject.commit(arrivals(log, 3))
        cursor = page.next_cursor
        if cursor is None:
            break
    assert len(met) == len(set(met))
    assert there <= set(met)


def arrivals(log: RandomLog, count: int) -> list:
    """Return changes that open clusters and leave those that are there alone."""
    live, clusters = dict(log.live), set(log.clusters)
    changes = []
    for _ in range(count):
        log.live.clear()
        log.clusters.clear()
        changes.append(log.change())
    log.live.update(live)
    log.clusters |= clusters
    return changes


FILTERS = {
    "size": (ClusterFilter(min_size=3), lambda row, members: row.size >= 3),
    "sources": (ClusterFilter(min_sources=2), lambda row, members: row.source_count >= 2),
    "updated": (
        ClusterFilter(updated_since=START + timedelta(hours=20)),
        lambda row, members: row.updated_at >= START + timedelta(hours=20),
    ),
    "from": (
        ClusterFilter(seen_from=START + timedelta(hours=30)),
        lambda row, members: row.last_seen >= START + timedelta(hours=30),
    ),
    "to": (
        ClusterFilter(seen_to=START + timedelta(hours=5)),
        lambda row, members: row.first_seen < START + timedelta(hours=5),
    ),
    "source": (
        ClusterFilter(source="a'b\"%_"),
        lambda row, members: any(m.article.source == "a'b\"%_" for m in members),
    ),
    "not source": (
        ClusterFilter(source="!Herald"),
        lambda row, members: all(m.article.source != "Herald" for m in members),
    ),
    "language": (ClusterFilter(language="de"), lambda row, members: row.language == "de"),
    "not language": (ClusterFilter(language="!de"), lambda row, members: row.language != "de"),
    "word": (ClusterFilter(q="zurich"), lambda row, members: any("Zürich" in m.headline for m in members)),
    "beginning": (
        ClusterFilter(q="FLOOD, mini"),
        lambda row, members: any({"flood", "minister"} <= set(title_words(m.headline)) for m in members),
    ),
    "unspaced": (ClusterFilter(q="東京"), lambda row, members: any("東京" in m.headline for m in members)),
    "cyrillic": (
        ClusterFilter(q="Перегов"),
        lambda row, members: any("переговоры" in m.headline for m in members),
    ),
    "only signs": (ClusterFilter(q=' "*) '), lambda row, members: False),
    "no letters": (ClusterFilter(q="😀\ufffd"), lambda row, members: False),
    "no such word": (ClusterFilter(q="zebra AND"), lambda row, members: False),
    "all at once": (
        ClusterFilter(min_size=2, source="Wire", language="!ja", q="strike", seen_from=START),
        lambda row, members: (
            row.size >= 2
            and row.language != "ja"
            and any(m.article.source == "Wire" for m in members)
            and any("strike" in title_words(m.headline) for m in members)
        ),
    ),
}


@pytest.mark.parametrize("name", FILTERS)
def test_filters_show_what_they_say(subject: Subject, name: str) -> None:
    which, is_shown = FILTERS[name]
    changes = RandomLog(3).changes(240)
    for start in range(0, len(changes), 40):
        subject.commit(changes[start : start + 40])
    expected = Expected(changes)
    wanted = {
        cluster_id
        for cluster_id in expected.touched
        if (members := expected.members(cluster_id)) and is_shown(expected.row(cluster_id), members)
    }
    for sort in (ClusterSort.UPDATED, ClusterSort.VELOCITY):
        shown = [row.cluster_id for row in listed(subject.catalogue, which, sort)]
        assert sorted(shown) == sorted(wanted)


@pytest.mark.parametrize("cursor", ["", "x", "e30", "WyJhIl0", "bnVsbA", "é", "W251bGwsbnVsbCxudWxsXQ", "////"])
def test_a_made_up_cursor_is_refused(subject: Subject, cursor: str) -> None:
    with pytest.raises(InvalidQuery) as refused:
        subject.catalogue.clusters(ClusterFilter(), ClusterSort.SIZE, 5, cursor)
    assert refused.value.field == "cursor"


def test_a_cursor_fits_one_list_only(subject: Subject) -> None:
    subject.commit(opened(5))
    cursor = subject.catalogue.clusters(ClusterFilter(), ClusterSort.SIZE, 2, None).next_cursor
    assert cursor is not None
    cluster_id = opened(5)[0].event.cluster_id
    with pytest.raises(InvalidQuery):
        subject.catalogue.clusters(ClusterFilter(), ClusterSort.SOURCES, 2, cursor)
    with pytest.raises(InvalidQuery):
        subject.catalogue.clusters(ClusterFilter(min_size=2), ClusterSort.SIZE, 2, cursor)
    with pytest.raises(InvalidQuery):
        subject.catalogue.members(cluster_id, 2, cursor)


def test_changes_are_paged_and_chosen_by_kind(subject: Subject) -> None:
    changes = RandomLog(5).changes(120)
    subject.commit(changes)
    events = [change.event for change in changes]
    kinds = frozenset({EventKind.MERGED, EventKind.WITHDRAWN})
    assert list(subject.catalogue.changes(10, 25)) == events[10:35]
    rare = ChangeFilter(kinds=kinds)
    assert list(subject.catalogue.changes(50, 1000, rare)) == [e for e in events[50:] if e.kind in kinds]
    assert list(subject.catalogue.changes(120, 10)) == []


def test_changes_are_chosen_by_cluster(subject: Subject) -> None:
    changes = RandomLog(5).changes(120)
    subject.commit(changes)
    events = [change.event for change in changes]
    merged = next(event for event in events if event.kind is EventKind.MERGED)
    for cluster_id in (merged.cluster_id, merged.from_cluster_id, "clu_x"):
        concerned = [e for e in events if cluster_id in (e.cluster_id, e.from_cluster_id)]
        which = ChangeFilter(cluster_id=cluster_id)
        assert list(subject.catalogue.changes(0, 1000, which)) == concerned
        assert list(subject.catalogue.changes(merged.seq, 2, which)) == [e for e in concerned if e.seq > merged.seq][:2]
        both = ChangeFilter(cluster_id=cluster_id, kinds=frozenset({EventKind.MERGED}))
        assert list(subject.catalogue.changes(0, 1000, both)) == [e for e in concerned if e.kind is EventKind.MERGED]


def test_members_are_ordered_by_when_they_were_seen(subject: Subject) -> None:
    changes = RandomLog(9).changes(200)
    subject.commit(changes)
    largest = listed(subject.catalogue, ClusterFilter(), ClusterSort.SIZE)[0]
    members = walk(lambda cursor: subject.catalogue.members(largest.cluster_id, 2, cursor))
    assert len(members) == largest.size > 4
    assert [seen(m) for m in members] == sorted(seen(m) for m in members)


def test_a_replay_begun_is_not_disturbed_by_commits(subject: Subject) -> None:
    log = RandomLog(11)
    first = log.changes(100)
    subject.commit(first)
    replay = subject.store.replay()
    began = [next(replay)]
    subject.commit(arrivals(log, 5))
    assert [replayed.event for replayed in [*began, *replay]] == [change.event for change in first]


def test_the_snapshot_before_an_event_is_found(subject: Subject) -> None:
    changes = RandomLog(5).changes(120)
    for at, change in enumerate(changes):
        if change.vocabulary and at % 2:
            changes[at] = replace(change, vocabulary=replace(change.vocabulary, language="de"))
    subject.commit(changes)
    subject.reopen()
    taken = [change.vocabulary for change in changes if change.vocabulary]
    assert {snapshot.language for snapshot in taken} == {"en", "de"}
    for language in ("en", "de", "xx"):
        for before in (0, 1, 30, 31, 60, 1 << 62):
            earlier = [snapshot for snapshot in taken if snapshot.language == language and snapshot.seq < before]
            assert subject.catalogue.vocabulary(language, before) == (earlier[-1] if earlier else None)


@pytest.mark.parametrize("seed", range(3))
def test_the_hours_of_a_cluster_are_those_of_its_articles(subject: Subject, seed: int) -> None:
    subject.commit(RandomLog(seed).changes(160))
    subject.reopen()
    several = 0
    for row in listed(subject.catalogue, ClusterFilter()):
        members = walk(lambda cursor, row=row: subject.catalogue.members(row.cluster_id, 50, cursor))
        counted: dict[datetime, list[int]] = {}
        for member in members:
            seen = member.article.decision_time(member.received_at) or member.received_at
            hour = counted.setdefault(seen.replace(minute=0, second=0, microsecond=0), [0, 0])
            hour[0] += 1
            hour[1] += member.assignment.duplicate_of is not None
        for limit in (1, 3, 1_000):
            hours = walk(lambda cursor, row=row, limit=limit: subject.catalogue.hours(row.cluster_id, limit, cursor))
            assert [(hour.at, hour.articles, hour.copies) for hour in hours] == [
                (at, *counts) for at, counts in sorted(counted.items())
            ]
        several += len(counted) > 1
    assert several
    with pytest.raises(UnknownCluster):
        subject.catalogue.hours("clu_0000000000000", 10, None)
    cluster_id = listed(subject.catalogue, ClusterFilter())[0].cluster_id
    with pytest.raises(InvalidQuery):
        subject.catalogue.hours(cluster_id, 10, "nonsense")


@pytest.mark.parametrize("seed", seeds(1, 3))
def test_titles_are_found_newest_first_and_shown_where_they_represent(subject: Subject, seed: int) -> None:
    changes = RandomLog(seed + 20).changes(160)
    subject.commit(changes)
    subject.reopen()
    order = {change.event.article_id: at for at, change in reversed(list(enumerate(changes))) if change.stored}
    rows = listed(subject.catalogue, ClusterFilter())
    stored = [subject.catalogue.article(row.representative_id) for row in rows]
    phrases = ([["harbour"]], [["zurich"], ["東", "京"]], [["strike", "vote"], ["42"], ["flood"]], [["nowhere"]], [])
    shown = Counter()
    for wanted, seen_before in product(phrases, (None, START, START + timedelta(hours=9))):
        having = [
            one.article_id
            for row, one in zip(rows, stored, strict=True)
            if any(set(title_words(one.headline)) >= set(phrase) for phrase in wanted)
            and (seen_before is None or row.first_seen < seen_before)
        ]
        expected = sorted(having, key=order.__getitem__, reverse=True)
        for look, most in ((1, 1), (4, 9), (9, 2), (1_000, 1_000)):
            which = TitleQuery(phrases=wanted, look=look, most=most, seen_before=seen_before)
            found, before, looks = [], None, 0
            while looks == 0 or before is not None:
                titled = subject.catalogue.titled(which, before)
                assert len(titled.rows) <= min(look, most)
                assert titled.before is None or before is None or titled.before < before
                found += [one.article_id for _, one in titled.rows]
                before, looks = titled.before, looks + 1
            assert found == expected
            shown[seen_before] += len(found)
    assert shown[None] > shown[START + timedelta(hours=9)] > 0, "otherwise this proves nothing"
