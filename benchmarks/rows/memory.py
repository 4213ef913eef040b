"""How much memory this process holds, and how much of it is arrays."""

from __future__ import annotations

import mmap
import resource
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from dedupe.addresses import FileAddresses


def resident(process: int | None = None) -> int:
    """Return the bytes of memory that a process holds now, this one if none is named.

    Where that is unknown, it is the most that this process ever held, and 0 for another. What it sees of files is not
    counted: that is on the disk as well, and the system takes its memory back when it likes.
    """
    held = _status("RssAnon", process)
    return held if held or process is not None else peak()


def in_files(held: object) -> int:
    """Return the bytes of an object's arrays that lie in files."""
    return sum(size for size, is_file in _array_sizes(held) if is_file)


def peak() -> int:
    """Return the most bytes of memory that this process ever held."""
    unit = 1 if sys.platform == "darwin" else 1024
    return _status("VmHWM") or resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit


def _status(name: str, process: int | None = None) -> int:
    told = Path(f"/proc/{process or 'self'}/status")
    lines = told.read_text().splitlines() if told.exists() else []
    return next((1024 * int(line.split()[1]) for line in lines if line.startswith(f"{name}:")), 0)


def array_bytes(held: object) -> int:
    """Return the bytes of an object's arrays that lie in memory."""
    return sum(size for size, is_file in _array_sizes(held) if not is_file)


def _array_sizes(held: object) -> Iterable[tuple[int, bool]]:
    """Return how large each array is that an object holds, by whatever way, and whether it lies in a file."""
    arrays: dict[int, tuple[int, bool]] = {}
    seen: set[int] = set()
    waiting = [held]
    while waiting:
        value = waiting.pop()
        if id(value) in seen:
            continue
        seen.add(id(value))
        if isinstance(value, np.ndarray):
            whole = value
            while isinstance(whole.base, np.ndarray):
                whole = whole.base
            # Of a range of addresses, only what is in use takes memory.
            size = (value if isinstance(whole.base, mmap.mmap) else whole).nbytes
            known, _ = arrays.get(id(whole), (0, False))
            arrays[id(whole)] = max(size, known), isinstance(whole.base, FileAddresses)
        else:
            waiting.extend(_parts(value))
    return arrays.values()


def _parts(value: object) -> Iterable[Any]:
    if isinstance(value, Mapping):
        return value.values()
    if isinstance(value, list | tuple | set):
        return value
    slots = (name for kind in type(value).__mro__ for name in getattr(kind, "__slots__", ()) if hasattr(value, name))
    return [*vars(value).values()] if hasattr(value, "__dict__") else [getattr(value, name) for name in slots]
