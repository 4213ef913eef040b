"""Getting a feed, or a page, from somebody else's server: bounded, patient, and never from inside our network."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from importlib.metadata import version
from typing import Final, Self

import httpx

from api.client.problem import seconds_to_wait
from api.feeds.outlines import is_web_address
from api.webhooks.sending import ForbiddenAddress, GuardedTransport

TIMEOUT_SECONDS: Final = 30.0
SPACING_SECONDS: Final = 1.0
"""Between two requests to one host."""
MOST_REDIRECTS: Final = 5
_FOR_GOOD: Final = (HTTPStatus.MOVED_PERMANENTLY, HTTPStatus.PERMANENT_REDIRECT)


class FetchFailed(Exception):
    """Nothing was got; the message says why, ``retry_after_seconds`` how long the server asks to be left alone."""

    def __init__(self, reason: str, retry_after_seconds: float | None = None) -> None:
        super().__init__(reason)
        self.retry_after_seconds = retry_after_seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """What was got, what to ask with the next time, and where it is from now on if it moved for good."""

    content: bytes
    charset: str | None
    validators: Mapping[str, str]
    moved_to: str | None


class Fetcher:
    """Gets one thing at a time from each host, with a pause between."""

    def __init__(self, *, allow_private: bool, spacing_seconds: float = SPACING_SECONDS) -> None:
        self._spacing_seconds = spacing_seconds
        self._turns: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._http = httpx.AsyncClient(
            transport=GuardedTransport(allow_private=allow_private),
            headers={"User-Agent": f"Storyfold/{version('storyfold')} (feed reader)"},
            timeout=TIMEOUT_SECONDS / 2,
            trust_env=False,
            follow_redirects=False,
        )

    async def fetch(self, url: str, most_bytes: int, validators: Mapping[str, str] | None = None) -> Fetched | None:
        """Return what is at a URL, None when it is as it was; raise `FetchFailed`."""
        moved_to = None
        is_for_good = True
        for _ in range(1 + MOST_REDIRECTS):
            found = await self._in_turn(url, most_bytes, validators or {})
            if not isinstance(found, _Redirect):
                return found and Fetched(
                    content=found.content, charset=found.charset, validators=found.validators, moved_to=moved_to
                )
            url, is_for_good = found.url, is_for_good and found.is_for_good
            moved_to = url if is_for_good else moved_to
        raise FetchFailed(f"leads on more than {MOST_REDIRECTS} times")

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._http.aclose()

    async def _in_turn(self, url: str, most_bytes: int, validators: Mapping[str, str]) -> Fetched | _Redirect | None:
        if not is_web_address(url):
            raise FetchFailed(f"leads to {url[:200]!r}, and only http and https are read")
        async with self._turns[httpx.URL(url).host]:
            try:
                async with asyncio.timeout(TIMEOUT_SECONDS):
                    return await self._get(url, most_bytes, validators)
            except TimeoutError:
                raise FetchFailed(f"did not answer whole within {TIMEOUT_SECONDS:.0f} seconds") from None
            except ForbiddenAddress:
                reason = "is inside a private network; --allow-private lets feeds be read from there"
                raise FetchFailed(reason) from None
            except (httpx.HTTPError, httpx.InvalidURL) as problem:
                raise FetchFailed(f"cannot be reached: {problem or type(problem).__name__}") from problem
            finally:
                await asyncio.sleep(self._spacing_seconds)

    async def _get(self, url: str, most_bytes: int, validators: Mapping[str, str]) -> Fetched | _Redirect | None:
        async with self._http.stream("GET", url, headers=dict(validators)) as answer:
            if answer.status_code == HTTPStatus.NOT_MODIFIED:
                return None
            if answer.has_redirect_location:
                to = str(httpx.URL(url).join(answer.headers["location"]))
                return _Redirect(to, answer.status_code in _FOR_GOOD)
            if not answer.is_success:
                raise _refused(answer)
            parts, length = [], 0
            async for part in answer.aiter_bytes():
                length += len(part)
                if length > most_bytes:
                    raise FetchFailed(f"is longer than {most_bytes:,} bytes")
                parts.append(part)
        given = {"If-None-Match": answer.headers.get("etag"), "If-Modified-Since": answer.headers.get("last-modified")}
        known = {name: value for name, value in given.items() if value}
        return Fetched(content=b"".join(parts), charset=answer.charset_encoding, validators=known, moved_to=None)


@dataclass(frozen=True, slots=True)
class _Redirect:
    url: str
    is_for_good: bool


def _refused(answer: httpx.Response) -> FetchFailed:
    status = answer.status_code
    reason = f"answered {status} {answer.reason_phrase}".strip()
    if status == HTTPStatus.GONE:
        reason += ": it is gone for good, take it out of the list"
    return FetchFailed(reason, seconds_to_wait(answer.headers.get("retry-after")))
