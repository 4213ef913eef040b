"""Killed at any moment, a server keeps what it acknowledged, once and in its place, and comes back as it was."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

from dedupe import ids
from dedupe.engine import Engine, Submission
from dedupe.events import Decision
from dedupe.readers.fields import article_of
from dedupe.store.catalogue import SqlCatalogue
from tests.dedupe.newsroom import START, Newsroom
from tests.soak.ledger import Ledger, Places
from tests.soak.serving import Server, opened, row_of, serving, url_of

POSTERS = 8
STOCK = 150
"""Rows that a poster holds at the beginning of a round: more than it can send before the kill."""
ROUNDS = int(os.environ.get("STORYFOLD_KILL_ROUNDS", "100"))
KEEPER = Path(__file__).with_name("keeper.py")
SAMPLE = Path(__file__).parents[2] / "data" / "sample" / "articles.jsonl"


@dataclass
class Poster:
    """One client, which sends its rows in order; the row that was under way when the server died goes first again."""

    ledger: Ledger
    rows: deque[Mapping[str, Any]] = field(default_factory=deque)
    is_under_way: bool = False

    def post(self, server: Server, has_begun: threading.Event) -> None:
        """Send rows until none is left or the server is gone."""
        with server.client() as client, suppress(httpx.TransportError):
            while self.rows:
                self.is_under_way = True
                answer = client.post("/v1/articles", json=self.rows[0])
                assert answer.status_code in (200, 201), answer.text
                self.ledger.enter(self.rows.popleft(), answer.json())
                self.is_under_way = False
                has_begun.set()


class Siege:
    """Posters around one store, and the rows that they will send."""

    def __init__(self, path: Path, seed: int) -> None:
        self.path = path
        self.draw = random.Random(seed)
        self.stream = Newsroom(seed).stream(10**9)
        self.ledger = Ledger()
        self.posters = [Poster(self.ledger) for _ in range(POSTERS)]

    @property
    def under_way(self) -> set[str]:
        """Return what was sent and not answered."""
        return {poster.rows[0]["uri"] for poster in self.posters if poster.is_under_way}

    def stock(self) -> None:
        """Give out rows; all that concerns one article goes to one poster, in order."""
        while min(len(poster.rows) for poster in self.posters) < STOCK:
            row = row_of(next(self.stream))
            self.posters[int(row["uri"][1:]) % POSTERS].rows.append(row)

    def post(self, server: Server, seconds: float | None) -> None:
        """Have all post at once; kill the server ``seconds`` after the first answer, if so told."""
        has_begun = threading.Event()
        with ThreadPoolExecutor(POSTERS) as pool:
            posts = [pool.submit(poster.post, server, has_begun) for poster in self.posters]
            if seconds is not None:
                assert has_begun.wait(60)
                time.sleep(seconds)
                server.kill()
        for post in posts:
            post.result()

    def assault(self) -> None:
        """Start the server, and kill it while all are posting."""
        self.stock()
        with serving(self.path) as server:
            self.post(server, self.draw.uniform(0.0, 1.0))

    def check(self) -> int:
        """Hold the store against what was acknowledged; return how many articles that were."""
        digests = [replayed_digest(self.path) for _ in range(2)]
        assert digests[0] == digests[1]
        with closing(opened(self.path)) as store:
            return self.ledger.check(store.catalogue, self.under_way)

    def end(self) -> None:
        """Send what is left to a server that is then stopped in good order, and check once more."""
        with serving(self.path) as server:
            self.post(server, None)
            self.resend(server)
            server.stop()
        assert self.under_way == set()
        assert self.check() == len(self.ledger.sent)

    def resend(self, server: Server) -> None:
        """Send some of what was acknowledged once more: the answer says that it is there, and where."""
        ledger = self.ledger
        with server.client() as client, closing(SqlCatalogue.open(url_of(self.path))) as catalogue:
            places = Places.of(catalogue, {})
            for uri in self.draw.sample(sorted(ledger.sent), min(100, len(ledger.sent))):
                answer = client.post("/v1/articles", json=ledger.sent[uri]).json()
                assert answer["decision"] == Decision.UNCHANGED
                assert answer["article_id"] == ledger.answers[uri]["article_id"]
                assert answer["cluster_id"] == places.cluster_now(ledger.answers[uri])


def replayed_digest(path: Path) -> str:
    """Open a store, replay it and return the digest of the index."""
    with closing(opened(path)) as store:
        return Engine(store).digest()


def survive(path: Path, rounds: int) -> str:
    """Kill a server again and again; return in words what was checked."""
    siege, checked, in_doubt = Siege(path, seed=rounds), [], 0
    for _ in range(rounds):
        siege.assault()
        in_doubt += len(siege.under_way)
        checked.append(siege.check())
    siege.end()
    assert checked == sorted(checked)
    assert in_doubt >= rounds
    return (
        f"{rounds} kills, {2 * rounds + 2} digests, {len(siege.ledger.sent)} articles at the end,"
        f" {sum(checked)} looked up, {in_doubt} requests cut off"
    )


def survive_alone(path: Path, rounds: int) -> str:
    """Kill a process that tells its digests, and replay what it left; return in words what was compared."""
    events = 0
    for seed in range(rounds):
        told = told_until_killed(path, seed)
        with closing(opened(path)) as store:
            engine = Engine(store)
        assert engine.digest() == told[engine.statistics().last_seq]
        assert engine.statistics().last_seq > events
        events = engine.statistics().last_seq
    return f"{rounds} kills, {rounds} digests compared with those told, {events} events"


def told_until_killed(path: Path, seed: int) -> dict[int, str]:
    """Have a process add articles, kill it at some moment, and return the digests it told by event number."""
    command = [sys.executable, "-m", "tests.soak.keeper", str(path), str(seed)]
    with subprocess.Popen(command, cwd=KEEPER.parents[2], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        first = process.stdout.readline()
        threading.Timer(random.Random(seed).uniform(0.05, 0.8), process.kill).start()
        lines = [first, *process.stdout]
    assert process.returncode == -signal.SIGKILL
    return {int(seq): digest for seq, digest in map(str.split, lines)}


def sample() -> list[Submission]:
    """Return the sample stream, whose pages have furniture."""
    articles = [article_of(json.loads(line)) for line in SAMPLE.read_text(encoding="utf-8").splitlines()]
    ids_and_articles = enumerate(articles, 10**12)
    return [
        Submission(article=one, article_id=ids.encode("art", bits), received_at=START) for bits, one in ids_and_articles
    ]


def test_what_a_killed_server_acknowledged_is_there(tmp_path: Path) -> None:
    survive(tmp_path / "news.db", 1)


@pytest.mark.soak
def test_what_a_server_acknowledged_is_there_however_often_it_is_killed(
    tmp_path: Path, report: Callable[[str], None]
) -> None:
    report(survive(tmp_path / "news.db", ROUNDS))


def test_a_replay_after_a_kill_gives_the_index_before_it(tmp_path: Path) -> None:
    survive_alone(tmp_path / "news.db", 1)


@pytest.mark.soak
def test_every_replay_after_a_kill_gives_the_index_before_it(tmp_path: Path, report: Callable[[str], None]) -> None:
    report(survive_alone(tmp_path / "news.db", ROUNDS))


def test_a_replay_after_a_good_end_gives_the_index_before_it(tmp_path: Path) -> None:
    path = tmp_path / "news.db"
    with closing(opened(path)) as store:
        engine, rooms = Engine(store), [Newsroom(seed, count=seed * 1_000_000) for seed in range(POSTERS)]
        with ThreadPoolExecutor(POSTERS) as pool:
            invented = [list(room.stream(60)) for room in rooms]
            answers = list(pool.map(lambda stream: [engine.add(one) for one in stream], [*invented, sample()]))
        for mine in answers:
            engine.withdraw(mine[0].article_id, rooms[0].now)
        before = engine.digest(), engine.statistics()
    with closing(opened(path)) as store:
        engine = Engine(store)
        assert (engine.digest(), engine.statistics()) == before
