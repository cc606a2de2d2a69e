"""Accounts that belong together: a head office pays for its houses, and one limit holds for all of them."""

from decimal import Decimal

from django.db import transaction
from django.db.models import Sum

from collections_app.gate import credit_services
from contracts.models import Contract
from customers import services as customers
from customers.models import Customer, Group, Limit
from demo.lately.shelf import Shelf
from receivables import services

MOST = 3  # accounts that share a payer


@transaction.atomic
def pay_together(shelf: Shelf) -> None:
    """The first group whose accounts are billed in one currency; last week its payer settled what another one owed."""
    for group in Group.objects.order_by("pk"):
        members = _sound(group)[:MOST]
        currencies = set(_currencies(members))
        if len(members) < 2 or len(currencies) != 1:
            continue
        payer, *others = members
        for other in others:
            customers.set_payer(customer=other, payer=payer, on=shelf.ago(40), by=shelf.finance)
        _limit(shelf, group, members, currencies.pop())
        _settle(shelf, payer, others)
        return


def _sound(group: Group) -> list[Customer]:
    lost = {"insolvent_on": None, "closed_on": None, "in_court_on": None, "handed_over_on": None, "assigned_on": None}
    return list(Customer.objects.filter(group=group, **lost).order_by("code"))


def _currencies(members: list[Customer]) -> list[str]:
    agreed = Contract.objects.filter(customer__in=members, state=Contract.State.ACTIVE)
    return list(agreed.order_by().values_list("currency", flat=True).distinct())


def _limit(shelf: Shelf, group: Group, members: list[Customer], currency: str) -> None:
    """Together they may owe three quarters of what each alone might."""
    alone = Limit.objects.filter(customer__in=members, currency=currency, insurer="", ends_before=None)
    together = alone.aggregate(total=Sum("amount"))["total"] or Decimal(0)
    credit_services.grant_limit(
        group=group, amount=together * 3 // 400 * 100, currency=currency, starts_on=shelf.as_of,
        because="The head office pays for all of its houses", on=shelf.as_of, by=shelf.finance,
    )  # fmt: skip


def _settle(shelf: Shelf, payer: Customer, others: list[Customer]) -> None:
    for item in shelf.items(1, customer__in=others):
        services.record_payment(
            customer=payer, amount=item.open_amount, currency=item.currency, method="transfer",
            received_on=shelf.ago(6), reference=f"{payer.code} {item.invoice.number}",
            lines=[(item.pk, item.open_amount)], by=shelf.finance,
        )  # fmt: skip


DEEDS = (pay_together,)
