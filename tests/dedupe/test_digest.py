from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from dedupe.engine import Engine
from dedupe.store.memory import MemoryStore
from dedupe.submission import Submission
from tests.dedupe.newsroom import Newsroom


def digest_of(*submissions: Submission) -> str:
    engine = Engine(MemoryStore())
    for submission in submissions:
        engine.add(submission)
    return engine.digest()


@pytest.fixture
def sent() -> list[Submission]:
    room = Newsroom(3)
    first = room.report(room.happen())
    return [first, room.report(0), room.copy(first)]


def test_equal_streams_have_equal_digests(sent: list[Submission]) -> None:
    assert digest_of(*sent) == digest_of(*sent)
    assert len(digest_of()) == 64


@pytest.mark.parametrize("field", ["text", "title", "published_at", "article_id", "language"])
def test_whatever_decisions_rest_on_changes_the_digest(sent: list[Submission], field: str) -> None:
    changed = sent[1]
    if field == "article_id":
        changed = replace(changed, article_id="art_0000000000zzz")
    elif field == "published_at":
        published = changed.article.published_at
        assert published
        changed = replace(changed, article=replace(changed.article, published_at=published - timedelta(hours=1)))
    else:
        values = {"text": changed.article.text + " 7", "title": "Ferry aground", "language": "fr"}
        changed = replace(changed, article=replace(changed.article, **{field: values[field]}))

    assert digest_of(sent[0], changed, sent[2]) != digest_of(*sent)


def test_order_matters(sent: list[Submission]) -> None:
    assert digest_of(sent[1], sent[0], sent[2]) != digest_of(*sent)


def test_looking_changes_nothing(sent: list[Submission]) -> None:
    engine = Engine(MemoryStore())
    engine.add(sent[0])
    before = engine.digest()
    engine.preview(sent[1])

    assert engine.digest() == before
