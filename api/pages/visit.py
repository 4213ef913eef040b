"""What every page is given, and how its errors are told to a person."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Annotated, Any, Final
from urllib.parse import urlsplit

from fastapi import Depends, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.types import Receive, Send
from starlette.types import Scope as Asked

from api.access import ScopedRoute, holder_of
from api.deps import Service, ServiceDep
from api.pages.rendering import page
from api.problems import Problem, problem_of
from api.sessions import has_session
from api.visibility import may_see_embargoed
from dedupe.access import AccessKey, Scope
from dedupe.archive import Archive
from dedupe.errors import DedupeError
from dedupe.store.protocol import Catalogue

FORM_COOKIE: Final = "storyfold_form"
_WHAT_NOW: Final = {
    403: "Sign in with another key, or ask whoever runs this server for one.",
    404: "It may have been mistyped, or never have been here. Merged clusters keep answering under their old ids.",
    410: "It was taken down: nothing but its id is left.",
    503: "Nothing is lost. Load the page again in a moment; if it stays like this, tell whoever runs this server.",
}


@dataclass(frozen=True, slots=True)
class Visit:
    """A request for a page: what it can be answered from, when it came, and what its forms must bring back.

    ``last_seq`` is the number of the newest event when it came: what is read for it may be newer, never older.
    """

    request: Request
    service: Service
    now: datetime
    last_seq: int
    fresh_token: str = field(default_factory=lambda: secrets.token_urlsafe(24))

    @property
    def holder(self) -> AccessKey | None:
        """Return the key that the visitor signed in with; None where nobody is asked for one."""
        return holder_of(self.request.scope)

    @property
    def may_edit(self) -> bool:
        """Return whether the visitor may decide."""
        return self.holder is None or self.holder.opens(Scope.EDIT)

    @property
    def may_administer(self) -> bool:
        """Return whether the visitor may re-index."""
        return self.holder is None or self.holder.opens(Scope.ADMIN)

    @property
    def catalogue(self) -> Catalogue:
        """Return what the visitor may see."""
        whole = self.service.catalogue
        return whole.unveiled if may_see_embargoed(self.request) else whole

    @property
    def archive(self) -> Archive:
        """Return what the visitor may know of articles."""
        return Archive(self.catalogue, self.service.engine.settings)

    def show(self, template: str, status: int = 200, **context: Any) -> Response:
        """Return a page."""
        answer = page(template, self._common() | context, status)
        if FORM_COOKIE not in self.request.cookies:
            secure = self.request.url.scheme == "https"
            answer.set_cookie(FORM_COOKIE, self.fresh_token, httponly=True, samesite="strict", secure=secure)
        return answer

    def refuse(self, problem: Problem) -> Response:
        """Return the page that tells of a problem."""
        title = HTTPStatus(problem.status).phrase
        what_now = _WHAT_NOW.get(problem.status, "")
        answer = self.show("problem", problem.status, title=title, problem=problem, what_now=what_now)
        answer.headers.update(problem.headers)
        return answer

    def check_form(self, token: str) -> None:
        """Raise a 403 `Problem` where a form does not come from a page that this browser was given by us."""
        headers = self.request.headers
        is_ours = headers.get("sec-fetch-site", "same-origin") in ("same-origin", "none")
        origin = headers.get("origin")
        if origin is not None and urlsplit(origin).netloc != headers.get("host"):
            is_ours = False
        known = self.request.cookies.get(FORM_COOKIE, "")
        if not (is_ours and known and hmac.compare_digest(known.encode(), token.encode())):
            raise Problem(
                403, "foreign_form", "this form was not sent from a page of ours; load the page and send again"
            )

    def _common(self) -> dict[str, Any]:
        return {
            "now": self.now,
            "last_seq": self.last_seq,
            "path": self.request.url.path,
            "base_url": str(self.request.base_url),
            "holder": self.holder,
            "is_signed_in": has_session(self.request.scope),
            "may_edit": self.may_edit,
            "may_administer": self.may_administer,
            "token": self.request.cookies.get(FORM_COOKIE) or self.fresh_token,
        }


async def _visit(request: Request, service: ServiceDep) -> Visit:
    return Visit(request, service, datetime.now(UTC), service.feed.last_seq)


VisitDep = Annotated[Visit, Depends(_visit)]


class PageRoute(ScopedRoute):
    """A route whose errors are pages too."""

    async def handle(self, scope: Asked, receive: Receive, send: Send) -> None:
        """Answer a request, or tell what its key does not open."""
        try:
            await super().handle(scope, receive, send)
        except Problem as problem:
            answer = await told(Request(scope), problem)
            await answer(scope, receive, send)

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return what answers a request."""
        answer = super().get_route_handler()

        async def answer_person(request: Request) -> Response:
            try:
                return await answer(request)
            except Problem as problem:
                return await told(request, problem)
            except DedupeError as error:
                return await told(request, problem_of(error))
            except RequestValidationError as error:
                first = error.errors()[0]
                detail = f"{first['loc'][-1]}: {first['msg']}"
                return await told(request, Problem(422, "invalid_query", detail))

        return answer_person


async def told(request: Request, problem: Problem) -> Response:
    """Return the page that tells a person of a problem."""
    return (await _visit(request, request.app.state.service)).refuse(problem)
