"""What people know and no file tells: under which reference somebody failed, who was factored, what a balance was
answered, and where a manager overrode a standing.
"""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction

from audit.services import COMMAND
from collections_app.cases import deciding
from collections_app.cases import services as cases
from collections_app.cases.models import Confirmation, ToDo
from customers.models import Condition
from demo.lately.shelf import Shelf
from receivables.models import DueItem

MOST = Decimal(2_500)  # a manager may override so much, in any of the three currencies
REFERENCES = {"insolvent": "IN 318/26", "in court": "3 O 211/26", "handed over": "Cobros Levante SL"}


@transaction.atomic
def name_references(shelf: Shelf) -> None:
    """Whom the stories let fail was added in bulk; here the reference, and the claim that is to be registered."""
    for kind, reference in REFERENCES.items():
        Condition.objects.filter(kind=kind, reference="").update(reference=reference)
    for row in Condition.objects.filter(kind="insolvent", ends_before=None).select_related("customer").order_by("pk"):
        row.register_by = max(row.starts_on, shelf.ahead(12))
        row.save(update_fields=["register_by"])
        cases.open_to_do(
            customer=row.customer, because=ToDo.Because.REGISTER_CLAIM, about=row.reference, due_on=row.register_by,
            on=shelf.as_of, by=COMMAND,
        )  # fmt: skip


@transaction.atomic
def factor(shelf: Shelf) -> None:
    """The debts of one customer are sold."""
    for customer in shelf.customers(1, due_items__open_amount__gt=0):
        deciding.begin_condition(
            customer=customer, kind=Condition.Kind.ASSIGNED, starts_on=shelf.ago(20), reference="Factoria Norte SA",
            on=shelf.ago(20), by=shelf.finance,
        )  # fmt: skip


@transaction.atomic
def answer_balances(shelf: Shelf) -> None:
    """One refused, of a customer that is a little late where there is one; one agreed and signed."""
    for item in shelf.items(1, late=(1, 55)) or shelf.items(1, late=(1, 900)):
        _answered(shelf, item, Confirmation.Answer.REFUSED, note="does not find the delivery note")
    for item in shelf.items(1):
        _answered(shelf, item, Confirmation.Answer.AGREED, is_signed=True)


def _answered(shelf: Shelf, item: DueItem, answer: str, **values: Any) -> None:
    deciding.record_confirmation(
        customer=item.customer, balance_on=shelf.ago(30), currency=item.currency, amount=item.open_amount,
        answer=answer, answered_on=shelf.ago(9), answered_by="Accounts", by=shelf.finance, **values,
    )  # fmt: skip


@transaction.atomic
def override(shelf: Shelf) -> None:
    """A good customer whose shop was flooded is treated more mildly than the rules would for a while."""
    milder = (("overdue", (60, 170)), ("unpaid", (1, 59)))
    for standing, late in milder:
        for item in shelf.items(1, late=late, open_amount__lt=MOST):
            deciding.override_standing(
                due_item=item, standing=standing, because="The shop was flooded, the insurer pays in December",
                ends_before=shelf.as_of + timedelta(days=21), on=shelf.ago(4), by=shelf.manager,
            )  # fmt: skip
            return


DEEDS = (name_references, override, answer_balances, factor)
