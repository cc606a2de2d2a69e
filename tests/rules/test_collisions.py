"""The table of collisions: what was agreed against what the customer permits, and what comes of it."""

from datetime import date, timedelta

import pytest

from collections_app.visits import commitments, permitted
from collections_app.visits.commitments import Owing, Why
from collections_app.visits.permitted import Absence, Signatory, Stated
from common import days

MONDAY, TUESDAY, WEDNESDAY, THURSDAY, FRIDAY = (date(2026, 11, 23) + timedelta(days=n) for n in range(5))
SATURDAY, SUNDAY, NEXT_MONDAY = date(2026, 11, 28), date(2026, 11, 29), date(2026, 11, 30)

#: What is owed on which day, what the customer permits, the day of the visit, the day of a call before (or none).
TABLE = [
    ("a due day in the middle of the week", WEDNESDAY, False, {}, WEDNESDAY, None),
    ("a promise in the middle of the week", WEDNESDAY, True, {}, WEDNESDAY, None),
    ("a due day that is the settlement day", TUESDAY, False, {"settlement_days": ("weekly tue",)}, TUESDAY, None),
    ("a due day before the settlement day", MONDAY, False, {"settlement_days": ("weekly thu",)}, THURSDAY, None),
    ("a promise for another day than the settlement day",
        MONDAY, True, {"settlement_days": ("weekly thu",)}, MONDAY, None),
    ("a due day that is taboo", WEDNESDAY, False, {"taboos": ("weekly wed",)}, THURSDAY, TUESDAY),
    ("a promise for a day that is taboo", WEDNESDAY, True, {"taboos": ("weekly wed",)}, THURSDAY, TUESDAY),
    ("a due day in the first days of a month that are taboo", date(2026, 12, 1), False,
        {"taboos": ("monthly 1-3",)}, date(2026, 12, 4), NEXT_MONDAY),
    ("a taboo on the settlement day leaves the next one", TUESDAY, False,
        {"settlement_days": ("weekly tue",), "taboos": ("2nd tuesday", "monthly 24")}, date(2026, 12, 1), MONDAY),
    ("a due day on a Sunday", SUNDAY, False, {}, NEXT_MONDAY, FRIDAY),
    ("a promise for a Saturday", SATURDAY, True, {}, NEXT_MONDAY, FRIDAY),
    ("a due day while the signatory is away", WEDNESDAY, False,
        {"signatories": (Signatory(absences=(Absence(WEDNESDAY, FRIDAY),)),)}, FRIDAY, TUESDAY),
    ("a promise while the shop is closed", WEDNESDAY, True,
        {"absences": (Absence(TUESDAY, NEXT_MONDAY),)}, NEXT_MONDAY, MONDAY),
    ("a due day on which the shop never opens", MONDAY, False,
        {"open_days": frozenset({1, 2, 3, 4})}, TUESDAY, FRIDAY - timedelta(7)),
]  # fmt: skip


def permits(stated, *, chosen):
    def on(day):
        said = permitted.on_day(day, stated, country="ES", is_commitment=chosen)
        return not said.closed and days.is_working_day(day, "ES")

    return on


@pytest.mark.parametrize(
    ("wanted", "chosen", "said", "visit", "call"), [row[1:] for row in TABLE], ids=[r[0] for r in TABLE]
)
def test_the_visit_goes_to_the_first_permitted_day_and_the_call_to_the_last_one_before(
    wanted, chosen, said, visit, call
):
    allowed = permits(Stated(**said), chosen=chosen)

    assert commitments.visit_day(wanted, allowed) == visit
    assert commitments.call_day(wanted, permits(Stated(**said), chosen=True)) == call


def test_a_customer_who_permits_no_day_at_all_is_no_commitment_on_any():
    never = permits(Stated(taboos=tuple(f"weekly {day}" for day in days.WEEKDAYS)), chosen=True)

    assert commitments.visit_day(WEDNESDAY, never) is None
    assert commitments.call_day(WEDNESDAY, never) is None


@pytest.mark.parametrize(
    ("owing", "wishes", "why"),
    [
        ([], {}, None),
        ([Owing(WEDNESDAY, chosen=False)], {}, Why.DUE),
        ([Owing(WEDNESDAY, chosen=False), Owing(WEDNESDAY, chosen=True)], {}, Why.PROMISE),
        ([Owing(WEDNESDAY, chosen=True)], {"is_pinned": True}, Why.PINNED),
        ([Owing(WEDNESDAY, chosen=True)], {"is_pinned": True, "has_appointment": True}, Why.APPOINTMENT),
        ([Owing(TUESDAY, chosen=False)], {}, None),
    ],
)
def test_the_strongest_reason_names_the_commitment(owing, wishes, why):
    open_day = permits(Stated(), chosen=True)

    owed = commitments.owed_on(WEDNESDAY, owing, permits=open_day, permits_chosen=open_day)

    assert commitments.why_on(owed, **wishes) == why
