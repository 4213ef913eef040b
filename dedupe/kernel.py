"""The one way functions are compiled, typed for the rest of the code."""

from __future__ import annotations

from collections.abc import Callable
from typing import ParamSpec, TypeVar, cast

from numba import njit

P = ParamSpec("P")
R = TypeVar("R")


def kernel(function: Callable[P, R]) -> Callable[P, R]:
    """Compile ``function`` on its first call, keep the machine code on disk, release the GIL while it runs."""
    return cast("Callable[P, R]", njit(cache=True, nogil=True)(function))
