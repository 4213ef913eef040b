from __future__ import annotations

from dataclasses import replace

from dedupe.article import Article
from dedupe.submission import Submission
from tests.dedupe.newsroom import START

SENT = Submission(article=Article(text="Ferry aground", uri="7"), article_id="art_0000000000001", received_at=START)


def test_without_a_key_only_the_article_is_recognised() -> None:
    assert SENT.identities == SENT.article.identities
    assert SENT.key_digest is None
    assert SENT.request_digest is None


def test_a_key_names_a_request() -> None:
    first = replace(SENT, idempotency_key="k1")
    again = replace(first, article_id="art_0000000000002")
    other = replace(first, article=Article(text="Bridge closed"))

    assert first.identities == again.identities
    assert set(first.identities) > set(SENT.article.identities)
    assert first.key_digest == other.key_digest
    assert first.request_digest != other.request_digest
    assert replace(SENT, idempotency_key="k2").key_digest != first.key_digest
