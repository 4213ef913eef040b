from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from dedupe.cli.failures import CommandFailed
from dedupe.cli.output import check_output, open_output


def test_a_device_that_is_full_is_a_failure_in_words() -> None:
    with (
        pytest.raises(CommandFailed, match="/dev/full cannot be written: No space left"),
        open_output("/dev/full") as file,
    ):
        file.write(b"much")


def test_what_is_read_is_not_written_over(tmp_path: Path) -> None:
    (tmp_path / "articles.jsonl").write_text("{}\n")
    (tmp_path / "link.jsonl").symlink_to("articles.jsonl")
    read, new = str(tmp_path / "articles.jsonl"), str(tmp_path / "new.jsonl")
    for name in (read, str(tmp_path / "link.jsonl")):
        with pytest.raises(CommandFailed, match="is read as well, and would be lost; name another file"):
            check_output(name, "-", read)
    check_output(new, read, "-")


def test_a_failure_halfway_leaves_what_was_there(tmp_path: Path) -> None:
    target = tmp_path / "out.jsonl"
    target.write_bytes(b"as it was")
    with pytest.raises(TypeError), open_output(str(target)) as file:
        file.writelines([b"half", "a line that is no bytes"])  # type: ignore[list-item]  that is the failure
    assert target.read_bytes() == b"as it was"
    assert list(tmp_path.iterdir()) == [target]


def test_a_folder_that_went_away_is_a_failure_in_words(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    with pytest.raises(CommandFailed, match="cannot be written"), open_output(str(tmp_path / "folder" / "out")):
        shutil.rmtree(tmp_path / "folder")


def test_a_folder_of_somebody_else_is_refused_before_the_work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "access", lambda *_: False)  # an administrator may write everywhere
    with pytest.raises(CommandFailed, match="cannot be written to by this user"):
        check_output(str(tmp_path / "out"))
