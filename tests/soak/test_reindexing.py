"""A real server is re-indexed while it is posted to, read and killed: nothing is lost, doubled or half done."""

from __future__ import annotations

import os
import random
import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import func, select

from dedupe.store.catalogue import SqlCatalogue
from dedupe.store.schema import LIVE, articles, clusters, events
from tests.dedupe.newsroom import Newsroom
from tests.dedupe.reindexing.archive import OFTEN, Archive
from tests.soak.ledger import Ledger, every_article
from tests.soak.serving import Server, row_of, serving, url_of

POSTERS = 4
ROUNDS = int(os.environ.get("STORYFOLD_KILL_ROUNDS", "30"))


def stocked(path: Path, count: int) -> None:
    """Make a store with so many articles."""
    archive = Archive(path, room=Newsroom(1))
    for submission in archive.room.stream(count):
        archive.engine.add(submission)
    archive.store.close()


@dataclass
class Steady:
    """Clients that go on posting until told to stop."""

    server: Server
    ledger: Ledger = field(default_factory=Ledger)
    stopped: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        stream = Newsroom(2, count=1_000_000).stream(10**9)
        self.rows: list[deque[Mapping[str, Any]]] = [deque() for _ in range(POSTERS)]
        for _ in range(30_000 // 4):
            row = row_of(next(stream))
            self.rows[int(row["uri"][1:]) % POSTERS].append(row)

    def post(self, rows: deque[Mapping[str, Any]]) -> None:
        with self.server.client() as client:
            while rows and not self.stopped.is_set():
                answer = client.post("/v1/articles", json=rows[0])
                assert answer.status_code in (200, 201), answer.text
                self.ledger.enter(rows.popleft(), answer.json())

    @contextmanager
    def going_on(self) -> Iterator[None]:
        with ThreadPoolExecutor(POSTERS) as pool:
            posts = [pool.submit(self.post, rows) for rows in self.rows]
            try:
                yield
            finally:
                self.stopped.set()
            for post in posts:
                post.result()

    def check(self, catalogue: SqlCatalogue, stock: int) -> None:
        """Check that what was acknowledged is there once, with its text, and nothing else is."""
        stored = every_article(catalogue)
        assert self.ledger.sent.keys() <= stored.keys()
        assert len(stored) == len(self.ledger.sent) + stock
        for uri, row in self.ledger.sent.items():
            known = stored[uri]
            assert known.article_id == self.ledger.answers[uri]["article_id"]
            assert known.article
            assert known.article.text == row["text"]


@dataclass
class Reader:
    """Looks at the store all the time: at any moment, its rows are those of one generation."""

    path: Path
    looks: Counter[int] = field(default_factory=Counter)

    @contextmanager
    def looking(self) -> Iterator[None]:
        stopped = threading.Event()
        with ThreadPoolExecutor(1) as pool:
            look = pool.submit(self._go_on, stopped)
            try:
                yield
            finally:
                stopped.set()
            look.result()

    def _go_on(self, stopped: threading.Event) -> None:
        with closing(SqlCatalogue.open(url_of(self.path))) as catalogue:
            while not stopped.wait(0.02):
                self._look(catalogue)

    def _look(self, catalogue: SqlCatalogue) -> None:
        switches = events.c.kind.in_(("activated", "rolled_back"))
        with catalogue.snapshot() as connection:
            newest = connection.execute(select(func.max(events.c.seq)).where(switches)).scalar() or 0
            sizes = dict(
                connection.execute(select(clusters.c.pk, clusters.c.size).where(clusters.c.size > 0)).fetchall()
            )
            inside = select(articles.c.cluster_pk, func.count()).where(LIVE).group_by(articles.c.cluster_pk)
            assert dict(connection.execute(inside).fetchall()) == sizes
            merged = (
                select(func.count())
                .select_from(articles)
                .join(clusters)
                .where(clusters.c.merged_into.is_not(None), LIVE)
            )
            assert connection.execute(merged).scalar_one() == 0
            ahead = select(func.count()).where(
                clusters.c.updated_seq > select(func.max(events.c.seq)).scalar_subquery()
            )
            assert connection.execute(ahead).scalar_one() == 0
        self.looks[newest] += 1


def ready(client: httpx.Client, settings: Mapping[str, Any] = OFTEN) -> str:
    """Open a job, wait until it is ready, and return its path."""
    path: str = client.post("/v1/reindex", json={"settings": settings}).headers["location"]
    return wait_for(client, path, "ready")


def wait_for(client: httpx.Client, path: str, state: str) -> str:
    """Wait until a job is in a state."""
    for _ in range(6_000):
        job = client.get(path).json()
        if job["state"] == state:
            return path
        assert job["state"] != "failed", job
        time.sleep(0.05)
    raise AssertionError(job)


def reindexed_under_load(path: Path, stock: int) -> str:
    """Re-index a store that is posted to; return in words what was checked."""
    stocked(path, stock)
    with closing(SqlCatalogue.open(url_of(path))) as catalogue:
        before = catalogue.totals().articles
    with serving(path) as server, server.client() as client:
        steady, reader = Steady(server), Reader(path)
        begun = time.perf_counter()
        with steady.going_on(), reader.looking():
            time.sleep(1)
            job = ready(client)
            built = time.perf_counter() - begun
            activated = client.post(f"{job}/activate", timeout=300)
            assert (activated.status_code, activated.json()["state"]) == (200, "activated")
            time.sleep(1)
            back = client.post(f"{job}/rollback", timeout=300)
            assert back.status_code in (200, 202), back.text
            wait_for(client, job, "rolled_back")
            time.sleep(1)
        seconds = time.perf_counter() - begun
        seqs = {0, *(client.get(job).json()[name] for name in ("event_seq", "rollback_seq"))}
        server.stop()
    assert reader.looks.keys() == seqs
    archive = Archive(path)
    steady.check(archive.store.catalogue, before)
    archive.articles = {stored.article_id for stored in archive.store.catalogue.articles()}
    archive.check()
    archive.store.close()
    count = len(steady.ledger.sent)
    return (
        f"{before} articles re-indexed in {built:.1f} s while {count} more were posted, {count / seconds:.0f}/s;"
        f" {sum(reader.looks.values())} looks at the rows"
    )


@pytest.mark.soak
def test_a_reindex_under_steady_posts_loses_and_doubles_nothing(tmp_path: Path, report: Callable[[str], None]) -> None:
    report(reindexed_under_load(tmp_path / "news.db", 400))


@pytest.mark.soak
def test_a_large_reindex_under_steady_posts_loses_and_doubles_nothing(
    tmp_path: Path, report: Callable[[str], None]
) -> None:
    report(reindexed_under_load(tmp_path / "news.db", 20_000))


def killed(path: Path, draw: random.Random) -> str:
    """Kill a server at some moment of a re-index; return where that was."""
    with serving(path) as server, server.client() as client:
        standing = [job for job in client.get("/v1/jobs").json()["jobs"] if job["state"] in ("building", "ready")]
        where = draw.choice(("building", "activating", "rolling back"))
        if where == "building" and not standing:
            client.post("/v1/reindex", json={"settings": draw.choice((OFTEN, {}))})
            time.sleep(draw.uniform(0.0, 0.4))
            server.kill()
            return where
        path_of = f"/v1/jobs/{standing[0]['job_id']}" if standing else ready(client, draw.choice((OFTEN, {})))
        wait_for(client, path_of, "ready")
        if where == "rolling back":
            assert client.post(f"{path_of}/activate").status_code == 200
        step = "rollback" if where == "rolling back" else "activate"
        with ThreadPoolExecutor(1) as pool:
            asked = pool.submit(_ask, server, f"{path_of}/{step}")
            time.sleep(draw.uniform(0.0, 0.25))
            server.kill()
            asked.result()
        return where


def _ask(server: Server, path: str) -> None:
    with server.client() as client, suppress(httpx.TransportError):
        client.post(path)


def survived(path: Path, rounds: int) -> str:
    """Kill a server again and again while it re-indexes; return in words what was checked."""
    stocked(path, 300)
    draw, where = random.Random(rounds), Counter[str]()
    states: Counter[str] = Counter()
    for _ in range(rounds):
        where[killed(path, draw)] += 1
        archive = Archive(path)
        archive.articles = {stored.article_id for stored in archive.store.catalogue.articles()}
        archive.check()
        for job in archive.desk.jobs.list(200, None).rows:
            states[job.state] += 1
            switched = [event for event in (job.event_seq, job.rollback_seq) if event is not None]
            assert len(switched) == {"activated": 1, "rolled_back": 2}.get(job.state, 0)
        archive.store.close()
    assert len(where) > 1 or rounds == 1
    return f"{rounds} kills: {dict(where)}; jobs seen as {dict(states)}"


@pytest.mark.soak
def test_a_killed_reindex_is_all_there_or_not_at_all(tmp_path: Path, report: Callable[[str], None]) -> None:
    report(survived(tmp_path / "news.db", 1))


@pytest.mark.soak
def test_a_reindex_is_all_there_or_not_at_all_however_often_it_is_killed(
    tmp_path: Path, report: Callable[[str], None]
) -> None:
    report(survived(tmp_path / "news.db", ROUNDS))
