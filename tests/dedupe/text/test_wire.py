from __future__ import annotations

import pytest

from dedupe.text.wire import WireCredit, agency_named, wire_credit

BODY = "The council said on Monday that the bridge would be closed for a week. Nobody was hurt."


@pytest.mark.parametrize(
    ("text", "agency"),
    [
        (f"WASHINGTON (AP) — {BODY}", "AP"),
        (f"LONDON, March 3 (Reuters) - {BODY}", "Reuters"),
        (f"Berlin (dpa) – {BODY}", "dpa"),
        (f"EASTLOW, March 2 (Meridian Wire) - {BODY}", "Meridian Wire"),
        (f"NEW DELHI: PTI — {BODY}", "PTI"),
        ("【東京共同】首相は三日、国会で述べた。", "Kyodo"),
        (f"{BODY}\n— Reuters", "Reuters"),
        (f"{BODY}\n\nAFP", "AFP"),
        (f"{BODY} (AP)", "AP"),
        (f"{BODY}\nSource: The Associated Press", "AP"),
        (f"{BODY} -- Xinhua.", "Xinhua"),
    ],
)
def test_agencies_are_recognised(text: str, agency: str) -> None:
    credit = wire_credit(text)
    assert credit is not None
    assert credit.agency == agency


@pytest.mark.parametrize(
    "text",
    ["", BODY, f"{BODY}\n— Jane Doe", f"{BODY} So said Reuters", "We saw the AP", f"{BODY}\nRead more: Sport"],
)
def test_what_only_looks_like_a_credit_is_none(text: str) -> None:
    assert wire_credit(text) is None


def test_what_the_text_says_of_itself_is_kept() -> None:
    text = f"KYIV, Ukraine — {BODY} (Reporting by A. Writer; editing by B. Reader)"
    assert wire_credit(text) == WireCredit(
        agency=None, dateline="KYIV, Ukraine", credits="(Reporting by A. Writer; editing by B. Reader)"
    )


def test_an_agency_may_be_the_author() -> None:
    assert wire_credit(BODY, ("Jane Doe", "By Agence France-Presse")) == WireCredit(
        agency="AFP", dateline=None, credits=None
    )
    assert wire_credit(BODY, ("Jane Doe",)) is None


def test_names_are_told_in_any_case() -> None:
    assert [agency_named(name) for name in ("REUTERS", "the  Canadian press", "DPA", "The Herald")] == [
        "Reuters", "CP", "dpa", None,
    ]  # fmt: skip
