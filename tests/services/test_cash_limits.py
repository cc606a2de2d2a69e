"""What a country allows in cash: refused above, however it is split, with the way out in the sentence."""

from datetime import date
from decimal import Decimal
from importlib import import_module

import pytest
from django.apps import apps

from customers.models import Customer, Site
from receivables import services
from receivables.models import CashLimit, Payment, Rate, Receipt
from staff.models import Business
from tests import factories as make

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 2)


@pytest.fixture
def rep(db):
    make.business()
    Business.objects.update(country="ES")
    CashLimit.objects.all().delete()
    CashLimit.objects.create(
        country="ES", amount=Decimal("999.99"), currency="EUR", basis="Ley 11/2021", starts_on=date(2021, 7, 11)
    )
    return make.rep("carmen")


@pytest.fixture
def item(rep):
    return make.due_item(make.customer(rep), 3000, due_date=date(2026, 10, 1), number="INV-1")


def test_cash_above_the_limit_is_refused_and_a_transfer_or_cheque_offered(rep, item):
    with pytest.raises(services.AboveCashLimit) as refused:
        make.receipt(item, 1000, rep=rep, received_on=DAY)

    assert str(refused.value) == (
        "ES allows at most €999.99 in cash for one deal (Ley 11/2021). Ask for a transfer or a cheque."
    )
    assert not Receipt.objects.exists()
    assert make.receipt(item, 1000, rep=rep, received_on=DAY, method="cheque")
    assert make.receipt(item, "999.99", rep=rep, received_on=DAY)


def test_split_payments_of_one_invoice_are_added(rep, item):
    make.receipt(item, 600, rep=rep, received_on=DAY)

    with pytest.raises(services.AboveCashLimit, match=r"€600\.00 of invoice INV-1 .* so €399\.99 is left"):
        make.receipt(item, 400, rep=rep, received_on=DAY)


@pytest.mark.parametrize("before", ["verified receipt", "payment at the till"])
def test_cash_that_is_booked_counts_as_well(rep, item, before):
    if before == "verified receipt":
        services.verify_receipt(receipt=make.receipt(item, 600, rep=rep, received_on=DAY), by=make.BY)
    else:
        make.payment(item.customer, 600, received_on=DAY, method="cash")

    with pytest.raises(services.AboveCashLimit, match="was paid in cash before"):
        make.receipt(item, 400, rep=rep, received_on=DAY)
    with pytest.raises(services.AboveCashLimit, match="was paid in cash before"):
        make.payment(item.customer, 400, received_on=DAY, method="cash")
    assert make.payment(item.customer, 400, received_on=DAY, method="transfer")


@pytest.mark.parametrize("taken_back", ["refused receipt", "reversed payment"])
def test_cash_that_came_to_nothing_does_not_count(rep, item, taken_back):
    if taken_back == "refused receipt":
        receipt = make.receipt(item, 600, rep=rep, received_on=DAY)
        services.refuse_receipt(receipt=receipt, because="Counterfeit", by=make.BY)
    else:
        payment = make.payment(item.customer, 600, received_on=DAY, method="cash")
        services.reverse_payment(payment=payment, on=DAY, by=make.BY, because="Booked twice")

    assert make.receipt(item, 900, rep=rep, received_on=DAY)


def test_two_invoices_are_two_deals(rep, item):
    other = make.due_item(item.customer, 3000, due_date=date(2026, 10, 2))

    make.receipt(item, 900, rep=rep, received_on=DAY)

    assert make.receipt(other, 900, rep=rep, received_on=DAY)


def test_cash_for_no_invoice_yet_is_a_deal_of_its_own(rep):
    with pytest.raises(services.AboveCashLimit):
        make.payment(make.customer(rep), 1000, received_on=DAY, method="cash")
    assert not Payment.objects.exists()


def test_verifying_a_receipt_does_not_count_its_own_cash_twice(rep, item):
    receipt = make.receipt(item, 900, rep=rep, received_on=DAY)

    assert services.verify_receipt(receipt=receipt, by=make.BY).amount == Decimal(900)


def test_the_limit_holds_for_its_equivalent_in_other_currencies(rep):
    item = make.due_item(make.customer(rep), 3000, due_date=date(2026, 10, 1), currency="USD")
    with pytest.raises(services.AboveCashLimit, match="a rate is missing"):
        make.receipt(item, 5, rep=rep, received_on=DAY)

    Rate.objects.create(currency="USD", on=DAY, rate=Decimal("0.50"), source="ECB")

    with pytest.raises(services.AboveCashLimit):
        make.receipt(item, "1999.99", rep=rep, received_on=DAY)
    assert make.receipt(item, "1999.98", rep=rep, received_on=DAY)


@pytest.mark.parametrize(("on", "is_refused"), [(date(2021, 7, 11), True), (date(2021, 7, 10), False)])
def test_the_limit_of_a_country_counts_from_its_first_day(rep, item, on, is_refused):
    if is_refused:
        with pytest.raises(services.AboveCashLimit):
            make.receipt(item, 2000, rep=rep, received_on=on)
    else:
        assert make.receipt(item, 2000, rep=rep, received_on=on)


@pytest.mark.parametrize(
    ("customer", "site", "business", "is_refused"),
    [
        ("ES", "", "IE", True),  # paid in Valencia to an Irish seller
        ("IE", "ES", "IE", False),  # the customer's own country is the place
        ("", "ES", "IE", True),
        ("", "", "ES", True),
        ("", "", "IE", False),
        ("IE", "", "ES", True),  # the seller's law holds as well
    ],
)
def test_the_country_in_which_it_is_paid_says_how_much_cash(rep, item, customer, site, business, is_refused):
    Business.objects.update(country=business)
    Customer.objects.update(country=customer)
    Site.objects.all().delete()
    if site:
        Site.objects.create(customer=item.customer, name="Store", country=site)

    if is_refused:
        with pytest.raises(services.AboveCashLimit, match="ES allows at most €999"):
            make.receipt(item, 2000, rep=rep, received_on=DAY)
        with pytest.raises(services.AboveCashLimit, match="ES allows at most €999"):
            make.payment(item.customer, 2000, received_on=DAY, method="cash")
    else:
        assert make.receipt(item, 2000, rep=rep, received_on=DAY)


@pytest.mark.parametrize(("customer", "business"), [("ES", "FR"), ("FR", "ES")])
def test_of_two_limits_the_lower_one_holds(rep, item, customer, business):
    CashLimit.objects.create(country="FR", amount=300, currency="USD", basis="CMF L112-6", starts_on=date(2015, 9, 1))
    Rate.objects.create(currency="USD", on=DAY, rate=Decimal("0.50"), source="ECB")
    Business.objects.update(country=business)
    Customer.objects.update(country=customer)

    with pytest.raises(services.AboveCashLimit, match=r"FR allows at most .*300\.00"):
        make.receipt(item, "150.01", rep=rep, received_on=DAY)
    assert make.receipt(item, 150, rep=rep, received_on=DAY)


def test_a_newer_law_takes_the_place_of_the_older_one(rep, item):
    CashLimit.objects.create(country="ES", amount=2500, currency="EUR", basis="A newer law", starts_on=DAY)

    assert make.receipt(item, 2500, rep=rep, received_on=DAY)


def test_the_shipped_limits_say_where_they_come_from(rep):
    CashLimit.objects.all().delete()

    put = import_module("receivables.migrations.0005_cash_limits_of_countries").put
    put(apps, None)
    put(apps, None)

    shipped = {row.country: row for row in CashLimit.objects.all()}
    assert len(shipped) == CashLimit.objects.count()
    assert {country: row.amount for country, row in shipped.items() if row.starts_on <= DAY} == {
        "ES": Decimal("999.99"), "FR": 1000, "IT": Decimal("4999.99"), "PT": Decimal("2999.99"), "BE": 3000,
        "PL": 15000,
    }  # fmt: skip
    assert all(row.basis and row.source for row in shipped.values())
