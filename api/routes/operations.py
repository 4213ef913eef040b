"""Whether it lives, whether it is ready, and how it does."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from fastapi.responses import PlainTextResponse

from api import examples
from api.access import EVERYBODY, ScopedRoute, needs
from api.answers import json_answer
from api.deps import ServiceDep
from api.openapi import PLAIN, UNAVAILABLE, answers, shown
from api.rendering import totals_json
from api.schemas import AliveOut, ReadyOut
from dedupe.access import Scope

router = APIRouter(tags=["operations"], route_class=ScopedRoute)


@router.get(
    "/healthz",
    summary="The process lives",
    response_model=AliveOut,
    responses=answers(examples.ALIVE),
    openapi_extra=EVERYBODY,
)
async def get_health() -> Response:
    """Answer as long as the process does."""
    return json_answer({"status": "alive"})


@router.get(
    "/readyz",
    summary="The store answers",
    response_model=ReadyOut,
    responses=answers(examples.READY) | UNAVAILABLE,
    openapi_extra=EVERYBODY,
)
def get_readiness(service: ServiceDep) -> Response:
    """Ask the store, and answer with how much it holds; 503 when it cannot be read."""
    return json_answer(totals_json(service.catalogue.totals()))


@router.get(
    "/metrics",
    summary="Metrics for Prometheus",
    response_class=PlainTextResponse,
    responses={200: {"content": shown(PLAIN, examples.METRICS)}},
    openapi_extra=needs(Scope.READ),
)
def get_metrics(service: ServiceDep) -> Response:
    """Answer with the metrics in Prometheus' text format."""
    return Response(service.metrics.text(), media_type="text/plain; version=0.0.4; charset=utf-8")


@router.get("/openapi.json", include_in_schema=False, openapi_extra=needs(Scope.READ))
def get_description(request: Request) -> Response:
    """Answer with the OpenAPI document."""
    return json_answer(request.app.openapi())
