"""The accounts that one payer pays for, with what each owes and what all of them owe together."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.urls import reverse

from collections_app.standings.accounts import Balance, balances
from common.money import ZERO
from customers.models import Customer


@dataclass(frozen=True, slots=True)
class Account:
    """A line: one account in one currency; without anything open its currency is empty."""

    code: str
    name: str
    url: str
    is_payer: bool
    currency: str
    open: Decimal
    credit: Decimal
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Together:
    payer: Customer
    accounts: list[Account]
    totals: list[tuple[str, Decimal]]


def together(customer: Customer, *, as_of: date) -> Together:
    """The payer of this account (or the account itself) and everything it pays for."""
    payer = customer.payer or customer
    members = [payer, *payer.pays_for.order_by("code", "pk")]
    found: dict[int, list[Balance]] = {}
    totals: dict[str, Decimal] = {}
    for one in balances(as_of=as_of, customers=[member.pk for member in members]):
        found.setdefault(one.customer, []).append(one)
        totals[one.currency] = totals.get(one.currency, ZERO) + one.amount
    accounts = [
        _account(member, own, is_payer=member.pk == payer.pk)
        for member in members
        for own in found.get(member.pk, [Balance(member.pk, "", ZERO, ZERO)])
    ]
    return Together(payer, accounts, sorted(totals.items()))


def _account(member: Customer, own: Balance, *, is_payer: bool) -> Account:
    return Account(
        code=member.code,
        name=member.name,
        url=reverse("desk:customer", args=[member.code]),
        is_payer=is_payer,
        currency=own.currency,
        open=own.open,
        credit=own.credit,
        amount=own.amount,
    )
