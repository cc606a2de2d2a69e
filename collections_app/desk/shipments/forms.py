"""Forms of shipments: they check the shape; the gate and the services decide."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import django_filters as filters
from django import forms
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from collections_app.desk.filters import ListFilter
from collections_app.desk.scope import NO_REP
from collections_app.desk.shipments import board
from collections_app.desk.shipments.fields import QuantityField
from collections_app.gate.models import CauseChoices, Hold
from common import clock
from common.forms import AmountField
from common.money import ZERO
from common.scans import ScanField
from common.templatetags import ui
from contracts.models import CountLine, Shipment, ShipmentLine
from customers.models import Customer
from receivables.clearing.forms import DatedForm, day_field
from receivables.forms import OnceForm
from receivables.models import Receipt
from staff.models import User

FIGURES = ("sold", "returned", "on_hand", "lost")
WORDS = {
    "sold": gettext_lazy("Sold"),
    "returned": gettext_lazy("Came back"),
    "on_hand": gettext_lazy("On hand"),
    "lost": gettext_lazy("Lost"),
}


class ShipmentsFilter(ListFilter):
    q = filters.CharFilter(label=gettext_lazy("Search"), method="named")
    show = filters.ChoiceFilter(label=gettext_lazy("Show"), choices=board.CHOICES, method="of_section")
    cause = filters.ChoiceFilter(label=gettext_lazy("Cause"), choices=CauseChoices, method="kept_by")
    segment = filters.ChoiceFilter(label=gettext_lazy("Segment"), field_name="customer__segment")
    rep = filters.ChoiceFilter(label=gettext_lazy("Rep"), method="of_rep")
    contract = filters.NumberFilter(field_name="contract", widget=forms.HiddenInput)

    class Meta:
        model = Shipment
        fields: list[str] = []

    def __init__(self, data: Any, *, user: User, **kwargs: Any) -> None:
        super().__init__(data, user=user, **kwargs)
        seen = Customer.objects.visible_to(user).exclude(segment="").order_by("segment")
        self.offer("segment", seen.values_list("segment", flat=True).distinct())

    def named(self, found: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        by_customer = Q(customer__name__icontains=value) | Q(customer__code__icontains=value)
        return found.filter(by_customer | Q(number__icontains=value) | Q(contract__number__icontains=value))

    def of_section(self, found: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return board.narrowed(found, value, as_of=self.as_of)

    def kept_by(self, found: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        holds = Hold.objects.filter(shipment=OuterRef("pk"), cleared_at=None, cause=value)
        return found.filter(Exists(holds), state__in=Shipment.WAITS)

    def of_rep(self, found: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        if value == NO_REP:
            return found.filter(customer__owner=None)
        return found.filter(customer__owner__username=value)


class GoForm(OnceForm):
    """Nothing to say: what is done stands on the button."""


class PartForm(OnceForm):
    """How much of each line goes now; the rest waits as a shipment of its own."""

    def __init__(
        self, data: Any = None, *, lines: Sequence[ShipmentLine], quantities: Sequence[Decimal] = (), **kwargs: Any
    ) -> None:
        super().__init__(data, auto_id="part_%s", **kwargs)
        self.lines = lines
        for place, line in enumerate(lines):
            self.fields[f"line_{line.pk}"] = QuantityField(
                label=line.product.name,
                required=False,
                initial=quantities[place] if place < len(quantities) else line.quantity,
            )

    @property
    def rows(self) -> list[tuple[ShipmentLine, Any]]:
        return [(line, self[f"line_{line.pk}"]) for line in self.lines]

    @property
    def keep(self) -> dict[int, Decimal]:
        return {line.pk: self.cleaned_data[f"line_{line.pk}"] or ZERO for line in self.lines}


class DeliverForm(DatedForm):
    signed_by = forms.CharField(label=gettext_lazy("Who signed for the goods?"), max_length=100)
    file = ScanField(label=gettext_lazy("Signed delivery note"), required=False)
    receipt = forms.CharField(
        label=gettext_lazy("Number of the receipt"),
        max_length=30,
        help_text=gettext_lazy("Cash on delivery: the goods are handed over against a recorded receipt."),
    )

    def __init__(self, data: Any = None, files: Any = None, *, shipment: Shipment, needs_receipt: bool) -> None:
        super().__init__(data, auto_id="deliver_%s", files=files)
        self.shipment = shipment
        if not needs_receipt:
            del self.fields["receipt"]

    def clean_receipt(self) -> Receipt:
        number = self.cleaned_data["receipt"].strip()
        found = Receipt.objects.filter(customer=self.shipment.customer_id, number=number).first()
        if found is None:
            raise forms.ValidationError(
                _("There is no receipt %(number)s of this customer. Record it first, or take the goods back.")
                % {"number": number}
            )
        return found


class TakeBackForm(DatedForm):
    def __init__(self, data: Any = None) -> None:
        super().__init__(data, auto_id="take_back_%s")


class ProofForm(DatedForm):
    signed_by = forms.CharField(label=gettext_lazy("Who signed for the goods?"), max_length=100)
    file = ScanField(label=gettext_lazy("Signed delivery note"))

    def __init__(self, data: Any = None, files: Any = None, *, shipment: Shipment) -> None:
        proof = getattr(shipment, "proof", None)
        initial = {"on": shipment.delivered_on, "signed_by": proof.signed_by if proof else ""}
        super().__init__(data, auto_id="proof_%s", files=files, initial=initial)


class InvoiceForm(OnceForm):
    number = forms.CharField(label=gettext_lazy("Invoice number"), max_length=60)
    issued_on = day_field(gettext_lazy("Issued on"))
    vat_amount = AmountField(label=gettext_lazy("Tax in the amount"), required=False)

    def __init__(self, data: Any = None, *, shipment: Shipment, has_tax: bool = True, **kwargs: Any) -> None:
        super().__init__(data, auto_id="invoice_%s", initial={"issued_on": clock.business_today()}, **kwargs)
        if not has_tax:
            del self.fields["vat_amount"]
        else:
            amount: Any = self.fields["vat_amount"]
            amount.currency = shipment.currency


class CountForm(DatedForm):
    """What became of every consigned line by a day; figures are totals since the delivery."""

    counted_by = forms.CharField(
        label=gettext_lazy("Who of the customer confirmed it?"), max_length=100, required=False
    )

    def __init__(
        self, data: Any = None, *, lines: Sequence[ShipmentLine], last: dict[int, CountLine] | None = None
    ) -> None:
        super().__init__(data, auto_id="count_%s")
        self.lines = lines
        for line in lines:
            known = (last or {}).get(line.pk)
            for name in FIGURES:
                self.fields[f"{name}_{line.pk}"] = QuantityField(
                    label=f"{line.product.name}: {WORDS[name]}",
                    required=False,
                    initial=getattr(known, name) if known else (line.quantity if name == "on_hand" else ZERO),
                )

    @property
    def rows(self) -> list[tuple[ShipmentLine, list[tuple[Any, Any]]]]:
        return [(line, [(WORDS[name], self[f"{name}_{line.pk}"]) for name in FIGURES]) for line in self.lines]

    @property
    def told(self) -> list[tuple[int, Decimal, Decimal, Decimal, Decimal]]:
        return [
            (line.pk, *(self.cleaned_data[f"{name}_{line.pk}"] or ZERO for name in FIGURES))  # type: ignore[misc]
            for line in self.lines
        ]

    def clean(self) -> dict[str, Any]:
        """The sum of each line is what was delivered: said beside the line that is off."""
        found = super().clean() or self.cleaned_data
        for line in self.lines:
            names = [f"{name}_{line.pk}" for name in FIGURES]
            if any(name in self.errors for name in names):
                continue
            total = sum((found.get(name) or ZERO for name in names), ZERO)
            if total != line.quantity:
                facts = {"total": ui.number(total), "delivered": ui.number(line.quantity)}
                self.add_error(
                    names[0],
                    _("Together %(total)s, delivered were %(delivered)s. Count again.") % facts,
                )
        return found
