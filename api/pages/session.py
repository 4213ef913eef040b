"""Signing in with an API key, and out."""

from __future__ import annotations

from typing import Final, cast

from fastapi import APIRouter, Response
from fastapi.responses import RedirectResponse

from api.access import EVERYBODY
from api.pages.forms import read_form
from api.pages.visit import PageRoute, VisitDep
from api.problems import Problem
from api.sessions import COOKIE, LENGTH, Sessions

router = APIRouter(include_in_schema=False, route_class=PageRoute)

_REFUSED: Final = (
    "This key is not known here. Check that it was copied whole; keys begin with sfk_ or are those of the key file."
)


@router.get("/sign-in", openapi_extra=EVERYBODY)
def sign_in_page(visit: VisitDep, next: str = "/") -> Response:  # noqa: A002  the name in the address
    """Ask for a key."""
    return visit.show("sign_in", next=_ours(next), problem=None)


@router.post("/sign-in", openapi_extra=EVERYBODY)
async def sign_in(visit: VisitDep) -> Response:
    """Begin a session and go on to where the visitor wanted to go; ask again where the key is not known."""
    form = await read_form(visit)
    onward = _ours(form.one("next"))
    try:
        cookie = _sessions(visit).begin(form.one("key"))
    except Problem as problem:
        said = problem.detail if problem.code == "revoked_key" else _REFUSED
        return visit.show("sign_in", problem.status, next=onward, problem=said)
    answer = RedirectResponse(onward, 303)
    is_secure = visit.request.url.scheme == "https"
    answer.set_cookie(COOKIE, cookie, max_age=LENGTH, httponly=True, samesite="lax", secure=is_secure)
    return answer


@router.post("/sign-out", openapi_extra=EVERYBODY)
async def sign_out(visit: VisitDep) -> Response:
    """End the session."""
    await read_form(visit)
    _sessions(visit).end(visit.request.cookies.get(COOKIE, ""))
    answer = RedirectResponse("/sign-in", 303)
    answer.delete_cookie(COOKIE)
    return answer


def _sessions(visit: VisitDep) -> Sessions:
    return cast("Sessions", visit.request.app.state.sessions)


def _ours(address: str) -> str:
    r"""Return an address of ours, the front page for any other.

    >>> [_ours(address) for address in ("/c?x=1", "//evil.example", "/\\evil.example", "https://evil.example", "")]
    ['/c?x=1', '/', '/', '/', '/']
    """
    is_ours = address.startswith("/") and not address.startswith("//") and "\\" not in address
    return address if is_ours and address.isprintable() else "/"
