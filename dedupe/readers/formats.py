"""Every format that can be read. To add one: write its module, and list its `Format` here."""

from __future__ import annotations

from pathlib import PurePath
from typing import Final

from dedupe.errors import UnreadableInput
from dedupe.readers.comma_separated import COMMA_SEPARATED
from dedupe.readers.entry import Format
from dedupe.readers.feed_file import FEED_FILE
from dedupe.readers.json_lines import JSON_LINES
from dedupe.readers.ninjs import NINJS
from dedupe.readers.parquet import PARQUET

FORMATS: Final = {form.name: form for form in (JSON_LINES, COMMA_SEPARATED, PARQUET, NINJS, FEED_FILE)}


def format_of(name: str, wanted: str | None = None) -> Format:
    """Return the format called ``wanted``, else the one that a file's name ends in, else JSON lines.

    Raises `UnreadableInput` when no format is called ``wanted``.

    >>> format_of("news/2026-03.CSV.gz").name
    'csv'
    """
    if wanted is not None:
        if wanted not in FORMATS:
            raise UnreadableInput(f"there is no format {wanted!r}; there are {', '.join(FORMATS)}")
        return FORMATS[wanted]
    suffix = PurePath(name.lower().removesuffix(".gz")).suffix
    return next((form for form in FORMATS.values() if suffix in form.suffixes), JSON_LINES)
