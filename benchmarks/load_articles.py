"""Articles to load a server with: real ones of a development set, or made up where there is none."""

from __future__ import annotations

import json
import os
import re
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import numpy as np
from streams import rows

SAMPLE: Final = Path(__file__).parents[1] / "data" / "sample" / "articles.jsonl"
FIRST: Final = datetime(2026, 3, 2, tzinfo=UTC)
SPACING: Final = timedelta(seconds=20)
KEPT: Final = ("title", "text", "source", "published_at")
LIVE_EVENTS: Final = 200
OWN_WORDS: Final = 40
WORDS: Final = 220


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
    """Yield articles of events that come and go: words of the sample stream, and each event's own.

    Nearly all are reports in other words and few are copies, which is the dear case: each one is
    compared with the clusters that share its words.
    """
    draw = np.random.default_rng(seed)
    text = SAMPLE.read_text(encoding="utf-8")
    common = np.array(sorted(set(re.findall(r"[a-z]{3,}", text))))
    syllables = np.array(
        ["bar", "den", "fil", "gor", "hal", "lun", "mer", "nov", "ost", "ri", "sel", "tam", "ve", "wy"]
    )
    events = [_own_words(draw, syllables) for _ in range(LIVE_EVENTS)]
    for number in range(count):
        place = int(draw.integers(LIVE_EVENTS))
        if draw.random() < 0.2:
            events[place] = _own_words(draw, syllables)
        usual = common[np.minimum(draw.zipf(1.3, WORDS) - 1, len(common) - 1)]
        own = events[place][draw.integers(OWN_WORDS, size=WORDS)]
        words = np.where(draw.random(WORDS) < 0.3, own, usual)
        yield {
            "title": " ".join(events[place][draw.integers(OWN_WORDS, size=6)]),
            "text": " ".join(words),
            "source": f"Outlet {number % 50}",
            "published_at": (FIRST + number * SPACING).isoformat(),
            "language": "en",
        }


def _own_words(draw: np.random.Generator, syllables: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    parts = syllables[draw.integers(len(syllables), size=(OWN_WORDS, 4))]
    return np.array(["".join(word).capitalize() for word in parts])
