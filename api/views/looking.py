"""What a reader has seen already, from one visit to the next."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

VISIT: Final = timedelta(minutes=20)
"""Whoever comes back after this comes anew: what changed since is new to them."""
_MOST: Final = 10**18


@dataclass(frozen=True, slots=True, kw_only=True)
class Looking:
    """``before`` is the last event of the visit before, ``seen`` that of this one so far, ``at`` when that was."""

    before: int
    seen: int
    at: int

    @classmethod
    def read(cls, cookie: str | None, newest: int, now: datetime) -> Looking:
        """Return what a cookie says; whoever comes without one has seen all."""
        parts = (cookie or "").split("-")
        if len(parts) == 3 and all(part.isascii() and part.isdigit() and len(part) < 19 for part in parts):
            before, seen, at = (min(int(part), _MOST) for part in parts)
            return cls(before=min(before, newest), seen=min(seen, newest), at=at)
        return cls(before=newest, seen=newest, at=int(now.timestamp()))

    def cookie(self) -> str:
        """Return the cookie that says so."""
        return f"{self.before}-{self.seen}-{self.at}"

    def again(self, newest: int, now: datetime) -> Looking:
        """Return the same once the newest event was shown; after a pause, another visit begins."""
        moment = int(now.timestamp())
        is_another = moment - self.at > VISIT.total_seconds()
        return Looking(before=self.seen if is_another else self.before, seen=newest, at=moment)

    def all_seen(self) -> Looking:
        """Return the same with nothing left that is new."""
        return replace(self, before=self.seen)
