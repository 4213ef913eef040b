"""Where bytes come from: a file or standard input, packed with gzip or not."""

from __future__ import annotations

import gzip
import sys
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Final, cast

from dedupe.errors import UnreadableInput

STANDARD_INPUT: Final = "-"
_GZIP_MAGIC: Final = b"\x1f\x8b"


class Source:
    """An opened input, unpacked. ``size`` and `position` count bytes on disk; pipes have no size."""

    def __init__(self, name: str, packed: BinaryIO, size: int | None) -> None:
        self.name = name
        self.size = size
        self._packed = packed
        head = packed.peek(2)[:2]  # type: ignore[attr-defined]  # both kinds of BinaryIO used here are buffered
        self.stream = cast("BinaryIO", gzip.GzipFile(fileobj=packed)) if head == _GZIP_MAGIC else packed

    @property
    def position(self) -> int:
        """Return how many bytes were taken from disk so far; 0 for what has no size."""
        return 0 if self.size is None else self._packed.tell()

    def lines(self) -> Iterator[bytes]:
        """Yield the lines; raise `UnreadableInput` where the packed data are damaged or end early."""
        number = 0
        try:
            for line in self.stream:
                number += 1
                yield line
        except (EOFError, OSError, zlib.error) as problem:
            raise UnreadableInput(f"{self.name}:{number + 1}: cannot be read on: {problem}") from problem


@contextmanager
def open_source(name: str) -> Iterator[Source]:
    """Open a file, or standard input for ``-``; raise `UnreadableInput` when that is impossible."""
    if name == STANDARD_INPUT:
        yield Source("<stdin>", sys.stdin.buffer, None)
        return
    try:
        file = Path(name).open("rb")  # noqa: SIM115  only opening may fail as unreadable input, not its use
    except OSError as problem:
        raise UnreadableInput(f"{name}: {problem.strerror or problem}") from problem
    with file:
        size = Path(name).stat().st_size if Path(name).is_file() else None
        yield Source(name, file, size)
