"""How often a key may ask, and the headers that say how much is left of that."""

from __future__ import annotations

import time
from dataclasses import dataclass
from math import ceil
from typing import Final

from limits import RateLimitItem, parse
from limits.aio.storage import MemoryStorage

from api.problems import Problem

Header = tuple[bytes, bytes]
_NAMESPACE: Final = "key"


def parse_rate(rate: str) -> RateLimitItem:
    """Return a rate such as ``100/second`` or ``5000/10minute``; raise ValueError."""
    try:
        item = parse(rate)
    except ValueError:
        item = None
    if item is None or item.amount < 1:
        raise ValueError(f"{rate!r} is no rate; write it as 100/second or 60000/minute")
    return item


@dataclass(frozen=True, slots=True)
class _Allowance:
    """What one key may ask, worked out once: this is counted for every request."""

    place: str
    amount: int
    window_seconds: int

    @property
    def policy(self) -> Header:
        """Return the header that says it."""
        return b"ratelimit-policy", f'"key";q={self.amount};w={self.window_seconds}'.encode()


class Rates:
    """Counts what each key asks for, in windows that begin with its first request; the counts end with the process."""

    def __init__(self, default: str) -> None:
        self._default = default
        self._allowances: dict[tuple[str, str | None], tuple[_Allowance, Header]] = {}
        self._storage = MemoryStorage()

    async def spend(self, key_id: str, rate: str | None) -> list[Header]:
        """Count a request, return the headers that say what is left; raise a 429 `Problem` when nothing is."""
        allowance, policy = self._allowances.get((key_id, rate)) or self._allow(key_id, rate)
        left = allowance.amount - await self._storage.incr(allowance.place, allowance.window_seconds)
        seconds = max(1, ceil(await self._storage.get_expiry(allowance.place) - time.time()))
        if left < 0:
            raise _spent(allowance, seconds)
        return [policy, (b"ratelimit", f'"key";r={left};t={seconds}'.encode())]

    def _allow(self, key_id: str, rate: str | None) -> tuple[_Allowance, Header]:
        item = parse_rate(rate or self._default)
        allowance = _Allowance(item.key_for(_NAMESPACE, key_id), item.amount, item.get_expiry())
        self._allowances[key_id, rate] = allowance, allowance.policy
        return allowance, allowance.policy


def _spent(allowance: _Allowance, seconds: int) -> Problem:
    detail = (
        f"this key may ask {allowance.amount:,} times in {allowance.window_seconds:,} seconds;"
        f" ask again in {seconds} seconds"
    )
    problem = Problem(429, "rate_limited", detail, Retry_After=str(seconds))
    problem.headers |= {"RateLimit-Policy": allowance.policy[1].decode(), "RateLimit": f'"key";r=0;t={seconds}'}
    return problem
