"""Parquet with columns named as fields, read a group of rows at a time; needs the extra ``parquet``."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final

from dedupe.errors import MissingLibrary, UnreadableInput
from dedupe.readers.entry import Entry, Format
from dedupe.readers.source import STANDARD_INPUT, Source
from dedupe.readers.whole import whole

_ROWS: Final = 512


def read(source: Source) -> Iterator[Entry]:
    """Yield the fields of each row; raise `UnreadableInput`, or `MissingLibrary` without pyarrow."""
    try:
        import pyarrow as pa  # noqa: PLC0415  an extra
        import pyarrow.parquet as files  # noqa: PLC0415  an extra
    except ModuleNotFoundError as problem:
        raise MissingLibrary("Parquet", "pyarrow", "parquet") from problem
    # the format is read from its end, so a pipe is held in memory
    file = source.stream if source.size is not None and source.name != STANDARD_INPUT else io.BytesIO(whole(source))
    number = 0
    try:
        opened = files.ParquetFile(file)
        _check_columns(source.name, opened.schema_arrow.names)
        for batch in opened.iter_batches(batch_size=_ROWS):
            for row in batch.to_pylist():
                number += 1
                yield Entry(f"{source.name}: row {number}", {name: _value(value) for name, value in row.items()})
    except (pa.ArrowException, OSError) as problem:
        raise UnreadableInput(f"{source.name}: row {number + 1}: is not Parquet: {problem}") from problem


def _check_columns(name: str, columns: list[str]) -> None:
    if not {"title", "text", "html"} & set(columns):
        raise UnreadableInput(f"{name}: has no column title, text or html")


def _value(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


PARQUET: Final = Format(name="parquet", suffixes=(".parquet",), read=read)
