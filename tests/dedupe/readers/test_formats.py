from __future__ import annotations

import gzip
import io
import os
import sys
from pathlib import Path

import pytest

from dedupe.errors import UnreadableInput
from dedupe.readers.entry import Entry
from dedupe.readers.formats import FORMATS, format_of
from dedupe.readers.source import open_source


def entries(path: Path, form: str | None = None) -> list[Entry]:
    with open_source(str(path)) as source:
        return list(format_of(str(path), form).read(source))


def file(folder: Path, name: str, content: bytes) -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("a.jsonl", "jsonl"),
        ("a.NDJSON.gz", "jsonl"),
        ("a.csv", "csv"),
        ("a.csv.gz", "csv"),
        ("-", "jsonl"),
        ("a", "jsonl"),
    ],
)
def test_the_name_says_which_format(name: str, form: str) -> None:
    assert format_of(name).name == form


def test_the_user_knows_better_than_the_name() -> None:
    assert format_of("a.jsonl", "csv") is FORMATS["csv"]


def test_an_unknown_format_is_refused() -> None:
    with pytest.raises(UnreadableInput, match="no format 'xml'; there are jsonl, csv"):
        format_of("a.jsonl", "xml")


def test_json_lines(tmp_path: Path) -> None:
    path = file(tmp_path, "a.jsonl", b'\xef\xbb\xbf{"id": 1}\r\n\n   \n{"id": 2}')

    assert [entry.fields for entry in entries(path)] == [{"id": 1}, {"id": 2}]
    assert [entry.place for entry in entries(path)] == [f"{path}:1", f"{path}:4"]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b'{"id": ', "is not JSON: "),
        (b"[1, 2]", "is JSON, but not an object: it starts with '['"),
        (b'{"text": "\xff"}', "is not JSON: "),
        (b'{"text": "\\ud800"}', "is not JSON: "),
        (b"[" * 10_000, "is not JSON: "),
    ],
)
def test_a_bad_line_does_not_stop_the_next(tmp_path: Path, line: bytes, reason: str) -> None:
    path = file(tmp_path, "a.jsonl", line + b'\n{"id": 2}\n')
    bad, good = entries(path)

    assert bad.problem
    assert bad.problem.startswith(reason)
    assert good.checked() == {"id": 2}
    with pytest.raises(UnreadableInput, match=r"a\.jsonl:1: is"):
        bad.checked()


def test_csv(tmp_path: Path) -> None:
    content = '\ufeffid,title,text,authors\n1,"Ferry, aground","Two\nlines",Ann; Bo ;\n2,Strike,,\n'
    path = file(tmp_path, "a.csv", content.encode())
    first, second = entries(path)

    assert first.fields == {"id": "1", "title": "Ferry, aground", "text": "Two\nlines", "authors": ["Ann", "Bo"]}
    assert second.fields == {"id": "2", "title": "Strike"}
    assert second.place == f"{path}:4"


def test_a_long_text_in_csv(tmp_path: Path) -> None:
    path = file(tmp_path, "a.csv", b"id,text\n1," + b"word " * 100_000 + b"\n")

    assert len(entries(path)[0].fields["text"]) == 500_000


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (b"1,a,b,c", "has more columns than the header"),
        (b"1,\xff\xfe,b", "is not UTF-8"),
        (b'1,"a"b,c', "is not CSV: "),
    ],
)
def test_a_bad_row_does_not_stop_the_next(tmp_path: Path, row: bytes, reason: str) -> None:
    bad, good = entries(file(tmp_path, "a.csv", b"id,title,text\n" + row + b"\n2,Strike,b\n"))

    assert bad.problem
    assert bad.problem.startswith(reason)
    assert good.fields["id"] == "2"


@pytest.mark.parametrize(
    ("header", "reason"),
    [(b"", "neither title, text nor html"), (b"id,url\n", "neither title"), (b'title"x,"text"y\n', "is not CSV")],
)
def test_a_csv_file_needs_a_header(tmp_path: Path, header: bytes, reason: str) -> None:
    with pytest.raises(UnreadableInput, match=rf"a\.csv:1: .*{reason}"):
        entries(file(tmp_path, "a.csv", header))


@pytest.mark.parametrize("name", ["a.jsonl.gz", "packed-under-another-name.jsonl"])
def test_gzip_is_recognised_by_its_content(tmp_path: Path, name: str) -> None:
    assert entries(file(tmp_path, name, gzip.compress(b'{"id": 1}\n')))[0].fields == {"id": 1}


@pytest.mark.parametrize("damage", [slice(0, 60), slice(0, 11)])
def test_a_truncated_archive_is_refused_where_it_ends(tmp_path: Path, damage: slice) -> None:
    lines = b"".join(b'{"id": %d}\n' % number for number in range(50))
    path = file(tmp_path, "a.jsonl.gz", gzip.compress(lines, compresslevel=0)[damage])

    with pytest.raises(UnreadableInput, match=r"a\.jsonl\.gz:\d+: cannot be read on"):
        entries(path)


def test_a_truncated_csv_archive_is_refused(tmp_path: Path) -> None:
    path = file(tmp_path, "a.csv.gz", gzip.compress(b"id,title\n" + b"1,a\n" * 50, compresslevel=0)[:-20])

    with pytest.raises(UnreadableInput, match=r"a\.csv\.gz:\d+: cannot be read on"):
        entries(path)


@pytest.mark.parametrize("name", ["missing.jsonl", "."])
def test_what_cannot_be_opened_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(UnreadableInput, match=r"No such file|Is a directory"):
        entries(tmp_path / name)


def test_position_ends_at_the_size(tmp_path: Path) -> None:
    path = file(tmp_path, "a.jsonl.gz", gzip.compress(b'{"id": 1}\n' * 1000))
    with open_source(str(path)) as source:
        list(format_of(str(path)).read(source))

        assert source.size == source.position == path.stat().st_size


def test_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BufferedReader(io.BytesIO(gzip.compress(b'{"id": 1}\n')))))
    with open_source("-") as source:
        assert [entry.place for entry in format_of("-").read(source)] == ["<stdin>:1"]
        assert (source.size, source.position) == (None, 0)


def test_a_pipe_has_no_size() -> None:
    reading, writing = os.pipe()
    os.write(writing, b'{"id": 1}\n')
    os.close(writing)
    with open_source(f"/dev/fd/{reading}") as source:
        assert [entry.fields for entry in format_of("pipe").read(source)] == [{"id": 1}]
        assert (source.size, source.position) == (None, 0)
    os.close(reading)
