"""Conditional GETs: the entity tag of every answer, and 304 for who has the answer already.

An answer is told from others by its address, by what its reader may see, and by its version: the number of
the newest event when it was begun, or what its route puts in that place. What was just answered is answered
again by `Repeated`, around the routes; anything else by its route, which is a `TaggedRoute` or a `LogRoute`.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any, Final, cast

from fastapi import Request, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.access import ScopedRoute, holder_of
from api.deps import Service
from api.kept import keeping

_ASKED: Final = "storyfold.asked"
_TAGGED: Final = frozenset({200, 304})
_DIGEST_BYTES: Final = 12


class NotModified(Exception):
    """The client has this answer already."""


@dataclass(slots=True)
class Asked:
    """What a GET asks for, after which event, and the tags that the client has.

    The ``version`` is that of the answer: the number of the event, unless the route puts another in its place.
    """

    place: str
    known: str
    seq: int
    version: int | str

    @property
    def tag(self) -> str:
        """Return the weak entity tag: two answers with the same tag say the same."""
        return f'W/"{self.version}-{self.place}"'

    def is_known(self, version: int | str) -> bool:
        """Return whether the client has this version already."""
        tag = f'"{version}-{self.place}"'
        return tag in (entry.strip().removeprefix("W/") for entry in self.known.split(","))


class Repeated:
    """Answers what was just answered before its route is looked for, which takes longer than the answer.

    Whoever it is told to may see what it was made for: the place of an answer says that. It goes within whatever
    asks for keys, so that it knows.
    """

    def __init__(self, app: ASGIApp, service: Service) -> None:
        self._app = app
        self._service = service

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Tell a GET what was just answered, or that it is known; pass any other request on."""
        if scope["type"] != "http" or scope["method"] != "GET":
            await self._app(scope, receive, send)
            return
        asked = scope[_ASKED] = _asked(scope, self._service)
        answers = self._service.answers
        kept, route = await answers.find(asked.seq, asked.place), answers.route_of(asked.place)
        version = kept.version if kept else asked.seq
        answer: ASGIApp | None = kept if kept and kept.is_fresh else None
        if asked.is_known(version):
            answer = not_modified()
        if route is None or answer is None:
            await self._app(scope, receive, send)
            return
        scope["route"], asked.version = route, version
        await answer(scope, receive, tagging(asked, send))


class TaggedRoute(ScopedRoute):
    """A route whose GETs, where they say that they answer 304, carry entity tags.

    Their version is what they say to `check_known` or `unless_same`.
    """

    def __init__(self, path: str, *arguments: Any, **options: Any) -> None:
        super().__init__(path, *arguments, **options)
        self.is_tagged = 304 in self.responses

    async def answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request; tag the answer if it is a GET of what has versions."""
        asked: Asked | None = scope.get(_ASKED) if self.is_tagged else None
        if asked is None:
            await super().answer(scope, receive, send)
            return
        await self.answer_tagged(asked, scope, receive, tagging(asked, send))

    async def answer_tagged(self, asked: Asked, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002  for `LogRoute`
        """Answer a GET of what has versions."""
        await super().answer(scope, receive, send)


class LogRoute(TaggedRoute):
    """A route whose answers follow from the log alone: while nothing happens they stay as they are.

    Who has the answer is told so before anything is looked up. That is right for an answer with a version of
    its own, too, such as the last event of its cluster: if that is the newest event, nothing has happened since.
    What is answered is kept for `Repeated`.
    """

    async def answer_tagged(self, asked: Asked, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer 304 to who has the newest answer, and others with it."""
        if asked.is_known(asked.version):
            await not_modified()(scope, receive, send)
            return
        with _service(scope).answers.making(asked.seq, asked.place, scope["route"]) as finish:
            sending = keeping(send, lambda: asked.version, finish)
            await super().answer_tagged(asked, scope, receive, sending)


def tagging(asked: Asked, send: Send) -> Send:
    """Return a way to send an answer by which it carries the tag of what was asked for."""

    async def send_tagged(message: Message) -> None:
        if message["type"] == "http.response.start" and message["status"] in _TAGGED:
            message["headers"] = [*message["headers"], (b"etag", asked.tag.encode())]
        await send(message)

    return send_tagged


def check_known(request: Request, version: int | str) -> None:
    """Give an answer another version than the log's; raise `NotModified` where the client has it.

    Numbers are of events; anything else is spelt so that it is none.
    """
    asked = cast("Asked", request.scope[_ASKED])
    asked.version = version
    if asked.is_known(version):
        raise NotModified


def unless_same(request: Request, answer: Response) -> Response:
    """Return an answer whose version is what it says; raise `NotModified` where the client has just that."""
    check_known(request, f"as-{hashlib.blake2b(answer.body, digest_size=_DIGEST_BYTES).hexdigest()}")
    return answer


def not_modified() -> Response:
    """Return the answer to a client that has what it asks for."""
    return Response(status_code=304)


def _asked(scope: Scope, service: Service) -> Asked:
    known = b",".join(value for name, value in scope["headers"] if name == b"if-none-match")
    seq = service.feed.last_seq  # taken before anything is read: that may be newer, never older
    return Asked(_place(scope, service.run), known.decode("latin-1"), seq, version=seq)


def _service(scope: Scope) -> Service:
    return cast("Service", scope["app"].state.service)


def _place(scope: Scope, run: bytes) -> str:
    """Return what stands for an address as one reader sees it.

    Readers see what their scopes open, however they say who they are. Another ``run`` of the service may
    tell the same otherwise: it may be newer, or serve an older backup under numbers that were given out before.
    """
    holder = holder_of(scope)
    sees = "all" if holder is None else " ".join(sorted(holder.scopes))
    place = hashlib.blake2b(key=run, digest_size=_DIGEST_BYTES)
    place.update(b"%b?%b#%b" % (scope["path"].encode("utf-8", "surrogateescape"), scope["query_string"], sees.encode()))
    return place.hexdigest()
