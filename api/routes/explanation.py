"""Why an article is where it is."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from api import reason_examples as examples
from api.access import ScopedRoute, needs
from api.answers import json_answer, not_modified, tag
from api.deps import ServiceDep
from api.openapi import NOT_MODIFIED, PROBLEMS, answers
from api.visibility import ArchiveDep
from dedupe.access import Scope
from dedupe.explanation import Explanation, explain

router = APIRouter(prefix="/v1/articles", tags=["reasons"], route_class=ScopedRoute)


@router.get(
    "/{article_id}/explanation",
    summary="Ask why an article is where it is",
    response_model=Explanation,
    responses=answers(examples.EXPLANATION) | NOT_MODIFIED | PROBLEMS,
    openapi_extra=needs(Scope.READ),
)
def get_explanation(article_id: str, request: Request, service: ServiceDep, archive: ArchiveDep) -> Response:
    """Answer with the reasons as they were recorded, and with what is shared with the nearest article."""
    entity_tag = tag(request, service.feed.last_seq)
    if unchanged := not_modified(request, entity_tag):
        return unchanged
    return json_answer(explain(archive, article_id), headers={"ETag": entity_tag})
