"""The sample book as it is stored: clean books, through the services, and never twice."""

from collections import Counter
from datetime import date
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from django.db.models import Count

from collections_app import books
from collections_app.cases.models import Dispute, Excuse, Promise
from collections_app.standings import services as standings
from collections_app.standings.models import Standing
from collections_app.standings.rules import Standing as Kind
from common import clock, money
from common.columns import MoneySum
from contracts.models import Contract, Release, Shipment, ShipmentLine
from customers.models import Contact, Customer, Mark, Ownership, Site
from demo import cases, generator, people, services
from demo.generator import Wanted
from receivables.models import Allocation, CreditNote, DueItem, Invoice, Payment, Receipt
from staff.models import BankAccount, Business, Role, User

TUESDAY = date(2026, 11, 24)
SMALL = Wanted(customers=120, invoices=1500, reps=3, seed=7, as_of=TUESDAY)


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


def test_the_books_of_the_sample_are_clean(seeded):
    broken = {found.name: found.broken for found in books.check(as_of=TUESDAY).invariants if found.broken}

    assert broken == {}


def test_the_sample_is_stored_as_it_was_made_up(seeded):
    made = list(generator.stories(SMALL))

    assert (seeded.customers, seeded.invoices) == (120, 1500)
    assert Customer.objects.count() == 120
    assert Invoice.objects.count() == 1500
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
    assert sum(stored.values(), Decimal(0)) == told - credited


def test_every_delivery_was_taken_over_by_the_gate_and_its_lines_add_up(seeded):
    assert Shipment.objects.count() == 1500
    assert set(Release.objects.values_list("kind", flat=True)) == {Release.Kind.TAKEN_OVER}
    lines = dict(ShipmentLine.objects.values_list("shipment").annotate(total=MoneySum("amount")))
    for shipment in Shipment.objects.prefetch_related("invoices"):
        assert lines[shipment.pk] == shipment.amount == shipment.invoices.get().amount


def test_contracts_are_active_with_prices_and_one_site_pays(seeded):
    assert not Contract.objects.exclude(state=Contract.State.ACTIVE).exists()
    assert not Contract.objects.annotate(n=Count("price_lines")).filter(n=0).exists()
    assert Site.objects.filter(pays_here=True).count() == Customer.objects.count()
    assert not Customer.objects.annotate(n=Count("contacts")).filter(n=0).exists()


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
    changed = Customer.objects.annotate(n=Count("ownerships")).filter(n=2)

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

    with pytest.raises(CommandError, match="has 120 customers already"):
        call_command("seed_demo", stdout=StringIO())

    after = Customer.objects.count(), Payment.objects.count(), Allocation.objects.count(), Mark.objects.count()
    assert after == before


def test_all_five_standings_occur_in_every_currency(seeded):
    standings.classify(as_of=TUESDAY)

    found = set(Standing.objects.values_list("due_item__currency", "standing"))
    assert found == {(currency, kind.value) for currency in ("EUR", "GBP", "USD") for kind in Kind}
