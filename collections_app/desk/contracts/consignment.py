"""The consignment clause on pages: its fields, what it says as sentences, and what it leaves open."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from collections_app.desk.contracts import terms_fields
from common.templatetags import ui
from contracts import consigned, wording
from contracts.models import Contract, Method, Shipment
from contracts.services import consignment
from contracts.services.consignment import CLAUSE
from receivables.forms import OnceForm


class ClauseFields(forms.Form):
    """Empty in a draft on which both sides still work."""

    count_every = terms_fields.days_field(gettext_lazy("Counted after so many days each time"), least=1, required=False)
    counter = forms.ChoiceField(
        label=gettext_lazy("Who counts"),
        choices=(("", gettext_lazy("not agreed yet")), *Contract.Counter.choices),
        required=False,
    )
    consigned_title = forms.ChoiceField(
        label=gettext_lazy("Whose the goods are meanwhile"),
        choices=(("", gettext_lazy("not agreed yet")), *Contract.ConsignedTitle.choices),
        required=False,
    )
    consignment_clause = forms.CharField(
        label=gettext_lazy("Number of the consignment clause"), max_length=40, required=False
    )
    consignment_text = forms.CharField(
        label=gettext_lazy("Wording of the consignment clause"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("Words that leave a day open are marked on the contract's page."),
    )


class StateClauseForm(ClauseFields, OnceForm):
    """The clause of a contract that is active already, as it was signed."""

    @property
    def values(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in CLAUSE}


def lacks(contract: Contract) -> str:
    """What the clause of a consignment contract leaves open; empty where it says everything."""
    if contract.method != Method.CONSIGNMENT or contract.state == Contract.State.ENDED:
        return ""
    try:
        missing = consignment.unsaid(contract)
    except (KeyError, TypeError, ValueError):  # a draft whose terms are not computable: that is told beside it
        return ""
    if not missing:
        return ""
    facts = {"missing": wording.unsaid(missing)}
    if contract.state == Contract.State.DRAFT:
        return _("The consignment clause is not complete, and without it the contract cannot become active: "
                 "%(missing)s.") % facts  # fmt: skip
    return _("The consignment clause is not on record: %(missing)s. Write down what was signed.") % facts


def sentences(contract: Contract) -> Iterator[str]:
    """How the goods are counted, by whom, whose they are until then, and what becomes of them."""
    if contract.count_every:
        yield wording.counted_every(contract.count_every)
    if contract.counter:
        yield f"{contract.get_counter_display()}."
    if contract.consigned_title:
        yield f"{contract.get_consigned_title_display()}."
    yield f"{contract.get_consignment_rest_display()}."
    if contract.consignment_clause:
        yield _("Consignment clause %(clause)s.") % {"clause": contract.consignment_clause}


def to_be_counted(shipment: Shipment, *, counted_on: date | None, as_of: date) -> str:
    """By which day a consigned batch is to be counted and by whom; empty where nobody said it, or nothing is left."""
    contract = shipment.contract
    if contract is None or contract.method != Method.CONSIGNMENT or contract.count_every is None:
        return ""
    if shipment.state != Shipment.State.DELIVERED or shipment.delivered_on is None:
        return ""
    by = consigned.next_count(
        delivered_on=shipment.delivered_on,
        counted_on=counted_on,
        count_every=contract.count_every,
        max_days=int(contract.parameters["max_days"]),
    )
    if by is None:
        return ""
    words = _("The count of %(day)s is missing.") if by < as_of else _("To be counted by %(day)s.")
    who = f" {contract.get_counter_display()}." if contract.counter else ""
    return words % {"day": ui.day(by)} + who
