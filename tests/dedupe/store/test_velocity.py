"""Velocity against its definition."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta
from functools import reduce

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedupe.store.times import microseconds, moment
from dedupe.store.velocity import HALF_LIFE, combined, heat, velocity

NOW = datetime(2026, 3, 1, tzinfo=UTC)
AGES = st.lists(st.timedeltas(timedelta(0), timedelta(days=400)), min_size=1, max_size=30)


def heat_of(moments: list[datetime]) -> float:
    return reduce(combined, (heat(microseconds(moment)) for moment in moments))


@given(AGES)
def test_velocity_is_the_decayed_count_over_the_mean_life(ages: list[timedelta]) -> None:
    weight = math.fsum(0.5 ** (age / HALF_LIFE) for age in ages)
    mean_life_hours = HALF_LIFE / timedelta(hours=1) / math.log(2)
    assert velocity(heat_of([NOW - age for age in ages]), NOW) == pytest.approx(weight / mean_life_hours, rel=1e-8)


@given(AGES, AGES, st.timedeltas(timedelta(0), timedelta(days=30)))
def test_the_order_of_heats_does_not_change_with_time(
    left: list[timedelta], right: list[timedelta], later: timedelta
) -> None:
    hot, cold = heat_of([NOW - age for age in left]), heat_of([NOW - age for age in right])
    assert (hot > cold) == (velocity(hot, NOW) > velocity(cold, NOW)) or hot == pytest.approx(cold, rel=1e-13)
    assert velocity(hot, NOW + later) <= velocity(hot, NOW)


def test_a_steady_stream_has_its_own_rate() -> None:
    moments = [NOW - timedelta(minutes=minute) for minute in range(0, 20 * 24 * 60, 5)]
    assert velocity(heat_of(moments), NOW) == pytest.approx(12, rel=0.01)


def test_the_order_of_arrival_does_not_matter() -> None:
    moments = [NOW - timedelta(hours=hour * hour) for hour in range(12)]
    assert heat_of(moments) == pytest.approx(heat_of(moments[::-1]), abs=1e-9)


@given(st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30), timezones=st.just(UTC)))  # noqa: DTZ001  the zone is given
def test_moments_survive_as_numbers(instant: datetime) -> None:
    assert moment(microseconds(instant)) == instant
