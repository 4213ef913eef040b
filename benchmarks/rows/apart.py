"""Measuring in a process of its own, on one processor, with memory that nothing else has used."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")


def apart(work: Callable[P, R], *arguments: P.args, **named: P.kwargs) -> R:
    """Return what ``work``, a function of a module, returns in a new process that is pinned to one processor."""
    fresh = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=fresh, initializer=pin) as process:
        return process.submit(work, *arguments, **named).result()


def pin() -> None:
    """Keep this process on the last of the processors that it may use, where the system can (as `taskset` does)."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
