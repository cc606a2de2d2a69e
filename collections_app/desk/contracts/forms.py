"""Forms of contracts: they check the shape; the services decide."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

import django_filters as filters
from django import forms
from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from collections_app.desk.contracts import lists, terms_fields
from collections_app.desk.contracts.consignment import ClauseFields
from collections_app.desk.filters import ListFilter
from collections_app.desk.places import place_of
from collections_app.desk.scope import NO_REP
from collections_app.desk.shipments.fields import PriceField
from common import clock
from common.forms import DayField
from common.scans import ScanField
from contracts.models import Contract, Method, Product
from contracts.parameters import NotComputable
from contracts.services.consignment import CLAUSE
from customers.models import Customer
from receivables import queries as ledger
from receivables.clearing.forms import DatedForm, day_field
from receivables.forms import OnceForm
from staff.models import BankAccount, User

NO_INTEREST, BY_CONTRACT, BY_LAW = "", "contract", "eu"
ENDS = (("30", gettext_lazy("within 30 days")), ("90", gettext_lazy("within 90 days")))
YES_NO = (("1", gettext_lazy("Executed")), ("0", gettext_lazy("Not executed")))


class ContractsFilter(ListFilter):
    q = filters.CharFilter(label=gettext_lazy("Search"), method="named")
    method = filters.ChoiceFilter(label=gettext_lazy("Settlement"), choices=Method)
    state = filters.ChoiceFilter(label=gettext_lazy("State"), choices=Contract.State)
    executed = filters.ChoiceFilter(label=gettext_lazy("Execution"), choices=YES_NO, method="as_its_place_asks")
    ends = filters.ChoiceFilter(label=gettext_lazy("Ends"), choices=ENDS, method="ends_within")
    rep = filters.ChoiceFilter(label=gettext_lazy("Rep"), method="of_rep")
    customer = filters.CharFilter(field_name="customer__code", widget=forms.HiddenInput)

    class Meta:
        model = Contract
        fields: list[str] = []

    def named(self, found: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        by_customer = Q(customer__name__icontains=value) | Q(customer__code__icontains=value)
        return found.filter(by_customer | Q(number__icontains=value))

    def as_its_place_asks(self, found: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return found.filter(is_executed=value == "1")

    def ends_within(self, found: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return lists.ends_soon(found, as_of=self.as_of, within=int(value))

    def of_rep(self, found: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        if value == NO_REP:
            return found.filter(customer__owner=None)
        return found.filter(customer__owner__username=value)


class GoForm(OnceForm):
    """Nothing to say: what is done stands on the button."""


class ExecuteForm(DatedForm):
    execution = forms.ChoiceField(label=gettext_lazy("How was it executed?"), choices=Contract.Execution)
    signed_by = forms.CharField(label=gettext_lazy("Who signed or sealed it?"), max_length=100, required=False)
    has_authority = forms.BooleanField(
        label=gettext_lazy("This person may bind the customer"), required=False, initial=True
    )


class AcceptForm(DatedForm):
    accepted_by = forms.CharField(label=gettext_lazy("Who of the customer accepted the terms?"), max_length=100)


class EndForm(DatedForm):
    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.fields["on"].label = _("Last day")


class AttachForm(OnceForm):
    file = ScanField(label=gettext_lazy("The signed contract"))


class RegisterForm(DatedForm):
    """The retention of title stands in the register of the customer's place."""

    reference = forms.CharField(
        label=gettext_lazy("Register and number of the entry"),
        max_length=100,
        help_text=gettext_lazy("As the confirmation of the register states it."),
    )

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.fields["on"].label = _("Registered on")


class PriceForm(OnceForm):
    """The price of a product from a day on, perhaps of a tier of credit days."""

    product = forms.CharField(
        label=gettext_lazy("Product"), max_length=40, help_text=gettext_lazy("Its code, as on the delivery note.")
    )
    product_name = forms.CharField(
        label=gettext_lazy("Its name, if it is new"), max_length=200, required=False,
        help_text=gettext_lazy("A code that nobody knows yet becomes a product with this name."),
    )  # fmt: skip
    unit = forms.CharField(label=gettext_lazy("Its unit, if it is new"), max_length=20, required=False)
    unit_price = PriceField(label=gettext_lazy("Price per unit"))
    credit_days = terms_fields.days_field(
        gettext_lazy("If paid within so many days"), required=False,
        help_text=gettext_lazy("Leave it empty for the price of the contract's own terms."),
    )  # fmt: skip
    starts_on = day_field(gettext_lazy("From"))

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        kwargs["initial"] = {"starts_on": clock.business_today()} | (kwargs.get("initial") or {})
        super().__init__(data, **kwargs)

    def clean(self) -> dict[str, Any]:
        """A product that is new is stored with its first price."""
        said = super().clean() or self.cleaned_data
        code = said.get("product", "").strip()
        name, unit = said.pop("product_name", "").strip(), said.pop("unit", "").strip()
        if not code:
            return said
        found = Product.objects.filter(code=code).first()
        if found is None and not name:
            words = _('There is no product "%(code)s". Correct the code, or give the new product a name.')
            self.add_error("product", words % {"code": code})
        said["product"] = found or Product(code=code, name=name, **({"unit": unit} if unit else {}))
        return said


class ContractForm(ClauseFields, OnceForm):
    """A draft: what was agreed, with the parameters of one settlement method."""

    number = forms.CharField(label=gettext_lazy("Number"), max_length=40)
    language = forms.ChoiceField(label=gettext_lazy("Language of the contract"))
    starts_on = day_field(gettext_lazy("Holds from"))
    last_day = DayField(label=gettext_lazy("Last day"), required=False)
    currency = forms.ChoiceField(label=gettext_lazy("Currency"))
    settlement_clause = forms.CharField(
        label=gettext_lazy("Number of the settlement clause"), max_length=40, required=False
    )
    settlement_text = forms.CharField(
        label=gettext_lazy("Its wording"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("Words from which no date follows are marked on the contract's page."),
    )
    charges_first = forms.ChoiceField(
        label=gettext_lazy("Money settles first"),
        required=False,
        choices=(
            ("", gettext_lazy("as the law of the place has it")),
            ("1", gettext_lazy("charges and interest")),
            ("0", gettext_lazy("the goods")),
        ),
    )
    rest_callable = forms.BooleanField(
        label=gettext_lazy("A missed part makes the rest callable, by recorded notice"), required=False
    )
    consignment_rest = forms.ChoiceField(
        label=gettext_lazy("What is not sold by then"), choices=Contract.Rest, initial=Contract.Rest.RETURNED
    )
    benefits_while_current = forms.BooleanField(
        label=gettext_lazy("Rebates only while nothing is late"), required=False
    )
    interest = forms.ChoiceField(
        label=gettext_lazy("Interest on late amounts"),
        required=False,
        choices=(
            (NO_INTEREST, gettext_lazy("nothing agreed")),
            (BY_CONTRACT, gettext_lazy("the rate of the contract")),
            (BY_LAW, gettext_lazy("the statutory rate of the customer's country")),
        ),
    )
    interest_rate = terms_fields.percent_field(gettext_lazy("Per cent a year"), required=False)
    title = forms.ChoiceField(label=gettext_lazy("Retention of title"), choices=Contract.Title)
    title_agreed_on = DayField(label=gettext_lazy("agreed on"), required=False)
    title_registered_on = DayField(label=gettext_lazy("registered on"), required=False)

    def __init__(
        self, data: Any = None, *, customer: Customer, method: str, contract: Contract | None = None, **kwargs: Any
    ) -> None:
        kwargs["initial"] = typed(contract, method) if contract else {"starts_on": clock.business_today()}
        super().__init__(data, **kwargs)
        self.customer, self.method = customer, method
        if method != Method.INSTALMENTS:
            del self.fields["rest_callable"]
        if method != Method.CONSIGNMENT:
            for name in ("consignment_rest", *CLAUSE):
                del self.fields[name]
        self.terms = terms_fields.fields_of(method)
        self.fields |= self.terms
        self._offer("language", [*settings.LANGUAGES, *([(contract.language,) * 2] if contract else [])])
        codes = {*BankAccount.objects.values_list("currency", flat=True), ledger.base_currency()}
        self._offer("currency", [(code, code) for code in sorted(codes | ({contract.currency} if contract else set()))])

    def _offer(self, name: str, choices: Iterable[tuple[str, Any]]) -> None:
        self.fields[name].choices = list(dict(choices).items())  # type: ignore[attr-defined]

    @property
    def term_fields(self) -> list[Any]:
        return [self[name] for name in self.terms]

    def clean(self) -> dict[str, Any]:
        found = super().clean() or self.cleaned_data
        if found.get("interest") == BY_CONTRACT and not found.get("interest_rate"):
            self.add_error("interest_rate", _("Say the rate of the contract."))
        if not set(self.errors) & set(self.terms):
            try:
                found["parameters"] = terms_fields.parameters(self.method, found)
            except NotComputable as why:
                field, words = terms_fields.MENDED_BY.get(why.about, (None, ""))
                self.add_error(field, words or _("No due date follows from these terms: %(why)s.") % {"why": why})
        return found

    @property
    def values(self) -> dict[str, Any]:
        """As the services take them."""
        said = self.cleaned_data
        parameters = dict(said["parameters"])
        if self.method == Method.CONSIGNMENT:
            parameters["rest"] = said["consignment_rest"]
        place = place_of(self.customer)
        interest = {BY_CONTRACT: f"contract:{said['interest_rate']}", BY_LAW: f"eu:{place}"}
        named = ("number", "language", "starts_on", "currency", "settlement_clause", "settlement_text", "title")
        return {name: said[name] for name in (*named, "title_agreed_on", "title_registered_on")} | {
            "ends_before": said["last_day"] + timedelta(days=1) if said["last_day"] else None,
            "method": self.method,
            "parameters": parameters,
            "charges_first": {"1": True, "0": False}.get(said["charges_first"]),
            "rest_callable": said.get("rest_callable", False),
            "benefits_while_current": said["benefits_while_current"],
            "interest_clause": interest.get(said["interest"], ""),
            "consignment_rest": said.get("consignment_rest", Contract.Rest.RETURNED),
            **{name: said.get(name, None if name == "count_every" else "") for name in CLAUSE},
        }


def typed(contract: Contract, method: str) -> dict[str, Any]:
    """A draft as it was typed; the terms only where the method stays."""
    names = (
        "number", "language", "starts_on", "currency", "settlement_clause", "settlement_text", "rest_callable",
        "benefits_while_current", "title", "title_agreed_on", "title_registered_on", "consignment_rest", *CLAUSE,
    )  # fmt: skip
    kind, _colon, rate = contract.interest_clause.partition(":")
    charges = {None: "", True: "1", False: "0"}[contract.charges_first]
    return {name: getattr(contract, name) for name in names} | {
        "last_day": contract.ends_before - timedelta(days=1) if contract.ends_before else None,
        "charges_first": charges,
        "interest": kind,
        "interest_rate": rate if kind == BY_CONTRACT else None,
        **(terms_fields.typed(method, contract.parameters) if method == contract.method else {}),
    }


class CustomerForm(forms.Form):
    """Whose contract it is: the first step of a draft."""

    customer = forms.CharField(
        label=gettext_lazy("Customer number"),
        max_length=40,
        help_text=gettext_lazy("As it stands in the list of customers."),
    )

    def __init__(self, data: Any = None, *, user: User) -> None:
        super().__init__(data)
        self.user = user

    def clean_customer(self) -> Customer:
        code = self.cleaned_data["customer"].strip()
        found = Customer.objects.visible_to(self.user).filter(code=code).first()
        if found is None:
            raise forms.ValidationError(
                _("There is no customer %(code)s. Look the number up in the list of customers.") % {"code": code}
            )
        return found
