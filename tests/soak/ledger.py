"""What a server acknowledged, kept by its clients, and held against its store."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from dedupe.events import PLACING, Assignment, Event
from dedupe.store.catalogue import SqlCatalogue
from dedupe.store.records import StoredArticle

Row = Mapping[str, Any]


@dataclass
class Ledger:
    """By the client's name of an article: what was sent and acknowledged last, and the answer to it."""

    sent: dict[str, Row] = field(default_factory=dict)
    answers: dict[str, Row] = field(default_factory=dict)

    def enter(self, row: Row, answer: Row) -> None:
        """Note that a row was acknowledged; an article has one id for ever."""
        known = self.answers.get(row["uri"], answer)
        assert known["article_id"] == answer["article_id"]
        self.sent[row["uri"]], self.answers[row["uri"]] = row, answer

    def check(self, catalogue: SqlCatalogue, under_way: Collection[str]) -> int:
        """Check that all that was acknowledged is there once, and where it was said to be; return how much it is.

        What was ``under_way`` may be there too, whole or not at all.
        """
        stored = every_article(catalogue)
        assert self.sent.keys() <= stored.keys() <= self.sent.keys() | set(under_way)
        assert catalogue.totals().articles == len(stored)
        places = Places.of(catalogue, {row.article_id: row.assignment for row in stored.values()})
        for uri, row in self.sent.items():
            known = stored[uri]
            assert known.article_id == self.answers[uri]["article_id"]
            assert known.article
            assert uri in under_way or known.article.text == row["text"]
            places.check(self.answers[uri])
        return len(self.sent)


@dataclass
class Places:
    """Where a store has its articles, by id."""

    regrouping: Sequence[Event]
    assignments: Mapping[str, Assignment]

    @classmethod
    def of(cls, catalogue: SqlCatalogue, assignments: Mapping[str, Assignment]) -> Places:
        """Return where articles are, and how they may have come there."""
        return cls([event for event in every_event(catalogue) if event.unites or event.moved_articles], assignments)

    def check(self, answer: Row) -> None:
        """Check that an article is where an answer put it, or what came since; a group may have come since, too."""
        there = self.assignments[answer["article_id"]]
        assert there.cluster_id == self.cluster_now(answer)
        assert answer["duplicate_group_id"] in (None, there.duplicate_group_id)
        if copied := answer["duplicate_of"]:
            original = self.assignments[copied["article_id"]]
            assert original.duplicate_group_id == there.duplicate_group_id == answer["duplicate_group_id"]
            assert original.cluster_id == there.cluster_id

    def cluster_now(self, answer: Row) -> str:
        """Return where an acknowledged article is by now: merges and splits are followed."""
        article_id, cluster_id = answer["article_id"], str(answer["cluster_id"])
        for event in self.regrouping:
            is_moved = event.unites or article_id in event.moved_articles
            if event.seq > answer["seq"] and event.from_cluster_id == cluster_id and is_moved:
                cluster_id = event.cluster_id
        return cluster_id


def every_event(catalogue: SqlCatalogue) -> list[Event]:
    """Return the whole log, which has no gap."""
    events: list[Event] = []
    while page := catalogue.changes(len(events), 1_000):
        events += page
    assert [event.seq for event in events] == list(range(1, len(events) + 1))
    return events


def every_article(catalogue: SqlCatalogue) -> dict[str, StoredArticle]:
    """Return all that the log ever placed, by the client's name, which nothing else has."""
    article_ids = {event.article_id for event in every_event(catalogue) if event.kind in PLACING}
    stored = [catalogue.article(article_id) for article_id in sorted(filter(None, article_ids))]
    named = {row.article.uri: row for row in stored if row.article and row.article.uri}
    assert len(named) == len(stored)
    return named
