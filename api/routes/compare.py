"""Two articles side by side, stored or sent along."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from fastapi.concurrency import run_in_threadpool

from api import reason_examples as examples
from api.access import needs
from api.answers import json_answer
from api.bodies import parse, read_json
from api.conditional import LogRoute
from api.deps import ServiceDep
from api.openapi import NOT_MODIFIED, PROBLEMS, answers, body_of
from api.schemas_compare import CompareIn, SideIn
from api.visibility import ArchiveDep
from dedupe.access import Scope
from dedupe.archive import Archive
from dedupe.article import Article
from dedupe.comparison import Comparison, compare
from dedupe.errors import InvalidArticle

router = APIRouter(prefix="/v1/compare", tags=["reasons"], route_class=LogRoute)

ArticleId = Annotated[str, Query(min_length=1, max_length=100)]


@router.get(
    "",
    summary="Compare two articles",
    response_model=Comparison,
    responses=answers(examples.COMPARISON) | NOT_MODIFIED | PROBLEMS,
    openapi_extra=needs(Scope.READ),
)
def get_comparison(archive: ArchiveDep, left: ArticleId, right: ArticleId) -> Response:
    """Answer with what two stored articles share, and where that stands in each."""
    return json_answer(_compare(archive, left, right))


@router.post(
    "",
    summary="Compare two texts",
    response_model=Comparison,
    responses=answers(examples.COMPARISON) | PROBLEMS,
    openapi_extra=body_of(CompareIn, examples.PAIR) | needs(Scope.READ),
)
async def post_comparison(request: Request, service: ServiceDep, archive: ArchiveDep) -> Response:
    """Answer with what two articles share; each is sent along or named by its id, and nothing is stored."""
    body = await read_json(request, service.settings.max_body_bytes)
    return json_answer(await run_in_threadpool(_compare_sent, archive, body))


def _compare_sent(archive: Archive, body: bytes) -> Comparison:
    pair = parse(body, CompareIn)
    return _compare(archive, _side(pair.left, "left"), _side(pair.right, "right"))


def _side(sent: SideIn, name: str) -> Article | str:
    try:
        return sent.side()
    except InvalidArticle as refused:
        raise InvalidArticle(f"{name}.{refused.field}", refused.reason) from None


def _compare(archive: Archive, left: Article | str, right: Article | str) -> Comparison:
    ours, theirs = archive.read_pair(left, right, datetime.now(UTC))
    return compare(archive.weigh(ours), archive.weigh(theirs), archive.shingle_size)
