"""Beside the company's ledger: the journal of yesterday went out, and the ledger's totals came back."""

from datetime import date
from decimal import Decimal

from django.db import transaction

from collections_app.standings import queries as standings
from common import clock
from demo.lately.shelf import Shelf
from receivables import services

SOURCE = "trial balance"


@transaction.atomic
def tell_the_ledger(shelf: Shelf) -> None:
    """One batch; what is booked after it waits for the next."""
    services.export_journal(up_to=shelf.ago(1), by=shelf.finance)


@transaction.atomic
def state_totals(shelf: Shelf) -> None:
    """Of the evening of the batch, and of today. In sterling the ledger has not got a transfer that came in too late
    for the batch; everything else ties to the cent. Dollars were asked for today for the first time."""
    evening = shelf.ago(1)
    late = _too_late(shelf, evening)
    for on, currencies in ((evening, ("EUR", "GBP")), (shelf.as_of, ("EUR", "GBP", "USD"))):
        if on > clock.business_today():  # a book of a day to come: no ledger has closed it
            continue
        ours = {total.currency: total.amount for total in standings.ageing(as_of=on, by=("currency",)).totals}
        for currency in (code for code in currencies if code in ours):
            beside = late if currency == "GBP" else Decimal(0)
            services.state_total(
                currency=currency, on=on, amount=ours[currency] + beside, source=SOURCE, by=shelf.finance
            )


def _too_late(shelf: Shelf, on: date) -> Decimal:
    for item in shelf.items(1, late=(-20, 330), currency="GBP"):
        payment = services.record_payment(
            customer=item.customer, amount=item.open_amount, currency="GBP", method="transfer", received_on=on,
            reference=f"FPS {item.invoice.number}", lines=[(item.pk, item.open_amount)], by=shelf.finance,
        )  # fmt: skip
        return payment.amount
    return Decimal(0)


DEEDS = (tell_the_ledger, state_totals)
