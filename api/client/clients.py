"""The two clients: one that waits for answers, and one for programs that do other things meanwhile."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from importlib.metadata import version
from typing import Any, Final, Self, TypeVar

import httpx

from api.client.methods import Awaiting, Blocking, Methods
from api.client.problem import ApiProblem
from api.client.request import Request
from api.client.retries import Retries
from api.client.walks import Walk

Answer = TypeVar("Answer")
Row = TypeVar("Row")

TIMEOUT_SECONDS: Final = 90.0
"""Longer than the service holds back the answer to whoever waits for a change."""
_DEFAULT: Final = Retries()


class Client(Methods, Blocking):
    """Asks a Storyfold server, and waits for its answers; may be shared by threads.

    ``transport`` is another way to reach the server, such as ``httpx.HTTPTransport(proxy=…)``.
    """

    def __init__(
        self,
        server: str,
        key: str | None = None,
        *,
        retries: Retries = _DEFAULT,
        timeout_seconds: float = TIMEOUT_SECONDS,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self._retries = retries
        self._http = httpx.Client(transport=transport, **_settings(server, key, timeout_seconds))

    def send(self, request: Request[Answer]) -> Answer:
        """Send a request, again where that helps, and return its answer; raise `ClientError`."""
        failed = 0
        while True:
            try:
                return request.answer(self._http.request(**_asked(request)))
            except (httpx.RequestError, ApiProblem) as failure:
                failed += 1
                time.sleep(self._retries.wait_seconds(request, failure, failed))

    def walk(self, walk: Walk[Row]) -> Iterator[Row]:
        """Yield the rows of all answers; raise `ClientError`."""
        while (request := walk.ask()) is not None:
            yield from walk.take(self.send(request))

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class AsyncClient(Methods, Awaiting):
    """Asks a Storyfold server, and lets others go on until the answer is there; for one event loop."""

    def __init__(
        self,
        server: str,
        key: str | None = None,
        *,
        retries: Retries = _DEFAULT,
        timeout_seconds: float = TIMEOUT_SECONDS,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self._retries = retries
        self._http = httpx.AsyncClient(transport=transport, **_settings(server, key, timeout_seconds))

    async def send(self, request: Request[Answer]) -> Answer:
        """Send a request, again where that helps, and return its answer; raise `ClientError`."""
        failed = 0
        while True:
            try:
                return request.answer(await self._http.request(**_asked(request)))
            except (httpx.RequestError, ApiProblem) as failure:
                failed += 1
                await asyncio.sleep(self._retries.wait_seconds(request, failure, failed))

    async def walk(self, walk: Walk[Row]) -> AsyncIterator[Row]:
        """Yield the rows of all answers; raise `ClientError`."""
        while (request := walk.ask()) is not None:
            for row in walk.take(await self.send(request)):
                yield row

    async def close(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()


def _settings(server: str, key: str | None, timeout_seconds: float) -> dict[str, Any]:
    headers = {"User-Agent": f"storyfold-client/{version('storyfold')}"}
    if key is not None:
        headers["Authorization"] = f"Bearer {key}"
    # A merged cluster's id leads on to the survivor; httpx takes no key along to another host.
    return {"base_url": server, "headers": headers, "timeout": timeout_seconds, "follow_redirects": True}


def _asked(request: Request[Any]) -> dict[str, Any]:
    return {
        "method": request.method,
        "url": request.path,
        "params": dict(request.params),
        "headers": dict(request.headers),
        "content": request.content or None,
    }
