"""The sample book as it is stored: clean books, through the services, and never twice."""

from collections import Counter
from datetime import date, timedelta
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from django.db.models import Count as HowMany
from django.db.models import Min, Q

from audit.models import Entry
from collections_app import books
from collections_app.cases.models import Confirmation, Dispute, Excuse, Promise, StandingOverride, ToDo
from collections_app.gate import consignment, credit
from collections_app.gate.models import CauseChoices, CreditCheck, GateMode, Hold, LadderStep
from collections_app.policy import queries as policy
from collections_app.standings import services as standings
from collections_app.standings import tie
from collections_app.standings.models import Standing
from collections_app.standings.rules import Standing as Kind
from common import clock, money
from common.columns import MoneySum
from contracts import services as contracts
from contracts.models import Contract, Count, Method, Release, Shipment, ShipmentLine
from customers.models import Condition, Contact, Customer, Limit, Mark, Ownership, Site
from demo import cases, generator, people, services
from demo.generator import Wanted
from demo.lately.shelf import Shelf
from receivables.models import (
    Allocation,
    Charge,
    CreditNote,
    DueItem,
    Extension,
    HandIn,
    InstalmentPlan,
    Invoice,
    JournalBatch,
    Paper,
    Payment,
    Receipt,
    WriteOff,
)
from staff.models import BankAccount, Business, Role, User

TUESDAY = date(2026, 11, 24)
SMALL = Wanted(customers=210, invoices=2000, reps=3, seed=7, as_of=TUESDAY)


@pytest.fixture(scope="module")
def book_of_this_module(django_db_setup, django_db_blocker):
    """Seeded once: every test reads it, each change of one is undone, and nothing of it stays."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield services.seed(SMALL)
        transaction.set_rollback(True)


@pytest.fixture
def seeded(book_of_this_module, db):
    return book_of_this_module


@pytest.mark.parametrize("wrong", [{"customers": 0}, {"reps": 0}, {"invoices": -1}])
def test_a_book_of_nobody_is_refused(db, wrong):
    with pytest.raises(CommandError, match="at least one customer and one rep"):
        call_command("seed_demo", stdout=StringIO(), **wrong)

    assert not Business.objects.exists()


def test_the_command_prints_what_it_made_and_who_may_sign_in(db):
    out = StringIO()

    call_command("seed_demo", customers=6, invoices=30, reps=2, stdout=out)

    assert f"as of {clock.business_today()}: 6 customers, 30 invoices" in out.getvalue()
    assert people.PASSWORD in out.getvalue()


@pytest.mark.parametrize("size", [(1, 0, 1), (2, 3, 1), (9, 40, 2)])
def test_a_small_book_has_of_it_what_it_can(db, size):
    customers, invoices, reps = size

    services.seed(Wanted(customers=customers, invoices=invoices, reps=reps, seed=3, as_of=TUESDAY))

    assert [one.broken for one in books.check(as_of=TUESDAY).invariants if one.broken] == []


def test_the_books_of_the_sample_are_clean(seeded):
    broken = {found.name: found.broken for found in books.check(as_of=TUESDAY).invariants if found.broken}

    assert broken == {}


def test_the_sample_is_stored_as_it_was_made_up(seeded):
    made = list(generator.stories(SMALL))

    assert (seeded.customers, seeded.invoices) == (210, 2000)
    assert Customer.objects.count() == 210
    assert Invoice.objects.count() == 2000
    stored = dict(
        DueItem.objects.filter(open_amount__gt=0).values_list("currency").annotate(open=MoneySum("open_amount"))
    )
    credited = sum(card.amount for story in made for card in story.credit_notes if card.settles)
    told = sum(
        cases.open_amount(sale, position)
        for story in made
        for sale in story.sales
        for position in range(1, len(sale.parts) + 1)
    )
    lately = Allocation.objects.filter(Q(payment__reported_by_ledger=False) | Q(write_off__isnull=False))
    settled = sum(lately.filter(due_item__isnull=False).values_list("amount", flat=True), Decimal(0))
    assert sum(stored.values(), Decimal(0)) == told - credited - settled


def test_every_delivery_was_taken_over_by_the_gate_and_its_lines_add_up(seeded):
    billed = Shipment.objects.exclude(invoices=None)
    assert billed.count() == 2000
    assert set(Release.objects.filter(shipment__in=billed).values_list("kind", flat=True)) == {Release.Kind.TAKEN_OVER}
    lines = dict(ShipmentLine.objects.values_list("shipment").annotate(total=MoneySum("amount")))
    for shipment in billed.prefetch_related("invoices"):
        assert lines[shipment.pk] == shipment.amount == shipment.invoices.get().amount


def test_contracts_are_active_with_prices_and_one_site_pays(seeded):
    assert set(Contract.objects.exclude(state=Contract.State.ACTIVE).values_list("state", flat=True)) == {"draft"}
    in_force = Contract.objects.filter(state=Contract.State.ACTIVE)
    assert not in_force.annotate(n=HowMany("price_lines")).filter(n=0).exists()
    assert Site.objects.filter(pays_here=True).count() == Customer.objects.count()
    assert not Customer.objects.annotate(n=HowMany("contacts")).filter(n=0).exists()


def test_money_and_talk_of_every_kind_is_there(seeded):
    states = Counter(Promise.objects.values_list("state", flat=True))

    assert states["kept"]
    assert states["broken"]
    assert states["open"]
    assert Promise.objects.filter(state="open", promised_on=TUESDAY).exists()
    assert Dispute.objects.filter(closed_on=None).exists()
    assert Dispute.objects.exclude(closed_on=None).exists()
    assert Excuse.objects.exists()
    assert Receipt.objects.filter(state=Receipt.State.PROVISIONAL).exists()
    assert CreditNote.objects.filter(unapplied_amount__gt=0).exists()
    assert CreditNote.objects.filter(unapplied_amount=0).exists()


def test_disputed_amounts_stay_within_what_is_open(seeded):
    for dispute in Dispute.objects.filter(closed_on=None).select_related("due_item"):
        assert money.ZERO < dispute.amount <= dispute.due_item.open_amount


def test_customers_changed_their_rep_on_a_day_and_the_past_stays(seeded):
    changed = Customer.objects.annotate(n=HowMany("ownerships")).filter(n=2)

    assert changed
    for customer in changed:
        before, now = customer.ownerships.order_by("starts_on")
        assert before.ends_before == now.starts_on
        assert not before.rep.is_active
        assert now.rep == customer.owner
    assert (
        Customer.objects.filter(owner=None).count()
        == Customer.objects.exclude(pk__in=Ownership.objects.values("customer")).count()
    )


def test_everybody_signs_in_with_the_documented_password(seeded):
    assert len(people.PASSWORD) >= 12
    assert User.objects.reps().count() == 3
    for username, role in (
        ("carmen", Role.REP),
        ("maria", Role.MANAGER),
        ("niamh", Role.FINANCE),
        ("admin", Role.ADMIN),
    ):
        user = User.objects.get(username=username)
        assert user.check_password(people.PASSWORD)
        assert user.role == role


def test_the_rep_who_left_cannot_sign_in(seeded):
    joan = User.objects.get(username="joan")

    assert not joan.is_active
    assert not joan.has_usable_password()


def test_the_manager_sees_every_customer(seeded):
    maria = User.objects.get(username="maria")

    assert Customer.objects.visible_to(maria).count() == Customer.objects.count()


def test_the_company_has_a_letterhead_and_an_account_for_each_currency(seeded):
    business = Business.objects.get()

    assert (business.name, business.city, business.base_currency) == ("Brightwater Drinks Ltd", "Cork", "EUR")
    assert BankAccount.objects.get(currency="EUR").iban == "IE29 AIBK 9311 5212 3456 78"
    assert set(BankAccount.objects.values_list("currency", flat=True)) == set(
        Invoice.objects.values_list("currency", flat=True)
    )


def test_phone_numbers_are_out_of_ranges_that_nobody_has(seeded):
    for phone in Contact.objects.values_list("phone", flat=True):
        assert " 555 " in phone or phone.startswith("+44 7700 900") or " 0555 " in phone


def test_a_database_with_customers_is_refused_in_one_sentence(seeded):
    before = Customer.objects.count(), Payment.objects.count(), Allocation.objects.count(), Mark.objects.count()

    with pytest.raises(CommandError, match="has 210 customers already"):
        call_command("seed_demo", stdout=StringIO())

    after = Customer.objects.count(), Payment.objects.count(), Allocation.objects.count(), Mark.objects.count()
    assert after == before


# --- what has been going on lately ------------------------------------------------------------------


def test_something_was_given_up_claimed_and_taken_back(seeded):
    given_up = set(WriteOff.objects.values_list("code", "state"))

    assert {("bad debt", "granted"), ("bad debt", "asked"), ("price", "asked"), ("price", "declined")} <= given_up
    assert {("discount", "granted"), ("late discount", "asked")} <= given_up
    assert set(Charge.objects.values_list("kind", flat=True)) == {"interest", "fee"}
    assert Payment.objects.filter(reverses__isnull=False, method="direct_debit").exists()
    assert Payment.objects.exclude(named="").filter(unapplied_amount=0).exists()
    assert Payment.objects.exclude(named="").filter(unapplied_amount__gt=0).exists()


def test_papers_are_in_hand_and_one_bounced_with_its_fee(seeded):
    assert set(Paper.objects.values_list("state", flat=True)) == {"in hand", "presented", "dishonoured"}
    assert Paper.objects.filter(state="in hand", matures_on__gt=TUESDAY).exists()
    assert Charge.objects.filter(kind="fee", basis__startswith="the bank's fee").exists()


def test_the_cash_of_a_hand_in_lacks_ten_and_finance_has_signed_it(seeded):
    handed = HandIn.objects.get()

    assert (handed.difference, handed.difference_code, handed.state) == (-10, "change", "received")
    assert handed.received_by == people.FINANCE.username


def test_more_time_runs_and_is_asked_for(seeded):
    assert sorted(Extension.objects.values_list("state", flat=True)) == ["asked", "granted"]
    assert InstalmentPlan.objects.get().state == "granted"


def test_one_batch_went_out_and_the_totals_tie_but_for_a_transfer_that_came_too_late(seeded):
    batch = JournalBatch.objects.get()
    found = {one.currency: one for one in tie.ties(on=batch.up_to)}

    assert batch.rows.exists()
    assert found["EUR"].is_tied
    [late] = found["GBP"].explanation.causes
    assert (late.what, late.amount, found["GBP"].explanation.left) == ("receipt", found["GBP"].difference, 0)
    assert found["USD"].ledger is None


def test_the_tie_line_of_today_is_green_or_says_why_not(seeded):
    found = {one.currency: one for one in tie.ties(on=TUESDAY)}

    assert (found["EUR"].is_tied, found["USD"].is_tied) == (True, True)
    assert (found["GBP"].is_tied, found["GBP"].explanation.left) == (False, 0)
    assert [cause.what for cause in found["GBP"].explanation.causes] == ["receipt"]


def test_a_head_office_pays_for_its_houses_under_one_limit(seeded):
    houses = Customer.objects.exclude(payer=None).select_related("payer", "group")
    [payer] = {house.payer for house in houses}
    [limit] = Limit.objects.exclude(group=None)

    assert 1 <= len(houses) <= 2
    assert {house.group for house in houses} == {payer.group} == {limit.group}
    position = credit.credit_of(houses[0], TUESDAY)
    assert {one.of for one in position.limits} >= {"customer", "payer", "group"}
    paid = Payment.objects.filter(customer=payer, allocations__due_item__customer__in=houses)
    assert paid.exists()


@pytest.mark.parametrize("method", Method.values)
def test_of_every_method_a_contract_is_signed_accepted_and_on_file_and_its_goods_are_proven(seeded, method):
    signed = Contract.objects.filter(state="active", method=method, document__isnull=False)
    whole = signed.filter(terms_accepted_on__isnull=False).exclude(signed_by="").exclude(execution="none")

    assert whole.exists()
    paper = whole[0].document
    assert bytes(paper.content).startswith(b"%PDF-")
    assert Shipment.objects.filter(contract__method=method, proof__isnull=False).exists()


def test_a_few_deliveries_that_are_owed_have_no_signed_paper_yet_and_most_have(seeded):
    owed = Shipment.objects.filter(invoices__due_items__open_amount__gt=0).distinct()

    proven = owed.filter(proof__document__isnull=False).count()
    assert 0 < owed.count() - proven < proven / 10


def test_what_a_customer_would_rather_write_stays_a_draft(seeded):
    drafts = Contract.objects.filter(state="draft").exclude(settlement_text="")

    assert {draft.language for draft in drafts} >= {"en", "es"}
    for draft in drafts:
        with pytest.raises(contracts.CannotBecomeActive, match="does not say when payment is due"):
            contracts.activate(contract=draft, on=TUESDAY, by=User.objects.get(username="maria"))


def test_a_contract_is_not_executed_and_one_customer_has_none_and_a_day_to_cure_it(seeded):
    assert Contract.objects.filter(state="active", execution="none", signed_by="", signed_on=None).exists()
    to_do = ToDo.objects.filter(because="no contract", done_on=None).first()
    assert to_do is not None
    assert to_do.due_on > TUESDAY
    assert not to_do.customer.contracts.filter(state="active").exists()


def test_people_have_entered_what_no_file_tells(seeded):
    assert set(Condition.objects.values_list("kind", flat=True)) == set(Condition.Kind.values)
    assert ToDo.objects.filter(because=ToDo.Because.REGISTER_CLAIM, done_on=None).exists()
    assert set(Confirmation.objects.values_list("answer", flat=True)) == {"agreed", "refused"}
    assert StandingOverride.objects.filter(ends_before__gt=TUESDAY).exists()


def test_goods_wait_for_every_cause_of_the_gate_held_or_observed(seeded):
    waiting = Hold.objects.filter(cleared_at=None)

    assert set(waiting.values_list("cause", flat=True)) == set(CauseChoices.values)
    held = waiting.filter(is_observed=False)
    assert 8 <= held.values("shipment").distinct().count() <= 20
    on = {(cause, segment) for cause, segment, mode in GateMode.objects.values_list("cause", "segment", "mode")}
    assert {("settlement", "key account"), ("late", "key account"), ("execution", ""), ("ladder", "")} <= on
    money = held.filter(cause__in=("settlement", "late", "limit"))
    assert set(money.values_list("shipment__customer__segment", flat=True)) == {"key account"}
    assert {"held", "released"} <= set(Shipment.objects.values_list("state", flat=True))
    assert Release.objects.filter(kind="override").exists()
    assert Entry.objects.filter(verb="gate.kept").exists()


def test_credit_grows_is_insured_and_a_first_order_waits(seeded):
    assert CreditCheck.objects.get().answer == ""
    insured = Limit.objects.exclude(insurer="").get()
    assert TUESDAY < insured.ends_before <= TUESDAY + timedelta(30)
    new = Customer.objects.annotate(first=Min("invoices__issued_on")).filter(first__gt=TUESDAY - timedelta(60))
    assert new.count() == 2
    found = credit.positions([one.pk for one in new], as_of=TUESDAY, policy=policy.in_force(TUESDAY))
    assert all(one.ramp is not None and one.ramp.settled < one.ramp.needed for one in found.values())


def test_consigned_goods_are_counted_and_one_batch_sells_slowly(seeded):
    consignment.help_to_sell(as_of=TUESDAY)

    assert Count.objects.filter(lines__on_hand__gt=0).values("shipment").distinct().count() >= 1
    assert ToDo.objects.filter(because="slow batch", done_on=None).count() == 1


def test_one_customer_stands_on_the_ladder(seeded):
    step = LadderStep.objects.get()

    assert (step.rung, step.approved_by) == (1, people.MANAGER.username)


def test_the_same_book_is_told_the_same_story(seeded):
    """Whom it happens to follows from the book alone."""
    shelf = Shelf(TUESDAY)
    again = Shelf(TUESDAY)

    assert shelf.items(5, late=(20, 200)) == again.items(5, late=(20, 200))


def test_all_five_standings_occur_in_every_currency(seeded):
    standings.classify(as_of=TUESDAY)

    found = set(Standing.objects.values_list("due_item__currency", "standing"))
    assert found == {(currency, kind.value) for currency in ("EUR", "GBP", "USD") for kind in Kind}
