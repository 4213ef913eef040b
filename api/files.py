"""Files of articles as bodies: CSV, Parquet, ninjs, RSS and Atom, read as `storyfold ingest` reads them."""

from __future__ import annotations

import gzip
import tempfile
from collections.abc import AsyncIterator
from itertools import islice
from typing import IO, Final

from fastapi.concurrency import run_in_threadpool

from api.bodies import too_large
from api.ending import ServiceEnds
from api.gzip import UnusableGzip
from api.problems import RETRY_SECONDS, Problem
from dedupe.readers.comma_separated import COMMA_SEPARATED
from dedupe.readers.entry import Entry, Format
from dedupe.readers.feed_file import FEED_FILE
from dedupe.readers.ninjs import NINJS
from dedupe.readers.parquet import PARQUET
from dedupe.readers.source import Source
from dedupe.readers.whole import MAX_WHOLE_BYTES

FILE_TYPES: Final = {
    "text/csv": COMMA_SEPARATED,
    "application/vnd.apache.parquet": PARQUET,
    "application/ninjs+json": NINJS,
    "application/vnd.iptc.ninjs+json": NINJS,
    "application/rss+xml": FEED_FILE,
    "application/atom+xml": FEED_FILE,
}
_AT_ONCE: Final = 64
_GZIP_MAGIC: Final = gzip.compress(b"")[:2]


async def received(parts: AsyncIterator[bytes], most_bytes: int = MAX_WHOLE_BYTES) -> IO[bytes]:
    """Return a body as a file; raise a `Problem` when it is too long, damaged or packed without saying so."""
    file = tempfile.TemporaryFile()  # noqa: SIM115  closed by whoever reads it
    try:
        await _fill(file, parts, most_bytes)
    except BaseException:
        file.close()
        raise
    return file


async def entries_of(file: IO[bytes], form: Format) -> AsyncIterator[tuple[int, Entry]]:
    """Yield the entries of a file with their numbers from 1, and close it; raise `UnreadableInput`."""
    with file:
        size = file.seek(0, 2)
        file.seek(0)
        reading = form.read(Source("body", file, size))  # type: ignore[arg-type]  # IO[bytes] is what tempfile says
        number = 0
        while entries := await run_in_threadpool(list, islice(reading, _AT_ONCE)):
            for entry in entries:
                number += 1
                yield number, entry


async def _fill(file: IO[bytes], parts: AsyncIterator[bytes], most_bytes: int) -> None:
    head = b""
    try:
        async for part in parts:
            head = head or part[:2]
            if file.tell() + len(part) > most_bytes:
                raise too_large(most_bytes)
            file.write(part)
    except UnusableGzip as error:
        raise Problem(400, "malformed_gzip", str(error)) from error
    except ServiceEnds as error:
        detail = "the server is shutting down; send the file again"
        raise Problem(503, "overloaded", detail, Retry_After=RETRY_SECONDS) from error
    if head == _GZIP_MAGIC:
        # Unpacked by its reader it would have no bounds.
        raise Problem(415, "unsupported_media_type", "the body is packed; say so with Content-Encoding: gzip")
