"""The rest of an instalment contract: where a missed part makes it callable, what calling it would bring forward."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common import clock
from common.money import ZERO
from contracts.models import Method
from receivables import more_time_queries as more_time
from receivables.clearing.forms import DatedForm, day_field
from receivables.models import DueItem, Invoice, MoreTime
from staff.models import Role

CALLS = (Role.MANAGER, Role.FINANCE)


@dataclass(frozen=True, slots=True)
class Part:
    """A due item of the invoice as the page of the notice shows it."""

    position: int
    due_date: date
    open: Decimal
    days_late: int


@dataclass(frozen=True, slots=True)
class Rest:
    """`missed` makes the rest callable; `called` would be due by the notice; `granted` keeps the time it was given."""

    invoice: Invoice
    missed: tuple[Part, ...]
    called: tuple[Part, ...]
    granted: tuple[Part, ...]
    url: str

    @property
    def amount(self) -> Decimal:
        return sum((part.open for part in self.called), ZERO)


def callable_rests(invoices: QuerySet[Invoice], *, as_of: date) -> list[Rest]:
    """Of these invoices, those of which a part is missed and something is not due yet. Three statements at most."""
    under = invoices.filter(
        shipment__contract__method=Method.INSTALMENTS, shipment__contract__rest_callable=True
    ).order_by("issued_on", "pk")
    rows = {invoice.pk: invoice for invoice in under}
    if not rows:
        return []
    items: dict[int, list[DueItem]] = defaultdict(list)
    for item in DueItem.objects.open().filter(invoice__in=rows, due_date__isnull=False).order_by("position"):
        items[item.invoice_id].append(item)
    given = more_time.taken([item.pk for of in items.values() for item in of], states=[MoreTime.GRANTED])
    found = [_rest(invoice, items[key], given, as_of) for key, invoice in rows.items()]
    return [rest for rest in found if rest.missed and rest.called]


def _rest(invoice: Invoice, items: Sequence[DueItem], given: set[int], as_of: date) -> Rest:
    parts = [(item, _part(item, item.due_date, as_of)) for item in items if item.due_date is not None]
    later = [(item, part) for item, part in parts if part.due_date > as_of]
    return Rest(
        invoice=invoice,
        missed=tuple(part for _item, part in parts if part.due_date < as_of),
        called=tuple(part for item, part in later if item.pk not in given),
        granted=tuple(part for item, part in later if item.pk in given),
        url=reverse("desk:call-rest", args=[invoice.pk]),
    )


def _part(item: DueItem, due_date: date, as_of: date) -> Part:
    return Part(item.position, due_date, item.open_amount, (as_of - due_date).days)


class CallForm(DatedForm):
    """The notice by which the rest is called."""

    reference = forms.CharField(
        label=gettext_lazy("Notice"),
        max_length=140,
        help_text=gettext_lazy("Its number, or how and to whom it was given. It stands beside each date it moves."),
    )
    due_on = day_field(gettext_lazy("The rest is due on"))

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        kwargs["initial"] = {"due_on": clock.business_today()} | (kwargs.get("initial") or {})
        super().__init__(data, **kwargs)
        self.fields["on"].label = _("Notice given on")
        self.order_fields(["reference", "on", "due_on"])
