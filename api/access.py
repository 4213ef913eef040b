"""Who may come in: a key is asked for around every request, its scope at the route."""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import quote

from fastapi import Response
from fastapi.responses import RedirectResponse
from fastapi.routing import APIRoute
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.keyring import KeyRing
from api.parameters import check, taken_by
from api.problems import Problem
from api.rates import Rates
from api.sessions import Sessions
from dedupe import access
from dedupe.access import AccessKey

OPEN_PATHS: Final = frozenset({"/healthz", "/readyz", "/sign-in"})
OPEN_FOLDER: Final = "/static/"
API: Final = "/v1/"
"""What lies here is asked for by programs; pages pass over what others add to their addresses."""
SCHEME: Final = "key"
_HOLDER: Final = "storyfold.key"

EVERYBODY: Final[dict[str, Any]] = {"security": []}
"""What a route says that needs no key."""


def needs(scope: access.Scope) -> dict[str, Any]:
    """Return what a route says in ``openapi_extra`` that needs a key with ``scope``."""
    return {"security": [{SCHEME: [scope.value]}]}


def holder_of(scope: Scope) -> AccessKey | None:
    """Return the key that a request came with; None where nobody is asked for one."""
    holder: AccessKey | None = scope.get(_HOLDER)
    return holder


class ScopedRoute(APIRoute):
    """A route that names the scope it needs, and keeps out keys without it; one that names none is a defect."""

    def __init__(self, path: str, *arguments: Any, **options: Any) -> None:
        super().__init__(path, *arguments, **options)
        self.scope = _scope_named(path, self.openapi_extra or {})
        self.parameters = taken_by(self.dependant) if path.startswith(API) else None

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request whose key opens the scope; raise a 403 or 422 `Problem` for another."""
        holder = holder_of(scope)
        if holder is not None and self.scope is not None and not holder.opens(self.scope):
            raise _missing(self.scope, holder)
        if self.parameters is not None:
            check(scope["query_string"], self.parameters)
        await self.answer(scope, receive, send)

    async def answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request that may be made."""
        await super().handle(scope, receive, send)


class Guarded:
    """Asks for an API key where there is one, and counts how often it asks."""

    def __init__(self, app: ASGIApp, ring: KeyRing, rates: Rates, sessions: Sessions) -> None:
        self._app = app
        self._ring = ring
        self._rates = rates
        self._sessions = sessions

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on if its key is known and may ask again already."""
        if scope["type"] != "http" or _is_open(scope["path"]) or not self._ring.is_asked_for:
            await self._app(scope, receive, send)
            return
        try:
            holder = self._holder(scope)
            left = await self._rates.spend(holder.key_id, holder.rate)
        except Problem as problem:
            answer = _to_sign_in(scope) if problem.status == 401 and is_page(scope) else problem.response()
            await answer(scope, receive, send)
            return

        async def send_telling(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *left]
            await send(message)

        scope[_HOLDER] = holder
        await self._app(scope, receive, send_telling)

    def _holder(self, scope: Scope) -> AccessKey:
        """Return the key a request came with, in its header or by its session; raise a 401 `Problem`."""
        given = _authorization(scope)
        return (None if given else self._sessions.holder(scope)) or self._ring.holder(given)


def _is_open(path: str) -> bool:
    return path in OPEN_PATHS or path.startswith(OPEN_FOLDER)


def is_page(scope: Scope) -> bool:
    """Return whether a person asks for a page."""
    accepted = next((value for name, value in scope["headers"] if name == b"accept"), b"")
    return b"text/html" in accepted and scope["method"] == "GET" and not scope["path"].startswith(API)


def _to_sign_in(scope: Scope) -> Response:
    asked = quote(scope["path"] + (f"?{scope['query_string'].decode('latin-1')}" if scope["query_string"] else ""), "")
    return RedirectResponse(f"/sign-in?next={asked}", 303)


def _authorization(scope: Scope) -> str:
    return next((value.decode("latin-1") for name, value in scope["headers"] if name == b"authorization"), "")


def _scope_named(path: str, extra: dict[str, Any]) -> access.Scope | None:
    if "security" not in extra:
        raise TypeError(f"the route {path} names no scope: give it openapi_extra=needs(…)")
    return next((access.Scope(name) for entry in extra["security"] for name in entry[SCHEME]), None)


def _missing(scope: access.Scope, holder: AccessKey) -> Problem:
    has = ", ".join(sorted(holder.scopes)) or "nothing"
    detail = f"this needs a key with the scope '{scope}'; yours opens {has}. Whoever runs this server makes keys"
    challenge = f'Bearer error="insufficient_scope", scope="{scope}"'
    return Problem(403, "missing_scope", detail, WWW_Authenticate=challenge)
