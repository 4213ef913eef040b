"""Articles in, one at a time; articles looked at and taken down."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any, Final

from fastapi import APIRouter, Header, Query, Request, Response
from fastapi.concurrency import run_in_threadpool

from api import examples
from api.access import needs
from api.answers import json_answer
from api.bodies import JSON_TYPES, check_type, parse, read_body
from api.conditional import LogRoute
from api.deps import ServiceDep, service_of
from api.openapi import ARTICLE_BODY, NOT_MODIFIED, PROBLEMS, Responses, answers
from api.problems import Problem
from api.rendering import article_json, assignment_json
from api.schemas import ArticleIn, ArticleOut, AssignmentOut
from api.visibility import CatalogueDep
from api.writer import Withdrawal
from dedupe import ids
from dedupe.access import Scope
from dedupe.engine import Submission
from dedupe.events import Assignment, Decision

router = APIRouter(prefix="/v1/articles", tags=["articles"], route_class=LogRoute)

KNOWN = frozenset({Decision.UNCHANGED, Decision.REVISED, Decision.WITHDRAWN})
MAX_KEY = 255
AGAIN: Final[Responses] = {
    200: answers(examples.UNCHANGED)[200] | {"model": AssignmentOut, "description": "Known already, or a dry run"}
}


async def submission(article: ArticleIn, number: int, idempotency_key: str | None = None) -> Submission:
    """Return an article on its way in; a page is read for it in a thread, since that takes a while."""
    return Submission(
        article=await run_in_threadpool(article.article) if article.html else article.article(),
        article_id=ids.encode("art", number),
        received_at=datetime.now(UTC),
        idempotency_key=idempotency_key,
    )


@router.post(
    "",
    summary="Place an article",
    status_code=201,
    response_model=AssignmentOut,
    responses=answers(examples.ASSIGNMENT, 201) | AGAIN | PROBLEMS,
    openapi_extra=ARTICLE_BODY | needs(Scope.INGEST),
)
async def post_article(
    request: Request,
    *,
    dry_run: Annotated[bool, Query(description="Decide and store nothing.")] = False,
    idempotency_key: Annotated[str | None, Header(description="Your name for this request.")] = None,
) -> Response:
    """Answer where an article belongs, once that is durable."""
    service = service_of(request)
    check_type(request, JSON_TYPES)
    if idempotency_key is not None and not 0 < len(idempotency_key) <= MAX_KEY:
        raise Problem(422, "invalid_request", f"Idempotency-Key must have 1 to {MAX_KEY} characters")
    article = parse(await read_body(request, service.settings.max_body_bytes), ArticleIn)
    arrived = await submission(article, next(service.numbers), idempotency_key)
    if dry_run:
        return json_answer(assignment_json(await run_in_threadpool(service.engine.preview, arrived)))
    assignment = await service.writer.submit(arrived)
    assert isinstance(assignment, Assignment)  # noqa: S101  a submission is answered by an assignment
    status = 200 if assignment.decision in KNOWN else 201
    headers = {"Location": f"/v1/articles/{assignment.article_id}"}
    return json_answer(assignment_json(assignment), status, headers)


@router.get(
    "/{article_id}",
    summary="Look at an article",
    response_model=ArticleOut,
    responses=answers(examples.STORED) | NOT_MODIFIED | PROBLEMS,
    openapi_extra=needs(Scope.READ),
)
def get_article(article_id: str, catalogue: CatalogueDep) -> Response:
    """Answer with an article and its assignment; 410 when it was taken down."""
    content: dict[str, Any] = article_json(catalogue.article(article_id))
    return json_answer(content)


@router.delete(
    "/{article_id}",
    summary="Take an article down",
    status_code=204,
    responses=PROBLEMS,
    openapi_extra=needs(Scope.ADMIN),
)
async def delete_article(article_id: str, service: ServiceDep) -> Response:
    """Erase an article everywhere; only its id stays, and answers 410 from now on."""
    await service.writer.submit(Withdrawal(article_id, datetime.now(UTC)))
    return Response(status_code=204)
