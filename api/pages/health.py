"""How the service is: how much comes in, how long deciding takes, what is live, and what is largest."""

from __future__ import annotations

from typing import Final, cast

from fastapi import APIRouter, Response

from api.access import needs
from api.pages.visit import PageRoute, VisitDep
from api.views.vitals import plots
from api.vitals import Vitals
from dedupe.access import Scope
from dedupe.store.queries import ClusterFilter, ClusterSort

router = APIRouter(include_in_schema=False, route_class=PageRoute)

LARGEST: Final = 8


@router.get("/health", openapi_extra=needs(Scope.READ))
def health_page(visit: VisitDep) -> Response:
    """Show the last day, and what there is."""
    vitals = cast("Vitals", visit.request.app.state.vitals)
    return visit.show(
        "health",
        plots=plots(vitals.minutes, visit.now),
        minutes=len(vitals.minutes),
        totals=visit.catalogue.totals(),
        live=visit.service.engine.statistics(),
        depth=visit.service.writer.depth,
        backed_up_at=visit.catalogue.backed_up_at(),
        largest=visit.catalogue.clusters(ClusterFilter(), ClusterSort.SIZE, LARGEST, None).rows,
    )
