"""`storyfold doctor`: what can be wrong with an installation and its store, each looked at by itself."""

from __future__ import annotations

import platform
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from pathlib import Path
from typing import Final

from dedupe.cli.clock import now
from dedupe.cli.failures import CommandFailed, ExitCode
from dedupe.cli.output import print_json, say
from dedupe.cli.startup import load_kernels, settings_of
from dedupe.duplicates.signature import signature_of
from dedupe.engine import Engine
from dedupe.errors import DedupeError, StoreUnavailable
from dedupe.snapshot.container import Unreadable
from dedupe.snapshot.loading import read_through
from dedupe.store.catalogue import SqlCatalogue
from dedupe.store.connection import database_path
from dedupe.store.discard import DiscardStore
from dedupe.store.index_file import IndexFile
from dedupe.store.integrity import damages, recorded_identity
from dedupe.store.lock import WriterLock
from dedupe.store.records import Replayed
from dedupe.text.tokens import tokenise

GOLDEN_TEXT: Final = "Storyfold folds 1,000 Straßen: Zürich’s 東京, กำลัง U.S."
GOLDEN_DIGEST: Final = "a6ed73e373ac80a0190cbbebb2e5d1507e7f483f3193b92c38383f465833db47"
"""SHA-256 of the text's signature, as little-endian words."""
_PLENTY_BYTES: Final = 1 << 30
_SCARCE_BYTES: Final = 100 << 20
_LONG_LOG: Final = 20_000
"""So many events take some twenty seconds to replay."""


class Verdict(StrEnum):
    """How a check ended."""

    OK = "OK"
    WARN = "WARN"
    FAIL = "FAIL"


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at: what was found, and what to do unless that is nothing."""

    name: str
    verdict: Verdict
    found: str
    advice: str = ""

    def as_text(self) -> str:
        """Return the check as a line."""
        return f"{self.verdict:4}  {self.name:9}  {self.found}" + (f"; {self.advice}" if self.advice else "")


def run(store: str, *, as_json: bool) -> None:
    """Print every check; raise `CommandFailed` when one failed."""
    checks = []
    for check in examined(store):
        checks.append(check)
        if not as_json:
            say(check.as_text())
    failed = [check.name for check in checks if check.verdict is Verdict.FAIL]
    if as_json:
        print_json({"ok": not failed, "checks": [_row(check) for check in checks]})
    if failed:
        raise CommandFailed(f"failed: {', '.join(failed)}; what to do stands beside each", ExitCode.INCOMPLETE)


def examined(store: str) -> Iterator[Check]:
    """Yield each check of the installation, then of the store that the URL names."""
    yield _guarded("python", check_python)
    yield _guarded("kernels", check_kernels)
    path = database_path(store)
    yield _guarded("disk", lambda: check_disk(path))
    if not path.exists():
        yield Check("store", Verdict.WARN, f"there is none at {path}", "`storyfold serve` creates it")
        return
    whole = _guarded("store", lambda: check_integrity(store))
    yield whole
    if whole.verdict is Verdict.FAIL:
        return
    yield _guarded("settings", lambda: check_settings(store))
    yield _guarded("writer", lambda: check_writer(path))
    yield _guarded("snapshot", lambda: check_snapshot(store, path))
    yield _guarded("replay", lambda: check_replay(store))


def check_python() -> Check:
    """Look at the running Python."""
    found = f"{platform.python_implementation()} {platform.python_version()}, {platform.machine()}"
    if sys.version_info < (3, 11) or platform.python_implementation() != "CPython":
        return Check("python", Verdict.FAIL, found, "install CPython 3.11 or newer")
    return Check("python", Verdict.OK, found)


def check_kernels() -> Check:
    """Hold what the kernels make of a text against what they made of it when they were written."""
    load_kernels()
    _, signature = signature_of(tokenise(GOLDEN_TEXT).hashes, 5)
    found = sha256(signature.astype("<u4").tobytes()).hexdigest()
    if found != GOLDEN_DIGEST:
        advice = "remove the compiled files (__pycache__/*.nbc, *.nbi), then install numba and numpy again"
        return Check("kernels", Verdict.FAIL, f"they compute {found[:16]}, not {GOLDEN_DIGEST[:16]}", advice)
    return Check("kernels", Verdict.OK, "they compute the golden values")


def check_disk(path: Path) -> Check:
    """Look at the room that is left where the store is."""
    free = shutil.disk_usage(path.parent).free
    held = path.stat().st_size if path.exists() else 0
    found = f"{free / 1e9:,.1f} GB free beside a store of {held / 1e9:,.1f} GB"
    if free < _SCARCE_BYTES:
        return Check("disk", Verdict.FAIL, found, "make room: the store will soon refuse articles")
    if free < max(_PLENTY_BYTES, held):
        return Check("disk", Verdict.WARN, found, "make room: a backup beside the store would not fit")
    return Check("disk", Verdict.OK, found)


def check_integrity(store: str) -> Check:
    """Read the whole file, its indexes and references."""
    with closing(SqlCatalogue.open(store)) as catalogue:
        totals = catalogue.totals()
    found = damages(store)
    if found:
        return Check("store", Verdict.FAIL, f"damaged: {found[0]}", "stop the server and `storyfold restore` a backup")
    counts = f"{totals.articles:,} articles, {totals.clusters:,} clusters, {totals.last_seq:,} events"
    return Check("store", Verdict.OK, f"whole: {counts}")


def check_settings(store: str) -> Check:
    """Compare the settings that the store was made with to those of this program."""
    recorded, wanted = recorded_identity(store), settings_of(store).signature_identity()
    other = [name for name in sorted(recorded.keys() | wanted.keys()) if recorded.get(name) != wanted.get(name)]
    if other:
        named = ", ".join(f"{name}={recorded.get(name)} (here {wanted.get(name)})" for name in other)
        return Check("settings", Verdict.FAIL, f"made with {named}", "export it and ingest it into a new store")
    return Check("settings", Verdict.OK, "signatures mean the same as here")


def check_writer(path: Path) -> Check:
    """Find out whether a server has the store open."""
    try:
        WriterLock(path).release()
    except StoreUnavailable as problem:
        return Check("writer", Verdict.OK, str(problem))
    return Check("writer", Verdict.OK, "no server has the store open")


def check_snapshot(store: str, path: Path) -> Check:
    """Read the snapshot of the index as a start would, and say how old it is and what it covers."""
    with closing(SqlCatalogue.open(store)) as catalogue:
        last_seq, place = catalogue.totals().last_seq, IndexFile(path, catalogue.snapshot)
        try:
            reaches, status = read_through(place, settings_of(store)), place.path.stat()
        except (FileNotFoundError, Unreadable) as problem:
            return _without_snapshot(last_seq, problem)
    age = now() - datetime.fromtimestamp(status.st_mtime, UTC)
    found = f"{status.st_size / 1e6:,.0f} MB, {age // timedelta(minutes=1):,} minutes old, whole"
    return Check("snapshot", Verdict.OK, f"{found}, up to event {reaches:,} of {last_seq:,}")


def _without_snapshot(last_seq: int, problem: Exception) -> Check:
    if isinstance(problem, Unreadable):
        advice = f"a start replays all {last_seq:,} events and writes it anew when it stops"
        return Check("snapshot", Verdict.WARN, f"not used: {problem}", advice)
    if last_seq < _LONG_LOG:
        return Check("snapshot", Verdict.OK, f"there is none; a start replays {last_seq:,} events")
    advice = "stop the server in good order once, and it writes one"
    return Check("snapshot", Verdict.WARN, f"there is none; a start replays all {last_seq:,} events", advice)


def check_replay(store: str) -> Check:
    """Build the index from the log twice; a log that means one thing gives one digest."""
    with closing(SqlCatalogue.open(store)) as catalogue:
        last_seq = catalogue.totals().last_seq
        settings = settings_of(store)
        first, second = (Engine(_Past(catalogue, last_seq), settings).digest() for _ in range(2))
    if first != second:
        advice = "report it with the output of this command"
        return Check("replay", Verdict.FAIL, f"two replays differ: {first} and {second}", advice)
    return Check("replay", Verdict.OK, f"index {first} at event {last_seq:,}, twice")


class _Past(DiscardStore):
    """A log as it was at an event, whatever a server appends meanwhile; nothing can be added."""

    def __init__(self, catalogue: SqlCatalogue, last_seq: int) -> None:
        super().__init__()
        self._catalogue = catalogue
        self._end = last_seq

    def replay(self, after: int = 0) -> Iterator[Replayed]:
        """Yield the log up to that event."""
        return self._catalogue.replay(self._end, after)


def _guarded(name: str, check: Callable[[], Check]) -> Check:
    """Return a check, failed when it could not be made."""
    try:
        return check()
    except DedupeError as problem:
        return Check(name, Verdict.FAIL, str(problem))
    except OSError as problem:
        return Check(name, Verdict.FAIL, str(problem), "see that the path is right and this user may read it")


def _row(check: Check) -> dict[str, str]:
    return {"name": check.name, "verdict": check.verdict.value, "found": check.found, "advice": check.advice}
