from __future__ import annotations

import os
import pty
import signal
import subprocess
import sys
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest

from dedupe.cli.failures import MEANINGS, ExitCode, exit_code_of
from dedupe.errors import StoreMismatch, UnknownArticle, UnreadableInput

Run = Callable[..., Any]
COMMAND = (sys.executable, "-c", "from dedupe.cli.app import main; main()")


def test_version(run: Run) -> None:
    ran = run("--version")
    assert (ran.exit_code, ran.stdout) == (0, f"storyfold {version('storyfold')}\n")


def test_without_a_command_there_is_help(run: Run) -> None:
    ran = run()
    assert ran.exit_code == 2
    assert "Commands:" in ran.stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["fold"], "No such command 'fold'; see storyfold --help"),
        (["cluster", "in.jsonl"], "Missing option '--output' / '-o'; see storyfold cluster --help"),
        (["cluster"], "Missing argument 'FILE'; see storyfold cluster --help"),
        (["export", "--colour"], "No such option: --colour; see storyfold export --help"),
    ],
)
def test_a_wrong_command_line_is_one_line(run: Run, arguments: list[str], message: str) -> None:
    ran = run(*arguments)
    assert (ran.exit_code, ran.stderr) == (2, f"storyfold: {message}\n")


def test_every_exit_code_has_a_meaning() -> None:
    assert set(MEANINGS) == set(ExitCode)


def test_errors_of_the_engine_have_exit_codes() -> None:
    assert exit_code_of(StoreMismatch("made by another version")) is ExitCode.STORE
    assert exit_code_of(UnreadableInput("in.jsonl:1: is not JSON")) is ExitCode.USAGE
    assert exit_code_of(UnknownArticle("art_0000000000000")) is ExitCode.USAGE


def _heed_interruptions() -> None:
    """Undo what a shell does to commands in the background: they ignore interruptions, and so would ours."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def test_an_interruption_is_said_and_leaves_no_trace(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "in")
    with subprocess.Popen(
        [*COMMAND, "cluster", tmp_path / "in", "-o", tmp_path / "out"],
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=_heed_interruptions,  # noqa: PLW1509  no other thread of the tests holds a lock then
    ) as process:
        with (tmp_path / "in").open("w"):  # returns once the command has opened it to read
            process.send_signal(signal.SIGINT)
            process.wait(60)
        complaint = process.stderr.read() if process.stderr else ""
    assert process.returncode == ExitCode.INTERRUPTED
    *others, last = complaint.splitlines()
    assert last == "storyfold: interrupted"
    assert all(line.startswith("storyfold: compiling") for line in others)  # said where loading takes long
    assert not (tmp_path / "out").exists()


def test_a_terminal_is_shown_a_bar(tmp_path: Path) -> None:
    (tmp_path / "in.jsonl").write_text('{"id": 1, "title": "Ferry aground off Sandholm"}\n')
    ours, theirs = pty.openpty()
    command = [*COMMAND, "cluster", tmp_path / "in.jsonl", "-o", tmp_path / "out.jsonl"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=theirs) as process:
        os.close(theirs)
        shown = _everything(ours)
    assert process.returncode == 0
    assert "Clustering" in shown
    assert "1 articles" in shown


def _everything(terminal: int) -> str:
    shown = b""
    try:
        while chunk := os.read(terminal, 4096):
            shown += chunk
    except OSError:  # what reading a terminal gives once nobody writes to it any more
        pass
    finally:
        os.close(terminal)
    return shown.decode()
