"""The health page, and what it is drawn from."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from api import vitals as api_vitals
from api.views.vitals import SLOTS, plots
from api.vitals import Vital, quantile
from dedupe.store.backup import backup
from tests.api.pages.articles import post_all

NOW = datetime(2026, 3, 5, 12, tzinfo=UTC)


def test_the_page_tells_how_the_service_is(newsroom: Any) -> None:
    async def scenario(client: httpx.AsyncClient) -> None:
        empty = (await client.get("/health")).text
        assert "None yet." in empty
        assert "Articles a minute: nothing yet" in empty
        await post_all(client)
        newsroom.app.state.vitals.take(datetime.now(UTC))
        page = (await client.get("/health")).text
        for expected in (
            "<dd>3</dd>",
            "<dd>50 %</dd>",
            "Ferry aground off Sandholm",
            "now 3.0, at most 3.0",
            "1 full minute ago",
        ):
            assert expected in page, expected

    newsroom.run(scenario)


def test_the_page_tells_when_there_was_a_backup(newsroom: Any, tmp_path: Path) -> None:
    async def scenario(client: httpx.AsyncClient) -> None:
        assert "storyfold backup FILE" in (await client.get("/health")).text
        backup(f"sqlite:///{newsroom.path}", tmp_path / "kept.db")
        page = (await client.get("/health")).text
        assert "just now" in page
        assert "storyfold backup FILE" not in page

    newsroom.run(scenario)


def test_minutes_are_noted_while_the_service_runs(newsroom: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(api_vitals, "EVERY_SECONDS", 0.01)

    async def scenario(client: httpx.AsyncClient) -> None:
        await post_all(client)
        kept = newsroom.app.state.vitals
        while sum(vital.articles for vital in kept.minutes) < 3:
            await asyncio.sleep(0.01)
        noted = [vital for vital in kept.minutes if vital.articles]
        assert noted[-1].live_articles == 3
        assert 0 < noted[0].median_seconds <= noted[0].slow_seconds

    newsroom.run(scenario)


def test_a_quantile_lies_between_its_bounds() -> None:
    assert quantile({0.1: 0.0, float("inf"): 5.0}, 0.5) == 0.1
    assert quantile({0.1: 5.0, float("inf"): 5.0}, 1.0) == 0.1


def vital(minutes: int, articles: int, slow: float | None = None) -> Vital:
    return Vital(
        at=NOW - timedelta(minutes=minutes), articles=articles, median_seconds=slow, slow_seconds=slow, live_articles=7
    )


def test_a_day_is_drawn_in_slots() -> None:
    rate, slow, live = plots([vital(2_000, 900), vital(15, 4), vital(3, 10), vital(2, 20, 0.004)], NOW)
    assert (rate.now, rate.most) == ("15.0", "15.0")
    assert rate.path.count("M") == 2
    assert rate.path.startswith(f"M{round((SLOTS - 2) * 480 / SLOTS, 1)} 96v-25.6")
    assert (slow.now, slow.path.count("M")) == ("4.0 ms", 1)
    assert live.told == "Live articles over the last day: now 7, at most 7"
