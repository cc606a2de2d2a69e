"""The supply ladder as it is climbed: what is kept, what is refused, what two at once do."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import transaction

from audit.models import Entry
from collections_app.cases import services as cases
from collections_app.gate import ladder, ladder_asking, ladder_notice, ladder_services, ladder_words
from collections_app.gate import ladder_rules as rules
from collections_app.gate.models import LadderStep
from common import clock
from common.pdf import CannotPrint
from receivables.models import DueItem
from staff.models import Approval
from tests import factories as make
from tests.ledger.at_once import at_once, failures, refusals
from tests.services.ladder_stories import (
    TUESDAY,
    asks,
    climbs,
    late_by,
    leave,
    only_the_ladder_holds,
    settle,
    stands,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def house(db, monkeypatch):
    """The ladder alone holds goods; letters are printed elsewhere (tests/print)."""
    only_the_ladder_holds()
    monkeypatch.setattr(ladder_notice, "to_pdf", lambda sheet: sheet["subject"].encode())


@pytest.fixture
def boss():
    return make.manager("maria")


# Up


def test_a_step_keeps_its_ground_its_cost_and_who_approved_it(boss):
    customer = late_by(20)
    rep = make.rep("carmen")

    step = climbs(customer, 1, boss, asked_by=rep)

    assert (step.rung, step.starts_on, step.because, step.clause) == (
        1, TUESDAY, "Answers no call", "Sale of Goods Act 1893, ss. 39-43",
    )  # fmt: skip
    assert (step.lost_margin, step.currency, step.asked_by, step.approved_by) == (100, "EUR", "carmen", "maria")
    assert bytes(step.notice.content) == b"Smaller deliveries from 24 Nov 2026 on"
    [climbed, noticed] = Entry.objects.filter(verb__startswith="gate.ladder").order_by("pk")
    assert (climbed.verb, climbed.after["rung"], climbed.before["rung"]) == ("gate.ladder_climbed", 1, 0)
    assert noticed.after["pay_by"] == "2026-12-04"


def test_one_rung_follows_another_and_the_one_before_is_left(boss):
    customer = late_by(30)
    first = make.ladder_step(customer, 1)

    climbs(customer, 2, boss)

    first.refresh_from_db()
    assert (stands(customer), first.left_on, first.left_because) == (2, TUESDAY, ladder_words.NEXT)


@pytest.mark.parametrize(
    ("days", "amount", "words"),
    [
        (0, 1000, "Nothing undisputed is late."),
        (14, 1000, "The oldest undisputed item is 14 days late; this rung is for 15 days and more."),
        (20, 99, "€99.00 is late and undisputed; the ladder begins at €100.00."),
    ],
)
def test_who_is_not_late_enough_is_not_led_up(boss, days, amount, words):
    with pytest.raises(ladder_services.NotOpen) as refused:
        climbs(late_by(days, amount), 1, boss)

    assert words in str(refused.value)
    assert not LadderStep.objects.exists()


def test_what_is_disputed_promised_or_covered_is_no_breach(boss):
    disputed, promised, covered = late_by(20), late_by(20), late_by(20)
    items = {item.customer_id: item for item in DueItem.objects.all()}
    cases.open_dispute(due_item=items[disputed.pk], amount=Decimal(950), reason="price", on=TUESDAY, by=make.BY)
    cases.promise(
        customer=promised, amount=Decimal(1000), currency="EUR", promised_on=TUESDAY + timedelta(days=2),
        method="transfer", lines=[(items[promised.pk].pk, Decimal(1000))], on=TUESDAY, by=make.BY,
    )  # fmt: skip
    make.receipt(items[covered.pk], 1000, rep=make.rep())

    for customer in (disputed, promised, covered):
        with pytest.raises(ladder_services.NotOpen):
            climbs(customer, 1, boss)


def test_an_older_disputed_item_does_not_make_the_rest_older(boss):
    customer = late_by(50)
    cases.open_dispute(
        due_item=DueItem.objects.get(), amount=Decimal(1000), reason="price", on=TUESDAY, by=make.BY
    )  # fmt: skip
    late_by(20, of=customer)

    assert ladder.breaches([customer.pk], as_of=TUESDAY)[customer.pk] == rules.Breach(20, Decimal(1000))
    assert ladder.breaches(None, as_of=TUESDAY) == ladder.breaches([customer.pk], as_of=TUESDAY)


def test_the_time_of_a_letter_runs_before_the_next_rung(boss):
    customer = late_by(200)
    climbs(customer, 1, boss)

    with pytest.raises(ladder_services.NotOpen, match="gave the customer time until 4 Dec 2026"):
        climbs(customer, 2, boss, on=date(2026, 12, 4))
    assert climbs(customer, 2, boss, on=date(2026, 12, 5)).rung == 2


def test_nobody_skips_a_rung_alone():
    customer, maria, ada = late_by(60), make.manager("maria"), make.admin_user("ada")

    with pytest.raises(ladder_services.NotApproved, match="Ask for it first: another manager or admin approves it"):
        climbs(customer, 4, maria)
    asks(customer, 4, maria)
    with pytest.raises(ladder_services.NotApproved, match="You asked to leave out 1 · Smaller batches"):
        climbs(customer, 4, maria, asked_by=ada)
    with pytest.raises(ladder_services.NotApproved, match="Ask for it first"):
        climbs(customer, 3, ada)  # another rung than the one that was asked for
    assert stands(customer) == 0

    step = climbs(customer, 4, ada)
    assert (step.rung, step.asked_by, step.approved_by) == (4, "maria", "ada")


def test_a_request_is_answered_by_the_next_step_and_does_not_wait_for_ever(boss):
    customer, ada = late_by(60), make.admin_user("ada")
    asks(customer, 4, boss)
    climbs(customer, 1, ada)
    ladder_services.step_down(customer=customer, because="A talk", on=TUESDAY, by=ada)

    with pytest.raises(ladder_services.NotApproved, match="Ask for it first"):
        climbs(customer, 4, ada)

    asks(customer, 4, boss)
    Entry.objects.filter(verb=ladder_asking.ASKED).update(at=clock.now() - timedelta(days=31))
    with pytest.raises(ladder_services.NotApproved, match="Ask for it first"):
        climbs(customer, 4, ada)


def test_no_rung_is_skipped_without_a_manager_or_an_admin():
    customer = late_by(60)

    with pytest.raises(ladder_services.NotApproved, match="leave out 1 · Smaller batches, 2 · No new gifts"):
        climbs(customer, 4, make.finance())
    assert stands(customer) == 0

    with pytest.raises(ladder_services.NotApproved, match="Only a manager or an admin"):
        asks(customer, 4, make.finance())

    asks(customer, 4, make.admin_user())
    step = climbs(customer, 4, make.manager(), because="Cheque of another supplier bounced")
    assert step.rung == 4
    entry = Entry.objects.get(verb="gate.ladder_climbed")
    assert (entry.after["skipped"], entry.after["because"]) == ("1, 2, 3", "Cheque of another supplier bounced")


def test_a_skipped_rung_opens_no_earlier_than_its_own_day():
    with pytest.raises(ladder_services.NotOpen, match="this rung is for 45 days"):
        climbs(late_by(44), 4, make.manager())


@pytest.mark.parametrize("who", ["rep", "auditor"])
def test_who_has_no_right_takes_no_step(who):
    with pytest.raises(ladder_services.NotApproved, match="Your role may not approve"):
        climbs(late_by(20), 1, make.person(who))


def test_the_right_is_asked_for_what_the_step_costs(boss):
    Approval.objects.create(role="manager", kind=Approval.Kind.LADDER, up_to=Decimal(500))

    with pytest.raises(ladder_services.NotApproved, match="costs so much"):
        climbs(late_by(20), 1, boss, lost_margin=Decimal("500.01"))
    with pytest.raises(ladder_services.NotApproved, match="costs so much"):
        climbs(late_by(20), 1, boss, lost_margin=None)
    assert climbs(late_by(20), 1, boss, lost_margin=Decimal(500)).rung == 1


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"because": " "}, "Say why"),
        ({"clause": " "}, "Name the clause"),
        ({"clause": "x" * 201}, "200 letters"),
        ({"clause": "Clause 9: we go to court"}, "may not say “court” on this rung"),
        ({"lost_margin": Decimal(-1)}, "zero or more"),
        ({"rung": 7}, "has no rung 7"),
        ({"rung": 0}, "has no rung 0"),
    ],
)
def test_a_step_without_its_ground_is_refused(boss, said, words):
    with pytest.raises(ladder_services.Refused, match=words):
        climbs(late_by(20), **{"rung": 1, "by": boss} | said)
    assert not LadderStep.objects.exists()


def test_nobody_climbs_to_where_it_stands_or_below(boss):
    customer = late_by(200)
    make.ladder_step(customer, 3)

    for rung in (2, 3):
        with pytest.raises(ladder_services.NotOpen, match="stands on rung 3"):
            climbs(customer, rung, boss)


def test_an_insolvent_customer_is_left_to_its_administrator(boss):
    customer = late_by(200)
    make.befall(customer, "insolvent", on=TUESDAY)

    with pytest.raises(ladder_services.NotOpen, match="registered with the administrator"):
        climbs(customer, 1, boss)


def test_goods_come_back_under_title_or_with_consent(boss):
    plain, titled = late_by(80), make.customer(country="IE")
    contract = make.contract(titled, title="simple", title_agreed_on=date(2024, 1, 1))
    day = TUESDAY - timedelta(days=110)
    delivered = make.shipment(contract, asked_on=day, delivered_on=day)
    make.invoice(titled, 100, due_date=TUESDAY - timedelta(days=80), shipment=delivered.pk)
    for customer in (plain, titled):
        make.ladder_step(customer, 4)

    assert climbs(titled, 5, boss).rung == 5
    with pytest.raises(ladder_services.NotOpen, match="State the customer's consent"):
        climbs(plain, 5, boss)
    agreed = climbs(plain, 5, boss, clause="", consent="Lucía Ortega, 23 Nov 2026")
    assert agreed.clause == "Consent: Lucía Ortega, 23 Nov 2026"


def test_the_court_file_needs_a_letter_whose_time_is_over(boss):
    never, told, just_told = late_by(130), late_by(130), late_by(130)
    make.ladder_step(told, 5)
    make.ladder_step(just_told, 5, days_ago=10)

    assert climbs(told, 6, boss).rung == 6
    with pytest.raises(ladder_services.NotOpen, match="until 24 Nov 2026"):
        climbs(just_told, 6, boss)
    with pytest.raises(ladder_services.NotOpen, match="No rung stands before it"):
        climbs(never, 6, boss)


# The notice


def test_a_machine_that_cannot_print_takes_the_step_without_its_notice(boss, monkeypatch):
    def cannot(sheet):
        raise CannotPrint("The library is missing.")

    monkeypatch.setattr(ladder_notice, "to_pdf", cannot)
    step = climbs(late_by(20), 1, boss)
    assert (step.rung, step.notice) == (1, None)
    with pytest.raises(CannotPrint):
        ladder_services.print_notice(step=step, on=TUESDAY, by=boss)

    monkeypatch.setattr(ladder_notice, "to_pdf", lambda sheet: b"printed")
    assert bytes(ladder_services.print_notice(step=step, on=TUESDAY, by=boss).notice.content) == b"printed"
    with pytest.raises(ladder_services.AlreadyPrinted):
        ladder_services.print_notice(step=step, on=TUESDAY, by=boss)


def test_a_notice_of_a_step_that_was_left_is_not_sent(boss):
    customer = late_by(20)
    step = make.ladder_step(customer, 1)
    ladder_services.step_down(customer=customer, because="New plan", on=TUESDAY, by=boss)

    with pytest.raises(ladder_services.NotStanding, match="is not sent any more"):
        ladder_services.print_notice(step=step, on=TUESDAY, by=boss)


# Two at once


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_of_two_people_at_once_one_leads_up():
    customer = late_by(20)
    people = [make.manager("maria"), make.manager("mark")]

    found = at_once(*(lambda by=by: climbs(customer, 1, by) for by in people))

    assert failures(found) == []
    [refused] = refusals(found)
    assert "stands on rung 1" in refused
    assert LadderStep.objects.filter(left_on=None).count() == 1


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("_round", range(5))
def test_a_payment_and_a_step_at_once_leave_nobody_on_the_ladder_who_owes_nothing(_round):
    customer = late_by(20)
    boss = make.manager("maria")

    def pays():
        with transaction.atomic():
            settle(customer)
            leave(customer)

    found = at_once(pays, lambda: climbs(customer, 1, boss))

    assert failures(found) == []
    assert stands(customer) == 0
