"""What the README says happens, happens."""

from __future__ import annotations

import json
import re
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from dedupe import ids
from dedupe.article import Article
from dedupe.engine import Engine, Submission
from dedupe.store.memory import MemoryStore

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def article_of(fields: dict[str, Any]) -> Article:
    wanted = {key: fields[key] for key in ("title", "text", "source", "uri", "url", "language") if key in fields}
    return Article(**wanted, published_at=datetime.fromisoformat(fields["published_at"]))


def test_the_article_it_posts_joins_the_event_it_tells_of() -> None:
    posted = re.search(r"-d '(\{.*?\})'\n", README, re.DOTALL)
    told = re.search(r"```json\n(\{.*?\})\n```", README, re.DOTALL)
    assert posted
    assert told
    example = article_of(json.loads(posted[1].replace("'\"'\"'", "'")))
    sample = [json.loads(line) for line in (ROOT / "data/sample/articles.jsonl").read_text().splitlines()]
    engine, clusters = Engine(MemoryStore()), {}
    for number, fields in enumerate(sample):
        article = article_of(fields)
        assert article.published_at
        submission = Submission(article=article, article_id=ids.encode("art", number), received_at=article.published_at)
        clusters[fields["title"]] = engine.add(submission).cluster_id
    received = max(datetime.fromisoformat(fields["published_at"]) for fields in sample)
    answer = engine.add(Submission(article=example, article_id=ids.encode("art", 9_999), received_at=received))

    assert answer.cluster_id == clusters["Halvern Mutual and Eastlow Savings agree to merge"]
    shown = json.loads(told[1])
    assert (answer.decision, answer.confidence) == (shown["decision"], shown["confidence"])
    assert answer.duplicate_of
    assert answer.duplicate_of.article_id == ids.encode("art", 0)
    assert asdict(answer.duplicate_of) | {"article_id": "art_…"} == shown["duplicate_of"]
    assert answer.runner_up is shown["runner_up"] is None


@pytest.mark.parametrize(
    "page", sorted(ROOT.glob("*.md")) + sorted((ROOT / "docs").rglob("*.md")), ids=lambda p: p.name
)
def test_every_link_leads_somewhere(page: Path) -> None:
    links = re.findall(r"\]\(([^)#:]+)\)", page.read_text(encoding="utf-8"))
    missing = [link for link in links if not (page.parent / link).exists()]

    assert not missing
