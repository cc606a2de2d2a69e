"""Lists that are refused, the same list again, and what a list says about its day and its total."""

from datetime import date
from typing import Any

import pytest

from intake import services
from intake.models import File
from intake.services import NotTaken
from receivables import services as receivables
from receivables.models import (
    ControlTotal,
    Invoice,
    Payment,
)
from tests.intake.lists import (
    MONDAY,
    TODAY,
    TUESDAY,
    WEDNESDAY,
    came,
    in_order,
    left,
    pays,
    profile,
    refusal,
    rest,
)
from tests.intake.made import LIST, listed

pytestmark = pytest.mark.usefixtures("on_a_tuesday")


# --- refused ----------------------------------------------------------------------------------------


def test_a_list_from_which_more_than_three_tenths_vanish_is_refused_unless_confirmed():
    came(*[listed(f"R{number}") for number in range(10)])
    six = [listed(f"R{number}") for number in range(6)]

    said = refusal(*six, on=TUESDAY)
    assert said.startswith("4 of 10 open items would be settled, more than 30 per cent.")
    assert not Payment.objects.exists()
    assert came(*six, on=TUESDAY, confirm=True).report.settled == 4


def test_three_of_ten_may_vanish_without_a_question():
    came(*[listed(f"R{number}") for number in range(10)])

    assert came(*[listed(f"R{number}") for number in range(7)], on=TUESDAY).report.settled == 3


def test_an_empty_list_is_refused_unless_confirmed():
    came(*rest())

    assert refusal(on=TUESDAY).startswith("The list is empty")
    assert came(on=TUESDAY, confirm=True).report.settled == 4
    assert refusal(on=WEDNESDAY).startswith("The list is empty")  # also where nothing is open


def test_the_same_list_again_changes_nothing():
    came(listed("1001"), *rest())
    came(*rest(), on=TUESDAY)

    again = came(*rest(), on=TUESDAY).report

    assert (again.already_imported, again.unchanged, Payment.objects.count()) == (True, 5, 1)
    assert File.objects.count() == 2


def test_the_same_list_without_a_day_is_the_same_file_and_with_another_day_a_list_of_that_day():
    came(*rest(), on=MONDAY)

    nameless = came(*rest(), on=None).report
    tuesday = came(*rest(), on=TUESDAY).report

    assert (nameless.already_imported, tuesday.already_imported, tuesday.unchanged) == (True, False, 4)
    assert list(File.objects.order_by("as_of").values_list("as_of", flat=True)) == [MONDAY, TUESDAY]


def test_a_list_older_than_the_newest_one_is_refused():
    came(*rest(), on=TUESDAY)

    said = refusal(listed("1001"), *rest(), on=MONDAY)

    assert said.startswith("This list is of 16 Nov 2026, and one of 17 Nov 2026 is here already. Nothing was imported")
    assert File.objects.count() == 1


def test_a_list_of_a_day_that_has_not_come_is_refused():
    with pytest.raises(NotTaken) as refused:
        came(*rest(), on=date(2026, 11, 25))

    assert "has not come yet" in refused.value.outcome.report.unreadable


CONTRADICTIONS = {
    "amount": (listed("1001", amount="120.00"), "100.00 EUR"),
    "currency": (listed("1001", currency="USD"), "in EUR"),
    "invoice date": (listed("1001", date="2026-10-02"), "dated 2026-10-01"),
    "customer": (listed("1001", customer="C2"), "customer C1's"),
}


@pytest.mark.parametrize("what", CONTRADICTIONS)
def test_what_no_list_may_change_is_a_problem_with_both_values(what):
    row, told = CONTRADICTIONS[what]
    came(listed("1001"), *rest())

    with pytest.raises(NotTaken) as refused:
        came(row, *rest(), on=TUESDAY)

    [problem] = refused.value.outcome.problems
    assert f"changed: 1001 is here already, {told}" in problem.text


def test_of_a_refused_row_the_good_rows_touch_nothing():
    came(listed("1001"), *rest())

    report = came(listed("1001", "soon"), *rest(), on=TUESDAY, good_rows=True).report

    assert (report.refused_rows, report.settled, left("1001")) == (1, 0, 100)


def test_a_row_without_a_readable_number_stops_the_good_rows_too():
    came(listed("1001"), *rest())

    assert refusal(listed("=1001"), *rest(), on=TUESDAY, good_rows=True).startswith(
        "The number of 1 refused row cannot be read"
    )
    assert left("1001") == 100


def test_a_list_without_the_open_amount_of_a_row_is_not_guessed():
    with pytest.raises(NotTaken) as refused:
        came(listed("1001", ""), *rest())

    assert refused.value.outcome.report.problem_lines == [
        'line 2, column "open", value "": empty; a snapshot says what is open'
    ]


def test_a_defect_half_way_stores_nothing(monkeypatch):
    came(listed("1001"), *rest())

    def broken(**how: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr(receivables, "state_total", broken)
    with pytest.raises(RuntimeError):
        came(listed("1002"), *rest(), on=TUESDAY, extra="[snapshot]\ncontrol_total = true")

    assert (left("1001"), Invoice.objects.filter(number="1002").count(), File.objects.count()) == (100, 0, 1)


def test_a_book_that_moved_while_the_list_was_read_is_compared_again(monkeypatch):
    came(listed("1001"), *rest())
    read = services.reading.read

    def slowly(content: bytes, **how: Any) -> Any:
        monkeypatch.setattr(services.reading, "read", read)
        found = read(content, **how)
        compared = services.snapshots.compare

        def and_then(*words: Any, **more: Any) -> Any:
            monkeypatch.setattr(services.snapshots, "compare", compared)
            before = compared(*words, **more)
            pays("100.00", "1001", on=TUESDAY)
            return before

        monkeypatch.setattr(services.snapshots, "compare", and_then)
        return found

    monkeypatch.setattr(services.reading, "read", slowly)
    report = came(*rest(), on=TUESDAY).report

    assert (report.reported, Payment.objects.count(), left("1001")) == (0, 1, 0)


# --- the day and the total of a list ----------------------------------------------------------------


def test_the_day_stands_in_a_column_where_the_profile_says_so():
    source = LIST.replace('customer_name = "name"', 'as_of = "name"')
    rows = [row.replace("Alder Foods", "2026-11-16") for row in rest()]

    came(*rows, on=None, profile=profile("", source))

    assert File.objects.get().as_of == MONDAY
    with pytest.raises(NotTaken) as refused:
        came(*rows[:3], rows[3].replace("11-16", "11-17"), on=None, profile=profile("", source))
    assert "the list is of 2026-11-16; a snapshot has one day" in refused.value.outcome.problems[0].text


def test_the_day_stands_in_the_name_where_the_profile_says_so():
    named = profile('[snapshot]\nday_in_name = "YYYYMMDD"')

    came(*rest(), on=None, name="open_20261116_0600.csv", profile=named)

    assert File.objects.get().as_of == MONDAY
    with pytest.raises(NotTaken) as refused:
        came(*rest(), listed("1001"), on=None, name="open.csv", profile=named)
    assert "holds no day like YYYYMMDD" in refused.value.outcome.report.unreadable
    with pytest.raises(NotTaken) as refused:
        came(*rest(), on=WEDNESDAY, name="open_20261117.csv", profile=named)
    assert "the list is of 2026-11-17, and you say 2026-11-18" in refused.value.outcome.report.unreadable


def test_a_list_that_says_nothing_about_its_day_is_of_today():
    came(*rest(), on=None)

    assert File.objects.get().as_of == TODAY


def test_the_list_is_the_control_total_of_its_day_where_the_profile_says_so():
    total = "[snapshot]\ncontrol_total = true"
    came(*rest(), listed("U1", currency="USD"), listed("CN1", "-30.00", amount="-30.00"), extra=total)
    came(*rest(), on=TUESDAY, extra=total, confirm=True)

    totals = ControlTotal.objects.values_list("on", "currency", "amount").order_by("on", "currency")
    assert list(totals) == [
        (MONDAY, "EUR", 370),
        (MONDAY, "USD", 100),
        (TUESDAY, "EUR", 400),
        (TUESDAY, "USD", 0),
    ]
    assert in_order(MONDAY)
    assert in_order(TUESDAY)
