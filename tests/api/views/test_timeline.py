"""The timeline: everything lies in its lane and on the axis, and thousands of articles make a plot of bounded size."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from api.views.timeline import LEFT, MOST_LANES, MOST_LINKS, OTHERS, RIGHT, UNNAMED, WIDTH, Seen, timeline

START = datetime(2026, 3, 2, 8, tzinfo=UTC)


def seen(number: int, outlet: str | None = "Courier", minutes: int = 0, copied_from: int | None = None) -> Seen:
    return Seen(
        article_id=f"art_{number}",
        outlet=outlet,
        at=START + timedelta(minutes=minutes),
        title=f"Title {number}",
        copied_from=None if copied_from is None else f"art_{copied_from}",
    )


def test_an_original_and_its_copy_are_joined() -> None:
    plot = timeline([seen(1), seen(2, "Herald", 60, copied_from=1), seen(3, None, 120)])
    assert [lane.name for lane in plot.lanes] == ["Courier", "Herald", UNNAMED]
    assert [(dot.kind, dot.x) for dot in plot.dots] == [
        ("original", LEFT), ("copy", (LEFT + RIGHT) / 2), ("report", RIGHT),
    ]  # fmt: skip
    (link,) = plot.links
    assert link.startswith(f"M{float(LEFT)} {plot.lanes[0].y}C")
    assert link.endswith(f"{(LEFT + RIGHT) / 2} {plot.lanes[1].y}")
    assert plot.told == "3 articles of 3 outlets from 2 March 2026, 08:00 UTC to 2 March 2026, 10:00 UTC"


def test_a_copy_of_what_is_elsewhere_has_no_link() -> None:
    plot = timeline([seen(2, copied_from=1)])
    assert ([dot.kind for dot in plot.dots], list(plot.links)) == (["copy"], [])


def test_long_names_are_cut_and_kept_in_full() -> None:
    (lane,) = timeline([seen(1, "The Very Long Name of a Regional Gazette")]).lanes
    assert (lane.name, lane.full_name) == ("The Very Long Name of a…", "The Very Long Name of a Regional Gazette")


@given(st.lists(st.tuples(st.integers(0, 40), st.integers(0, 2_000_000), st.integers(0, 60)), min_size=1, max_size=60))
def test_everything_lies_within_the_plot(drawn: list[tuple[int, int, int]]) -> None:
    articles = [seen(n, f"Outlet {o}", m, c if c < n else None) for n, (o, m, c) in enumerate(drawn)]
    plot = timeline(articles)
    lanes = {lane.y for lane in plot.lanes}
    assert len(lanes) == len(plot.lanes) <= MOST_LANES
    assert len(plot.lanes) == min(len({article.outlet for article in articles}), MOST_LANES)
    assert all(dot.y in lanes and LEFT <= dot.x <= RIGHT for dot in plot.dots)
    assert all(LEFT <= tick.x <= RIGHT for tick in plot.ticks)
    assert len(plot.ticks) <= 8
    assert max(lanes) < plot.height
    others = [lane for lane in plot.lanes if lane.name == OTHERS]
    assert len(others) == (len({article.outlet for article in articles}) > MOST_LANES)
    assert not others or others[0].y == max(lanes)


def test_dates_at_either_end_lie_within_the_plot() -> None:
    """A label of the script, such as "13 Sept, 08:00", is up to 90 wide, and stands in the middle under its moment."""
    assert LEFT >= 48
    assert WIDTH - RIGHT >= 48


def test_thousands_of_articles_stay_a_small_plot() -> None:
    articles = [seen(n, f"Outlet {n % 50}", n % 3_000, copied_from=0 if n else None) for n in range(5_000)]
    plot = timeline(articles)
    assert len(plot.dots) <= MOST_LANES * 100 * 2
    assert len(plot.links) == MOST_LINKS
    assert max(dot.radius for dot in plot.dots) <= 10
    assert any("copies, from" in dot.told for dot in plot.dots)
