"""The engine's parameters: one frozen value, checked once, the same defaults for every kind of news."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from dedupe.duplicates.signature import signature_identity


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineSettings:
    """What decides which articles are copies and which are the same event.

    ``rows`` times ``bands`` positions of a signature make the buckets; ``coverage`` and
    ``length_ratio`` confirm a copy. ``copy_window`` and ``cluster_window`` are how long an article
    stays in the index, where the newest ``keep_articles`` always stay; it stays in the store for
    ever. ``bucket_cap`` and ``posting_cap`` bound how much of a flood is read; ``prior`` says
    whether a fresh install knows how rare words are.
    """

    shingle_size: int = 5
    bands: int = 42
    rows: int = 3
    coverage: float = 0.65
    length_ratio: float = 0.2
    copy_window: timedelta = timedelta(days=30)
    cluster_window: timedelta = timedelta(days=10)
    keep_articles: int = 20_000
    bucket_cap: int = 64
    posting_cap: int = 192
    prior: bool = True

    def __post_init__(self) -> None:
        if not 1 <= self.shingle_size <= 32:
            raise ValueError(f"shingle_size must lie in 1..32, not {self.shingle_size}")
        if not 1 <= self.bands * self.rows <= 128:
            raise ValueError(f"bands x rows must lie in 1..128, not {self.bands} x {self.rows}")
        for name in ("coverage", "length_ratio"):
            if not 0 < getattr(self, name) < 1:
                raise ValueError(f"{name} must lie between 0 and 1, not {getattr(self, name)}")
        if self.copy_window <= timedelta(0) or self.cluster_window <= timedelta(0):
            raise ValueError("copy_window and cluster_window must be longer than nothing")

    def signature_identity(self) -> dict[str, int | str]:
        """Return what a stored decision depends on: a store made with other values is refused."""
        return signature_identity() | {"shingle_size": self.shingle_size, "bands": self.bands, "rows": self.rows}
