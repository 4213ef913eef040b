"""The front page: clusters as they move, filtered and sorted as the API does it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from fastapi import APIRouter, Response
from pydantic import ValidationError

from api.access import needs
from api.pages.visit import PageRoute, Visit, VisitDep
from api.queries import ClusterQuery
from api.views.front import FILTERS, Address, Row, row_of
from api.views.looking import Looking
from api.views.sparkline import SPAN
from dedupe.access import Scope
from dedupe.errors import InvalidQuery
from dedupe.store.answers import ClusterRow, Page
from dedupe.store.queries import ClusterSort

router = APIRouter(include_in_schema=False, route_class=PageRoute)

ROWS: Final = 50
SEEN: Final = "storyfold_seen"
_ASKED: Final = (*FILTERS, "sort", "cursor")
_DAYS: Final = ("from", "to", "updated_since")
_A_YEAR: Final = 31_536_000
_A_DAY_LONG: Final = len("2026-03-02")


@router.get("/", openapi_extra=needs(Scope.READ))
def front_page(visit: VisitDep) -> Response:
    """Show a page of clusters; ``part=rows`` is the list alone, ``seen=all`` marks everything as seen."""
    asked = {name: value for name, value in visit.request.query_params.items() if name in _ASKED and value.strip()}
    looking = Looking.read(visit.request.cookies.get(SEEN), visit.last_seq, visit.now)
    if visit.request.query_params.get("seen") == "all":
        looking = looking.again(visit.last_seq, visit.now).all_seen()
    else:
        looking = looking.again(visit.last_seq, visit.now)
    answer = _answer(visit, asked, looking)
    answer.set_cookie(SEEN, looking.cookie(), max_age=_A_YEAR, httponly=True, samesite="lax")
    return answer


def _answer(visit: Visit, asked: Mapping[str, str], looking: Looking) -> Response:
    address = Address(asked)
    shown: dict[str, Any] = {"address": address, "asked": asked, "rows": [], "older": None, "problem": None}
    shown["has_filters"] = any(name in asked for name in FILTERS if name != "q")
    status = 200
    sort = ClusterSort.UPDATED
    try:
        query = _query(asked)
        sort = query.sort
        found = visit.catalogue.clusters(query.filter(), sort, ROWS, query.cursor)
        shown |= {"rows": _rows(visit, found, looking), "older": found.next_cursor}
    except InvalidQuery as refused:
        status = 422
        shown["problem"] = str(refused)
    template = "part/clusters" if visit.request.query_params.get("part") == "rows" else "front"
    return visit.show(template, status, sorts=address.sorts(sort), **shown)


def _query(asked: Mapping[str, str]) -> ClusterQuery:
    """Return what is asked for; raise `InvalidQuery` naming the field. A day stands for its first moment, in UTC."""
    fields = {
        name: f"{value}T00:00:00Z" if name in _DAYS and len(value) == _A_DAY_LONG else value.strip()
        for name, value in asked.items()
    }
    try:
        return ClusterQuery.model_validate(fields)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        name = str(first["loc"][0])
        raise InvalidQuery(FILTERS.get(name, name), first["msg"]) from None


def _rows(visit: Visit, found: Page[ClusterRow], looking: Looking) -> list[Row]:
    hours = visit.catalogue.growth({row.cluster_id: row.last_seen - SPAN for row in found.rows})
    return [row_of(row, hours.get(row.cluster_id, ()), visit.now, looking.before) for row in found.rows]
