"""Requests about articles."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from http import HTTPStatus
from uuid import uuid4

from api.client.request import Request, as_json, as_nothing, get, path_of, sending
from api.client.uploading import Upload
from api.client.walks import Pages
from api.schemas import ArticleIn, ArticleOut, AssignmentOut, SimilarPage
from api.schemas_compare import CompareIn
from dedupe.comparison import Comparison
from dedupe.explanation import Explanation
from dedupe.neighbours import SimilarArticle


def place(article: ArticleIn, *, idempotency_key: str | None = None) -> Request[AssignmentOut]:
    """Place an article, and return where it belongs once that is durable.

    Without an ``idempotency_key`` one is made, so that the request may be sent again when its answer is lost.
    """
    headers = {"Idempotency-Key": idempotency_key or str(uuid4())}
    request = sending("POST", "/v1/articles", article, as_json(AssignmentOut))
    return replace(request, headers={**request.headers, **headers}, is_repeatable=True)


def preview(article: ArticleIn) -> Request[AssignmentOut]:
    """Return where an article would belong, and store nothing."""
    request = sending("POST", "/v1/articles", article, as_json(AssignmentOut)).asking(dry_run="true")
    return replace(request, is_repeatable=True)


def upload(articles: Iterable[ArticleIn]) -> Upload:
    """Place any number of articles, and yield what became of each, in order.

    They are taken from ``articles`` as they are sent, about a thousand at a time. An article whose answer was lost is
    sent again, and answered ``unchanged``.
    """
    return Upload(articles)


def article(article_id: str) -> Request[ArticleOut]:
    """Return an article with its assignment."""
    return get(as_json(ArticleOut), path_of("v1", "articles", article_id))


def take_down(article_id: str) -> Request[None]:
    """Erase an article everywhere; one that was taken down before is as good."""
    path = path_of("v1", "articles", article_id)
    return Request(method="DELETE", path=path, read=as_nothing, is_repeatable=True, settled=HTTPStatus.GONE)


def explanation(article_id: str) -> Request[Explanation]:
    """Return why an article is where it is."""
    return get(as_json(Explanation), path_of("v1", "articles", article_id, "explanation"))


def similar_page(article_id: str, *, limit: int | None = None, cursor: str | None = None) -> Request[SimilarPage]:
    """Return a page of the articles nearest to one."""
    return get(as_json(SimilarPage), path_of("v1", "articles", article_id, "similar"), limit=limit, cursor=cursor)


def similar(article_id: str) -> Pages[SimilarPage, SimilarArticle]:
    """Yield the articles nearest to one, the most similar first."""
    return Pages(similar_page(article_id), lambda page: page.articles)


def compare(left: str, right: str) -> Request[Comparison]:
    """Return what two stored articles share, by their ids."""
    return get(as_json(Comparison), "/v1/compare", left=left, right=right)


def compare_texts(pair: CompareIn) -> Request[Comparison]:
    """Return what two articles share, each sent along or named by its id."""
    return replace(sending("POST", "/v1/compare", pair, as_json(Comparison)), is_repeatable=True)
