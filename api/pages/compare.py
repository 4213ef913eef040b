"""Two articles side by side."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import APIRouter, Query, Response

from api.access import needs
from api.pages.visit import PageRoute, Visit, VisitDep
from api.views.members import Member, member
from api.views.passages import figures, left_text, right_text, verdict
from dedupe.access import Scope
from dedupe.article import Article
from dedupe.comparison import Comparison, compare
from dedupe.errors import WithdrawnArticle

router = APIRouter(include_in_schema=False, route_class=PageRoute)

SHOWN_TERMS: Final = 12
ArticleId = Annotated[str, Query(max_length=100)]


@router.get("/compare", openapi_extra=needs(Scope.READ))
def compare_page(visit: VisitDep, left: ArticleId = "", right: ArticleId = "") -> Response:
    """Show two articles with what they share, or ask which two."""
    left, right = left.strip(), right.strip()
    if not (left and right):
        return visit.show("compare_form", left=left, right=right)
    (ours, our_line), (theirs, their_line) = _side(visit, left), _side(visit, right)
    archive = visit.archive
    readings = archive.read_pair(left, right, visit.now)
    found: Comparison = compare(archive.weigh(readings[0]), archive.weigh(readings[1]), archive.shingle_size)
    return visit.show(
        "compare",
        verdict=verdict(found),
        figures=figures(found),
        terms=[term.term for term in found.terms[:SHOWN_TERMS]],
        left_out=found.passages_left_out,
        sides=[
            ("left", our_line, left_text(found, ours.title, ours.text)),
            ("right", their_line, right_text(found, theirs.title, theirs.text)),
        ],
        is_one_cluster=our_line.cluster_id == their_line.cluster_id,
    )


def _side(visit: Visit, article_id: str) -> tuple[Article, Member]:
    placed = visit.archive.placed(article_id)
    line = member(placed.stored, placed.event)
    if placed.stored.article is None or line is None:
        raise WithdrawnArticle(article_id)
    return placed.stored.article, line
