"""Answers, kept as they were sent: while nothing happens, who asks the same is answered with the same bytes.

Requests for the same that come together are answered by one of them: the others wait for it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from starlette.types import Message, Receive, Scope, Send

KEPT_SECONDS: Final = 1.0
"""Velocities are told as of now: in a second they lose a thirty-thousandth."""
MOST_BYTES: Final = 16 << 20
MOST_ANSWERS: Final = 1_000
MOST_PLACES: Final = 10_000
"""So many places are remembered beyond their answers: who has one needs no more than to be told that it still holds."""
_LARGEST_BYTES: Final = MOST_BYTES // 16


@dataclass(frozen=True, slots=True)
class Kept:
    """An answer in one piece: how it begins, its body, the version that its tag names, and when it was made."""

    start: Message
    body: Message
    version: int | str
    made_at: float

    @property
    def size(self) -> int:
        """Return the bytes of the body."""
        return len(self.body.get("body", b""))

    @property
    def is_fresh(self) -> bool:
        """Return whether it may still be told to who does not have it."""
        return asyncio.get_running_loop().time() - self.made_at < KEPT_SECONDS

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002  ASGI's signature
        """Send the answer once more."""
        await send(dict(self.start))  # whoever sends it on may add headers
        await send(self.body)


Finish = Callable[[Kept | None], None]
"""Takes an answer that was made; None where it cannot be kept."""


class KeptAnswers:
    """The answers to what was asked since the newest event, by number of that event and place asked for.

    To be used by one event loop.
    """

    def __init__(self) -> None:
        self._answers: dict[str, Kept] = {}
        self._being_made: dict[tuple[int, str], asyncio.Future[Kept | None]] = {}
        self._routes: dict[str, object] = {}
        self._seq = 0
        self._bytes = 0

    async def find(self, seq: int, place: str) -> Kept | None:
        """Return the answer that was made for ``place`` after the event ``seq``, however old, or is just being made."""
        being_made = self._being_made.get((seq, place))
        if being_made is not None:
            return await asyncio.shield(being_made)  # others wait for it, too
        return self._answers.get(place) if seq == self._seq else None

    def route_of(self, place: str) -> object | None:
        """Return the route that answered for ``place`` last; None for one that is not remembered."""
        return self._routes.get(place)

    @contextmanager
    def making(self, seq: int, place: str, route: object) -> Iterator[Finish]:
        """Have a route answer, and tell that to those who come for the same meanwhile; they go on alone without it."""
        self._routes.pop(place, None)
        self._routes[place] = route
        if len(self._routes) > MOST_PLACES:
            del self._routes[next(iter(self._routes))]
        made: asyncio.Future[Kept | None] = asyncio.get_running_loop().create_future()
        is_first = self._being_made.setdefault((seq, place), made) is made

        def finish(kept: Kept | None) -> None:
            if made.done():
                return
            made.set_result(kept)
            if is_first:
                del self._being_made[seq, place]
            if kept is not None:
                self._keep(seq, place, kept)

        try:
            yield finish
        finally:
            finish(None)

    def _keep(self, seq: int, place: str, kept: Kept) -> None:
        if seq < self._seq or kept.size > _LARGEST_BYTES:
            return
        if seq > self._seq:
            self._answers, self._seq, self._bytes = {}, seq, 0
        self._forget(place)
        self._answers[place] = kept
        self._bytes += kept.size
        while self._bytes > MOST_BYTES or len(self._answers) > MOST_ANSWERS:
            self._forget(next(iter(self._answers)))

    def _forget(self, place: str) -> None:
        if (before := self._answers.pop(place, None)) is not None:
            self._bytes -= before.size


def keeping(send: Send, version: Callable[[], int | str], finish: Finish) -> Send:
    """Return a way to send an answer by which it is kept if it comes in one piece.

    Nothing is sent before that is known: those who wait for the answer do not wait for a slow reader of it.
    """
    begun: list[Message] = []

    async def send_keeping(message: Message) -> None:
        if message["type"] == "http.response.start":
            begun.append(message)
            return
        if begun:
            start = begun.pop()
            is_whole = start["status"] == 200 and not message.get("more_body")
            now = asyncio.get_running_loop().time()
            finish(Kept(dict(start), message, version(), now) if is_whole else None)
            await send(start)
        await send(message)

    return send_keeping
