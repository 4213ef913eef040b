"""Datelines and credits: what is one, and what only looks like one."""

from __future__ import annotations

import pytest

from dedupe.text.dateline import credits_of, dateline_length


@pytest.mark.parametrize(
    "dateline",
    [
        "WASHINGTON (AP) — ",
        "SEOUL, South Korea — ",
        "NEW YORK, Feb 3 (Reuters) - ",
        "(CNN) -- ",
        "Berlin/Paris (AFP) – ",
        "Madrid, 3 mar (EFE).- ",
        "ATLANTIC CITY, N.J. (AP) - ",
        "МОСКВА, 3 марта – ",
        "  LISBON —",
        "【東京＝共同】",
        "（中央社台北5日電）",
    ],
)
def test_datelines(dateline: str) -> None:
    assert dateline_length(f"{dateline}The council said") == len(dateline)


@pytest.mark.parametrize(
    "line",
    [
        "",
        "—",
        "The council — the last to be asked — said no",
        "U.N. chief — a man of few words — spoke",
        "ISIS-K has said",
        "I — and nobody else",
        "council (the second) - said",
        "ONE TWO THREE FOUR FIVE SIX SEVEN EIGHT NINE TEN ELEVEN - twelve",
        "A" * 200 + " — too far",
        "LISBON —",
    ],
)
def test_what_only_looks_like_a_dateline(line: str) -> None:
    assert dateline_length(line) == 0


@pytest.mark.parametrize(
    ("line", "credit"),
    [
        ("It rained. (Reporting by A. Writer; editing by B. Other)", "(Reporting by A. Writer; editing by B. Other)"),
        ("(Reporting by A. Writer) ", "(Reporting by A. Writer)"),
        ("He said “no.” [With files from Umbra]", "[With files from Umbra]"),
        ("市議会は決めた。（共同通信・東京支社発）", "（共同通信・東京支社発）"),
        ("It rained in the capital (and elsewhere too)", ""),
        ("It rained. (AP)", ""),
        ("It rained.", ""),
        ("", ""),
    ],
)
def test_credits(line: str, credit: str) -> None:
    assert credits_of(line) == credit
