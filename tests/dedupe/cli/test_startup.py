from __future__ import annotations

import subprocess
import sys
from threading import Event

import pytest

from dedupe.cli import startup
from dedupe.cli.startup import announced


def test_what_takes_longer_than_usual_is_announced(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    said = Event()
    complain = startup.complain

    def noticed(message: object) -> None:
        complain(message)
        said.set()

    monkeypatch.setattr(startup, "complain", noticed)
    with announced("compiling", patience_seconds=0):
        assert said.wait(10)
    assert capsys.readouterr().err == "storyfold: compiling\n"


def test_what_is_done_in_time_is_not(capsys: pytest.CaptureFixture[str]) -> None:
    with announced("compiling", patience_seconds=3600):
        pass
    assert capsys.readouterr().err == ""


def test_what_every_start_makes_is_never_searched_for_garbage() -> None:
    program = "import gc; from dedupe.cli.startup import load_kernels; load_kernels(); print(gc.get_freeze_count())"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert int(done.stdout) > 50_000
