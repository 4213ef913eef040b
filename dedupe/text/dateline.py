"""The beginning and end of an article, turned into where it came from: the wire's dateline and its credits.

``WASHINGTON (AP) — ``, ``PARIS, March 3 (Agence) - ``, ``(CNN) -- ``, ``Berlin (dpa) – ``, ``【東京共同】``
begin one, ``(Reporting by …; editing by …)`` ends one.
"""

from __future__ import annotations

import re
from typing import Final

LONGEST: Final = 90
MOST_WORDS: Final = 10
_DASH: Final = re.compile(r"(?:[—–―]|--|(?<=[\s.])-)\s*(?=\S)")
_BRACKETED: Final = re.compile(r"\s*([【（〔［][^】）〕］\n]{2,40}[】）〕］])\s*(?=\S)")
_PLACE_END: Final = re.compile(r"[,(/\d]")
_AGENCY: Final = re.compile(r"[^()]{0,60}\([^()]{2,30}\)\Z")
_CREDITS: Final = re.compile(r"(?:^|[.!?。][\"”’']?)\s*(\([^()]{8,300}\)|（[^（）]{8,300}）|\[[^\[\]]{8,300}\])\s*\Z")


def dateline_length(line: str) -> int:
    """Return how many characters of a line are its dateline, with the dash; 0 when it has none.

    >>> dateline_length("SEOUL, South Korea — The ministry said")
    21
    >>> dateline_length("The ministry — the last to be asked — said no")
    0
    """
    beginning = line[:LONGEST]
    if bracketed := _BRACKETED.match(beginning):
        return bracketed.end()
    dash = _DASH.search(beginning)
    return dash.end() if dash and _is_place(beginning[: dash.start()].rstrip(" .").lstrip()) else 0


def credits_of(line: str) -> str:
    """Return the parentheses at the end of a text that stand outside its last sentence.

    >>> credits_of("It was late. (Reporting by A. Writer)")
    '(Reporting by A. Writer)'
    """
    found = _CREDITS.search(line) if line.rstrip()[-1:] in (")", "）", "]") else None
    return found[1] if found else ""


def _is_place(head: str) -> bool:
    """Return whether the words before a dash name a place in capitals, or end with an agency in parentheses."""
    if not head or len(head.split()) > MOST_WORDS:
        return False
    place = _PLACE_END.split(head, maxsplit=1)[0].strip()
    return (place.isupper() and len(place) > 1) or (_AGENCY.match(head) is not None and not head[0].islower())
