"""The benchmarks work, and what they compare comes out equal. How long anything takes is not looked at here."""

import re
from datetime import timedelta
from pathlib import Path

import pytest

from benchmarks import boards, book, chances, classifying, engine, filling, letters, loops, rhythm, warnings
from benchmarks.own_database import day
from collections_app.standings.models import Standing
from receivables.models import DueItem

ROOT = Path(__file__).resolve().parents[2]
OPEN = 500


@pytest.fixture
def filled(db, monkeypatch):
    """The small book; a test is one transaction, in which nothing can be vacuumed."""
    for module in (filling, classifying, loops, boards.own_database):
        monkeypatch.setattr(module, "settle", lambda: None)
    filling.fill(OPEN)


def test_the_book_has_as_many_settled_items_as_open_ones_and_every_standing(filled):
    with day(book.DAY):
        classifying.full_run(book.DAY)

    assert DueItem.objects.open().count() == DueItem.objects.filter(open_amount=0).count() == OPEN
    standings = set(Standing.objects.values_list("standing", flat=True))
    assert standings == {"unpaid", "overdue", "quasi-bad", "bad", "dormant"}


def test_time_moves_nothing_in_the_quiet_days_of_the_book(filled):
    with day(book.DAY):
        classifying.full_run(book.DAY)
        before = classifying.checksum(classifying.STORED)

    for days in (1, book.QUIET):
        as_of = book.DAY + timedelta(days=days)
        assert classifying.checksum_of_full(as_of) == before


def test_the_engine_is_measured_and_every_way_comes_to_the_same(filled):
    found = classifying.measure(OPEN)
    night = classifying.whole_night()
    by_loops = loops.measure()  # they begin by forgetting the nights before

    assert found["checksums_equal"] and by_loops["checksums_equal"]
    assert found["full"]["changed"] == OPEN
    assert found["full_unchanged"]["changed"] == 0
    assert found["full_3_percent_changed"]["changed"] > 0
    assert [one["touched"] for one in found["incremental"]] == [pytest.approx(OPEN // 10, abs=5)]
    assert night["invariants_broken"] == 0, night["broken"]
    assert {"look", "classify", "close", "totals", "check"} <= {step["name"] for step in night["steps"]}


def test_the_boards_are_measured_and_totals_and_live_query_say_the_same(filled):
    with day(book.DAY):
        found = boards._boards()

    assert found["results_equal"]
    assert found["queries"]["page of the rep's day, without session and user"] <= 6


def test_the_answer_has_the_keys_of_the_manual(monkeypatch):
    run = {"seconds": 1.0, "log_bytes": None}
    stages = {
        "fill": {"seconds": 1.0, "machine": "one"},
        "engine": {
            **dict.fromkeys(("floor", "full", "full_unchanged", "full_3_percent_changed"), run),
            "incremental": [{"touched": 50, "microseconds_per_touched_row": 20.0} | run],
            "movements_seconds": 0.1,
            "peak_megabytes": 90,
            "checksums_equal": True,
        },
        "night": {"peak_megabytes": 99, "steps": []},
    }

    class Opened:
        def __enter__(self):
            return lambda arguments: stages[arguments[0]]

        def __exit__(self, *raised):
            return None

    monkeypatch.setattr(engine.own_database, "own_database", lambda module: Opened())

    found = engine.measure(20_000)

    asked = "open floor_seconds full_seconds full_to_floor incremental microseconds_per_touched_row"
    assert {*asked.split(), "naive_save_ratio", "bulk_update_ratio", "checksums_equal", "machine"} <= set(found)
    assert found["naive_save_ratio"] is None and found["bulk_update_ratio"] is None  # above 10,000
    assert "times the floor" in engine.as_text(found)


def test_what_was_learned_of_customers_foretells_later_payments_better_than_their_own_past_rate():
    found = chances.measure(chances.SHARED)["askings"]

    assert found["uses"] == "learned"
    assert found["learned"]["auc"] >= max(found["own_rate"]["auc"], 0.88)
    assert found["learned"]["brier"] <= min(found["own_rate"]["brier"], 0.125)


def test_letters_are_measured_and_the_plain_call_prints_the_same(pango):
    found = letters.measure(count=6, items=2)

    assert (found["letters"], found["outputs_equal"]) == (6, True)


def test_warnings_and_rhythm_are_measured_on_made_lives():
    assert warnings.measure([1], 20)["customers"] == 20
    assert rhythm.measure([1], 20)["seeds"] == [1]


def test_every_benchmark_has_its_place_on_the_page_of_results():
    page = (ROOT / "docs" / "benchmarks.md").read_text(encoding="utf-8")
    with_a_command = [
        path.stem for path in (ROOT / "benchmarks").glob("*.py") if '__name__ == "__main__"' in path.read_text("utf-8")
    ]

    assert set(with_a_command) <= set(re.findall(r"benchmarks\.(\w+)", page))
