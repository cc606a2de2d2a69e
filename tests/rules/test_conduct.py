from datetime import date

import pytest

from collections_app.policy.thresholds import Conduct
from collections_app.visits.conduct import may_contact

TUESDAY, SATURDAY, SUNDAY = date(2026, 11, 24), date(2026, 11, 28), date(2026, 11, 29)
CHRISTMAS = date(2026, 12, 25)  # a Friday
BOXING_DAY = date(2026, 12, 26)  # a Saturday; a holiday in Ireland


@pytest.mark.parametrize(
    ("contacts", "on", "rules", "why"),
    [
        (0, TUESDAY, Conduct(), ""),
        (2, TUESDAY, Conduct(), ""),
        (3, TUESDAY, Conduct(), "contacts"),
        (4, TUESDAY, Conduct(), "contacts"),
        (1, TUESDAY, Conduct(contacts_per_week=1), "contacts"),
        (0, SATURDAY, Conduct(), ""),
        (0, SUNDAY, Conduct(), "sunday"),
        (0, SUNDAY, Conduct(quiet_sunday=False), ""),
        (0, CHRISTMAS, Conduct(), "holiday"),
        (0, BOXING_DAY, Conduct(), "holiday"),
        (0, CHRISTMAS, Conduct(quiet_holidays=False), ""),
        (9, SUNDAY, Conduct(), "sunday"),
    ],
)
def test_a_contact_is_begun_within_the_cap_and_not_on_quiet_days(contacts, on, rules, why):
    assert may_contact(contacts, on, calendar="IE", rules=rules) == why


@pytest.mark.parametrize("calendar", ["", "ZZ"])
def test_without_a_calendar_no_day_is_a_holiday(calendar):
    assert may_contact(0, CHRISTMAS, calendar=calendar, rules=Conduct()) == ""
