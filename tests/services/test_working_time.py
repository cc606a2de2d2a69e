"""When and from where reps work, when they are away and who stands in."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
import time_machine

from audit.models import Entry
from customers.models import Customer
from staff import working_time
from staff.models import Absence, RepDay
from staff.working_time import AwayTwice, DeputyToBeConfirmed, NotADeputy, NotAShift, NotYourPeople, Shift, Spot
from tests import factories as make

pytestmark = pytest.mark.django_db

TUESDAY = date(2026, 11, 24)
MONDAY_TO_FRIDAY = [Shift(day, time(9), time(17, 30), time(13), time(14)) for day in range(5)]


@pytest.fixture
def rep():
    return make.rep("carmen")


@pytest.fixture
def manager(rep):
    return make.manager("maria")


def note(rep, by, first=TUESDAY, days=5, deputy=None, **values):
    return working_time.note_absence(
        rep=rep, starts_on=first, ends_before=first + timedelta(days=days), because="Holidays", deputy=deputy, by=by,
        **values,
    )  # fmt: skip


def test_a_week_replaces_the_one_before_and_the_trail_has_both(rep, manager):
    working_time.set_days(rep=rep, rows=MONDAY_TO_FRIDAY, by=manager)
    working_time.set_days(rep=rep, rows=[Shift(5, time(8), time(12))], by=manager)

    assert list(RepDay.objects.filter(rep=rep).values_list("weekday", "starts_at")) == [(5, time(8))]
    entry = Entry.objects.filter(verb="staff.working_time_set").latest("pk")
    assert entry.before["0"] == "09:00-17:30, lunch 13:00-14:00"
    assert entry.after == {"5": "08:00-12:00"}


def test_no_rows_give_the_policys_hours_back_and_the_same_week_writes_nothing(rep, manager):
    working_time.set_days(rep=rep, rows=MONDAY_TO_FRIDAY, by=manager)
    working_time.set_days(rep=rep, rows=MONDAY_TO_FRIDAY, by=manager)
    assert Entry.objects.filter(verb="staff.working_time_set").count() == 1

    working_time.set_days(rep=rep, rows=[], by=manager)

    assert not RepDay.objects.exists()


@pytest.mark.parametrize(
    ("shift", "said"),
    [
        (Shift(1, time(17), time(9)), "Tuesday ends at 09:00, before it starts at 17:00"),
        (Shift(1, time(9), time(9)), "before it starts"),
        (Shift(1, time(9), time(17), time(13), None), "lunch needs both times"),
        (Shift(1, time(9), time(17), time(14), time(13)), "lunch ends before it starts"),
        (Shift(1, time(9), time(17), time(8), time(10)), "lunch lies outside"),
        (Shift(1, time(9), time(17), time(16, 30), time(17, 30)), "lunch lies outside"),
        (Shift(7, time(9), time(17)), "seven weekdays"),
    ],
)
def test_hours_that_no_working_day_can_have_are_refused(rep, manager, shift, said):
    with pytest.raises(NotAShift, match=said):
        working_time.set_days(rep=rep, rows=[shift], by=manager)
    assert not RepDay.objects.exists()


def test_a_weekday_has_one_working_time(rep, manager):
    with pytest.raises(NotAShift, match="once"):
        working_time.set_days(rep=rep, rows=[Shift(1, time(9), time(12)), Shift(1, time(14), time(18))], by=manager)


def test_a_rep_sets_his_lunch_and_never_his_working_time(rep, manager):
    with pytest.raises(NotAShift, match="Ask your manager"):
        working_time.set_lunches(rep=rep, lunches={0: (time(13), time(14))}, by=rep)
    working_time.set_days(rep=rep, rows=[Shift(0, time(9), time(17))], by=manager)
    with pytest.raises(NotYourPeople):
        working_time.set_days(rep=rep, rows=MONDAY_TO_FRIDAY, by=rep)

    working_time.set_lunches(rep=rep, lunches={0: (time(13), time(14)), 3: (time(12), time(13))}, by=rep)

    day = RepDay.objects.get(rep=rep)
    assert (day.starts_at, day.ends_at, day.lunch_from, day.lunch_until) == (time(9), time(17), time(13), time(14))


def test_a_rep_sets_where_his_day_starts_and_the_trail_does_not_tell_where_he_lives(rep):
    working_time.set_places(rep=rep, start=Spot(Decimal("39.4699"), Decimal("-0.3763")), end=None, by=rep)

    rep.refresh_from_db()
    assert (rep.latitude, rep.end_latitude) == (Decimal("39.469900"), None)
    assert "39" not in str(Entry.objects.get(verb="staff.places_set").after)
    with pytest.raises(working_time.NoSuchPlace):
        working_time.set_places(rep=rep, start=Spot(Decimal(139), Decimal(0)), end=None, by=rep)


def test_a_manager_leads_his_teams_an_admin_everybody_and_nobody_else_anybody(rep, manager):
    strangers = (
        make.manager("mark", leads=make.team("South")), make.rep("tom"), rep, make.finance(), make.auditor(),
    )  # fmt: skip
    for somebody in strangers:
        with pytest.raises(NotYourPeople):
            note(rep, somebody)
    with pytest.raises(NotYourPeople):
        note(manager, manager)  # nobody who visits
    assert note(rep, make.admin_user())


def test_two_absences_of_a_rep_never_overlap_and_may_follow_at_once(rep, manager):
    note(rep, manager, days=5)

    with pytest.raises(AwayTwice, match="from 24 Nov 2026 to 28 Nov 2026"):
        note(rep, manager, first=TUESDAY + timedelta(days=4), days=1)
    assert note(rep, manager, first=TUESDAY + timedelta(days=5), days=1)
    with pytest.raises(AwayTwice, match="before the first"):
        note(rep, manager, first=TUESDAY + timedelta(days=60), days=0)


def test_a_deputy_visits_is_there_and_is_another_person(rep, manager):
    tom = make.rep("tom")
    make.absence(tom, starts_on=TUESDAY + timedelta(days=4))

    with pytest.raises(NotADeputy, match="away from 28 Nov 2026"):
        note(rep, manager, deputy=tom)
    with pytest.raises(NotADeputy, match="himself"):
        note(rep, manager, deputy=rep)
    with pytest.raises(NotADeputy, match="not a rep"):
        note(rep, manager, deputy=manager)
    assert note(rep, manager, days=4, deputy=tom).deputy == tom


def test_a_deputy_of_another_team_is_asked_about(rep, manager):
    zoe = make.rep("zoe", team=make.team("South"))

    with pytest.raises(DeputyToBeConfirmed, match="another team"):
        note(rep, manager, deputy=zoe)
    assert note(rep, manager, deputy=zoe, confirmed=True).deputy == zoe


def test_whoever_stands_in_is_not_away_until_somebody_else_does(rep, manager):
    tom, eva = make.rep("tom"), make.rep("eva")
    absence = note(rep, manager, deputy=tom)

    with pytest.raises(NotADeputy, match="Give Carmen another deputy first"):
        note(tom, manager, days=1)
    working_time.set_deputy(absence=absence, deputy=eva, today=TUESDAY, by=manager)

    assert note(tom, manager, days=1)
    with pytest.raises(NotADeputy):
        working_time.set_deputy(absence=absence, deputy=tom, today=TUESDAY, by=manager)


def test_an_absence_ends_earlier_never_later_and_one_that_never_began_is_gone(rep, manager):
    absence = note(rep, manager, days=5)

    with pytest.raises(AwayTwice, match="only end earlier"):
        working_time.end_absence(absence=absence, ends_before=TUESDAY + timedelta(days=9), by=manager)
    working_time.end_absence(absence=absence, ends_before=TUESDAY + timedelta(days=2), by=manager)
    absence.refresh_from_db()
    assert absence.ends_before == TUESDAY + timedelta(days=2)
    working_time.end_absence(absence=absence, ends_before=TUESDAY, by=manager)

    assert not Absence.objects.exists()
    assert Entry.objects.filter(verb="staff.absence_ended").count() == 2


@pytest.mark.parametrize(("days_on", "sees"), [(-1, False), (0, True), (4, True), (5, False)])
def test_a_deputy_sees_the_customers_of_the_absent_rep_from_the_first_to_the_last_day_away(rep, manager, days_on, sees):
    """Until midnight where the business is, not where the server's clock is."""
    tom = make.rep("tom")
    own, absents = make.customer(tom), make.customer(rep)
    note(rep, manager, days=5, deputy=tom)
    noon = datetime.combine(TUESDAY + timedelta(days=days_on), time(23, 30), tzinfo=ZoneInfo("Europe/Madrid"))

    with time_machine.travel(noon, tick=False):
        found = set(Customer.objects.visible_to(tom))

    assert found == ({own, absents} if sees else {own})
    assert absents.owner == rep  # ownership stays
