"""What befalls a customer takes it off the rounds at once, and its end puts it back: one deed, one transaction."""

from datetime import date

from django.db import transaction

from audit.services import Actor
from collections_app.cases import deciding
from collections_app.visits.settled import cancel_settled
from customers.models import Condition, Customer


@transaction.atomic
def begin_condition(
    *,
    customer: Customer,
    kind: str,
    starts_on: date,
    on: date,
    by: Actor,
    reference: str = "",
    register_by: date | None = None,
) -> Condition:
    """Whoever is insolvent, closed, handed over or assigned is not visited: its open stops of today and later go."""
    made = deciding.begin_condition(
        customer=customer, kind=kind, starts_on=starts_on, on=on, by=by, reference=reference, register_by=register_by
    )
    cancel_settled(customers=[customer.pk], on=on)
    return made


@transaction.atomic
def end_condition(*, condition: Condition, ends_before: date, on: date, by: Actor) -> Condition:
    """Over: stops that were cancelled for it are planned again, where something is asked for."""
    ended = deciding.end_condition(condition=condition, ends_before=ends_before, on=on, by=by)
    cancel_settled(customers=[ended.customer_id], on=on)
    return ended
