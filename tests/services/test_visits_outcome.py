from datetime import date, timedelta
from decimal import Decimal

import pytest

from audit.models import Entry
from collections_app.cases.models import ContactMade, Dispute, Excuse, Promise
from collections_app.visits import services
from collections_app.visits.deeds import NothingSaid, RestUnexplained, Told
from collections_app.visits.models import Outcome, Plan, Stop
from common import clock
from customers.models import Mark
from receivables import services as receivables
from receivables.models import Receipt
from tests import factories as make

pytestmark = pytest.mark.django_db

TUESDAY = date(2026, 11, 24)
FRIDAY = date(2026, 11, 27)


@pytest.fixture(autouse=True)
def today(monkeypatch):
    monkeypatch.setattr("common.clock.business_today", lambda: TUESDAY)


@pytest.fixture
def rep():
    make.business(calendar="ES")
    return make.rep("carmen")


@pytest.fixture
def stop(rep):
    """A customer that owes 2,000 since September and 1,240 since October."""
    made = make.customer(rep)
    make.site(made)
    make.invoice(made, "2000.00", due_date=date(2026, 9, 25), number="INV-A")
    make.invoice(made, "1240.00", due_date=date(2026, 10, 25), number="INV-B")
    return services.plan_day(on=TUESDAY, rep=rep, by=make.BY).stops.get()


def log(stop, rep, kind="paid", key="once", on=TUESDAY, corrects=None, **told):
    if "amount" in told:  # in Spain nobody takes so much in cash
        told = {"method": "transfer"} | told | {"amount": Decimal(told["amount"])}
    return services.record_outcome(stop=stop, kind=kind, key=key, by=rep, on=on, told=Told(**told), corrects=corrects)


def lines(receipt):
    return {line.due_item.invoice.number: line.amount for line in receipt.lines.all()}


def test_paid_in_full_gives_a_provisional_receipt_over_what_is_asked_for(stop, rep):
    outcome = log(stop, rep, amount="3240.00", method="transfer")

    assert outcome.receipt.state == Receipt.State.PROVISIONAL
    assert lines(outcome.receipt) == {"INV-A": 2000, "INV-B": 1240}
    stop.refresh_from_db()
    assert stop.state == "done"
    assert Entry.objects.filter(verb="visits.outcome_recorded").count() == 1
    assert ContactMade.objects.get().reached
    assert Mark.objects.filter(customer=stop.customer, because="contact").exists()


def test_money_goes_to_the_oldest_item_first(stop, rep):
    outcome = log(stop, rep, amount="2100.00", about="promise", promised_on=FRIDAY)

    assert lines(outcome.receipt) == {"INV-A": 2000, "INV-B": 100}


def test_the_same_form_sent_twice_is_saved_once(stop, rep):
    first = log(stop, rep, amount="3240.00")
    again = log(stop, rep, amount="3240.00")

    assert again == first
    assert (Receipt.objects.count(), Outcome.objects.count(), ContactMade.objects.count()) == (1, 1, 1)


def test_a_short_payment_without_a_word_on_the_rest_is_refused_and_changes_nothing(stop, rep):
    with pytest.raises(RestUnexplained, match=r"€240\.00 short\. Say why, or set a date for the rest\."):
        log(stop, rep, amount="3000.00")

    assert not Receipt.objects.exists()
    stop.refresh_from_db()
    assert stop.state == "planned"


def test_the_rest_of_a_short_payment_is_promised(stop, rep):
    outcome = log(stop, rep, amount="3000.00", about="promise", promised_on=FRIDAY)

    assert (outcome.promise.amount, outcome.promise.promised_on) == (Decimal(240), FRIDAY)
    assert outcome.promise.items.get().due_item.invoice.number == "INV-B"


def test_the_rest_of_a_short_payment_is_disputed_item_by_item(stop, rep):
    outcome = log(stop, rep, amount="1500.00", about="dispute", reason="quality")

    found = {row.due_item.invoice.number: row.amount for row in outcome.disputes.all()}
    assert found == {"INV-A": 500, "INV-B": 1240}


def test_the_rest_of_a_short_payment_has_an_excuse(stop, rep):
    assert log(stop, rep, amount="1500.00", about="excuse", excuse="no money").excuse.kind == "no money"


def test_more_than_is_asked_for_settles_what_falls_due_next_and_the_remainder_is_kept(stop, rep):
    make.invoice(stop.customer, "100.00", due_date=date(2026, 12, 24), number="INV-C")

    outcome = log(stop, rep, amount="3400.00")

    assert lines(outcome.receipt) == {"INV-A": 2000, "INV-B": 1240, "INV-C": 100}


def test_what_was_said_is_no_longer_asked_for_that_day(stop, rep):
    log(stop, rep, amount="3240.00")

    again = services.plan_day(on=TUESDAY + timedelta(days=1), rep=rep, by=make.BY)

    assert not again.stops.exists()


def test_a_promise_names_items_day_method_and_who(stop, rep):
    outcome = log(stop, rep, "promise", amount="2500.00", promised_on=FRIDAY, method="cash", promised_by="Lucía Ortega")

    promise = outcome.promise
    assert (promise.amount, promise.method, promise.promised_by) == (Decimal(2500), "cash", "Lucía Ortega")
    assert promise.grace_until == FRIDAY
    assert {row.due_item.invoice.number: row.amount for row in promise.items.all()} == {"INV-A": 2000, "INV-B": 500}


def test_an_excuse_and_a_dispute_leave_their_cases(stop, rep):
    item = stop.customer.due_items.get(invoice__number="INV-B")

    first = log(stop, rep, "excuse", excuse="not sold", note="38 cases left")
    second = log(stop, rep, "dispute", key="two", corrects=first, amount="200.00", due_item=item.pk, reason="damage")

    assert Excuse.objects.get().note == "38 cases left"
    assert (second.disputes.get().due_item, second.disputes.get().amount) == (item, Decimal(200))


@pytest.mark.parametrize("kind", ["not in", "could not visit"])
def test_nobody_met_is_a_contact_not_reached(stop, rep, kind):
    log(stop, rep, kind, note="Back on Thursday")

    assert not ContactMade.objects.get().reached


@pytest.mark.parametrize(
    ("kind", "told", "message"),
    [
        ("paid", {}, "Enter the amount received"),
        ("paid", {"amount": "0.00"}, "Enter the amount received"),
        ("paid", {"amount": "10.001"}, "Enter the amount received"),
        ("promise", {"amount": "10.00"}, "Enter the day"),
        ("promise", {"amount": "9999.00", "promised_on": FRIDAY}, "Only €3,240.00 is open and not promised yet"),
        ("excuse", {}, "Choose what the customer said"),
        ("dispute", {"amount": "10.00", "reason": "price"}, "Choose the invoice"),
    ],
)
def test_what_an_outcome_needs_is_asked_for(stop, rep, kind, told, message):
    with pytest.raises(NothingSaid, match=message):
        log(stop, rep, kind, **told)


def test_a_correction_takes_the_receipt_and_promise_back_and_both_stay_in_the_history(stop, rep):
    wrong = log(stop, rep, amount="3000.00", about="promise", promised_on=FRIDAY)

    right = log(stop, rep, key="two", corrects=wrong, amount="3240.00", method="cheque")

    wrong.refresh_from_db()
    assert (wrong.receipt.state, wrong.promise.state) == ("refused", "withdrawn")
    assert (right.corrects, right.receipt.amount) == (wrong, Decimal(3240))
    assert list(Outcome.objects.in_force()) == [right]
    assert Entry.objects.filter(verb="visits.outcome_corrected").exists()


def test_a_correction_closes_the_disputes_of_the_first_entry(stop, rep):
    wrong = log(stop, rep, amount="1500.00", about="dispute", reason="quality")

    log(stop, rep, "not in", key="two", corrects=wrong)

    assert not Dispute.objects.filter(closed_on=None).exists()


def test_a_visit_that_is_corrected_is_still_one_contact(stop, rep):
    first = log(stop, rep, amount="3240.00")
    second = log(stop, rep, "not in", key="two", corrects=first, note="The owner is away")

    contact = ContactMade.objects.get()
    assert (contact.reached, contact.note) == (False, "The owner is away")

    log(stop, rep, "excuse", key="three", corrects=second, excuse="absent", note="She came back")

    contact = ContactMade.objects.get()
    assert (contact.reached, contact.note) == (True, "She came back")


def test_a_correction_leaves_the_contact_of_another_visit_as_it_is(stop, rep):
    yesterday = TUESDAY - timedelta(days=1)
    earlier = Stop.objects.create(
        plan=Plan.objects.create(rep=rep, on=yesterday, input_hash="x", made_at=clock.now()),
        customer=stop.customer, position=1, currency="EUR", ask_amount=100, worth=100,
    )  # fmt: skip
    log(earlier, rep, "not in", key="one")
    wrong = log(stop, rep, "not in", key="two")

    log(stop, rep, "excuse", key="three", corrects=wrong, excuse="absent")

    assert list(ContactMade.objects.order_by("pk").values_list("reached", flat=True)) == [False, True]


def test_a_visit_that_left_the_plan_meanwhile_is_refused_in_words_and_leaves_nothing(stop, rep):
    type(stop).objects.filter(pk=stop.pk).delete()

    with pytest.raises(services.NotPlanned, match="planned again without the visit to"):
        log(stop, rep, amount="3240.00")

    assert not Receipt.objects.exists()


def test_only_the_author_corrects_and_only_on_the_same_day(stop, rep):
    wrong = log(stop, rep, "not in")

    with pytest.raises(services.NotCorrectable, match="on the same day"):
        log(stop, rep, "excuse", key="two", corrects=wrong, on=TUESDAY + timedelta(days=1), excuse="absent")
    with pytest.raises(services.NotYours, match="Carmen"):
        log(stop, make.rep("other"), "excuse", key="three", corrects=wrong, excuse="absent")


def test_what_finance_has_verified_is_not_corrected_by_the_rep(stop, rep):
    make.account("EUR")
    paid = log(stop, rep, amount="3240.00")
    receivables.verify_receipt(receipt=paid.receipt, by=make.BY)

    with pytest.raises(services.NotCorrectable, match="Finance has verified receipt"):
        log(stop, rep, "not in", key="two", corrects=paid)


def test_a_visit_is_logged_once(stop, rep):
    log(stop, rep, "not in")

    with pytest.raises(services.AlreadyLogged):
        log(stop, rep, "not in", key="two")


def test_a_visit_of_tomorrow_is_not_logged_today(stop, rep):
    with pytest.raises(services.NotYet):
        log(stop, rep, "not in", on=TUESDAY - timedelta(days=1))


def test_the_same_key_at_another_visit_is_another_deed(stop, rep):
    other = make.customer(rep)
    make.site(other)
    make.invoice(other, "50.00", due_date=date(2026, 9, 1))
    first = log(stop, rep, "not in")
    next_stop = services.plan_day(on=TUESDAY, rep=rep, by=make.BY).stops.get(customer=other)

    assert log(next_stop, rep, "not in") != first
    assert Outcome.objects.filter(stop=next_stop).exists()


@pytest.mark.parametrize(
    "changed",
    [
        {"kind": "not in"},
        {"amount": "3240.01"},
        {"method": "transfer"},
        {"note": "counted twice"},
    ],
)
def test_a_form_that_was_saved_is_not_taken_for_another_one_under_its_key(stop, rep, changed):
    sent = {"kind": "paid", "amount": "3240.00", "method": "cheque", "note": ""}
    log(stop, rep, **sent)

    with pytest.raises(services.AlreadyLogged, match="choose “Correct”"):
        log(stop, rep, **(sent | changed))


def test_a_payment_booked_during_the_day_cancels_the_stop_in_its_own_transaction(stop, rep):
    make.payment(stop.customer, "2000.00", received_on=TUESDAY)
    stop.refresh_from_db()
    assert (stop.state, stop.ask_amount) == ("planned", Decimal(1240))

    make.payment(stop.customer, "1240.00", received_on=TUESDAY)
    stop.refresh_from_db()
    assert (stop.state, stop.ask_amount) == ("cancelled", Decimal(1240))
    assert not Promise.objects.exists()
