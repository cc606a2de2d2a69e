"""Forms of matching, write-offs, charges and credit notes: they check the shape; the services decide."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common import clock, money
from common.forms import AmountField, DayField
from common.money import ZERO
from customers.models import Customer
from receivables import queries
from receivables.clearing.matching import Shown
from receivables.forms import AccountCurrencyField, OnceForm, far_beyond
from receivables.models import Charge, Code, DueItem, Invoice
from staff.models import BankAccount, User

ASKED = (Code.LATE_DISCOUNT, Code.PRICE, Code.QUANTITY, Code.DAMAGE, Code.FREIGHT, Code.REBATE, Code.TAX_WITHHELD,
         Code.BANK_CHARGE, Code.UNKNOWN)  # fmt: skip
CODES = [
    ("", gettext_lazy("stays open")),
    *((code.value, code.label) for code in (Code.DISCOUNT, Code.ROUNDING, *ASKED)),
]
GIVEN_UP = [(code.value, code.label) for code in (Code.BAD_DEBT, *ASKED)]


def day_field(label: Any) -> DayField:
    return DayField(label=label)


class DatedForm(OnceForm):
    """An event has a day of its own; the day it was entered is kept beside it."""

    on = day_field(gettext_lazy("On"))

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        kwargs["initial"] = {"on": clock.business_today()} | (kwargs.get("initial") or {})
        super().__init__(data, **kwargs)


class ReasonForm(DatedForm):
    """A correction: when, and why."""

    because = forms.CharField(label=gettext_lazy("Why?"), max_length=200)


class AcceptForm(OnceForm):
    """One proposal, by its digest."""

    digest = forms.CharField(widget=forms.HiddenInput, max_length=64)


class LinesForm(DatedForm):
    """How much of the money settles which item, and why an item stays short."""

    def __init__(
        self,
        data: Any = None,
        *,
        items: Sequence[DueItem],
        charges: Sequence[Charge],
        best: Shown | None = None,
        **kwargs: Any,
    ) -> None:
        kwargs["initial"] = _filled_in(best) | (kwargs.get("initial") or {})
        super().__init__(data, **kwargs)
        self.items, self.charges = items, charges
        targets: list[DueItem | Charge] = [*items, *charges]
        for target in targets:
            self.fields[_name(target)] = AmountField(
                label=_("Amount"), required=False, currency=target.currency, max_length=20
            )
        for item in items:
            self.fields[f"code_{item.pk}"] = forms.ChoiceField(label=_("The rest"), required=False, choices=CODES)

    @property
    def rows(self) -> list[tuple[DueItem | Charge, Any, Any]]:
        """Each item with its two fields."""
        found: list[tuple[DueItem | Charge, Any, Any]] = [
            (item, self[_name(item)], self[f"code_{item.pk}"]) for item in self.items
        ]
        return found + [(charge, self[_name(charge)], None) for charge in self.charges]

    def clean(self) -> dict[str, Any]:
        found = super().clean() or self.cleaned_data
        if not self.errors and not self.lines and not self.charge_lines and not self.shorts:
            raise forms.ValidationError(_("Enter an amount beside at least one item."))
        return found

    @property
    def lines(self) -> list[tuple[int, Decimal]]:
        return [(item.pk, amount) for item in self.items if (amount := self.cleaned_data.get(_name(item)))]

    @property
    def charge_lines(self) -> list[tuple[int, Decimal]]:
        return [(charge.pk, amount) for charge in self.charges if (amount := self.cleaned_data.get(_name(charge)))]

    @property
    def shorts(self) -> list[tuple[int, Decimal, str]]:
        """What is left of an item whose rest has a code."""
        found = []
        for item in self.items:
            rest = item.open_amount - (self.cleaned_data.get(_name(item)) or 0)
            if (code := self.cleaned_data.get(f"code_{item.pk}")) and rest > 0:
                found.append((item.pk, rest, code))
        return found


def _filled_in(best: Shown | None) -> dict[str, Any]:
    """Whoever changes a proposal starts from it."""
    if best is None:
        return {}
    return {
        **{f"item_{key}": money.as_text(amount, best.currency) for key, amount in best.lines},
        **{f"charge_{key}": money.as_text(amount, best.currency) for key, amount in best.charges},
        **{f"code_{key}": code for key, _amount, code in best.shorts},
    }


def _name(target: DueItem | Charge) -> str:
    return f"{'item' if isinstance(target, DueItem) else 'charge'}_{target.pk}"


class PartForm(DatedForm):
    """A part of an amount, in its currency; at first all that is left of it."""

    amount = AmountField(label=gettext_lazy("Amount"))

    def __init__(self, data: Any = None, *, currency: str, left: Decimal | None = None, **kwargs: Any) -> None:
        if left is not None:
            kwargs["initial"] = {"amount": money.as_text(left, currency)} | (kwargs.get("initial") or {})
        super().__init__(data, **kwargs)
        self.fields["amount"].currency = currency  # type: ignore[attr-defined]


class RefundForm(PartForm):
    because = forms.CharField(label=gettext_lazy("Why?"), max_length=200)


class RateField(forms.DecimalField):
    """A rate as it is typed, with a point or a comma before its decimals."""

    def to_python(self, value: Any) -> Any:
        return super().to_python(value.strip().replace(",", ".") if isinstance(value, str) else value)


class OtherCurrencyField(AccountCurrencyField):
    """A currency of the company's accounts, and not the one that the money is in."""

    own = ""

    def validate(self, value: Any) -> None:
        if value == self.own:
            raise forms.ValidationError(
                _("The money is in %(currency)s already. Choose another currency.") % {"currency": value}
            )
        super().validate(value)


class ExchangeForm(PartForm):
    into = OtherCurrencyField(label=gettext_lazy("Into"))
    rate = RateField(
        label=gettext_lazy("Rate"),
        max_digits=20,
        decimal_places=10,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
        help_text=gettext_lazy("What one unit of this money is worth in the other currency."),
    )
    source = forms.CharField(label=gettext_lazy("Source of the rate"), max_length=60)

    def __init__(self, data: Any = None, *, currency: str, **kwargs: Any) -> None:
        super().__init__(data, currency=currency, **kwargs)
        codes = BankAccount.objects.exclude(currency=currency).order_by("currency")
        into: Any = self.fields["into"]
        into.own = currency
        into.choices = [(code, code) for code in codes.values_list("currency", flat=True)]


class WriteOffForm(PartForm):
    code = forms.ChoiceField(label=gettext_lazy("Reason"), choices=GIVEN_UP)
    because = forms.CharField(
        label=gettext_lazy("What was tried, and what proves it"),
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class ChargeForm(PartForm):
    kind = forms.ChoiceField(label=gettext_lazy("What is claimed"), choices=Charge.Kind.choices)
    basis = forms.CharField(
        label=gettext_lazy("Basis"),
        max_length=200,
        help_text=gettext_lazy("The clause of the contract or the national act that allows it."),
    )


class WaiveForm(PartForm):
    because = forms.CharField(label=gettext_lazy("Why?"), max_length=200)


class CreditNoteForm(OnceForm):
    """Linked to an invoice it settles its open items; free, it waits to be allocated."""

    customer = forms.CharField(label=gettext_lazy("Customer number"), max_length=40)
    number = forms.CharField(label=gettext_lazy("Number of the credit note"), max_length=60)
    amount = AmountField(label=gettext_lazy("Amount"))
    currency = AccountCurrencyField(label=gettext_lazy("Currency"))
    issued_on = day_field(gettext_lazy("Issued on"))
    invoice = forms.CharField(label=gettext_lazy("For invoice"), max_length=60, required=False)
    sure = forms.BooleanField(label=gettext_lazy("Yes, this is right"), required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, user: User, **kwargs: Any) -> None:
        kwargs["initial"] = {"issued_on": clock.business_today()} | (kwargs.get("initial") or {})
        super().__init__(data, **kwargs)
        self.user = user
        amount: Any = self.fields["amount"]
        amount.currency = data.get("currency") if data and money.is_known(data.get("currency", "")) else None
        codes = BankAccount.objects.order_by("currency").values_list("currency", flat=True)
        self.fields["currency"].choices = [(code, code) for code in codes]  # type: ignore[attr-defined]

    def clean_customer(self) -> Customer:
        code = self.cleaned_data["customer"].strip()
        found = Customer.objects.visible_to(self.user).filter(code=code).first()
        if found is None:
            raise forms.ValidationError(
                _("There is no customer %(code)s. Look the number up in the list of customers.") % {"code": code}
            )
        return found

    def clean(self) -> dict[str, Any]:
        found = super().clean() or self.cleaned_data
        number = found.get("invoice", "").strip()
        invoice = None
        if number and found.get("customer"):
            invoice = Invoice.objects.filter(customer=found["customer"], number=number).first()
            if invoice is None:
                self.add_error("invoice", _("This customer has no invoice %(number)s.") % {"number": number})
        if not self.errors and not found["sure"]:
            owed = _open_of(invoice) if invoice else queries.open_amount(found["customer"], found["currency"])
            self._ask_about(found["amount"], owed, invoice.currency if invoice else found["currency"])
        found["invoice"] = invoice.pk if invoice else None
        return found

    def _ask_about(self, amount: Decimal, owed: Decimal, currency: str) -> None:
        """Credit far beyond what it is for is asked for once, as money is."""
        if doubt := far_beyond(amount, owed, currency):
            self.fields["sure"].widget = forms.CheckboxInput()
            self.add_error("amount", doubt)

    @property
    def said(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if name not in ("key", "sure")}


def _open_of(invoice: Invoice) -> Decimal:
    return sum((item.open_amount for item in invoice.due_items.all()), ZERO)
