"""Why an article is where it is."""

from __future__ import annotations

from fastapi import APIRouter, Response

from api import reason_examples as examples
from api.access import needs
from api.answers import json_answer
from api.conditional import LogRoute
from api.openapi import NOT_MODIFIED, PROBLEMS, answers
from api.visibility import ArchiveDep
from dedupe.access import Scope
from dedupe.explanation import Explanation, explain

router = APIRouter(prefix="/v1/articles", tags=["reasons"], route_class=LogRoute)


@router.get(
    "/{article_id}/explanation",
    summary="Ask why an article is where it is",
    response_model=Explanation,
    responses=answers(examples.EXPLANATION) | NOT_MODIFIED | PROBLEMS,
    openapi_extra=needs(Scope.READ),
)
def get_explanation(article_id: str, archive: ArchiveDep) -> Response:
    """Answer with the reasons as they were recorded, and with what is shared with the nearest article."""
    return json_answer(explain(archive, article_id))
