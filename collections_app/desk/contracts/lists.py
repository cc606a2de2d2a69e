"""The queryset of the list of contracts, with the execution that its place asks for: the rule over a whole table."""

from datetime import date, timedelta

from django.db.models import BooleanField, Case, F, Q, QuerySet, Value, When

from collections_app.desk.places import our_place
from contracts.execution import SEALED
from contracts.models import Contract
from staff.models import User

BY_SEAL = (Contract.Execution.CONTRACT_SEAL, Contract.Execution.UNIT_SEAL)


def contracts(user: User) -> QuerySet[Contract]:
    """With `is_executed`, which tests pin to `contracts.execution`."""
    return (
        Contract.objects.visible_to(user)
        .select_related("customer__owner")
        .annotate(place=Case(When(customer__country="", then=Value(our_place())), default=F("customer__country")))
        .annotate(
            is_executed=Case(
                When(Q(place__in=SEALED) & Q(execution__in=BY_SEAL), then=Value(True)),
                When(~Q(place__in=SEALED) & _signed(), then=Value(True)),
                default=Value(False),
                output_field=BooleanField(),
            )
        )
    )


def _signed() -> Q:
    by_hand = Q(execution=Contract.Execution.SIGNATURE, has_authority=True)
    return by_hand | Q(execution=Contract.Execution.E_SIGNATURE)


def ends_soon(found: QuerySet[Contract], *, as_of: date, within: int) -> QuerySet[Contract]:
    """Still in force, and over in so many days."""
    in_force = found.filter(state=Contract.State.ACTIVE, ends_before__gt=as_of)
    return in_force.filter(ends_before__lte=as_of + timedelta(days=within))
