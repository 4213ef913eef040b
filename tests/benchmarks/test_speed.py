"""The command that measures speed: what it writes, what it keeps, what it refuses."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest
import speed
from plots import GROWTH, draw
from report import Kept, as_json, of_json, text_of
from results import RESULTS, write_part
from rows.figure import Figure, Found, Measured

ROOT = Path(__file__).parents[2]


def run(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, ROOT / "benchmarks" / "speed.py", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)


def kept(figure: Figure, *, is_whole: bool = True, **curves: list[float]) -> Kept:
    return Kept(
        about="a row",
        measured=Measured(figures=[figure], note="some articles", curves=curves),
        runs=3,
        is_whole=is_whole,
        when="today",
        machine="here",
        left_out=["gaoya"],
    )


RATE = Figure(
    what="articles/s",
    target=100.0,
    ours=[90.0, 120.0, 130.0],
    peers={"datasketch 2.0.0": [30.0, 24.0, 20.0]},
    found={"datasketch 2.0.0": Found(recall=0.95, precision=0.5)},
)
DELAY = Figure(what="ms", target=2.0, less_is_better=True, ours=[3.0], peers={"rensa 0.5.0": [6.0]})


def test_a_row_is_written_down_and_the_others_stay(tmp_path: Path) -> None:
    (tmp_path / "RESULTS.md").write_text("# Quality\n\nas it was\n", encoding="utf-8")
    (tmp_path / "speed.json").write_text(as_json({"S1": kept(RATE)}), encoding="utf-8")
    ran = run("S3", "--articles", 60, "--runs", 1, "--into", tmp_path)
    text = (tmp_path / "RESULTS.md").read_text(encoding="utf-8")
    rows = json.loads((tmp_path / "speed.json").read_text(encoding="utf-8"))

    assert ran.returncode == 0, ran.stderr
    assert list(rows) == ["S1", "S3"]
    assert text.startswith("# Quality\n\nas it was\n")
    assert "| S1 articles/s" in text
    assert "| S3 articles/s, text to groups" in text
    assert "| S3 articles/s, text to groups" in ran.stdout
    assert rows["S3"]["runs"] == 1
    assert rows["S3"]["measured"]["figures"][1]["ours"] == [1.0], "every pair that was planted was found"


def test_rows_can_be_listed(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys, "argv", ["speed.py", "--list"])
    speed.main()
    assert {line.split()[0] for line in capsys.readouterr().out.splitlines()} == set(speed.ROWS)


@pytest.mark.parametrize(
    ("arguments", "told"), [(["S99"], "no such row: S99"), (["S1", "--articles", "0"], "at least 1")]
)
def test_what_makes_no_sense_is_refused(
    arguments: list[str], told: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["speed.py", *arguments])
    with pytest.raises(SystemExit, match="2"):
        speed.main()
    assert told in capsys.readouterr().err


def test_figures_survive_being_kept() -> None:
    rows = {"S1": kept(RATE), "S2": kept(DELAY, live=[1, 2])}
    assert of_json(as_json(rows)) == rows


def test_a_target_is_a_floor_or_a_ceiling_and_ratios_say_who_is_better() -> None:
    assert RATE.is_met
    assert not DELAY.is_met
    assert RATE.ratio("datasketch 2.0.0") == 5.0
    assert DELAY.ratio("rensa 0.5.0") == 2.0
    text = text_of({"S1": kept(RATE), "S2": kept(DELAY)}, ["memory.svg"])
    ours = next(line for line in text.splitlines() if line.startswith("| S1 articles/s"))
    theirs = next(line for line in text.splitlines() if "datasketch" in line)
    assert [cell.strip() for cell in ours.split("|")[2:-1]] == ["≥ 100", "120", "90.0 to 130", "yes"]
    assert [cell.strip() for cell in theirs.split("|")[3:-1]] == ["24.0", "20.0 to 30.0", "5.0 ×", "0.950", "0.500"]
    assert "left out: gaoya" in text
    assert "| (yes) |" in text_of({"S1": kept(RATE, is_whole=False)}, [])
    assert "![memory.svg](memory.svg)" in text


def test_parts_of_the_results_do_not_touch_each_other(tmp_path: Path) -> None:
    path = tmp_path / "RESULTS.md"
    write_part(path, "# Quality\n\none\n")
    write_part(path, "# Speed\n\ntwo\n")
    write_part(path, "# Quality\n\nthree\n")
    assert path.read_text(encoding="utf-8") == "# Quality\n\nthree\n\n# Speed\n\ntwo\n"


def test_plots_are_the_same_for_the_same_figures(tmp_path: Path) -> None:
    if find_spec("matplotlib") is None:
        pytest.skip("matplotlib is not installed: it comes with the extra `bench`")
    row = kept(RATE, live=[10, 20], per_second=[5.0, 4.0], bytes=[1e6, 2e6])
    names = draw({"S10": row}, tmp_path)
    first = [(tmp_path / name).read_bytes() for name in names]
    assert draw({"S10": row}, tmp_path) == names
    assert [(tmp_path / name).read_bytes() for name in names] == first
    assert b"target: 1.5 kB an article" in first[1]
    assert draw({"S1": kept(RATE)}, tmp_path) == ()


def test_what_is_published_is_made_from_what_is_kept() -> None:
    rows = of_json((ROOT / "benchmarks" / "speed.json").read_text(encoding="utf-8"))
    plots = [name for names in GROWTH.values() for name in names if (ROOT / "benchmarks" / name).exists()]
    assert text_of(rows, plots) in RESULTS.read_text(encoding="utf-8")
