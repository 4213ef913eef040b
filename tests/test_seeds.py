"""The five pages the project started from, as scraped: two tell of one event, the others of three more."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from itertools import permutations
from pathlib import Path

import httpx
import pytest

from api.app import create_app
from api.settings import ServiceSettings
from dedupe import ids
from dedupe.archive import Archive
from dedupe.comparison import compare
from dedupe.engine import Engine, Submission
from dedupe.readers.fields import article_of
from dedupe.settings import EngineSettings
from dedupe.store.memory import MemoryStore
from dedupe.store.sql import SqlStore

PAGES = sorted((Path(__file__).parents[2] / "shared" / "seeds").glob("*.txt"))
DATES = ((2023, 4, 26), (2023, 4, 25), (2024, 5, 18), (2021, 8, 28), (2023, 4, 29))
SAMPLE = Path(__file__).parents[1] / "data" / "sample" / "articles.jsonl"
ORDERS = tuple(permutations(range(5)))
FEW_ORDERS = ORDERS[::30]
BEGIN = datetime(2026, 3, 15, tzinfo=UTC)

Row = Mapping[str, str]
Order = tuple[int, ...]
Places = Sequence[tuple[str, str | None]]
"""The cluster and the duplicate group of every article sent; the pages come first, by number."""

pytestmark = pytest.mark.skipif(len(PAGES) != 5, reason="../shared/seeds is not here")
dated_and_undated = pytest.mark.parametrize("dated", [True, False], ids=["dated", "undated"])


def pages(*, dated: bool) -> list[Row]:
    """Return the pages as a client sends them: the text as it is, and nothing else but perhaps a date."""
    dates = [{"published_at": datetime(*date, tzinfo=UTC).isoformat()} if dated else {} for date in DATES]
    return [{"text": page.read_text(encoding="utf-8")} | date for page, date in zip(PAGES, dates, strict=True)]


def alone(order: Order, *, dated: bool) -> tuple[list[Row], list[int]]:
    """Return the pages, and in which order to send them."""
    return pages(dated=dated), list(order)


def among_the_sample(order: Order, *, dated: bool) -> tuple[list[Row], list[int]]:
    """Return the pages and the sample stream, and an order that strews the pages into the stream."""
    lines = SAMPLE.read_text(encoding="utf-8").splitlines()
    rows = [{key: value for key, value in json.loads(line).items() if key != "id"} for line in lines]
    sending = [len(PAGES) + place for place in range(len(rows))]
    for place, number in enumerate(order):
        sending.insert(25 + 26 * place, number)
    return [*pages(dated=dated), *rows], sending


def through_the_engine(rows: Sequence[Row], sending: Sequence[int]) -> Places:
    """Send rows through an engine; return where they are when all are in."""
    store = MemoryStore()
    engine = Engine(store)
    for count, number in enumerate(sending):
        received = BEGIN + timedelta(seconds=count)
        article, article_id = article_of(rows[number]), ids.encode("art", number)
        engine.add(Submission(article=article, article_id=article_id, received_at=received))
    assigned = [store.article(ids.encode("art", number)).assignment for number in range(len(rows))]
    return [(assignment.cluster_id, assignment.duplicate_group_id) for assignment in assigned]


def through_the_service(rows: Sequence[Row], sending: Sequence[int], folder: Path) -> Places:
    """Send rows through the application; return where they are when all are in."""
    with closing(SqlStore.open(f"sqlite:///{folder}/pages.db", EngineSettings().signature_identity())) as store:
        app = create_app(Engine(store), store.catalogue, ServiceSettings())

        async def scenario() -> Places:
            transport = httpx.ASGITransport(app)
            async with (
                app.router.lifespan_context(app),
                httpx.AsyncClient(transport=transport, base_url="http://storyfold") as client,
            ):
                urls = dict[int, str]()
                for number in sending:
                    answer = await client.post("/v1/articles", json=rows[number])
                    assert answer.status_code == 201
                    urls[number] = answer.headers["Location"]
                looked_at = [(await client.get(urls[number])).json()["assignment"] for number in range(len(rows))]
                return [(found["cluster_id"], found["duplicate_group_id"]) for found in looked_at]

        return asyncio.run(scenario())


def complaints(places: Places) -> list[str]:
    """Return what is wrong: the first two pages are one event and no copies, every other page stands alone."""
    sizes = Counter(cluster for cluster, _ in places)
    clusters, groups = zip(*places[: len(PAGES)], strict=True)
    found = []
    if clusters[0] != clusters[1]:
        found.append("000 and 001 are apart")
    elif sizes[clusters[0]] != 2:
        found.append("000 and 001 have company")
    if groups[0] is not None and groups[0] == groups[1]:
        found.append("000 and 001 are copies")
    return found + [f"{number:03} has company" for number in (2, 3, 4) if sizes[clusters[number]] != 1]


def complaints_by_order(
    orders: Sequence[Order], arrange: Callable[..., tuple[list[Row], list[int]]], *, dated: bool
) -> dict[Order, list[str]]:
    """Return the orders in which something is wrong, and what."""
    found = {order: complaints(through_the_engine(*arrange(order, dated=dated))) for order in orders}
    return {order: wrong for order, wrong in found.items() if wrong}


@dated_and_undated
def test_two_pages_share_a_cluster_and_three_stand_alone_in_any_order(dated: bool) -> None:
    assert len(ORDERS) == 120
    assert complaints_by_order(ORDERS, alone, dated=dated) == {}


@dated_and_undated
def test_they_do_so_among_other_news(dated: bool) -> None:
    assert complaints_by_order(FEW_ORDERS, among_the_sample, dated=dated) == {}


QUOTED = (
    "to a group like the Taliban. But it",
    "to remove terrorists from the battlefield without",
    "permanent troop presence on the ground",
    "to attack American interests in the region and ultimately the US homeland itself",
)
"""What both reports quote alike of the Pentagon's official, of Watson and of Sales."""


def test_the_quotations_that_two_pages_share_are_shown_in_both() -> None:
    archive = Archive(MemoryStore())
    left, right = (article_of(row) for row in pages(dated=False)[:2])
    pair = archive.read_pair(left, right, BEGIN)
    found = compare(archive.weigh(pair[0]), archive.weigh(pair[1]), archive.shingle_size)
    ours = [passage.left.within(pair[0]) for passage in found.passages]
    theirs = [passage.right.within(pair[1]) for passage in found.passages]
    for quotation in QUOTED:
        assert quotation in ours
        assert any(quotation.replace(". But", ", but") == written for written in theirs)
    assert not any("Akismet" in written for written in ours)
    assert found.similarity > 0.3
    assert found.containment < 0.1, "rewritten, not copied"


@pytest.mark.soak
@dated_and_undated
def test_they_do_so_among_other_news_in_any_order(dated: bool) -> None:
    assert complaints_by_order(ORDERS, among_the_sample, dated=dated) == {}


@dated_and_undated
@pytest.mark.parametrize("order", FEW_ORDERS, ids=str)
def test_the_service_says_so_too(order: Order, dated: bool, tmp_path: Path) -> None:
    assert complaints(through_the_service(*alone(order, dated=dated), tmp_path)) == []


@dated_and_undated
def test_the_service_says_so_among_other_news(dated: bool, tmp_path: Path) -> None:
    assert complaints(through_the_service(*among_the_sample(FEW_ORDERS[1], dated=dated), tmp_path)) == []
