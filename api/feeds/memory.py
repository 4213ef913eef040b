"""What is remembered of each feed between two readings, and between two runs: a small JSON file."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from pydantic import BaseModel, Field, TypeAdapter, ValidationError

from dedupe.cli.failures import CommandFailed, ExitCode

LONGEST_WAIT_SECONDS: Final = 86_400.0


class Remembered(BaseModel):
    """How far one feed was read. ``seen`` has a digest for each of its entries; times are seconds since 1970."""

    validators: dict[str, str] = Field(default_factory=dict)
    seen: dict[str, str] = Field(default_factory=dict)
    due_at: float = 0.0
    failures: int = 0

    def is_resting(self, now: float) -> bool:
        """Tell whether the feed failed, and is to be left alone for a while."""
        return self.failures > 0 and self.due_at > now

    def succeeded(self, now: float, every_seconds: float) -> None:
        """Note that the feed was read."""
        self.failures, self.due_at = 0, now + every_seconds

    def failed(self, now: float, every_seconds: float, retry_after_seconds: float | None) -> None:
        """Note that it was not: each failure in a row doubles the wait, up to a day; who asks for more gets it."""
        self.failures += 1
        wait = min(every_seconds * 2.0 ** min(self.failures, 40), max(LONGEST_WAIT_SECONDS, every_seconds))
        self.due_at = now + max(wait, min(retry_after_seconds or 0.0, 7 * LONGEST_WAIT_SECONDS))


_WHOLE: Final = TypeAdapter(dict[str, Remembered])


class Memory:
    """What is remembered of all feeds, by their URLs; written whole, and never half."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._feeds = self._read()

    def of(self, url: str) -> Remembered:
        """Return what is remembered of a feed."""
        return self._feeds.setdefault(url, Remembered())

    def note(self, url: str, remembered: Remembered) -> None:
        """Remember something else of a feed."""
        self._feeds[url] = remembered

    def keep(self) -> None:
        """Write everything down; raise `CommandFailed` when that is impossible."""
        partial = self._path.with_name(f".{self._path.name}.{os.getpid()}.partial")
        try:
            partial.write_bytes(_WHOLE.dump_json(self._feeds))
            partial.replace(self._path)
        except OSError as problem:
            partial.unlink(missing_ok=True)
            reason = f"{self._path} cannot be written: {problem.strerror}; name another file with --state"
            raise CommandFailed(reason, ExitCode.USAGE) from problem

    def _read(self) -> dict[str, Remembered]:
        try:
            return _WHOLE.validate_json(self._path.read_bytes())
        except FileNotFoundError:
            return {}
        except (OSError, ValidationError) as problem:
            reason = f"{self._path} is no state of feeds; delete it, and all is read once more, or name another"
            raise CommandFailed(reason, ExitCode.USAGE) from problem
