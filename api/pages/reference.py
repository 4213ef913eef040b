"""The operations of the OpenAPI document, as a page."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Response

from api.access import needs
from api.pages.visit import PageRoute, VisitDep
from dedupe.access import Scope

router = APIRouter(include_in_schema=False, route_class=PageRoute)


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """What is sent, or answered, with its examples."""

    name: str
    description: str
    examples: list[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One thing that the service can be asked."""

    name: str
    summary: str
    description: str
    parameters: list[dict[str, Any]]
    bodies: list[Body]


@router.get("/docs", openapi_extra=needs(Scope.READ))
def docs_page(visit: VisitDep) -> Response:
    """Show what the service can be asked."""
    return visit.show("reference", operations=list(operations(visit.request.app.openapi())))


def operations(document: dict[str, Any]) -> Iterator[Operation]:
    """Yield the operations of an OpenAPI document."""
    for path, methods in document["paths"].items():
        for method, told in methods.items():
            asked = [_body("Send", told["requestBody"])] if "requestBody" in told else []
            yield Operation(
                name=f"{method.upper()} {path}",
                summary=told.get("summary", ""),
                description=told.get("description", ""),
                parameters=list(told.get("parameters", ())),
                bodies=asked + [_body(status, answer) for status, answer in told["responses"].items()],
            )


def _body(name: str, body: dict[str, Any]) -> Body:
    shown = [media["example"] for media in body.get("content", {}).values() if "example" in media]
    return Body(name=name, description=body.get("description", ""), examples=[_text(example) for example in shown])


def _text(example: Any) -> str:
    return example if isinstance(example, str) else json.dumps(example, indent=2, ensure_ascii=False)
