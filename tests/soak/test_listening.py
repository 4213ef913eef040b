"""The stream of changes, through a server that is killed again and again: each change once, in order."""

from __future__ import annotations

import json
import os
import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from itertools import islice
from pathlib import Path

import httpx
import pytest

from tests.soak.listening import Listener
from tests.soak.serving import Server, opened, serving

READERS = 3
EVENTS = int(os.environ.get("STORYFOLD_STREAM_EVENTS", "20000"))
KILLS = int(os.environ.get("STORYFOLD_STREAM_KILLS", "20"))
BLOCK = 100
DESKS = ("harbour", "court", "weather", "football", "budget", "school", "railway", "theatre", "forest", "bridge")


def lines(count: int) -> list[bytes]:
    """Return short articles, some of which tell of the same, as lines of a bulk."""
    draw = random.Random(count)
    rows = [
        {"title": f"{draw.choice(DESKS)} {draw.choice(DESKS)} {number // 3:x}", "uri": str(number), "language": "en"}
        for number in range(count)
    ]
    return [json.dumps(row).encode() + b"\n" for row in rows]


class Poster:
    """Sends lines in blocks; a block that was cut off is sent again, whole."""

    def __init__(self, rows: list[bytes]) -> None:
        self._rows = rows
        self.sent = 0

    @property
    def is_done(self) -> bool:
        """Return whether every line was acknowledged."""
        return self.sent >= len(self._rows)

    def post(self, server: Server, until: int) -> None:
        """Send until so many lines were acknowledged, or the server is gone."""
        with server.client() as client, suppress(httpx.TransportError):
            while self.sent < min(until, len(self._rows)):
                block = self._rows[self.sent : self.sent + BLOCK]
                headers = {"Content-Type": "application/x-ndjson"}
                answer = client.post("/v1/articles/bulk", content=b"".join(block), headers=headers)
                answers = answer.text.splitlines()
                if len(answers) == len(block) and all('"article_id"' in line for line in answers):
                    self.sent += len(block)


def listen_through(path: Path, count: int, kills: int) -> str:
    """Have readers follow while articles are posted and the server is killed; return in words what was checked."""
    poster, draw, url = Poster(lines(count)), random.Random(kills), {"now": ""}
    readers = [Listener(url, until=2**62) for _ in range(READERS)]
    threads: list[threading.Thread] = []
    for until in stages(count, kills):
        with serving(path) as server:
            url["now"] = server.url
            threads = threads or [reader.start() for reader in readers]
            killer = threading.Timer(draw.uniform(0.0, 0.3), server.kill) if until < count else None
            poster.post(server, until)
            if killer:
                killer.start()  # while the next block goes in, and the readers are in the middle of the last
                poster.post(server, count)
                killer.join()
            else:
                finish(server, poster, readers, threads)
    with closing(opened(path)) as store:
        newest = store.last_seq()
    for reader in readers:
        assert reader.heard == list(range(1, newest + 1))
    assert min(reader.connections for reader in readers) > kills * 0.5
    connections = sum(reader.connections for reader in readers)
    return (
        f"{newest} events, {kills} kills, {READERS} readers with {connections} connections: each event once, in order"
    )


def stages(count: int, kills: int) -> Iterator[int]:
    """Yield how many articles are in before each kill, and at the end."""
    yield from (count * number // (kills + 1) for number in range(1, kills + 1))
    yield count


def finish(server: Server, poster: Poster, readers: list[Listener], threads: list[threading.Thread]) -> None:
    """Have everything posted and read, then stop the server."""
    poster.post(server, 2**62)
    assert poster.is_done
    with server.client() as client:
        newest = client.get("/readyz").json()["last_seq"]
    for reader in readers:
        reader.until = newest
    # an idle reader hears of the end by the next event or heartbeat; a stop in good order lets all go
    end = time.monotonic() + 60
    while not all(reader.has_all for reader in readers) and time.monotonic() < end:
        time.sleep(0.02)
    server.stop()
    for reader in readers:
        reader.is_told_to_stop = True
    for thread in threads:
        thread.join(60)
        assert not thread.is_alive()


@pytest.mark.soak
def test_no_change_is_lost_or_told_twice_when_the_server_is_killed(tmp_path: Path) -> None:
    listen_through(tmp_path / "news.db", 600, 1)


@pytest.mark.soak
def test_no_change_is_lost_or_told_twice_however_often_the_server_is_killed(
    tmp_path: Path, report: Callable[[str], None]
) -> None:
    report(listen_through(tmp_path / "news.db", EVENTS, KILLS))


@pytest.mark.soak
def test_a_reader_of_one_kind_comes_back_from_where_it_was(tmp_path: Path) -> None:
    path, url = tmp_path / "news.db", {"now": ""}
    reader = Listener(url, until=2**62, params={"kind": "withdrawn"})
    thread = None
    for rows in (iter(lines(900)), iter(lines(1_200)[900:])):
        with serving(path) as server, server.client() as client:
            url["now"] = server.url
            thread = thread or reader.start()
            while block := b"".join(islice(rows, BLOCK)):
                answer = client.post(
                    "/v1/articles/bulk", content=block, headers={"Content-Type": "application/x-ndjson"}
                )
            article = json.loads(answer.text.splitlines()[0])["article_id"]
            assert client.delete(f"/v1/articles/{article}").status_code == 204
            newest = client.get("/readyz").json()["last_seq"]
            end = time.monotonic() + 60
            while (not reader.heard or reader.heard[-1] != newest) and time.monotonic() < end:
                time.sleep(0.02)
            assert reader.heard[-1] == newest
            server.kill()
    reader.is_told_to_stop = True
    assert len(reader.heard) == 2
