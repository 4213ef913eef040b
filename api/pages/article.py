"""An article: its text, and why it is where it is."""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter, Response

from api.access import needs
from api.pages.round_ups import elsewhere
from api.pages.visit import PageRoute, VisitDep
from api.views.addresses import is_on_the_web
from api.views.members import member
from dedupe.access import Scope
from dedupe.errors import WithdrawnArticle
from dedupe.explanation import explain

router = APIRouter(include_in_schema=False, route_class=PageRoute)

MOST_REASONS: Final = 6
MOST_CHARACTERS: Final = 60_000


@router.get("/articles/{article_id}", openapi_extra=needs(Scope.READ))
def article_page(article_id: str, visit: VisitDep) -> Response:
    """Show an article with the reasons for its place; 410 when it was taken down."""
    placed = visit.archive.placed(article_id)
    line = member(placed.stored, placed.event, elsewhere(visit, placed.stored))
    if placed.stored.article is None or line is None:
        raise WithdrawnArticle(article_id)
    text = placed.stored.article.text
    return visit.show(
        "article",
        article=placed.stored.article,
        member=line,
        received_at=placed.stored.received_at,
        is_on_the_web=is_on_the_web(placed.stored.article.url or ""),
        text=text[:MOST_CHARACTERS],
        is_cut=len(text) > MOST_CHARACTERS,
        why=explain(visit.archive, article_id),
        most_reasons=MOST_REASONS,
        cluster=visit.catalogue.cluster(line.cluster_id),
    )
