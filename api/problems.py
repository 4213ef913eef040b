"""Everything the service refuses, as problem documents (RFC 9457) with a stable ``code``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from http import HTTPStatus
from itertools import islice
from typing import Any, Final

import orjson
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.routing import BaseRoute, Match, Route

from dedupe.errors import (
    AlreadyUndone,
    Contradiction,
    DedupeError,
    InvalidArticle,
    InvalidCorrection,
    InvalidQuery,
    InvalidSettings,
    JobConflict,
    MissingLibrary,
    ReusedIdempotencyKey,
    StoreError,
    StoreMismatch,
    StoreUnavailable,
    UnknownArticle,
    UnknownCluster,
    UnknownConstraint,
    UnknownJob,
    UnreadableInput,
    WithdrawnArticle,
)

MEDIA_TYPE: Final = "application/problem+json"
RETRY_SECONDS: Final = "5"
MOST_ERRORS: Final = 20
INVALID_QUERY: Final = "invalid_query"

STATUS: Final[Mapping[type[DedupeError], int]] = {
    InvalidArticle: 422,
    ReusedIdempotencyKey: 422,
    InvalidQuery: 422,
    UnknownArticle: 404,
    WithdrawnArticle: 410,
    UnknownCluster: 404,
    InvalidCorrection: 422,
    Contradiction: 409,
    UnknownConstraint: 404,
    AlreadyUndone: 409,
    InvalidSettings: 422,
    UnknownJob: 404,
    JobConflict: 409,
    UnreadableInput: 400,
    MissingLibrary: 501,
    StoreError: 503,
    StoreUnavailable: 503,
    StoreMismatch: 503,
}

CODES: Final[Mapping[int, str]] = {
    404: "not_found",
    405: "method_not_allowed",
    413: "body_too_large",
    415: "unsupported_media_type",
    422: "invalid_request",
}


class Problem(Exception):
    """A request that cannot be answered as asked."""

    def __init__(
        self, status: int, code: str, detail: str, errors: Sequence[Mapping[str, str]] = (), **headers: str
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.code = code
        self.detail = detail
        self.errors = list(errors)
        self.extension: Mapping[str, Any] = {}
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}

    def document(self) -> dict[str, Any]:
        """Return the members of the problem document."""
        document: dict[str, Any] = {
            "type": "about:blank",
            "title": HTTPStatus(self.status).phrase,
            "status": self.status,
            "code": self.code,
            "detail": self.detail,
        }
        if self.errors:
            document["errors"] = self.errors
        return document | dict(self.extension)

    def response(self) -> Response:
        """Return the problem as an HTTP response."""
        body = orjson.dumps(self.document(), option=orjson.OPT_UTC_Z)
        return Response(body, self.status, headers=self.headers, media_type=MEDIA_TYPE)


def problem_of(error: DedupeError) -> Problem:
    """Return the problem that an error of the engine is to whoever asked."""
    status = next(STATUS[kind] for kind in type(error).__mro__ if kind in STATUS)
    errors = []
    if isinstance(error, (InvalidArticle, InvalidCorrection, InvalidQuery, InvalidSettings)):
        errors = [{"field": error.field, "reason": error.reason}]
    headers = {"Retry_After": RETRY_SECONDS} if status == HTTPStatus.SERVICE_UNAVAILABLE else {}
    problem = Problem(status, error.code, str(error), errors, **headers)
    if isinstance(error, Contradiction):
        problem.extension = {"standing": error.standing, "refused": error.refused}
    return problem


def problem_of_body(error: ValidationError, code: str = InvalidArticle.code) -> Problem:
    """Return the problem with a body that is not what was asked for; never repeats what the body says."""
    first = error.errors(include_url=False, include_input=False, include_context=False)
    if first[0]["type"] == "json_invalid":
        reason = first[0]["msg"].removeprefix("Invalid JSON: ")
        if "hex escape" in reason:
            reason += r"; \ud800 to \udfff are halves of a character and stand for nothing alone"
        errors = [{"field": "body", "reason": reason}]
        return Problem(400, "malformed_json", f"the body is not JSON: {reason}", errors)
    return problem_with(code, ((".".join(map(str, entry["loc"])) or "body", entry["msg"]) for entry in first))


def problem_with(code: str, fields: Iterable[tuple[str, str]]) -> Problem:
    """Return the problem with several fields, each with what is wrong with it; the first are told."""
    errors = [{"field": field, "reason": reason} for field, reason in islice(fields, MOST_ERRORS)]
    return Problem(422, code, "; ".join(f"{one['field']}: {one['reason']}" for one in errors[:3]), errors)


def problem_of_query(error: RequestValidationError) -> Problem:
    """Return the problem with parameters that cannot be used."""
    return problem_with(INVALID_QUERY, ((_parameter(entry["loc"]), str(entry["msg"])) for entry in error.errors()))


def problem_of_request(error: RequestValidationError) -> Problem:
    """Return the problem with a body that FastAPI looked at; never repeats what the body says."""
    if error.errors()[0]["type"] == "json_invalid":
        return Problem(400, "malformed_json", "the body is not JSON")
    fields = ((".".join(map(str, entry["loc"][1:])) or "body", str(entry["msg"])) for entry in error.errors())
    return problem_with("invalid_webhook", fields)


def problem_of_address(request: Request, error: HTTPException) -> Problem:
    """Return the problem with a request for what no route answers."""
    detail = str(error.detail)
    if error.status_code == HTTPStatus.NOT_FOUND:
        detail = f"there is nothing at {request.url.path}; /docs lists what there is"
    problem = Problem(error.status_code, CODES.get(error.status_code, "http_error"), detail)
    problem.headers = dict(error.headers or {})
    if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        problem.headers["Allow"] = allowed = ", ".join(_methods_at(request))
        problem.detail = f"{request.method} is not possible at {request.url.path}, only {allowed}"
    return problem


def defect() -> Problem:
    """Return the problem that an error of ours is: it says nothing of itself."""
    return Problem(500, "internal_error", "an error of ours; the log has it under this request's X-Request-ID")


def _parameter(place: Sequence[int | str]) -> str:
    """Return the name of a parameter from its place, such as ``("query", "kind", 0)``."""
    return str(place[1] if len(place) > 1 else place[0])


def install(app: FastAPI) -> None:
    """Answer every error of a route with a problem document; others are answered by the middleware."""

    @app.exception_handler(Problem)
    async def on_problem(_: Request, problem: Problem) -> Response:
        return problem.response()

    @app.exception_handler(DedupeError)
    async def on_dedupe_error(_: Request, error: DedupeError) -> Response:
        return problem_of(error).response()

    @app.exception_handler(ClientDisconnect)
    async def on_disconnect(_: Request, __: ClientDisconnect) -> Response:
        return Problem(400, "incomplete_body", "the connection ended before the body did").response()

    @app.exception_handler(RequestValidationError)
    async def on_invalid_query(_: Request, error: RequestValidationError) -> Response:
        is_body = any(entry["loc"][0] == "body" for entry in error.errors())
        return (problem_of_request(error) if is_body else problem_of_query(error)).response()


def _methods_at(request: Request) -> list[str]:
    """Return the methods that an address takes: several routes may share it (RFC 9110, section 10.2.1)."""
    here = (route for route in _walked(request.app.routes) if route.matches(request.scope)[0] is not Match.NONE)
    methods = {method for route in here for method in route.methods or ()}
    return sorted(methods | ({"HEAD"} if "GET" in methods else set()))


def _walked(routes: Iterable[BaseRoute]) -> Iterator[Route]:
    """Yield routes, those of routers among them, which newer versions of FastAPI keep as they were included."""
    for route in routes:
        router = getattr(route, "original_router", None)
        if router is not None:
            yield from _walked(router.routes)
        elif isinstance(route, Route):
            yield route
