"""When a request is sent again, and how long to wait before."""

from __future__ import annotations

from dataclasses import dataclass
from secrets import SystemRandom
from typing import Any, Final

import httpx

from api.client.problem import ApiProblem, ClientError, Unreachable, is_busy
from api.client.request import Request

_PASSING: Final = (httpx.NetworkError, httpx.TimeoutException, httpx.RemoteProtocolError)
_NEVER_SENT: Final = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
_RANDOM: Final = SystemRandom()

Failure = httpx.RequestError | ApiProblem


@dataclass(frozen=True, slots=True, kw_only=True)
class Retries:
    """How often a request is sent again, and how long to wait before, in seconds.

    Waits double from the first to the longest, and each is drawn from the upper half of that, so that many clients
    do not come back at one moment. A server that asks to wait (``Retry-After``) is obeyed, but for longer than
    ``longest_obeyed``, where the problem is raised instead.
    """

    most: int = 6
    first_wait: float = 0.25
    longest_wait: float = 15.0
    longest_obeyed: float = 120.0

    def wait_seconds(self, request: Request[Any], failure: Failure, failed: int) -> float:
        """Return how long to wait after so many failures; raise `ClientError` when it shall not be sent again."""
        asked = failure.retry_after_seconds if isinstance(failure, ApiProblem) else None
        is_enough = failed > self.most and not request.is_followed
        if is_enough or not _may_pass(request, failure) or (asked or 0.0) > self.longest_obeyed:
            raise _final(failure) from failure
        if asked is not None:
            return asked
        wait = min(self.first_wait * 2.0 ** min(failed - 1, 30), self.longest_wait)
        return _RANDOM.uniform(wait / 2, wait)


def _may_pass(request: Request[Any], failure: Failure) -> bool:
    """Tell whether the same request may be sent again, and may succeed then."""
    if isinstance(failure, _NEVER_SENT):
        return True
    if not request.is_repeatable:
        return False
    return is_busy(failure.status) if isinstance(failure, ApiProblem) else isinstance(failure, _PASSING)


def _final(failure: Failure) -> ClientError:
    if isinstance(failure, ApiProblem):
        return failure
    reason = str(failure) or type(failure).__name__
    address = failure.request.url.netloc.decode()
    return Unreachable(f"{address} does not answer ({reason}); is the server running?")
