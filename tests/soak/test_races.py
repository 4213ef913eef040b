"""The same new article from many clients at once is one article, every time."""

from __future__ import annotations

import asyncio
import os
from collections import Counter
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from itertools import islice
from pathlib import Path
from typing import Any

import httpx
import pytest

from dedupe.engine import Engine
from dedupe.events import Decision
from tests.dedupe.newsroom import Newsroom
from tests.soak.ledger import every_article
from tests.soak.serving import opened, row_of, serving

pytestmark = pytest.mark.soak

CLIENTS = 50
TIMES = int(os.environ.get("STORYFOLD_RACES", "200"))

Row = Mapping[str, Any]


def new_rows() -> list[Row]:
    """Return reports and copies, each of which is new."""
    room = Newsroom(TIMES)
    rows = {row["uri"]: row for row in map(row_of, islice(room.stream(10 * TIMES), 2 * TIMES))}
    return list(rows.values())[:TIMES]


def check_answers(answers: list[Row]) -> None:
    """Check that one client was told where the article went, and the others that it is there."""
    decisions = Counter(answer["decision"] for answer in answers)
    assert decisions.pop(Decision.UNCHANGED) == CLIENTS - 1
    assert sum(decisions.values()) == 1
    assert len({(answer["article_id"], answer["cluster_id"]) for answer in answers}) == 1


async def race(url: str, rows: list[Row]) -> None:
    """Post each row over every connection at the same time."""
    limits = httpx.Limits(max_connections=CLIENTS, max_keepalive_connections=CLIENTS)
    async with httpx.AsyncClient(base_url=url, limits=limits, timeout=60) as client:
        for row in rows:
            answers = await asyncio.gather(*(client.post("/v1/articles", json=row) for _ in range(CLIENTS)))
            assert Counter(answer.status_code for answer in answers) == {201: 1, 200: CLIENTS - 1}
            check_answers([answer.json() for answer in answers])


def test_many_clients_with_one_article_make_one(tmp_path: Path, report: Callable[[str], None]) -> None:
    path, rows = tmp_path / "news.db", new_rows()
    with serving(path) as server:
        asyncio.run(race(server.url, rows))
        server.stop()
    with closing(opened(path)) as store:
        assert every_article(store.catalogue).keys() == {row["uri"] for row in rows}
        assert Engine(store).statistics().live_articles == len(rows) == TIMES
    report(f"{TIMES} articles, each from {CLIENTS} clients at once")


def test_many_threads_with_one_article_make_one(tmp_path: Path, report: Callable[[str], None]) -> None:
    room = Newsroom(TIMES)
    with closing(opened(tmp_path / "news.db")) as store, ThreadPoolExecutor(CLIENTS) as pool:
        engine = Engine(store)
        for number in range(TIMES):
            room.happen()
            article = room.report(number)
            answers = list(pool.map(engine.add, [article] * CLIENTS))
            assert Counter(answer.decision for answer in answers)[Decision.UNCHANGED] == CLIENTS - 1
            assert len({(answer.article_id, answer.cluster_id) for answer in answers}) == 1
        assert store.catalogue.totals().articles == TIMES
        digest = engine.digest()
        assert Engine(store).digest() == digest
    report(f"{TIMES} articles, each from {CLIENTS} threads at once; the digest after replay is the same")
