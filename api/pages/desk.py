"""What every page is given, and how its errors are told to a person."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Annotated, Any, Final

from fastapi import Depends, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute

from api.deps import Service, ServiceDep
from api.pages.rendering import page
from api.problems import Problem, problem_of
from dedupe.archive import Archive
from dedupe.errors import DedupeError
from dedupe.store.protocol import Catalogue

_WHAT_NOW: Final = {
    404: "It may have been mistyped, or never have been here. Merged clusters keep answering under their old ids.",
    410: "It was taken down: nothing but its id is left.",
    503: "Nothing is lost. Load the page again in a moment; if it stays like this, tell whoever runs this server.",
}


@dataclass(frozen=True, slots=True)
class Desk:
    """A request for a page: what it can be answered from, and when it came."""

    request: Request
    service: Service
    now: datetime

    @property
    def catalogue(self) -> Catalogue:
        """Return what there is to be seen."""
        return self.service.catalogue

    @property
    def archive(self) -> Archive:
        """Return what can be known of articles."""
        return self.service.archive

    def show(self, template: str, status: int = 200, **context: Any) -> Response:
        """Return a page."""
        return page(template, self._common() | context, status)

    def refuse(self, problem: Problem) -> Response:
        """Return the page that tells of a problem."""
        title = HTTPStatus(problem.status).phrase
        answer = self.show(
            "problem", problem.status, title=title, problem=problem, what_now=_WHAT_NOW.get(problem.status, "")
        )
        answer.headers.update(problem.headers)
        return answer

    def _common(self) -> dict[str, Any]:
        return {
            "now": self.now,
            "last_seq": self.service.feed.last_seq,
            "path": self.request.url.path,
            "base_url": str(self.request.base_url),
        }


async def _desk(request: Request, service: ServiceDep) -> Desk:
    return Desk(request, service, datetime.now(UTC))


DeskDep = Annotated[Desk, Depends(_desk)]


class PageRoute(APIRoute):
    """A route whose errors are pages too."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return what answers a request."""
        answer = super().get_route_handler()

        async def answer_person(request: Request) -> Response:
            try:
                return await answer(request)
            except Problem as problem:
                return await _told(request, problem)
            except DedupeError as error:
                return await _told(request, problem_of(error))
            except RequestValidationError as error:
                first = error.errors()[0]
                detail = f"{first['loc'][-1]}: {first['msg']}"
                return await _told(request, Problem(422, "invalid_query", detail))

        return answer_person


async def _told(request: Request, problem: Problem) -> Response:
    return (await _desk(request, request.app.state.service)).refuse(problem)
