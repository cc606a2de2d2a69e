"""The due items behind a figure of a try: what they are today, and what they would be."""

from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any

from django import forms
from django.db import connection
from django.utils.translation import gettext_lazy

from collections_app.desk.policies import statement
from collections_app.policy.models import Simulation, Version
from collections_app.policy.thresholds import Policy
from collections_app.standings.models import StandingChoices
from common import money
from common.money import ZERO
from common.templatetags.ui import standing_word
from customers.models import Customer
from staff.models import User

ANY = [("", gettext_lazy("Any")), *StandingChoices.choices]


class MovedForm(forms.Form):
    """Which figure of the matrix is looked into."""

    currency = forms.CharField(widget=forms.HiddenInput, max_length=3)
    was = forms.ChoiceField(label=gettext_lazy("Now"), required=False, choices=ANY)
    becomes = forms.ChoiceField(label=gettext_lazy("Then"), required=False, choices=ANY)


@dataclass(frozen=True, slots=True)
class Moved:
    """A due item with its standing by the policy in force and by the one that was tried."""

    invoice: int
    number: str
    customer_code: str
    customer_name: str
    currency: str
    was: str
    becomes: str
    amount: Decimal


def items(simulation: Simulation, *, user: User, currency: str, was: str = "", becomes: str = "") -> list[Moved]:
    """Of the customers that the person may see, the largest first, by all that is known now."""
    before = Version.objects.filter(pk=simulation.result["compared_with"]["version"]).first()
    wanted = statement.items(
        as_of=simulation.as_of,
        before=before.policy if before else Policy(),
        after=simulation.version.policy,
        currency=currency,
        was=was,
        becomes=becomes,
        seen=None if user.sees_everything else sorted(Customer.objects.visible_to(user).values_list("pk", flat=True)),
    )
    with connection.cursor() as cursor:
        cursor.execute(wanted.sql, wanted.params)
        return [
            Moved(invoice, number, code, name, currency, now, then, _money(amount))
            for invoice, number, code, name, currency, now, then, amount in cursor.fetchall()
        ]


def row(item: Moved) -> dict[str, Any]:
    """As the table of due items takes it."""
    return asdict(item) | {"was": standing_word(item.was), "becomes": standing_word(item.becomes)}


def counted(simulation: Simulation, *, currency: str, was: str = "", becomes: str = "") -> tuple[int, Decimal]:
    """How many due items and how much the try found there, over the whole book."""
    found = [
        row
        for row in (*simulation.result["moves"], *simulation.result["stays"])
        if row["currency"] == currency and was in ("", row["from"]) and becomes in ("", row["to"])
    ]
    return sum(row["count"] for row in found), sum((Decimal(row["amount"]) for row in found), ZERO)


def _money(value: Any) -> Decimal:
    return money.stored(Decimal(str(value)))
