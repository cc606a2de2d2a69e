"""The form by which a customer's next delivery is asked for: the agreed products with their prices, and others."""

from collections import defaultdict
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from collections_app.desk.shipments.fields import PriceField, QuantityField
from common.money import ZERO
from contracts import queries as agreements
from contracts.models import Contract, PriceLine, Product
from customers.models import Site
from receivables.clearing.forms import day_field
from receivables.forms import OnceForm

OTHERS = 2  # products without an agreed price
Wanted = tuple[Product | str, Decimal, Decimal]


class OrderForm(OnceForm):
    """`rows` are the agreed products with quantity and price, `others` name theirs by code."""

    on = day_field(gettext_lazy("Asked for on"))
    number = forms.CharField(
        label=gettext_lazy("Number"),
        max_length=40,
        required=False,
        help_text=gettext_lazy("Leave it empty for the next one of the year."),
    )
    site = forms.ModelChoiceField(label=gettext_lazy("To the site"), queryset=Site.objects.none(), required=False)
    without_questions = forms.BooleanField(
        label=gettext_lazy("Asked neither for price nor for terms"),
        required=False,
        help_text=gettext_lazy("A first order as easy as that is checked before it leaves."),
    )

    def __init__(self, data: Any = None, *, contract: Contract, on: date) -> None:
        super().__init__(data, auto_id="order_%s", initial={"on": on})
        self.prices = _prices(contract, on)
        sites: Any = self.fields["site"]
        sites.queryset = contract.customer.sites.order_by("pk")
        sites.empty_label = _("as usual")
        for line in self.prices:
            names = {"product": line.product.name}
            self._line(line.pk, _("%(product)s: quantity") % names, _("%(product)s: price") % names, line.unit_price)
        for place in range(1, OTHERS + 1):
            code = forms.TextInput(attrs={"placeholder": _("Product code")})
            self.fields[f"code_{place}"] = forms.CharField(
                label=_("Product code"), max_length=40, required=False, widget=code
            )
            self._line(-place, _("Quantity"), _("Price"), None)

    def _line(self, key: int, quantity: str, price: str, known: Decimal | None) -> None:
        self.fields[f"quantity_{key}"] = QuantityField(label=quantity, required=False)
        self.fields[f"price_{key}"] = PriceField(label=price, required=False, initial=known)

    @property
    def rows(self) -> list[tuple[PriceLine, Any, Any]]:
        return [(line, self[f"quantity_{line.pk}"], self[f"price_{line.pk}"]) for line in self.prices]

    @property
    def others(self) -> list[tuple[Any, Any, Any]]:
        return [
            (self[f"code_{place}"], self[f"quantity_{-place}"], self[f"price_{-place}"])
            for place in range(1, OTHERS + 1)
        ]

    def clean(self) -> dict[str, Any]:
        """A wanted product has a quantity and a price; nothing wanted is no order."""
        found = super().clean() or self.cleaned_data
        for place in range(1, OTHERS + 1):
            if found.get(f"code_{place}") and not found.get(f"quantity_{-place}"):
                self.add_error(f"quantity_{-place}", _("Say how much of it."))
            if found.get(f"quantity_{-place}") and not found.get(f"code_{place}"):
                self.add_error(f"code_{place}", _("Say which product."))
        for key in self._keys():
            if found.get(f"quantity_{key}") and found.get(f"price_{key}") is None and f"price_{key}" not in self.errors:
                self.add_error(f"price_{key}", _("Say at which price."))
        if not self.errors and not self.lines:
            self.add_error(None, _("A shipment has at least one product. Fill in a quantity."))
        return found

    def _keys(self) -> list[int]:
        return [*(line.pk for line in self.prices), *(-place for place in range(1, OTHERS + 1))]

    @property
    def lines(self) -> list[Wanted]:
        said = self.cleaned_data
        agreed: list[Wanted] = [
            (line.product, said[f"quantity_{line.pk}"], said[f"price_{line.pk}"])
            for line in self.prices
            if (said.get(f"quantity_{line.pk}") or ZERO) > ZERO
        ]
        others: list[Wanted] = [
            (said[f"code_{place}"].strip(), said[f"quantity_{-place}"], said[f"price_{-place}"])
            for place in range(1, OTHERS + 1)
            if (said.get(f"quantity_{-place}") or ZERO) > ZERO
        ]
        return agreed + others

    @property
    def values(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in ("on", "number", "site", "without_questions")}


def _prices(contract: Contract, on: date) -> list[PriceLine]:
    """Each product once, at the price that the contract's terms give it on the day."""
    by_product: dict[int, list[PriceLine]] = defaultdict(list)
    for line in contract.price_lines.select_related("product").order_by("product__name", "pk"):
        by_product[line.product_id].append(line)
    return [line for lines in by_product.values() for line in agreements.agreed_lines(lines, on)[:1]]
