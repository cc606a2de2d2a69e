"""Which bookings an event gives: the accounts, the tax apart, and the sides changed when something is taken back."""

from decimal import Decimal

import pytest

from receivables import journal_rules as rules
from receivables.models import Charge, Code

HUNDRED = Decimal(100)


def said(bookings):
    return [(one.kind, one.debit, one.credit, str(one.amount)) for one in bookings]


@pytest.mark.parametrize(
    ("bookings", "expected"),
    [
        (rules.receipt("transfer", HUNDRED), [("receipt", "bank", "unapplied", "100")]),
        (rules.receipt("cash", HUNDRED), [("receipt", "cash", "unapplied", "100")]),
        (rules.receipt("exchange", HUNDRED), [("exchange", "exchange", "unapplied", "100")]),
        (rules.receipt("cheque", -HUNDRED), [("receipt", "unapplied", "bank", "100")]),
        (rules.allocation(HUNDRED), [("allocation", "unapplied", "receivables", "100")]),
        (rules.allocation(-HUNDRED), [("allocation", "receivables", "unapplied", "100")]),
        (rules.charge("interest", HUNDRED), [("charge", "receivables", "interest", "100")]),
        (rules.refund(HUNDRED, is_exchange=False), [("refund", "unapplied", "bank", "100")]),
        (rules.refund(HUNDRED, is_exchange=True), [("exchange", "unapplied", "exchange", "100")]),
        (rules.exchange_difference(HUNDRED), [("exchange", "exchange", "exchange difference", "100")]),
        (rules.exchange_difference(-HUNDRED), [("exchange", "exchange difference", "exchange", "100")]),
        (rules.hand_in_difference(-HUNDRED), [("hand-in", "cash difference", "cash", "100")]),
        (rules.deposit(HUNDRED), [("deposit", "bank", "cash", "100")]),
    ],
)
def test_each_event_moves_its_amount_between_two_accounts(bookings, expected):
    assert said(bookings) == expected


@pytest.mark.parametrize(
    ("code", "kind"),
    [("discount", "discount"), ("freight", "difference"), ("rounding", "difference"), ("bad debt", "write-off")],
)
def test_what_is_given_up_has_its_tax_on_the_account_of_the_tax(code, kind):
    assert said(rules.given_up(code, Decimal("119.00"), Decimal("19.00"))) == [
        (kind, code, "receivables", "100.00"),
        ("vat", "vat", "receivables", "19.00"),
    ]


def test_given_up_and_taken_back_cancel_each_other():
    there = rules.given_up("bad debt", Decimal("119.00"), Decimal("19.00"))
    back = rules.given_up("bad debt", Decimal("-119.00"), Decimal("-19.00"))

    assert [(one.credit, one.debit, one.amount) for one in there] == [
        (one.debit, one.credit, one.amount) for one in back
    ]
    assert rules.effect(there) + rules.effect(back) == 0


def test_a_write_off_of_nothing_but_tax_is_one_row():
    assert said(rules.given_up("bad debt", Decimal("19.00"), Decimal("19.00"))) == [
        ("vat", "vat", "receivables", "19.00")
    ]


@pytest.mark.parametrize(
    ("tax", "part", "whole", "currency", "expected"),
    [
        ("19.00", "33.33", "119.00", "EUR", "5.32"),
        ("19.00", "-33.33", "119.00", "EUR", "-5.32"),
        ("19.00", "119.00", "119.00", "EUR", "19.00"),
        ("190", "500", "1190", "JPY", "80"),
        ("0", "5", "10", "EUR", "0"),
    ],
)
def test_a_part_has_its_share_of_the_tax(tax, part, whole, currency, expected):
    share = rules.vat_share(Decimal(tax), part=Decimal(part), whole=Decimal(whole), currency=currency)

    assert share == Decimal(expected)


@pytest.mark.parametrize(
    ("bookings", "effect"),
    [
        (rules.receipt("transfer", HUNDRED), -100),
        (rules.allocation(HUNDRED), 0),
        (rules.given_up("discount", Decimal(119), Decimal(19)), -119),
        (rules.charge("fee", HUNDRED), 100),
        (rules.refund(HUNDRED, is_exchange=False), 100),
        (rules.credit_note(Decimal(119), Decimal(19)), -119),
        (rules.exchange_difference(HUNDRED), 0),
        (rules.deposit(HUNDRED), 0),
    ],
)
def test_the_effect_is_what_the_customers_owe_more_or_less(bookings, effect):
    assert rules.effect(bookings) == effect


def test_every_code_and_every_charge_has_an_account_in_the_sample_chart():
    assert {*Code.values, *Charge.Kind.values} <= set(rules.SAMPLE_CHART)
    assert len(set(rules.SAMPLE_CHART.values())) == len(rules.SAMPLE_CHART)
