"""A file that only makes sense whole, read no further than a limit."""

from __future__ import annotations

import zlib
from typing import Final

from dedupe.errors import UnreadableInput
from dedupe.readers.source import Source

MAX_WHOLE_BYTES: Final = 64_000_000


def whole(source: Source, most: int = MAX_WHOLE_BYTES) -> bytes:
    """Return all of a source; raise `UnreadableInput` when it is longer than ``most`` bytes, or damaged."""
    try:
        content = source.stream.read(most + 1)
    except (EOFError, OSError, zlib.error) as problem:
        raise UnreadableInput(f"{source.name}: cannot be read on: {problem}") from problem
    if len(content) > most:
        raise UnreadableInput(f"{source.name}: longer than {most:,} bytes; split it, or write JSON lines")
    return content
