"""Articles to load a server with: real ones of a development set, or made up where there is none."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from news import reports
from streams import rows

FIRST: Final = datetime(2026, 3, 2, tzinfo=UTC)
SPACING: Final = timedelta(seconds=20)
KEPT: Final = ("title", "text", "source", "published_at")


def bodies(count: int, seed: int, name: str | None) -> Iterator[bytes]:
    """Yield ``count`` articles as JSON, new to any server: of the set ``name``, or made up from ``seed``."""
    run = f"{os.getpid()}-{time.time_ns()}"
    articles = made_up(count, seed) if name is None else of_set(name)
    for number, article in zip(range(count), articles, strict=False):
        yield json.dumps(article | {"uri": f"load:{run}:{number}"}, ensure_ascii=False).encode()


def of_set(name: str) -> Iterator[dict[str, Any]]:
    """Yield the articles of a development set, a date without a zone taken as UTC."""
    for row in rows(name):
        article = {field: row[field] for field in KEPT if (row.get(field) or "").strip()} | {"language": row["lang"]}
        if not {"title", "text"} & article.keys():
            continue  # some rows say nothing, which is refused
        if "published_at" in article:
            moment = datetime.fromisoformat(article["published_at"])
            article["published_at"] = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).isoformat()
        yield article


def made_up(count: int, seed: int) -> Iterator[dict[str, Any]]:
    """Yield made-up news, one article every `SPACING`."""
    for report in reports(count, seed):
        yield {
            "title": report.title,
            "text": report.text,
            "source": f"Outlet {report.number % 50}",
            "published_at": (FIRST + report.number * SPACING).isoformat(),
            "language": "en",
        }
