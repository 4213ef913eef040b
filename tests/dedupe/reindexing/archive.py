"""An archive that is re-indexed: what must hold of its rows, its log and its index after whatever was done."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from dedupe import ids
from dedupe.article import PubStatus
from dedupe.clusters.decision import JoinModel, shipped_model
from dedupe.engine import Engine
from dedupe.errors import UnknownArticle, WithdrawnArticle
from dedupe.reindexing.desk import Desk
from dedupe.settings import EngineSettings, changed_settings
from dedupe.store.cluster_table import ClusterTable
from dedupe.store.integrity import recorded_settings
from dedupe.store.schema import LIVE, articles, clusters, embargoed_clusters
from dedupe.store.sql import SqlStore
from dedupe.submission import Submission
from tests.dedupe.editor import REFUSALS, any_correction, check_decisions, check_groups, check_ids, survivor
from tests.dedupe.newsroom import Newsroom

Places = Mapping[str, tuple[str, str | None, str | None]]
OFTEN: Mapping[str, Any] = {"coverage": 0.9, "shingle_size": 3, "cluster_window_days": 0.5, "keep_articles": 20}
"""Settings by which much goes elsewhere."""
UNPRIMED: Mapping[str, Any] = {**OFTEN, "prior": False}
"""Settings by which much of the sample goes elsewhere, too."""


@dataclass
class Archive:
    """A store, the engine that writes it and the desk that re-indexes it."""

    path: Path
    model: JoinModel = field(default_factory=shipped_model)
    room: Newsroom = field(default_factory=lambda: Newsroom(3))

    def __post_init__(self) -> None:
        self.articles: set[str] = set()
        self.open()

    @property
    def url(self) -> str:
        return f"sqlite:///{self.path}"

    def open(self) -> None:
        """Open the store as a program does that starts."""
        settings = EngineSettings()
        if self.path.exists():
            settings = changed_settings(settings, recorded_settings(self.url))
        self.store = SqlStore.open(self.url, settings.signature_identity())
        self.engine = Engine(self.store, settings, model=self.model)
        self.desk = Desk(self.store, self.engine, self.room.tick)

    def reopen(self) -> None:
        self.store.close()
        self.open()

    def take_in(self, count: int, embargoes: random.Random | None = None) -> None:
        """Take articles in; some are embargoed where ``embargoes`` draws so."""
        for submission in self.room.stream(count):
            sent = withheld(submission, embargoes) if embargoes else submission
            self.articles.add(self.engine.add(sent).article_id)

    def withdraw(self, article_id: str) -> None:
        with suppress(WithdrawnArticle):
            self.engine.withdraw(article_id, self.room.tick())

    def restate(self, draw: random.Random) -> None:
        """Send an article once more, withheld, for everyone to read, or canceled; end the embargoes that are over."""
        standing = draw.choice((PubStatus.WITHHELD, PubStatus.USABLE, PubStatus.USABLE, PubStatus.CANCELED))
        sent = draw.choice(self.room.published)
        article = replace(sent.article, pub_status=standing, embargoed_until=None)
        again = Submission(article=article, article_id=self.room.next_id(), received_at=self.room.tick())
        with suppress(UnknownArticle):
            self.articles.add(self.engine.add(again).article_id)
        self.engine.release(self.room.tick())

    def correct(self, draw: random.Random) -> None:
        wanted = any_correction(draw, self.store.catalogue.unveiled, sorted(self.articles), self.room.tick())
        with suppress(*REFUSALS):
            self.engine.correct(wanted)

    def build(self, job_id: str, settings: Mapping[str, Any] = OFTEN) -> None:
        job = self.desk.request(job_id, settings)
        assert self.desk.build(job, lambda _: None, lambda: False)

    def places(self) -> Places:
        """Return where each article is, its group, and what it is a copy of."""
        found = {}
        for stored in self.store.catalogue.unveiled.articles():
            if stored.article is not None:
                place, copied = stored.assignment, stored.assignment.duplicate_of
                found[stored.article_id] = (
                    place.cluster_id, place.duplicate_group_id, copied.article_id if copied else None,
                )  # fmt: skip
        return found

    def check(self) -> int:
        """Check all that must hold; return how many decisions of editors are in force."""
        everything = self.store.catalogue.unveiled
        assert self.engine.digest() == Engine(self.store, self.engine.settings, model=self.model).digest()
        self._check_index()
        self._check_round_ups()
        self._check_clusters()
        check_embargoes(self.store, self.engine)
        check_ids(everything)
        check_groups(everything, sorted(self.articles))
        return check_decisions(everything)

    def _check_index(self) -> None:
        """Check that the rows say of each article, and of each id, what the index says."""
        with self.engine.held() as index:
            for article_id, (cluster_id, group, _) in self.places().items():
                slot = index.slot_of(article_id)
                assert index.cluster_id(index.whereabouts(article_id)) == cluster_id
                assert index.group_id(slot) == group
            for number in range(index.clusters.count):
                public_id = index.cluster_id(number)
                with self.store.catalogue.snapshot() as connection:
                    is_there = connection.execute(select(clusters.c.pk).where(clusters.c.id == public_id)).first()
                if is_there:
                    leads = index.cluster_id(index.cluster_number(public_id))
                    assert survivor(self.store.catalogue.unveiled, public_id) == leads, public_id

    def _check_round_ups(self) -> None:
        """Check that what the rows call a round-up has no weight, and that it is listed where they say."""
        everything = self.store.catalogue.unveiled
        for stored in everything.articles():
            said = stored.assignment
            if stored.article is None:
                continue
            with self.engine.held() as index:
                slot = index.slot_of(stored.article_id)
                assert bool(said.also_in) == (index.clusters.articles.original[slot] == slot), stored.article_id
            for cluster_id in {survivor(everything, told) for told in said.also_in} - {said.cluster_id}:
                listed = everything.round_ups(cluster_id, 200, None).rows
                assert stored.article_id in {told.article_id for told in listed}

    def _check_clusters(self) -> None:
        """Check that each cluster's row is what its articles make it."""
        with counted_anew(self.store) as (before, after):
            assert before == after


@contextmanager
def counted_anew(store: SqlStore) -> Iterator[tuple[Any, Any]]:
    """Give the rows of all clusters as they are, and counted anew; nothing is changed."""
    columns = [column for column in clusters.c if column.name not in ("heat", "term_tally", "source_tally")]
    statement = select(*columns).where(clusters.c.size + clusters.c.hidden_count > 0).order_by(clusters.c.pk)
    whole = [column for column in embargoed_clusters.c if column.name != "heat"]
    beside = select(*whole).order_by(embargoed_clusters.c.pk)
    with suppress(_Undone), store.transaction() as connection:
        before, hidden = connection.execute(statement).all(), connection.execute(beside).all()
        table = ClusterTable(connection, {row.id for row in before})
        for row in before:
            table.mark_stale(row.id)
        table.recount()
        yield (before, hidden), (connection.execute(statement).all(), connection.execute(beside).all())
        raise _Undone


def withheld(submission: Submission, draw: random.Random) -> Submission:
    """Return a submission as it is, withheld, or embargoed for an hour or more."""
    status, until = PubStatus.USABLE, None
    if draw.random() < 0.2:
        status = PubStatus.WITHHELD
    elif draw.random() < 0.25:
        until = submission.received_at + timedelta(hours=draw.choice((1, 5, 40)))
    return replace(submission, article=replace(submission.article, pub_status=status, embargoed_until=until))


def check_embargoes(store: SqlStore, engine: Engine) -> None:
    """Check that rows and index hide the same articles and clusters, and that readers are shown none of them."""
    hidden = {stored.article_id for stored in store.catalogue.unveiled.articles() if stored.hidden}
    with store.catalogue.snapshot() as connection:
        rows = connection.execute(select(clusters)).all()
        whole = {row.id: row.size for row in connection.execute(select(embargoed_clusters))}
        where = select(clusters.c.id, articles.c.id).join(clusters, clusters.c.pk == articles.c.cluster_pk)
        inside = Counter(cluster_id for cluster_id, one in connection.execute(where.where(LIVE)) if one in hidden)
    with engine.held() as index:
        assert index.embargoes.articles == hidden
        assert index.embargoes.clusters == {row.id for row in rows if not row.updated_seq}
    assert {row.id: row.hidden_count for row in rows if row.hidden_count} == inside
    assert whole == {row.id: row.size + row.hidden_count for row in rows if row.hidden_count}
    assert not any(row.size for row in rows if not row.updated_seq)
    for article_id in hidden:
        with pytest.raises(UnknownArticle):
            store.catalogue.article(article_id)


class _Undone(Exception):
    """Takes a transaction back."""


def article_id(number: int) -> str:
    """Return the id of an article of the newsroom."""
    return ids.encode("art", number)
