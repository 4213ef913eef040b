from __future__ import annotations

import pytest

from dedupe.cli.progress import progress


def test_a_log_gets_a_line_now_and_then_with_rate_share_and_time_left(capsys: pytest.CaptureFixture[str]) -> None:
    with progress("Ingesting", 200, interval_seconds=0) as report:
        report(50, 100)
        report(60, 120)
    first, second = capsys.readouterr().err.splitlines()
    assert first.startswith("Ingesting: 50 articles, ")
    assert first.endswith("/s, 50%, 0 s left")
    assert "60%" in second


def test_without_an_end_there_is_no_time_left(capsys: pytest.CaptureFixture[str]) -> None:
    with progress("Copying", None, unit="pages", interval_seconds=0) as report:
        report(5, 5)
    said = capsys.readouterr().err
    assert said.startswith("Copying: 5 pages, ")
    assert "left" not in said


def test_short_work_is_not_reported(capsys: pytest.CaptureFixture[str]) -> None:
    with progress("Clustering", 10, interval_seconds=3600) as report:
        report(10, 10)
    assert capsys.readouterr().err == ""
