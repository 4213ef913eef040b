"""Moments and lengths of time, turned into few words."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def machine_time(moment: datetime) -> str:
    """Return a moment as a ``datetime`` attribute holds it.

    >>> machine_time(datetime(2026, 3, 2, 8, 15, tzinfo=UTC))
    '2026-03-02T08:15:00Z'
    """
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def clock_time(moment: datetime) -> str:
    """Return a moment in full, in UTC.

    >>> clock_time(datetime(2026, 3, 2, 8, 15, tzinfo=UTC))
    '2 March 2026, 08:15 UTC'
    """
    stamp = moment.astimezone(UTC)
    return f"{stamp.day} {stamp:%B %Y, %H:%M} UTC"


def short_date(moment: datetime) -> str:
    """Return the day of a moment, in UTC.

    >>> short_date(datetime(2026, 3, 2, 8, 15, tzinfo=UTC))
    '2 Mar 2026'
    """
    stamp = moment.astimezone(UTC)
    return f"{stamp.day} {stamp:%b %Y}"


def ago(moment: datetime, now: datetime) -> str:
    """Return how long ago a moment was, or its day where that says more.

    >>> noon = datetime(2026, 3, 2, 12, tzinfo=UTC)
    >>> [ago(noon, noon + gap) for gap in (timedelta(seconds=20), 5 * MINUTE, 3 * HOUR, 4 * DAY, 90 * DAY, -HOUR)]
    ['just now', '5 min ago', '3 h ago', '4 days ago', '2 Mar 2026', '2 Mar 2026']
    """
    gap = now - moment
    if gap < -MINUTE or gap >= 45 * DAY:
        return short_date(moment)
    if gap < MINUTE:
        return "just now"
    if gap < HOUR:
        return f"{gap // MINUTE} min ago"
    if gap < 2 * DAY:
        return f"{gap // HOUR} h ago"
    return f"{gap // DAY} days ago"


def stamp(moment: datetime, now: datetime) -> str:
    """Return a moment for those who compare it with others: how long ago, but the hour where that is long.

    >>> noon = datetime(2026, 3, 2, 12, tzinfo=UTC)
    >>> stamp(noon, noon + HOUR), stamp(noon, noon + 3 * DAY)
    ('1 h ago', '2 Mar 2026, 12:00')
    """
    if timedelta(0) <= now - moment < 2 * DAY:
        return ago(moment, now)
    return f"{short_date(moment)}, {moment.astimezone(UTC):%H:%M}"


def lapse(length: timedelta) -> str:
    """Return a length of time in the unit that suits it.

    >>> [lapse(length) for length in (timedelta(seconds=40), 90 * MINUTE, 50 * HOUR, 9 * DAY)]
    ['40 s', '90 min', '50 h', '9 days']
    """
    if length < MINUTE:
        return f"{length // timedelta(seconds=1)} s"
    if length < 2 * HOUR:
        return f"{length // MINUTE} min"
    if length < 3 * DAY:
        return f"{length // HOUR} h"
    return f"{length // DAY} days"


def later_by(seconds: float) -> str:
    """Return how much later than another an article came, or how much earlier.

    >>> later_by(9_300), later_by(-600), later_by(20)
    ('2 h later', '10 min earlier', 'at once')
    """
    length = timedelta(seconds=abs(seconds))
    if length < MINUTE:
        return "at once"
    return f"{lapse(length)} {'later' if seconds > 0 else 'earlier'}"
