"""How quick the front page is on a large store, how much it weighs, what a hundred open pages cost at rest.

    python benchmarks/desk_load.py                       # 100,000 articles in 10,000 clusters
    python benchmarks/desk_load.py --articles 1000000    # ten minutes to fill, then the same

Fills a store with the log of made-up articles, ten to a cluster on average, one cluster far larger; serves it as
a process of its own, asks for the front page in every order and with filters over one connection, then lets pages
wait for changes and reads what the process spends. The store is made by its own commits, without deciding
anything: reading does not know the difference.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import httpx
import numpy as np
from servers import serving

from dedupe import ids
from dedupe.article import Article
from dedupe.events import Assignment, Decision, DuplicateOf, Event, EventKind
from dedupe.settings import EngineSettings
from dedupe.store.records import Change, StoredArticle
from dedupe.store.sql import SqlStore

START: Final = datetime(2026, 3, 2, tzinfo=UTC)
BLOCK: Final = 2_000
ADDRESSES: Final = (
    "/", "/?sort=first_seen", "/?sort=size", "/?sort=sources", "/?sort=velocity", "/?min_size=5", "/?source=!Outlet 3",
    "/?q=word12", "/?language=en&min_sources=3",
)  # fmt: skip
ROUNDS: Final = 20
PAGES: Final = 100
REST_SECONDS: Final = 60


def changes(count: int, clusters: int, seed: int) -> Iterator[Change]:
    """Yield the log of made-up articles: clusters open in turn, what joins prefers the newer ones and the first."""
    draw = np.random.default_rng(seed)
    firsts: list[tuple[str, str, str]] = []
    for seq in range(1, count + 1):
        article_id, at = ids.encode("art", seq), START + timedelta(seconds=2 * seq)
        opens = len(firsts) < max(1, seq * clusters // count)
        if opens:
            firsts.append((ids.encode("clu", seq), article_id, ids.encode("dup", seq)))
        place = len(firsts) - 1 - min(int(draw.geometric(0.002)), len(firsts) - 1) if draw.random() < 0.97 else 0
        cluster_id, original, group = firsts[-1] if opens else firsts[place]
        is_copy = not opens and bool(draw.random() < 0.4)
        decision = Decision.OPENED if opens else Decision.COPIED if is_copy else Decision.JOINED
        words = [f"word{number}" for number in draw.integers(5_000, size=8)]
        article = Article(
            title=" ".join(words),
            text=" ".join(words * 5),
            source=f"Outlet {draw.integers(200)}",
            published_at=at,
            uri=str(seq),
        )
        yield Change(
            event=Event(seq=seq, at=at, kind=EventKind(decision.value), article_id=article_id, cluster_id=cluster_id),
            stored=StoredArticle(
                article_id=article_id,
                article=article,
                received_at=at,
                revision=1,
                language="en",
                assignment=Assignment(
                    article_id=article_id,
                    cluster_id=cluster_id,
                    duplicate_group_id=group if is_copy else None,
                    decision=decision,
                    duplicate_of=DuplicateOf(article_id=original, jaccard=0.9, containment=1.0) if is_copy else None,
                    seq=seq,
                ),
                content_digest=article.content_digest,
                top_terms=tuple(words[:5]),
            ),
            identities=article.identities,
        )


def fill(path: Path, count: int, clusters: int) -> None:
    """Write the store, and tell how far it is."""
    store = SqlStore.open(f"sqlite:///{path}", EngineSettings().signature_identity())
    block: list[Change] = []
    for change in changes(count, clusters, seed=1):
        block.append(change)
        if len(block) == BLOCK:
            store.commit(block)
            block = []
            print(f"\r{change.event.seq:,} articles", end="", file=sys.stderr)
    store.commit(block)
    store.close()
    print(file=sys.stderr)


def ask(url: str) -> tuple[dict[str, list[float]], int]:
    """Return how long each address took, in milliseconds, and the weight of the front page with all it loads."""
    took: dict[str, list[float]] = {address: [] for address in ADDRESSES}
    weight = 0
    with httpx.Client(base_url=url, timeout=120, transport=httpx.HTTPTransport(retries=8)) as client:
        client.get("/readyz")
        for number in range(ROUNDS + 1):
            for address in ADDRESSES:
                begun = time.perf_counter()
                answer = client.get(address).raise_for_status()
                if number:
                    took[address].append(1_000 * (time.perf_counter() - begun))
                weight = max(weight, len(answer.content))
        page = client.get("/").text
        assets = {part.split('"')[0] for part in page.split('"/static/')[1:]}
        weight += sum(len(client.get(f"/static/{asset}").content) for asset in assets)
    return took, weight


async def rest(url: str, process: int) -> float:
    """Return the share of a core that a process spends while pages follow the feed and nothing happens."""
    limits = httpx.Limits(max_connections=PAGES)
    async with httpx.AsyncClient(base_url=url, timeout=120, limits=limits) as client:
        last = (await client.get("/readyz")).json()["last_seq"]

        async def follow() -> None:
            while True:
                await client.get("/v1/changes", params={"after": last, "wait": 50})

        following = [asyncio.create_task(follow()) for _ in range(PAGES)]
        await asyncio.sleep(5)
        before = spent(process)
        await asyncio.sleep(REST_SECONDS)
        share = (spent(process) - before) / REST_SECONDS
        for task in following:
            task.cancel()
    return share


def spent(process: int) -> float:
    """Return the seconds that a process has spent."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(") ")[2].split()
    return (int(fields[11]) + int(fields[12])) / 100


def told(took: dict[str, list[float]]) -> Sequence[str]:
    """Return the lines of the table."""
    every = [milliseconds for times in took.values() for milliseconds in times]
    rows = [*took.items(), ("all", every)]
    return [f"{name:32} {np.quantile(times, 0.5):8.1f} {np.quantile(times, 0.95):8.1f}" for name, times in rows]


def main() -> None:
    """Fill a store, serve it and print what was measured."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, default=100_000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="storyfold-") as folder:
        path = Path(folder) / "desk.db"
        fill(path, options.articles, max(options.articles // 10, 1))
        with serving(path) as (url, process):
            took, weight = ask(url)
            share = asyncio.run(rest(url, process))
    print(f"{options.articles:,} articles in {options.articles // 10:,} clusters")
    print(f"{'milliseconds':32} {'p50':>8} {'p95':>8}")
    print("\n".join(told(took)))
    print(f"weight of the front page with what it loads: {weight / 1_000:.0f} kB")
    print(f"{PAGES} open pages at rest: {share:.1%} of a core")


if __name__ == "__main__":
    main()
