"""One set of filters per list of the desk."""

from datetime import date
from typing import Any

import django_filters as filters
from django.db.models import Q, QuerySet
from django.forms import DateInput
from django.utils.translation import gettext_lazy as _

from collections_app.desk import lists
from collections_app.desk.scope import NO_REP
from collections_app.letters import queries as letters
from collections_app.letters.models import Letter
from collections_app.standings.models import StandingChoices
from contracts.models import Contract, Shipment
from customers.models import Customer
from receivables.models import CreditNote, DueItem, Invoice, Receipt
from staff.models import Role, User


def rep_choices(user: User) -> list[tuple[str, Any]]:
    reps = User.objects.reps().visible_to(user).order_by("first_name", "last_name", "pk")
    return [*((person.username, str(person)) for person in reps), (NO_REP, _("No rep assigned"))]


class ListFilter(filters.FilterSet):
    """Filters of a list by what the person may see; `as_of` is the business's today."""

    def __init__(self, data: Any, *, queryset: QuerySet[Any], user: User, as_of: date) -> None:
        self.as_of = as_of
        super().__init__(data, queryset=queryset)
        for found in self.filters.values():
            if isinstance(found, filters.ChoiceFilter):
                found.extra["empty_label"] = _("All")
        if "rep" in self.filters and user.role == Role.REP:
            del self.filters["rep"]
        elif "rep" in self.filters:
            self.filters["rep"].extra["choices"] = rep_choices(user)

    def offer(self, name: str, values: QuerySet[Any]) -> None:
        self.filters[name].extra["choices"] = [(value, value) for value in values if value]


class CustomersFilter(ListFilter):
    q = filters.CharFilter(label=_("Search"), method="named")
    rep = filters.ChoiceFilter(label=_("Rep"), method="of_rep")
    region = filters.ChoiceFilter(label=_("Region"))
    segment = filters.ChoiceFilter(label=_("Segment"))
    standing = filters.ChoiceFilter(label=_("Worst standing"), field_name="worst", choices=StandingChoices.choices)

    class Meta:
        model = Customer
        fields: list[str] = []

    def __init__(self, data: Any, *, user: User, **kwargs: Any) -> None:
        super().__init__(data, user=user, **kwargs)
        seen = Customer.objects.visible_to(user)
        for name in ("region", "segment"):
            self.offer(name, seen.order_by(name).values_list(name, flat=True).distinct())

    def named(self, found: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """By name or number, and by the number of a document of theirs: what a caller has."""
        papers: tuple[QuerySet[Any], ...] = (
            Letter.objects.filter(letters.with_number(value)),
            Invoice.objects.filter(number__icontains=value),
            Receipt.objects.filter(number__icontains=value),
            CreditNote.objects.filter(number__icontains=value),
            Shipment.objects.filter(number__icontains=value),
            Contract.objects.filter(number__icontains=value),
        )
        wanted = Q(name__icontains=value) | Q(code__icontains=value)
        for paper in papers:
            wanted |= Q(pk__in=paper.values("customer"))
        return found.filter(wanted)

    def of_rep(self, found: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return found.filter(owner=None) if value == NO_REP else found.filter(owner__username=value)


class InvoicesFilter(ListFilter):
    q = filters.CharFilter(label=_("Search"), method="named")
    state = filters.ChoiceFilter(
        label=_("State"),
        method="in_state",
        choices=(
            ("open", _("Open")),
            ("late", _("Late")),
            ("settled", _("Settled")),
            ("not-in-ledger", _("Not yet in the ledger")),
        ),
    )
    standing = filters.ChoiceFilter(label=_("Standing"), field_name="worst", choices=StandingChoices.choices)
    rep = filters.ChoiceFilter(label=_("Rep"), method="of_rep")
    currency = filters.ChoiceFilter(label=_("Currency"))
    issued_from = filters.DateFilter(
        label=_("Issued from"), field_name="issued_on", lookup_expr="gte", widget=DateInput(attrs={"type": "date"})
    )
    issued_until = filters.DateFilter(
        label=_("until"), field_name="issued_on", lookup_expr="lte", widget=DateInput(attrs={"type": "date"})
    )

    class Meta:
        model = Invoice
        fields: list[str] = []

    def __init__(self, data: Any, *, user: User, **kwargs: Any) -> None:
        super().__init__(data, user=user, **kwargs)
        codes = DueItem.objects.visible_to(user).order_by("currency").values_list("currency", flat=True)
        self.offer("currency", codes.distinct())

    def named(self, found: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        by_customer = Q(customer__name__icontains=value) | Q(customer__code__icontains=value)
        return found.filter(by_customer | Q(number__icontains=value))

    def in_state(self, found: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return lists.of_state(found, value, as_of=self.as_of)

    def of_rep(self, found: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        if value == NO_REP:
            return found.filter(customer__owner=None)
        return found.filter(customer__owner__username=value)
