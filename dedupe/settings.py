"""The engine's parameters: one frozen value, checked once, the same defaults for every kind of news."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import timedelta
from typing import Any, Final

from dedupe.duplicates.signature import signature_identity
from dedupe.errors import InvalidSettings


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

    def values(self) -> dict[str, int | float | bool]:
        """Return all settings as JSON values; a span of time is a number of days."""
        spans = {name: value for name, value in asdict(self).items() if isinstance(value, timedelta)}
        plain = {name: value for name, value in asdict(self).items() if name not in spans}
        return plain | {f"{name}{DAYS}": value / timedelta(days=1) for name, value in spans.items()}


DAYS: Final = "_days"
_BOUNDS: Final[Mapping[str, tuple[float, float]]] = {
    "shingle_size": (1, 32),
    "bands": (1, 128),
    "rows": (1, 128),
    "coverage": (0.01, 0.99),
    "length_ratio": (0.01, 0.99),
    "copy_window_days": (0.01, 36_500),
    "cluster_window_days": (0.01, 36_500),
    "keep_articles": (0, 100_000_000),
    "bucket_cap": (1, 100_000),
    "posting_cap": (1, 100_000),
}


def changed_settings(settings: EngineSettings, wanted: Mapping[str, Any]) -> EngineSettings:
    """Return settings with those ``wanted``, as JSON values, in place of the present; raise `InvalidSettings`."""
    present = settings.values()
    for name, value in wanted.items():
        if name not in present:
            raise InvalidSettings(name, f"is not a setting; there are {', '.join(sorted(present))}")
        _check(name, value, present[name])
    fields = {name.removesuffix(DAYS): _read(name, value) for name, value in wanted.items()}
    try:
        return replace(settings, **fields)
    except ValueError as problem:
        field = next(iter(wanted), "settings")
        raise InvalidSettings(field, str(problem)) from problem


def _check(name: str, value: object, present: float | bool) -> None:  # noqa: FBT001  compared with, not a switch
    if isinstance(present, bool):
        if not isinstance(value, bool):
            raise InvalidSettings(name, f"must be true or false, not {value!r:.40}")
        return
    is_whole = isinstance(present, int)
    if isinstance(value, bool) or not isinstance(value, int if is_whole else (int, float)):
        raise InvalidSettings(name, f"must be a {'whole ' * is_whole}number, not {value!r:.40}")
    lowest, highest = _BOUNDS[name]
    if not lowest <= value <= highest:
        raise InvalidSettings(name, f"must lie in {lowest:,}..{highest:,}, not {value!r:.40}")


def _read(name: str, value: Any) -> Any:
    if name.endswith(DAYS):
        return timedelta(days=value)
    return float(value) if isinstance(getattr(EngineSettings(), name), float) else value
