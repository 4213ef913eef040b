from __future__ import annotations

from collections.abc import Sequence

import pytest

from dedupe.article import Article
from dedupe.errors import UnknownArticle
from dedupe.events import Assignment, Decision, Event, EventKind
from dedupe.group import Group
from dedupe.store.memory import MemoryStore
from dedupe.store.records import Change, StoredArticle
from tests.dedupe.newsroom import START

KNOWN, NEW = Article(text="known", uri="1"), Article(text="new", uri="2")


def change(seq: int, article_id: str, article: Article, revision: int = 1) -> Change:
    """Return what placing an article writes."""
    cluster = "clu_0000000000001"
    return Change(
        event=Event(seq=seq, at=START, kind=EventKind.OPENED, article_id=article_id, cluster_id=cluster),
        stored=StoredArticle(
            article_id=article_id,
            article=article,
            received_at=START,
            revision=revision,
            language="en",
            assignment=Assignment(
                article_id=article_id, cluster_id=cluster, duplicate_group_id=None, decision=Decision.OPENED
            ),
            content_digest=article.content_digest,
        ),
        identities=article.identities,
    )


class Counting(MemoryStore):
    """A store that counts its commits."""

    commits = 0

    def commit(self, changes: Sequence[Change]) -> None:
        self.commits += 1
        super().commit(changes)


@pytest.fixture
def store() -> Counting:
    store = Counting()
    store.commit([change(1, "art_0000000000001", KNOWN)])
    store.commits = 0
    return store


def test_a_group_knows_what_the_store_knows(store: Counting) -> None:
    group = Group(store, [KNOWN, NEW])
    found = group.find(KNOWN)

    assert found
    assert found.article_id == "art_0000000000001"
    assert group.find(NEW) is None


def test_a_group_knows_what_it_is_about_to_write(store: Counting) -> None:
    group = Group(store, [KNOWN, NEW])
    group.append(change(2, "art_0000000000002", NEW))
    group.append(change(3, "art_0000000000001", KNOWN, revision=2))
    found = group.find(NEW)

    assert found
    assert found.article_id == "art_0000000000002"
    assert group.article("art_0000000000001").revision == 2
    assert store.article("art_0000000000001").revision == 1
    assert store.commits == 0


def test_any_identity_will_do(store: Counting) -> None:
    both = Article(text="known", uri="other", url="https://example.org/a")
    group = Group(store, [both])
    group.append(change(2, "art_0000000000002", both))

    for article in (Article(text="x", uri="other"), Article(text="x", url="http://www.example.org/a/")):
        found = group.find(article)
        assert found
        assert found.article_id == "art_0000000000002"


def test_everything_is_committed_at_once(store: Counting) -> None:
    group = Group(store, [NEW])
    group.append(change(2, "art_0000000000002", NEW))
    group.append(
        Change(
            event=Event(
                seq=3,
                at=START,
                kind=EventKind.WITHDRAWN,
                article_id="art_0000000000001",
                cluster_id="clu_0000000000001",
            )
        )
    )

    assert [done.event.seq for done in group.commit()] == [2, 3]
    assert store.commits == 1
    assert store.last_seq() == 3


def test_nothing_to_write_is_not_written(store: Counting) -> None:
    assert list(Group(store, []).commit()) == []
    assert store.commits == 0


def test_an_unknown_article_is_said(store: Counting) -> None:
    with pytest.raises(UnknownArticle, match="art_0000000000009"):
        Group(store, []).article("art_0000000000009")


def test_an_identity_stays_with_the_article_that_had_it_first_as_in_the_store(store: Counting) -> None:
    group = Group(store, [KNOWN, NEW])
    both = Change(**{name: getattr(change(2, "art_0000000000002", NEW), name) for name in ("event", "stored")},
                  identities=NEW.identities + KNOWN.identities)  # fmt: skip
    group.append(both)
    found = group.find(KNOWN)
    assert found
    assert found.article_id == "art_0000000000001"
    group.commit()
    assert store.find(KNOWN.identities) == dict.fromkeys(KNOWN.identities, "art_0000000000001")
