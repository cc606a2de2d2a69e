"""The sample book as it is made up: believable, complete, and the same every time."""

from collections import Counter
from datetime import date, timedelta
from decimal import Decimal

import pytest

from contracts import terms
from contracts.models import Method
from demo import agreements, behaviour, cases, generator
from demo.behaviour import Payer
from demo.generator import Wanted

TUESDAY = date(2026, 11, 24)
SMALL = Wanted(customers=120, invoices=1800, reps=3, seed=7, as_of=TUESDAY)
DEFAULT = Wanted(customers=300, invoices=10_000, reps=6, seed=7, as_of=TUESDAY)


@pytest.fixture(scope="module")
def stories():
    return list(generator.stories(DEFAULT))


def open_by(stories, key):
    found: dict[str, Decimal] = {}
    for story in stories:
        for sale in story.sales:
            for position, part in enumerate(sale.parts, start=1):
                name = key(story, part)
                found[name] = found.get(name, Decimal(0)) + cases.open_amount(sale, position)
    return found


def test_some_customers_paid_more_than_they_were_billed(stories):
    overpaid = [
        sale for story in stories for sale in story.sales if sum(paid.amount for paid in sale.paid) > sale.amount
    ]

    assert 5 < len(overpaid) < 60


def test_the_same_seed_and_day_make_the_same_book():
    first, second = list(generator.stories(SMALL)), list(generator.stories(SMALL))

    assert first == second


def test_another_seed_makes_another_book():
    other = Wanted(customers=120, invoices=1800, reps=3, seed=8, as_of=TUESDAY)

    assert list(generator.stories(SMALL)) != list(generator.stories(other))


def test_the_default_book_has_exactly_the_invoices_asked_for(stories):
    assert len(stories) == 300
    assert sum(len(story.sales) for story in stories) == 10_000


@pytest.mark.parametrize(("customers", "invoices", "reps"), [(1, 0, 1), (1, 2, 1), (7, 40, 2), (40, 90, 13)])
def test_a_book_of_any_size_can_be_made(customers, invoices, reps):
    made = list(generator.stories(Wanted(customers, invoices, reps, 1, TUESDAY)))

    assert sum(len(story.sales) for story in made) == invoices


def test_lines_and_parts_add_up_to_the_invoice(stories):
    for story in stories:
        for sale in story.sales:
            assert sum(line.amount for line in sale.lines) == sale.amount
            assert sum(part.amount for part in sale.parts) == sale.amount


def test_nothing_happened_after_this_morning(stories):
    for story in stories:
        for sale in story.sales:
            assert sale.delivered_on <= TUESDAY
            assert sale.issued_on <= TUESDAY
            assert all(sale.issued_on <= paid.on <= TUESDAY for paid in sale.paid)
        assert all(card.made_on <= TUESDAY for card in (*story.promises, *story.touches))
        assert all(card.issued_on <= TUESDAY for card in story.credit_notes)


def test_about_an_eighth_of_three_years_is_open_in_every_currency(stories):
    sold: dict[str, Decimal] = {}
    for story in stories:
        total = sum(sale.amount for sale in story.sales)
        sold[story.currency] = sold.get(story.currency, Decimal(0)) + total
    still_open = open_by(stories, lambda story, part: story.currency)

    shares = {currency: still_open[currency] / sold[currency] for currency in sold}

    assert set(shares) == {"EUR", "GBP", "USD"}
    assert all(Decimal("0.08") < share < Decimal("0.17") for share in shares.values()), shares


def test_some_forty_customers_pay_on_the_due_day_to_the_cent(stories):
    exact = [story for story in stories if story.profile.payer is Payer.EXACT and story.profile.index >= 6]

    assert 35 <= len(exact) <= 45
    for story in exact:
        for sale in story.sales:
            for part, paid in zip(sale.parts, sale.paid, strict=False):
                assert (paid.on, paid.amount) == (max(part.due_on, sale.issued_on), part.amount)


def test_a_dormant_customer_has_not_moved_for_a_year(stories):
    silent_since = TUESDAY - timedelta(days=365)
    dormant = [story for story in stories if story.profile.payer is Payer.DORMANT]

    assert dormant
    for story in dormant:
        assert not story.promises
        assert not any(touch.reached for touch in story.touches)
        for sale in story.sales:
            assert sale.delivered_on < silent_since
            assert sale.issued_on < silent_since
            assert all(paid.on < silent_since for paid in sale.paid)


def test_every_settlement_method_is_agreed_with_somebody(stories):
    assert {deal.method for story in stories for deal in story.deals} == set(Method.values)


def test_chinese_contracts_bear_a_seal_and_the_others_a_signature(stories):
    for story in stories:
        for deal in story.deals:
            assert ("seal" in deal.execution) == (story.profile.country == "CN")


def test_a_promise_is_kept_or_broken_as_the_rule_of_grace_says(stories):
    for story in stories:
        for card in story.promises:
            until = cases.grace_until(card.promised_on, card.method)
            assert card.made_on <= card.promised_on
            if card.kept_on:
                assert card.kept_on <= until
            elif not card.is_open:
                assert until < TUESDAY


def test_a_days_customers_can_be_driven(stories):
    """Every site lies within some seventy kilometres of where the rep's day starts."""
    for story in stories:
        start = story.profile.region.towns[0]
        for site in story.sites:
            assert abs(site.latitude - start.latitude) < Decimal("0.65")
            assert abs(site.longitude - start.longitude) < Decimal("0.75")


def test_names_of_customers_are_their_own(stories):
    names = Counter(story.profile.name for story in stories)

    assert max(names.values()) == 1
    assert all(name == name.strip() and "  " not in name for name in names)


def test_documents_are_numbered_in_the_order_of_days(stories):
    sales = [sale for story in stories for sale in story.sales if len(sale.invoice) > len("INV-2026-0871")]
    by_number = sorted(sales, key=lambda sale: sale.invoice)

    assert [sale.issued_on for sale in by_number] == sorted(sale.issued_on for sale in sales)
    assert len({sale.delivery for sale in sales}) == len(sales)


def test_mercado_sol_stands_as_in_the_pictures(stories):
    mercado = stories[0]

    assert (mercado.profile.code, mercado.profile.name) == ("C10482", "Mercado Sol, S.L.")
    assert open_by([mercado], lambda story, part: "late" if part.due_on < TUESDAY else "later") == {
        "late": Decimal("5180.00"),
        "later": Decimal("2725.00"),
    }
    [running] = [card for card in mercado.promises if card.is_open]
    assert (running.amount, running.promised_on) == (Decimal("3240.00"), TUESDAY)


@pytest.mark.parametrize("payer", list(Payer))
def test_money_never_comes_before_the_invoice_or_after_this_morning(payer):
    rng = generator.Random(1)

    for ago in range(0, 1000, 7):
        due_on = TUESDAY - timedelta(days=ago)
        day = behaviour.pays_on(payer, due_on, issued_on=due_on, as_of=TUESDAY, rng=rng)
        assert day is None or due_on <= day <= TUESDAY


def test_terms_of_every_method_are_computable():
    rng = generator.Random(1)

    for method in Method.values:
        if method != "fixed":  # each deal of it has its own date
            assert terms.is_computable(method, agreements.parameters(method, rng, "ES"))
