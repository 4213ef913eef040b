"""Measuring in a process of its own, with memory that nothing else has used, on one processor or on all."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from typing import Final, ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")
FRESH: Final = multiprocessing.get_context("spawn")


def apart(work: Callable[P, R], *arguments: P.args, **named: P.kwargs) -> R:
    """Return what ``work``, a function of a module, returns in a new process that is pinned to one processor."""
    with ProcessPoolExecutor(1, mp_context=FRESH, initializer=pin) as process:
        return process.submit(work, *arguments, **named).result()


def unpinned(work: Callable[P, R], *arguments: P.args, **named: P.kwargs) -> R:
    """Return what ``work`` returns in a new process that has all processors, as a service has."""
    with ProcessPoolExecutor(1, mp_context=FRESH) as process:
        return process.submit(work, *arguments, **named).result()


def pin() -> None:
    """Keep this process on the last of the processors that it may use, where the system can (as `taskset` does)."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
