"""How a request fails: everything that the client raises.

ClientError
├── ApiProblem         the server refused, and says why
├── Unreachable        no answer came, however often it was asked
└── UnexpectedAnswer   something answered that is no Storyfold server of this version
"""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Final

import httpx
from pydantic import ValidationError

from api.schemas import ProblemOut

_BUSY: Final = frozenset(
    {HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.BAD_GATEWAY, HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.GATEWAY_TIMEOUT}
)


class ClientError(Exception):
    """A request that was not answered as asked."""


class Unreachable(ClientError):
    """No answer came, however often it was asked; the cause is httpx's error."""


class UnexpectedAnswer(ClientError):
    """An answer that cannot be read: not from a Storyfold server, or from one of another version."""


class ApiProblem(ClientError):
    """The server refused: ``problem`` is its problem document.

    ``retry_after_seconds`` is how long it asks to wait, None when it does not; ``request_id`` names the request in
    the server's log.
    """

    def __init__(self, problem: ProblemOut, headers: httpx.Headers | None = None) -> None:
        super().__init__(f"{problem.detail} ({problem.status} {problem.code})")
        headers = headers or httpx.Headers()
        self.problem = problem
        self.retry_after_seconds = seconds_to_wait(headers.get("retry-after"))
        self.request_id = headers.get("x-request-id")

    @property
    def status(self) -> int:
        """Return the HTTP status."""
        return self.problem.status

    @property
    def code(self) -> str:
        """Return the stable code that docs/api.md lists."""
        return self.problem.code


def problem_in(answer: httpx.Response) -> ApiProblem:
    """Return the problem that an answer tells of; one in another form, as of a proxy, has the code ``http_error``."""
    try:
        problem = ProblemOut.model_validate_json(answer.content)
    except ValidationError:
        problem = ProblemOut(
            type="about:blank",
            title=answer.reason_phrase,
            status=answer.status_code,
            code="http_error",
            detail=f"{answer.url.host} answered {answer.status_code} without saying why",
        )
    return ApiProblem(problem, answer.headers)


def seconds_to_wait(retry_after: str | None) -> float | None:
    """Return the seconds that a ``Retry-After`` asks for, None when it asks for nothing that can be read.

    >>> seconds_to_wait("5"), seconds_to_wait("soon")
    (5.0, None)
    """
    if retry_after is None:
        return None
    if retry_after.isascii() and retry_after.isdigit():
        return float(retry_after[:9])
    try:
        moment = parsedate_to_datetime(retry_after)
    except ValueError:
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max((moment - datetime.now(UTC)).total_seconds(), 0.0)


def is_busy(status: int) -> bool:
    """Tell whether the same request may well succeed a little later."""
    return status in _BUSY
