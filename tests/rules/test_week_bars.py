"""The hours of a stop as a bar."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as some

from collections_app.visits.week.bars import Span, bar_of

MINUTES = some.integers(0, 1440)
DAY = (540, 1020)  # 09:00 to 17:00


def test_a_window_of_the_morning_and_a_visit_in_it():
    bar = bar_of(day=DAY, window=(540, 660), visit=(600, 630))

    assert bar is not None
    assert (bar.window, bar.visit) == (Span(Decimal(0), Decimal("0.25")), Span(Decimal("0.125"), Decimal("0.0625")))


def test_without_a_window_the_whole_day_is_one_and_without_working_time_nothing_is_drawn():
    bar = bar_of(day=DAY, window=None, visit=None)

    assert bar is not None
    assert (bar.window, bar.visit) == (Span(Decimal(0), Decimal(1)), None)
    assert bar_of(day=(0, 0), window=None, visit=None) is None


@given(MINUTES, MINUTES, MINUTES, MINUTES, MINUTES, MINUTES)
def test_nothing_is_drawn_beside_the_bar(begins, ends, opens, closes, arrives, leaves):
    bar = bar_of(day=(begins, ends), window=(opens, closes), visit=(arrives, leaves))

    for span in (bar.window, bar.visit) if bar else ():
        assert 0 <= span.begins <= 1
        assert 0 <= span.width <= 1
        assert span.begins + span.width <= 1
