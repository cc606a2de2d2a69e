"""Querysets of the desk's lists: customers and invoices with what is open, late and worst, in one query each."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import (
    Case,
    CharField,
    DateField,
    Exists,
    F,
    IntegerField,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce

from collections_app.gate.models import Hold
from collections_app.standings.models import Standing, StandingChoices
from common.columns import MoneyField, MoneySum, exact
from contracts.models import Shipment
from customers.models import Customer
from receivables.models import DueItem, Invoice
from receivables.queries import Stated
from staff.models import User

SEVERITY = {name: place for place, name in enumerate(StandingChoices.values)}

ON_HOLD = Hold.objects.filter(cleared_at=None, is_observed=False, shipment__state=Shipment.State.HELD)


def _severity() -> Case:
    whens = [When(standing=name, then=Value(place)) for name, place in SEVERITY.items()]
    return Case(*whens, default=Value(-1), output_field=IntegerField())


def _word_of(severity: str) -> Case:
    whens = [When(**{severity: place}, then=Value(name)) for name, place in SEVERITY.items()]
    return Case(*whens, default=Value(""), output_field=CharField())


def _worst(**of: Any) -> Subquery:
    """The severity of the worst standing among the due items of a row."""
    found = Standing.objects.filter(**of).annotate(severity=_severity()).order_by("-severity", "pk")
    return Subquery(found.values("severity")[:1], output_field=IntegerField())


def customers(*, user: User, as_of: date, rates: Mapping[str, Stated]) -> QuerySet[Customer]:
    """With `open` and `late` in the base currency; both NULL where a currency of the customer has no rate."""
    items = DueItem.objects.filter(customer=OuterRef("pk"), open_amount__gt=0).order_by()
    unrated = items.exclude(currency__in=list(rates))
    late = items.filter(due_date__lt=as_of)
    return (
        Customer.objects.visible_to(user)
        .select_related("owner")
        .annotate(
            as_of=Value(as_of, output_field=DateField()),
            unrated=Exists(unrated),
            open=in_base(items, rates),
            late=in_base(late, rates),
            oldest=Subquery(_oldest(late), output_field=DateField()),
            severity=_worst(customer=OuterRef("pk")),
            is_held=Exists(ON_HOLD.filter(customer=OuterRef("pk"))),
        )
        .annotate(worst=_word_of("severity"))
    )


def in_base(items: QuerySet[DueItem], rates: Mapping[str, Stated]) -> Case:
    whens = [When(currency=code, then=exact(F("open_amount") * Value(stated.rate))) for code, stated in rates.items()]
    converted = Case(*whens, output_field=MoneyField())
    total = items.annotate(converted=converted).values("customer").annotate(total=MoneySum("converted"))
    summed = Coalesce(
        Subquery(total.values("total"), output_field=MoneyField()), Value(Decimal(0)), output_field=MoneyField()
    )
    return Case(When(unrated=True, then=Value(None)), default=exact(summed), output_field=MoneyField())


def _oldest(late: QuerySet[DueItem]) -> QuerySet[Any]:
    return late.values("customer").annotate(first=Min("due_date")).values("first")


def invoices(*, user: User) -> QuerySet[Invoice]:
    """With `open`, `due` (the earliest open due date, else the earliest) and `worst` standing."""
    items = DueItem.objects.filter(invoice=OuterRef("pk")).order_by().values("invoice")
    first_open = items.filter(open_amount__gt=0).annotate(first=Min("due_date")).values("first")
    first = items.annotate(first=Min("due_date")).values("first")
    total = items.annotate(total=MoneySum("open_amount")).values("total")
    return (
        Invoice.objects.visible_to(user)
        .select_related("customer")
        .annotate(
            open=exact(Subquery(total, output_field=MoneyField())),
            due=Coalesce(Subquery(first_open, output_field=DateField()), Subquery(first, output_field=DateField())),
            severity=_worst(due_item__invoice=OuterRef("pk")),
        )
        .annotate(worst=_word_of("severity"))
    )


def of_state(found: QuerySet[Invoice], state: str, *, as_of: date) -> QuerySet[Invoice]:
    """open, late, settled, or made here and not yet in the ledger."""
    wanted = {
        "open": Q(open__gt=0),
        "settled": Q(open=0),
        "not-in-ledger": Q(made_here=True, listed_on=None),
        "late": Q(open__gt=0)
        & Exists(DueItem.objects.filter(invoice=OuterRef("pk"), open_amount__gt=0, due_date__lt=as_of)),
    }
    return found.filter(wanted[state])
