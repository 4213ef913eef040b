"""The one way functions are compiled, typed for the rest of the code."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import ParamSpec, TypeVar, cast

from numba import njit

P = ParamSpec("P")
R = TypeVar("R")

_IMPORTED = re.compile(r"^from (dedupe[.\w]*) import", re.MULTILINE)


def kernel(function: Callable[P, R]) -> Callable[P, R]:
    """Compile ``function`` on its first call, keep the machine code on disk, release the GIL while it runs."""
    return _compiled(function, inline=False)


def inlined(function: Callable[P, R]) -> Callable[P, R]:
    """Do the same with what is called so often that the call itself would cost more than what it does."""
    return _compiled(function, inline=True)


def _compiled(function: Callable[P, R], *, inline: bool) -> Callable[P, R]:
    compiled = njit(cache=True, nogil=True, forceinline=inline)(function)
    # Kernels hold copies of each other and of constants, but numba looks for changes only in the file that a
    # kernel stands in: after an upgrade it would go on with old code, or look for types that are gone. This
    # makes the code of other sources as strange to it as that of another numba.
    kept = getattr(getattr(compiled, "_cache", None), "_cache_file", None)
    if kept is not None:
        kept._version += f" {sources_digest()}"
    return cast("Callable[P, R]", compiled)


@cache
def sources_digest() -> str:
    """Return a digest of every module that defines kernels and of what those import."""
    folder = Path(__file__).parent
    sources = {
        ".".join((folder.name, *path.relative_to(folder).with_suffix("").parts)): path.read_text(encoding="utf-8")
        for path in folder.rglob("*.py")
    }
    kernels = [name for name, source in sources.items() if "\n@kernel\n" in source]
    read = {*kernels, *(name for kernel in kernels for name in _IMPORTED.findall(sources[kernel]))}
    digest = hashlib.blake2b(digest_size=16)
    for name in sorted(read & sources.keys()):
        digest.update(sources[name].encode())
    return digest.hexdigest()
