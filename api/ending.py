"""The end of the service, as those notice it who are still being sent something."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any


class ServiceEnds(Exception):
    """The service ends before the body did."""


class Ending:
    """Whether the service ends; a body that is still coming in is read no further then."""

    def __init__(self) -> None:
        self._begun = asyncio.Event()

    def begin(self) -> None:
        """Let the end begin."""
        self._begun.set()

    async def cut(self, parts: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
        """Yield the parts of a body until the service ends; raise `ServiceEnds` when they were not all."""
        ended = asyncio.ensure_future(self._begun.wait())
        try:
            while (part := await self._next(parts, ended)) is not None:
                yield part
        finally:
            ended.cancel()

    @staticmethod
    async def _next(parts: AsyncIterator[bytes], ended: asyncio.Future[Any]) -> bytes | None:
        coming: asyncio.Future[Any] = asyncio.ensure_future(_part(parts))
        try:
            await asyncio.wait((coming, ended), return_when=asyncio.FIRST_COMPLETED)
            if ended.done():
                raise ServiceEnds
            part: bytes | None = coming.result()
            return part
        finally:
            if not coming.cancel():
                coming.exception()  # it was looked at; a part that came too late may have failed


async def _part(parts: AsyncIterator[bytes]) -> bytes | None:
    return await anext(parts, None)
