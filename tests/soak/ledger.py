"""What a server acknowledged, kept by its clients, and held against its store."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from dedupe.events import PLACING, Event
from dedupe.store.catalogue import SqlCatalogue
from dedupe.store.protocol import StoredArticle

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
        for uri, row in self.sent.items():
            known = stored[uri]
            assert known.article
            assert uri in under_way or known.article.text == row["text"]
            check_place(catalogue, known, self.answers[uri])
        return len(self.sent)


def check_place(catalogue: SqlCatalogue, known: StoredArticle, answer: Row) -> None:
    """Check that an article is where an answer put it; merges are followed, and a group may have come since."""
    there = known.assignment
    assert known.article_id == answer["article_id"]
    assert there.cluster_id == present_cluster(catalogue, answer["cluster_id"])
    assert answer["duplicate_group_id"] in (None, there.duplicate_group_id)
    if copied := answer["duplicate_of"]:
        original = catalogue.article(copied["article_id"]).assignment
        assert original.duplicate_group_id == there.duplicate_group_id == answer["duplicate_group_id"]
        assert original.cluster_id == there.cluster_id


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


def present_cluster(catalogue: SqlCatalogue, cluster_id: str) -> str:
    """Return where the articles of a cluster are by now."""
    return catalogue.cluster(cluster_id).merged_into or cluster_id
