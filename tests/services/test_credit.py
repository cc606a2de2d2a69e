"""Granting limits, checking first orders, keeping insurers informed: what is stored, refused and asked of whom."""

from datetime import timedelta
from decimal import Decimal

import pytest

from audit.models import Entry
from audit.services import NIGHT
from collections_app.cases.models import ToDo
from collections_app.gate import credit, credit_services
from collections_app.gate import services as gate
from collections_app.gate.models import CreditCheck
from collections_app.policy import queries as policies
from common import clock
from contracts.models import Shipment
from customers import services as customers
from customers.models import Group, Limit, Mark
from receivables import services as receivables
from receivables.models import Rate
from staff.models import Approval
from tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def today():
    return clock.business_today()


@pytest.fixture
def customer():
    make.business()
    return make.customer(owner=make.rep("carmen"), name="Mercado Sol")


def granted(customer, amount, *, on, by=None, **values):
    values = {"currency": "EUR", "starts_on": on, "because": "Pays on time"} | values
    return credit_services.grant_limit(
        customer=customer, amount=make.money(amount), on=on, by=by or make.finance(), **values
    )


def insured(customer, amount, *, on, ends_in=200, **values):
    values = {"insurer": "Atradius", "policy_number": "P-7", "ends_before": on + timedelta(days=ends_in)} | values
    return granted(customer, amount, on=on, **values)


def planned(customer, amount=100, *, number="S-1", currency="EUR", **values):
    return Shipment.objects.create(
        **{"customer": customer, "number": number, "asked_on": clock.business_today(), "currency": currency}
        | {"amount": make.money(amount)}
        | values
    )


def waiting(**values):
    return [(one.because, one.about, one.due_on) for one in ToDo.objects.filter(done_on=None, **values).order_by("pk")]


# Limits


def test_a_new_limit_ends_the_one_before_on_its_day_and_leaves_its_amount(customer, today):
    first = granted(customer, 1000, on=today)
    second = granted(customer, 3000, on=today, starts_on=today + timedelta(days=10), by=make.finance("niamh"))

    first.refresh_from_db()
    assert (first.amount, first.starts_on, first.ends_before) == (1000, today, second.starts_on)
    assert second.ends_before is None
    assert second.entered_by == "niamh"
    assert Mark.objects.filter(customer=customer, because="limit").count() == 2
    assert Entry.objects.get(verb="customers.limit_set", subject_key=str(second.pk)).after["amount"] == "3000.00 EUR"


def test_our_own_limit_and_the_insurers_stand_side_by_side(customer, today):
    own = granted(customer, 1000, on=today)
    theirs = insured(customer, 800, on=today, starts_on=today + timedelta(days=1))

    own.refresh_from_db()
    assert own.ends_before is None
    assert theirs.ends_before == today + timedelta(days=200)


def test_of_two_limits_of_one_day_the_later_one_counts(customer, today):
    granted(customer, 30000, on=today)
    granted(customer, 3000, on=today)

    assert credit.credit_of(customer, today).own_limit.amount == 3000


def test_a_limit_of_a_group_marks_all_of_its_customers(customer, today):
    group = Group.objects.create(name="Grupo Sol")
    members = [make.customer(group=group) for _ in range(3)]

    granted(None, 5000, on=today, group=group)

    assert set(Mark.objects.filter(because="limit").values_list("customer", flat=True)) == {one.pk for one in members}


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"amount": make.money(-1)}, "A limit is zero or more"),
        ({"amount": make.money("10.005")}, "in whole minor units of EUR"),
        ({"currency": "EURO"}, "EURO is no currency"),
        ({"because": "  "}, "Say why"),
        ({"ends_in": 0}, "ends before it starts"),
        ({"notify_after_days": 30}, "Name the insurer"),
        ({"policy_number": "P-1"}, "Name the insurer"),
        ({"insurer": "Atradius"}, "An insured limit has an end"),
        ({"customer": None}, "one customer, or to one group"),
    ],
)
def test_what_no_limit_can_be_is_refused_and_stores_nothing(customer, today, values, said):
    plain = {"customer": customer, "amount": make.money(100), "currency": "EUR", "because": "Asked", "starts_on": today}
    if "ends_in" in values:
        values = {"ends_before": today + timedelta(days=values["ends_in"])}

    with pytest.raises(customers.NotALimit, match=said):
        customers.set_limit(**plain | values, by=make.BY)

    assert not Limit.objects.exists()


def test_a_limit_starts_today_at_the_earliest(customer, today):
    with pytest.raises(credit_services.NotGranted, match="past days keep the limit they had"):
        granted(customer, 100, on=today, starts_on=today - timedelta(days=1))


@pytest.mark.parametrize(
    ("currency", "amount", "is_granted"),
    [("EUR", 5000, True), ("EUR", "5000.01", False), ("GBP", 4000, True), ("GBP", 4200, False), ("USD", 1, False)],
)
def test_a_manager_grants_up_to_his_right_in_base_currency(customer, today, currency, amount, is_granted):
    Rate.objects.create(currency="GBP", on=today, rate=Decimal("1.2"), source="ECB")

    if is_granted:
        granted(customer, amount, on=today, by=make.manager(), currency=currency)
    else:
        with pytest.raises(credit_services.NotGranted, match="Ask somebody who may"):
            granted(customer, amount, on=today, by=make.manager(), currency=currency)

    assert Limit.objects.exists() is is_granted


def test_a_rep_grants_nothing_unless_the_business_says_so(customer, today):
    with pytest.raises(credit_services.NotGranted):
        granted(customer, 1, on=today, by=make.rep())
    Approval.objects.create(role="rep", kind="limit", up_to=Decimal(200))

    assert granted(customer, 200, on=today, by=make.rep()).amount == 200


# First orders


@pytest.mark.parametrize(
    ("amount", "without_questions", "because"),
    [("1999.99", False, None), (2000, False, "large"), (10, True, "unquestioning")],
)
def test_an_odd_first_order_waits_for_somebody_to_look_by_the_next_working_day(
    customer, today, amount, without_questions, because
):
    shipment = planned(customer, amount, without_questions=without_questions)

    check = credit_services.ask_credit_check(shipment=shipment, on=today, by=make.BY)

    assert (check and check.because) == because
    assert waiting() == ([("credit check", "S-1", today + timedelta(days=1))] if because else [])


def test_a_check_is_asked_for_once(customer, today):
    shipment = planned(customer, 9000)

    first = credit_services.ask_credit_check(shipment=shipment, on=today, by=make.BY)
    again = credit_services.ask_credit_check(shipment=shipment, on=today, by=make.BY)

    assert first == again
    assert len(waiting()) == 1


def test_a_customer_that_was_billed_or_got_goods_before_is_not_checked(customer, today):
    billed = make.customer()
    make.invoice(billed, 10, due_date=today)
    served = make.customer()
    gone = Shipment(customer=served, number="S-0", asked_on=today, delivered_on=today, currency="EUR", amount=10)
    gate.take_over(shipments=[gone], by=make.BY)

    for number, one in enumerate((billed, served)):
        shipment = planned(one, 90000, number=f"S-9{number}", without_questions=True)
        assert credit_services.ask_credit_check(shipment=shipment, on=today, by=make.BY) is None


def test_a_decided_check_says_by_whom_and_why_and_closes_its_to_do(customer, today):
    check = credit_services.ask_credit_check(shipment=planned(customer, 9000), on=today, by=make.BY)
    niamh = make.finance("niamh")

    done = credit_services.decide_check(check=check, answer="passed", note="Accounts of 2025 seen", on=today, by=niamh)

    assert (done.answer, done.decided_by, done.decided_on) == ("passed", "niamh", today)
    assert waiting() == []
    assert ToDo.objects.get().done_by == "niamh"
    assert Mark.objects.filter(customer=customer, because="credit check").exists()


@pytest.mark.parametrize(
    ("role", "answer", "note", "said"),
    [
        ("rep", "passed", "Seen", "A manager or finance decides"),
        ("auditor", "passed", "Seen", "A manager or finance decides"),
        ("finance", "maybe", "Seen", "passes or is refused"),
        ("finance", "passed", " ", "Say what you looked at"),
    ],
)
def test_a_check_is_decided_by_whoever_may_and_with_a_note(customer, today, role, answer, note, said):
    check = credit_services.ask_credit_check(shipment=planned(customer, 9000), on=today, by=make.BY)

    with pytest.raises(credit_services.NotDecided, match=said):
        credit_services.decide_check(check=check, answer=answer, note=note, on=today, by=make.person(role))

    assert CreditCheck.objects.get().answer == ""


def test_of_two_decisions_the_first_stands(customer, today):
    check = credit_services.ask_credit_check(shipment=planned(customer, 9000), on=today, by=make.BY)
    credit_services.decide_check(check=check, answer="refused", note="No accounts", on=today, by=make.finance())

    with pytest.raises(credit_services.NotDecided, match="decided already"):
        credit_services.decide_check(check=check, answer="passed", note="Seen", on=today, by=make.manager())

    assert CreditCheck.objects.get().answer == "refused"


@pytest.mark.parametrize(
    ("answer", "waits", "refused"), [("", True, False), ("passed", False, False), ("refused", False, True)]
)
def test_the_gate_is_told_how_the_check_stands_also_for_parts_of_the_order(customer, today, answer, waits, refused):
    order = planned(customer, 9000)
    check = credit_services.ask_credit_check(shipment=order, on=today, by=make.BY)
    if answer:
        credit_services.decide_check(check=check, answer=answer, note="Looked", on=today, by=make.finance())
    part = planned(customer, 100, number="S-1/2", split_from=order)
    part_of_it = planned(customer, 50, number="S-1/3", split_from=part)
    other = planned(customer, 50, number="S-2")

    facts = credit.for_gate(customer, [order, part, part_of_it, other], as_of=today, policy=policies.in_force(today))

    for shipment in (order, part, part_of_it):
        ramp = facts.ramp(shipment)
        assert (ramp.check_waits, ramp.check_refused) == (waits, refused)
    assert not facts.ramp(other).check_waits


# Insurers


def test_before_an_insured_limit_ends_somebody_is_told_once(customer, today):
    insured(customer, 800, on=today, ends_in=31)

    assert credit_services.insurer_tasks(as_of=today) == 1
    assert credit_services.insurer_tasks(as_of=today) == 0
    assert waiting() == [("limit ends", "P-7", today + timedelta(days=30))]
    assert Entry.objects.get(verb="cases.to_do_opened").actor_key == NIGHT.get_username()


def test_an_end_that_is_far_off_or_renewed_already_asks_nothing(customer, today):
    far, renewed = make.customer(), make.customer()
    insured(far, 800, on=today, ends_in=32)
    insured(renewed, 800, on=today, ends_in=10)
    insured(renewed, 900, on=today, starts_on=today + timedelta(days=10), ends_in=400)

    assert credit_services.insurer_tasks(as_of=today) == 0


def test_a_new_insured_limit_closes_what_the_end_of_the_old_one_asked(customer, today):
    insured(customer, 800, on=today, ends_in=5)
    credit_services.insurer_tasks(as_of=today)

    insured(customer, 900, on=today, starts_on=today + timedelta(days=5), ends_in=400)

    assert waiting() == []
    assert credit_services.insurer_tasks(as_of=today) == 0


def test_the_to_do_of_a_groups_limit_stands_with_one_of_its_customers(customer, today):
    group = Group.objects.create(name="Grupo Sol")
    first = make.customer(group=group)
    make.customer(group=group)
    insured(None, 800, on=today, ends_in=5, group=group)

    assert credit_services.insurer_tasks(as_of=today) == 1
    assert ToDo.objects.get().customer == first


@pytest.mark.parametrize(("late", "is_asked"), [(22, False), (23, True), (30, True), (31, True)])
def test_a_week_before_the_notification_day_somebody_is_asked_to_tell_the_insurer(customer, today, late, is_asked):
    insured(customer, 800, on=today, notify_after_days=30)
    due_date = today - timedelta(days=late)
    make.invoice(customer, 100, due_date=due_date, number="INV-1")

    credit_services.insurer_tasks(as_of=today)

    assert waiting() == ([("insurer", "INV-1", due_date + timedelta(days=30))] if is_asked else [])


def test_what_the_insurer_was_told_is_kept_and_asked_no_more(customer, today):
    insured(customer, 800, on=today, notify_after_days=30)
    invoice = make.invoice(customer, 100, due_date=today - timedelta(days=40), number="INV-1")
    credit_services.insurer_tasks(as_of=today)
    assert credit.credit_of(customer, today).insured.cover.not_told == "INV-1"

    done = credit_services.told_insurer(customer=customer, invoice=invoice, on=today, by=make.finance("niamh"))

    assert (done.done_on, done.done_by, done.about) == (today, "niamh", "INV-1")
    assert credit.credit_of(customer, today).insured.cover.not_told == ""
    assert credit_services.insurer_tasks(as_of=today) == 0
    assert Mark.objects.filter(customer=customer, because="insurer told").exists()


def test_telling_an_insurer_needs_no_to_do_before_and_the_first_day_stands(customer, today):
    invoice = make.invoice(customer, 100, due_date=today - timedelta(days=5))

    first = credit_services.told_insurer(
        customer=customer, invoice=invoice, on=today - timedelta(days=2), by=make.manager()
    )
    again = credit_services.told_insurer(customer=customer, invoice=invoice, on=today, by=make.manager())

    assert first == again
    assert ToDo.objects.get().done_on == today - timedelta(days=2)


def test_a_rep_does_not_note_that_an_insurer_was_told(customer, today):
    invoice = make.invoice(customer, 100, due_date=today)

    with pytest.raises(credit_services.NotTold):
        credit_services.told_insurer(customer=customer, invoice=invoice, on=today, by=make.rep())


def test_what_was_paid_needs_telling_no_more_but_counts_as_untold_when_the_money_goes_back(customer, today):
    insured(customer, 800, on=today, notify_after_days=30)
    make.invoice(customer, 100, due_date=today - timedelta(days=40), number="INV-1")
    credit_services.insurer_tasks(as_of=today)
    payment = make.payment(customer, 100, received_on=today)

    credit_services.insurer_tasks(as_of=today)
    assert waiting() == []

    receivables.reverse_payment(payment=payment, on=today, by=make.BY, because="Bounced")
    assert credit.credit_of(customer, today).insured.cover.not_told == "INV-1"
    assert credit_services.insurer_tasks(as_of=today) == 1
