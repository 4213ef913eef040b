"""Whether it lives, whether it is ready, and how it does."""

from __future__ import annotations

from fastapi import APIRouter, Response

from api.answers import json_answer
from api.deps import ServiceDep
from api.openapi import PROBLEMS
from api.schemas import ReadyOut, totals_json

router = APIRouter(tags=["operations"])


@router.get("/healthz", summary="The process lives")
async def get_health() -> Response:
    """Answer as long as the process does."""
    return json_answer({"status": "alive"})


@router.get("/readyz", summary="The store answers", response_model=ReadyOut, responses=PROBLEMS)
def get_readiness(service: ServiceDep) -> Response:
    """Ask the store, and answer with how much it holds; 503 when it cannot be read."""
    return json_answer(totals_json(service.catalogue.totals()))


@router.get("/metrics", summary="Metrics for Prometheus")
def get_metrics(service: ServiceDep) -> Response:
    """Answer with the metrics in Prometheus' text format."""
    return Response(service.metrics.text(), media_type="text/plain; version=0.0.4; charset=utf-8")
