"""The due items behind a figure of a try: what they are today, and what they would be."""

from decimal import Decimal

from django import forms
from django.db import connection
from django.utils.translation import gettext_lazy

from collections_app.desk.policies import statement
from collections_app.policy.models import Simulation, Version
from collections_app.policy.thresholds import Policy
from collections_app.standings.migration import Piece
from collections_app.standings.models import StandingChoices
from collections_app.standings.seen import seen_by
from common import money
from common.money import ZERO
from staff.models import User

ANY = [("", gettext_lazy("Any")), *StandingChoices.choices]


class MovedForm(forms.Form):
    """Which figure of the matrix is looked into."""

    currency = forms.CharField(widget=forms.HiddenInput, max_length=3)
    was = forms.ChoiceField(label=gettext_lazy("Now"), required=False, choices=ANY)
    becomes = forms.ChoiceField(label=gettext_lazy("Then"), required=False, choices=ANY)


def items(simulation: Simulation, *, user: User, currency: str, was: str = "", becomes: str = "") -> list[Piece]:
    """Of the customers that the person may see, the largest first, by all that is known now."""
    before = Version.objects.filter(pk=simulation.result["compared_with"]["version"]).first()
    wanted = statement.items(
        as_of=simulation.as_of,
        before=before.policy if before else Policy(),
        after=simulation.version.policy,
        currency=currency,
        was=was,
        becomes=becomes,
        seen=seen_by(user, "b.customer_id"),
    )
    with connection.cursor() as cursor:
        cursor.execute(wanted.sql, wanted.params)
        return [
            Piece(key, invoice, number, code, name, currency, now, then, money.stored(Decimal(str(amount))))
            for key, invoice, number, code, name, currency, now, then, amount in cursor.fetchall()
        ]


def counted(simulation: Simulation, *, currency: str, was: str = "", becomes: str = "") -> tuple[int, Decimal]:
    """How many due items and how much the try found there, over the whole book."""
    found = [
        row
        for row in (*simulation.result["moves"], *simulation.result["stays"])
        if row["currency"] == currency and was in ("", row["from"]) and becomes in ("", row["to"])
    ]
    return sum(row["count"] for row in found), sum((Decimal(row["amount"]) for row in found), ZERO)
