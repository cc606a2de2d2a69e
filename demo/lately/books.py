"""Beside the company's ledger: the journal of yesterday went out, and the ledger's totals of that day came back."""

from decimal import Decimal

from django.db import transaction

from collections_app.standings import queries as standings
from demo.lately.shelf import Shelf
from receivables import services

SOURCE = "trial balance"


@transaction.atomic
def tell_the_ledger(shelf: Shelf) -> None:
    """One batch; what is booked after it waits for the next."""
    services.export_journal(up_to=shelf.ago(1), by=shelf.finance)


@transaction.atomic
def state_totals(shelf: Shelf) -> None:
    """Euro ties to the cent. In sterling the ledger has not got a transfer that came in too late for the batch."""
    on = shelf.ago(1)
    late = Decimal(0)
    for item in shelf.items(1, late=(-20, 330), currency="GBP"):
        payment = services.record_payment(
            customer=item.customer, amount=item.open_amount, currency="GBP", method="transfer", received_on=on,
            reference=f"FPS {item.invoice.number}", lines=[(item.pk, item.open_amount)], by=shelf.finance,
        )  # fmt: skip
        late = payment.amount
    ours = {total.currency: total.amount for total in standings.ageing(as_of=on, by=("currency",)).totals}
    beside = {"EUR": Decimal(0), "GBP": late}
    for currency, amount in ours.items():
        if currency in beside:
            services.state_total(
                currency=currency, on=on, amount=amount + beside[currency], source=SOURCE, by=shelf.finance
            )


DEEDS = (tell_the_ledger, state_totals)
