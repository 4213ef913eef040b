"""`storyfold backup` and `storyfold restore`: a store as one verified file, and back."""

from __future__ import annotations

from pathlib import Path

from dedupe.cli.output import print_json, say
from dedupe.cli.progress import progress
from dedupe.store.backup import Copied, backup, restore


def run_backup(target: Path, store: str, *, force: bool, as_json: bool) -> None:
    """Copy a store to a file; raise `StoreError`."""
    with progress("Copying", None, unit="pages") as report:
        copied = backup(store, target, force=force, progress=report)
    _tell("Backed up", copied, as_json=as_json)


def run_restore(source: Path, store: str, *, force: bool, as_json: bool) -> None:
    """Copy a backup into the place of a store; raise `StoreError`."""
    with progress("Copying", None, unit="pages") as report:
        copied = restore(source, store, force=force, progress=report)
    _tell("Restored", copied, as_json=as_json)


def _tell(what: str, copied: Copied, *, as_json: bool) -> None:
    if as_json:
        print_json({"path": str(copied.path), "size_bytes": copied.size_bytes, "last_seq": copied.last_seq})
    else:
        say(f"{what} {copied.last_seq:,} events to {copied.path}: {copied.size_bytes / 1e6:,.1f} MB, verified")
