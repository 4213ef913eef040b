"""Counts and shares, in words."""

from __future__ import annotations


def counted(count: int, noun: str, plural: str | None = None) -> str:
    """Return a count with its noun.

    >>> counted(1, "copy", "copies"), counted(2_000, "article")
    ('1 copy', '2,000 articles')
    """
    return f"{count:,} {noun if count == 1 else plural or noun + 's'}"


def percent(share: float) -> str:
    """Return a share as a percentage, never rounded to nothing or to all.

    >>> [percent(share) for share in (0.0, 0.001, 0.4117, 0.999, 1.0)]
    ['0 %', 'under 1 %', '41 %', 'over 99 %', '100 %']
    """
    if 0 < share < 0.01:
        return "under 1 %"
    if 0.99 < share < 1:
        return "over 99 %"
    return f"{share:.0%}".replace("%", " %")


def pace(velocity: float) -> str:
    """Return articles an hour, with a digit behind the point where that says something.

    >>> [pace(velocity) for velocity in (0.0, 0.04, 0.25, 3.14, 41.7)]
    ['quiet', 'quiet', '0.2 an hour', '3.1 an hour', '42 an hour']
    """
    if velocity < 0.05:
        return "quiet"
    return f"{velocity:.0f} an hour" if velocity >= 10 else f"{velocity:.1f} an hour"
