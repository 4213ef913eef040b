"""Datelines, closing lines and bylines, turned into the agency that a text is credited to."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from dedupe.text.page import read_page

_AGENCIES: Final[Mapping[str, tuple[str, ...]]] = {
    "AAP": ("Australian Associated Press",),
    "AFP": ("Agence France-Presse", "Agence France Presse"),
    "ANI": (),
    "ANSA": (),
    "AP": ("Associated Press", "The Associated Press"),
    "Anadolu": ("Anadolu Agency", "AA"),
    "APA": (),
    "Bernama": (),
    "Bloomberg": ("Bloomberg News",),
    "CNA": ("中央社", "Central News Agency"),
    "CP": ("The Canadian Press", "Canadian Press"),
    "dpa": ("Deutsche Presse-Agentur",),
    "EFE": ("Agencia EFE",),
    "IANS": (),
    "Interfax": ("Интерфакс",),
    "Jiji": ("Jiji Press", "時事", "時事通信"),
    "Kyodo": ("Kyodo News", "共同", "共同通信"),
    "Lusa": (),
    "PA": ("PA Media", "Press Association"),
    "PAP": (),
    "PTI": ("Press Trust of India",),
    "Reuters": ("Thomson Reuters",),
    "TASS": ("ТАСС", "Itar-Tass"),
    "UPI": ("United Press International",),
    "Xinhua": ("新华社", "新華社"),
    "Yonhap": ("연합뉴스",),
}
_CANONICAL: Final = {
    spelling.casefold(): agency for agency, others in _AGENCIES.items() for spelling in (agency, *others)
}
_UNSPACED: Final = tuple(name for name in _CANONICAL if not name.isascii())
_IN_PARENTHESES: Final = re.compile(r"\(([^()]{2,30})\)\s*\Z")
_CLOSING: Final = re.compile(
    r"(?:^|[.!?\"”’'])\s*(?:[—–―]|--?|source:|\(|\[)?\s*([^\W\d_]\w*(?:[ -]\w+){0,4})[)\].]*\s*\Z", re.IGNORECASE
)
_BYLINE: Final = re.compile(r"\A(?:by|from|von|par|de)\s+", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class WireCredit:
    """Where a text says it comes from: the agency, and the words that say so at its beginning and end."""

    agency: str | None
    dateline: str | None
    credits: str | None


def wire_credit(text: str, authors: Sequence[str] = ()) -> WireCredit | None:
    r"""Return the credit of a text, None where it has neither dateline nor credits nor an agency for an author.

    >>> wire_credit("SEOUL (AP) — The ministry said so.").agency
    'AP'
    >>> wire_credit("The ministry said so.\n— Reuters").agency
    'Reuters'
    """
    page = read_page("", text)
    closing = text.splitlines()[int(page.lines.numbers[-1])] if len(page.lines.numbers) else ""
    dateline, ending = page.dateline or None, page.credits or None
    agency = _of_dateline(dateline or "") or _of_closing(closing) or _of_closing(ending or "") or _of_authors(authors)
    if agency is None and dateline is None and ending is None:
        return None
    return WireCredit(agency=agency, dateline=dateline, credits=ending)


def agency_named(name: str) -> str | None:
    """Return the agency that goes by a name, None where it is none that is known.

    >>> agency_named("the associated press")
    'AP'
    """
    return _CANONICAL.get(" ".join(name.split()).strip(".:").casefold())


def _of_dateline(dateline: str) -> str | None:
    """Return who stands in parentheses at the end of a dateline, known or not, or is named in brackets or last."""
    if found := _IN_PARENTHESES.search(dateline):
        return agency_named(found[1]) or found[1].strip()
    within = next((name for name in _UNSPACED if name in dateline), None)
    return _CANONICAL[within] if within else agency_named(re.split(r"[:,/\s]+", dateline)[-1])


def _of_closing(line: str) -> str | None:
    found = _CLOSING.search(line[-80:])
    return agency_named(found[1]) if found else None


def _of_authors(authors: Sequence[str]) -> str | None:
    return next(filter(None, (agency_named(_BYLINE.sub("", author.strip())) for author in authors)), None)
