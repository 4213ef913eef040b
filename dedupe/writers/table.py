"""Rows as CSV or Parquet."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, Final

from dedupe.errors import MissingLibrary

Row = Mapping[str, Any]

CSV_TYPE: Final = "text/csv"
PARQUET_TYPE: Final = "application/vnd.apache.parquet"
ROW_GROUP: Final = 512
_FORMULA: Final = re.compile(r"'*[=+\-@\t\r]")
_GUARDED: Final = re.compile(r"'+[=+\-@\t\r]")
_INTEGERS: Final = frozenset({"revision", "size", "source_count", "independent_count", "updated_seq"})
_FLOATS: Final = frozenset({"confidence", "velocity"})
_LISTS: Final = frozenset({"authors", "sources", "top_terms"})


def comma_separated(columns: Sequence[str], rows: Iterable[Row]) -> Iterator[bytes]:
    """Yield a header, then a record for each row; entries of a list are separated by semicolons."""
    yield _record(columns)
    for row in rows:
        yield _record([_cell(row[name]) for name in columns])


def guarded(text: str) -> str:
    r"""Return a cell that no spreadsheet takes for a formula.

    >>> guarded("=1+1"), guarded("Minister resigns")
    ("'=1+1", 'Minister resigns')
    """
    return f"'{text}" if _FORMULA.match(text) else text


def unguarded(cell: str) -> str:
    """Return the text that `guarded` made a cell of.

    >>> [unguarded(guarded(text)) for text in ("=1", "'=1", "'quoted'", "")]
    ['=1', "'=1", "'quoted'", '']
    """
    return cell[1:] if _GUARDED.match(cell) else cell


def parquet(columns: Sequence[str], rows: Iterable[Row]) -> Iterator[bytes]:
    """Yield a file, a group of rows at a time; raise `MissingLibrary` where pyarrow is not installed."""
    try:
        import pyarrow as pa  # noqa: PLC0415  an extra
        import pyarrow.parquet as files  # noqa: PLC0415  an extra
    except ModuleNotFoundError as problem:
        raise MissingLibrary("Parquet", "pyarrow", "parquet") from problem
    schema = pa.schema([(name, _type(pa, name)) for name in columns])
    return _groups(pa, files, schema, iter(rows))


def _groups(arrow: Any, files: Any, schema: Any, rows: Iterator[Row]) -> Iterator[bytes]:
    target = _Drained()
    with files.ParquetWriter(target, schema, compression="zstd") as writer:
        while group := list(islice(rows, ROW_GROUP)):
            writer.write_table(arrow.Table.from_pylist([dict(row) for row in group], schema=schema))
            yield target.drained()
    yield target.drained()


def _type(arrow: Any, name: str) -> Any:
    if name in _INTEGERS:
        return arrow.int64()
    if name in _FLOATS:
        return arrow.float64()
    return arrow.list_(arrow.string()) if name in _LISTS else arrow.string()


class _Drained(io.RawIOBase):
    """A file that forgets what was taken out of it."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []
        self._length = 0

    def writable(self) -> bool:
        return True

    def write(self, part: Any, /) -> int:
        self._parts.append(bytes(part))
        self._length += len(self._parts[-1])
        return len(self._parts[-1])

    def tell(self) -> int:
        return self._length

    def drained(self) -> bytes:
        """Return what was written since the last call."""
        parts, self._parts = self._parts, []
        return b"".join(parts)


def _record(cells: Iterable[str]) -> bytes:
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\r\n").writerow(cells)
    return buffer.getvalue().encode()


def _cell(value: Any) -> str:
    if isinstance(value, (tuple, list)):
        return guarded("; ".join(value))
    return "" if value is None else guarded(str(value))
