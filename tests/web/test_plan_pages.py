"""The plans of the next days, and one day rep by rep: what is seen, and what can be changed."""

import re
from datetime import date, time, timedelta
from decimal import Decimal

import pytest
from django.urls import reverse

from collections_app.visits import services
from collections_app.visits.models import Plan, Stop, Wish
from collections_app.visits.plans import reading
from staff.models import User
from tests import factories as make
from tests.web.exported import lines_of

pytestmark = pytest.mark.django_db

TUESDAY = date(2026, 11, 24)
MONDAY, WEDNESDAY = TUESDAY - timedelta(days=1), TUESDAY + timedelta(days=1)
DAY = reverse("visits:plans-of-day", args=[TUESDAY.isoformat()])


@pytest.fixture
def carmen():
    make.business(calendar="ES", latitude=Decimal("39.4699"), longitude=Decimal("-0.3763"))
    return make.rep("carmen")


@pytest.fixture
def tom(carmen):
    return make.rep("tom")


@pytest.fixture
def maria(carmen):
    return make.manager("maria")


def plan(rep, on=TUESDAY, *, value=0, **values):
    return Plan.objects.create(rep=rep, on=on, input_hash="x", made_at="2026-11-23T22:00Z", value=value, **values)


def stop(of, customer, *, at=9, minutes=25, worth="100.00", **values):
    """A visit that begins half an hour after the arrival at a full hour."""
    return Stop.objects.create(
        plan=of, customer=customer, position=of.stops.count() + 1, arrive_at=time(at), start_at=time(at, 30),
        leave_at=time(at, 30 + minutes), travel_minutes=20, kilometres=Decimal("3.5"), currency="EUR",
        ask_amount=Decimal(500), worth=Decimal(worth), **values,
    )  # fmt: skip


def owing(rep, name, amount="500.00"):
    made = make.customer(rep, name=name)
    make.site(made)
    make.invoice(made, amount, due_date=TUESDAY - timedelta(days=40))
    return made


def shown(client, person, address=DAY, **query):
    client.force_login(person)
    answer = client.get(address, query)
    assert answer.status_code == 200, answer.content[:500]
    return re.sub(r"\s+", " ", answer.content.decode())


def send(client, person, name, *, form="", **values):
    """Post a form of the day's page, with the one-time key that the page gave it."""
    client.force_login(person)
    page = client.get(DAY).content.decode()
    address = reverse(f"visits:{name}", args=[TUESDAY.isoformat()])
    part = page.split(f'action="{address}"')[1].split("</form>")[0] if f'action="{address}"' in page else ""
    key = re.search(r'name="key" value="([^"]+)"', part)
    return client.post(address, {"key": key.group(1) if key else "k", **values}, follow=True)


# The list


def test_the_list_has_ten_working_days_and_says_how_far_each_is(client, carmen, tom, maria):
    stop(plan(carmen), make.customer(carmen), worth="1200.00")
    stop(plan(tom, state="approved"), make.customer(tom), worth="300.00")
    plan(carmen, WEDNESDAY)

    page = shown(client, maria, reverse("visits:plans"))

    rows = re.findall(r"<tr.*?</tr>", page.split("<tbody>")[1])
    assert len(rows) == 10
    assert "Tue 24 Nov" in rows[0] and "€1,500.00" in rows[0] and "1 of 2 approved" in rows[0]
    assert "Proposed" in rows[1]
    assert "Not planned yet" in rows[2]
    assert "Sat" not in page and "Sun" not in page


def test_a_rep_sees_himself_alone(client, carmen, tom):
    stop(plan(carmen), make.customer(carmen, name="Bar Sol"))
    stop(plan(tom), make.customer(tom, name="Casa Luna"))

    page = shown(client, carmen)

    assert "Bar Sol" in page and "Casa Luna" not in page
    assert "Approve" not in page and "Move a stop" not in page
    assert "Plan again" in page


# A day


def test_a_column_says_how_the_day_is_spent(client, carmen, maria):
    made = plan(carmen, frame={"starts_at": 540, "ends_at": 1050, "lunch": [], "home_minutes": 25, "home_metres": 4500})
    stop(made, make.customer(carmen, name="Bar Sol"), at=9)
    stop(made, make.customer(carmen), at=11)

    page = shown(client, maria)

    label = re.search(r'class="load" role="img" aria-label="([^"]+)"', page).group(1)
    assert label == "Visiting 50 min, Driving 1 h 05 min, Waiting 1 h, Free 5 h 35 min"
    assert "<strong>2</strong> stops" in page and "€200.00" in page and "11.5 km" in page


def test_who_did_not_fit_stands_there_with_its_worth_and_why(client, carmen, maria):
    made = plan(carmen)
    lost = make.customer(carmen, name="Casa Luna")
    made.left_out.create(customer=lost, worth=Decimal("740.00"), reason={"because": "day full"})

    page = shown(client, maria)

    assert "Casa Luna" in page and "Did not fit into the day" in page
    assert page.count("€740.00") == 3  # the row, the rep's sum, the sum of the day


def test_a_plan_is_compared_with_the_reps_day_before(client, carmen, maria):
    bar, casa, pub = (make.customer(carmen, name=name) for name in ("Bar Sol", "Casa Luna", "Pub Zoe"))
    before, now = plan(carmen, MONDAY), plan(carmen)
    stop(before, casa, worth="60.00")
    stop(before, pub, at=11, worth="40.00", state="done")
    stop(now, bar, worth="700.00")
    stop(now, make.customer(carmen, name="Taberna"), at=11, worth="40.00")
    stop(now, make.customer(carmen, name="Venta"), at=13, worth="0.00")

    page = shown(client, maria)

    assert "Against Mon 23 Nov:" in page
    assert "1 stop more, €640.00 more worth, 3.5 km more" in page
    assert "Bar Sol, Taberna and Venta" in page
    assert re.search(r"No longer planned, and not visited:</span> Casa Luna</p>", page)


def test_a_plan_is_compared_with_the_last_day_that_had_visits(client, carmen, maria):
    friday = MONDAY - timedelta(days=3)
    stop(plan(carmen, friday), make.customer(carmen, name="Casa Luna"))
    plan(carmen, MONDAY - timedelta(days=2))
    stop(plan(carmen, MONDAY), make.customer(carmen, name="Pub Zoe"), state="skipped")
    stop(plan(carmen), make.customer(carmen, name="Bar Sol"))

    page = shown(client, maria)

    assert "Against Fri 20 Nov:" in page


def test_who_is_wanted_to_visit_and_who_wants_it_are_told_apart(client, carmen, tom, maria):
    make.wish(make.customer(carmen, name="Bar Azul"), on=TUESDAY, rep=tom, by="maria")

    page = re.sub(r"<[^>]+>", "", shown(client, maria))

    assert "Bar Azul · Visit on this day, by Tom" in page
    assert f"wanted by {maria}" in page


def test_a_rep_who_is_away_says_so_and_who_stands_in(client, carmen, tom, maria):
    make.absence(carmen, starts_on=MONDAY, last_on=WEDNESDAY, deputy=tom)

    assert "Away until 25 Nov 2026; Tom stands in." in shown(client, maria)


def test_commitments_locks_pins_skips_and_appointments_are_marked(client, carmen, maria):
    bar = make.customer(carmen, name="Bar Sol")
    stop(plan(carmen), bar, is_commitment=True, is_locked=True)
    make.wish(make.customer(carmen, name="Casa Luna"), on=TUESDAY, kind="skip", by="carmen")
    make.appointment(bar, on=TUESDAY)

    page = shown(client, maria)

    for text in ("Commitment", "Locked", "Unlock", "Do not visit on this day", "Asked for it", "Carmen", "10:00–10:30"):
        assert text in page, text


def test_a_day_without_reps_plans_or_wishes_says_why_it_is_empty(client, carmen, maria):
    page = shown(client, maria)
    assert "Not planned yet. Plans are made every night." in page and "Nothing special." in page
    User.objects.filter(pk=carmen.pk).update(is_active=False)
    assert "No reps yet" in shown(client, maria)


@pytest.mark.parametrize("day", ["2026-13-01", "tomorrow", "0001-01-01", "9999-12-31"])
def test_what_is_no_day_is_not_found(client, carmen, day):
    client.force_login(carmen)

    assert client.get(reverse("visits:plans-of-day", args=[day])).status_code == 404


def test_a_past_day_is_read_and_not_changed(client, carmen, maria):
    stop(plan(carmen, MONDAY), make.customer(carmen, name="Bar Sol"))

    page = shown(client, maria, reverse("visits:plans-of-day", args=[MONDAY.isoformat()]))

    assert "Bar Sol" in page
    assert "<form" not in page.split('id="main"')[1]


def test_whoever_only_reads_gets_no_form(client, carmen):
    stop(plan(carmen), make.customer(carmen))

    assert "<form" not in shown(client, make.auditor()).split('id="main"')[1]


def test_who_leads_several_teams_looks_at_one(client, carmen):
    zoe = make.rep("zoe", team=make.team("South"))
    admin = make.admin_user()

    assert "Team" in shown(client, admin)
    assert "Zoe" in shown(client, admin, team="South")
    assert "Carmen" not in shown(client, admin, team="South").split('class="plans"')[1].split("wishes")[0]
    assert zoe.team.name == "South"


def test_reading_never_plans(client, carmen, maria):
    owing(carmen, "Bar Sol")

    shown(client, maria)
    shown(client, maria, reverse("visits:plans"))

    assert not Plan.objects.exists()


def test_the_day_reads_as_many_statements_for_one_rep_as_for_six(carmen, maria, count_queries):
    def look():
        reading.day_page(on=TUESDAY, user=maria, today=TUESDAY, reps=reading.reps_of(maria))

    def fill(rep):
        before, now = plan(rep, MONDAY), plan(rep, state="approved", approved_by="maria")
        for number in range(5):
            customer = make.customer(rep)
            stop(before, customer, at=9 + number)
            stop(now, customer, at=9 + number)
            now.left_out.create(customer=make.customer(rep), worth=1, reason={"because": "day full"})
            make.wish(customer, on=TUESDAY, by="maria")
            make.appointment(customer, on=TUESDAY)

    fill(carmen)
    one = count_queries(look)
    for name in "abcde":
        fill(make.rep(name))

    assert count_queries(look) == one <= 17


# Files


def test_all_stops_of_the_day_are_a_file_with_those_who_did_not_fit(client, carmen, tom, maria):
    made = plan(carmen)
    stop(made, make.customer(carmen, name="Bar Sol"), is_commitment=True)
    stop(plan(tom), make.customer(tom, name="Casa Luna"))
    made.left_out.create(customer=make.customer(carmen, name="Pub Zoe"), worth=9, reason={"because": "taboo"})
    client.force_login(maria)

    lines = lines_of(client.get(DAY, {"export": "csv"}))

    found = {line[8]: line for line in lines if len(line) > 8}
    assert found["Bar Sol"][:6] == ["Carmen", "1", "09:00", "09:30", "09:55", "20"]
    assert found["Bar Sol"][-1] == "commitment"
    assert found["Casa Luna"][0] == "Tom"
    assert any("Pub Zoe" in line for line in lines)


# Deeds


def test_a_manager_plans_a_day_again_and_approves_it(client, carmen, maria):
    owing(carmen, "Bar Sol")

    page = send(client, maria, "replan", rep=carmen.pk).content.decode()
    assert "Carmen: planned, 1 stop." in page
    page = send(client, maria, "approve").content.decode()
    assert "1 plan approved." in page and "Approved by Maria" in page
    page = send(client, maria, "take-back-approval", plan=Plan.objects.get().pk).content.decode()

    assert "The approval is taken back." in page
    assert Plan.objects.get().state == "proposed"


def test_nobody_plans_for_a_rep_he_does_not_see(client, carmen):
    client.force_login(make.manager("mark", leads=make.team("South")))

    answer = client.post(reverse("visits:replan", args=[TUESDAY.isoformat()]), {"rep": carmen.pk})

    assert answer.status_code == 404
    assert not Plan.objects.exists()


def test_a_stop_is_moved_by_choosing_it_and_a_rep(client, carmen, tom, maria):
    moved = owing(carmen, "Bar Sol")
    services.plan_day(on=TUESDAY, rep=carmen, by=make.BY)

    answer = send(client, maria, "move", stop=Stop.objects.get().pk, rep=tom.pk, because="Knows them")

    assert re.search(r"Bar Sol: Tom arrives at \d\d:\d\d\.", answer.content.decode())
    assert Stop.objects.get().plan.rep == tom
    assert Wish.objects.get(customer=moved).because == "Knows them"


def test_a_move_that_cannot_be_says_why_and_changes_nothing(client, carmen, tom, maria):
    owing(carmen, "Bar Sol")
    services.plan_day(on=TUESDAY, rep=carmen, by=make.BY)
    make.absence(tom, starts_on=TUESDAY)

    answer = send(client, maria, "move", stop=Stop.objects.get().pk, rep=tom.pk)

    assert answer.status_code == 422
    assert "Tom is away on Tue 24 Nov. Choose another rep, or another day." in answer.content.decode()
    assert Stop.objects.get().plan.rep == carmen


def test_a_customer_is_pinned_by_its_number(client, carmen, maria):
    made = owing(carmen, "Bar Sol")
    services.plan_day(on=TUESDAY, rep=carmen, by=make.BY)

    answer = send(client, maria, "pin", customer=made.code.lower(), because="Promised it")

    assert re.search(r"Bar Sol: Carmen arrives at \d\d:\d\d\.", answer.content.decode())
    assert Stop.objects.get().is_commitment


def test_a_number_that_nobody_has_or_anothers_is_said_beside_its_field(client, carmen, maria):
    others = make.customer(make.rep("zoe", team=make.team("South")))

    for code in ("nobody", others.code):
        answer = send(client, maria, "pin", customer=code)

        assert answer.status_code == 422
        assert f"None of your customers has the number {code}." in answer.content.decode()
    assert not Wish.objects.exists()


def test_sent_twice_a_pin_is_set_once(client, carmen, maria):
    made = owing(carmen, "Bar Sol")
    client.force_login(maria)
    address = reverse("visits:pin", args=[TUESDAY.isoformat()])

    for _ in range(2):
        client.post(address, {"key": "one", "customer": made.code})

    assert Wish.objects.count() == 1


def test_a_wish_is_taken_back_where_it_is_shown(client, carmen, maria):
    wish = make.wish(make.customer(carmen), on=TUESDAY, by="maria")
    client.force_login(maria)

    answer = client.post(reverse("visits:withdraw", args=[wish.pk]), {"back": "plans"}, follow=True)

    assert answer.redirect_chain == [(DAY, 302)]
    assert not Wish.objects.exists()
