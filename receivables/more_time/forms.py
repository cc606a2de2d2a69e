"""Forms of more time: they check the shape; the services decide."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common import days, money
from common.forms import AmountField
from common.money import ZERO
from common.templatetags import ui
from receivables import more_time_queries as queries
from receivables import more_time_rules as rules
from receivables.clearing.forms import day_field
from receivables.forms import OnceForm
from receivables.models import DueItem
from receivables.more_time_rules import Part

MOST_PARTS = 6
COUNTS = [(str(count), str(count)) for count in range(rules.FEWEST_PARTS, MOST_PARTS + 1)]
WHY = gettext_lazy("Why does the customer need more time?")


class GrantForm(OnceForm):
    """Nothing to say: what is granted stands on the page."""


class DeclineForm(OnceForm):
    because = forms.CharField(label=gettext_lazy("Why?"), max_length=200)


class ExtensionForm(OnceForm):
    """Until when one item may be paid, and why. What a month of waiting costs stands beside it."""

    until = day_field(gettext_lazy("May be paid until"))
    because = forms.CharField(label=WHY, max_length=200)

    def __init__(self, data: Any = None, *, item: DueItem, on: date, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        terms = queries.business()
        month = rules.cost(
            [Part(on, item.open_amount)],
            [Part(on + days.ONE_DAY * 30, item.open_amount)],
            yearly_share=terms.money_costs,
            currency=item.currency,
        )
        self.fields["until"].help_text = _(
            "Now due on %(due)s. Thirty days of waiting cost us %(cost)s. Granted to this customer in %(year)s: "
            "%(count)s of %(allowed)s."
        ) % {
            "due": ui.day(item.due_date),
            "cost": ui.money_text(month, item.currency),
            "year": on.year,
            "count": queries.count_this_year(item.customer, on.year),
            "allowed": terms.extensions_per_year,
        }


class PlanForm(OnceForm):
    """Which items are paid in which parts. The parts can be divided evenly first, and changed then."""

    count = forms.ChoiceField(label=gettext_lazy("Number of parts"), choices=COUNTS, initial="3")
    first_on = day_field(gettext_lazy("First part on"))
    because = forms.CharField(label=WHY, max_length=200)
    DIVIDES = ("count", "first_on")

    def __init__(self, data: Any = None, *, items: Sequence[DueItem], currency: str, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.items, self.currency = items, currency
        for item in items:
            self.fields[_name(item)] = forms.BooleanField(label=item.invoice.number, required=False)
        for place in range(1, MOST_PARTS + 1):
            self.fields[f"on_{place}"] = day_field(_("Part %(place)s on") % {"place": place})
            self.fields[f"on_{place}"].required = False
            self.fields[f"amount_{place}"] = AmountField(
                label=_("Amount of part %(place)s") % {"place": place}, required=False, currency=currency, max_length=20
            )

    @property
    def item_rows(self) -> list[tuple[DueItem, Any]]:
        return [(item, self[_name(item)]) for item in self.items]

    @property
    def part_rows(self) -> list[tuple[int, Any, Any]]:
        return [(place, self[f"on_{place}"], self[f"amount_{place}"]) for place in range(1, MOST_PARTS + 1)]

    @property
    def chosen(self) -> list[DueItem]:
        return [item for item in self.items if self.cleaned_data.get(_name(item))]

    @property
    def parts(self) -> list[tuple[date, Decimal]]:
        said = self.cleaned_data
        pairs = [(said.get(f"on_{place}"), said.get(f"amount_{place}")) for place in range(1, MOST_PARTS + 1)]
        return [(due_on, amount) for due_on, amount in pairs if due_on and amount]

    def clean(self) -> dict[str, Any]:
        """A part has a day and an amount, or neither."""
        found = super().clean() or self.cleaned_data
        for place in range(1, MOST_PARTS + 1):
            for one, other in ((f"on_{place}", f"amount_{place}"), (f"amount_{place}", f"on_{place}")):
                if found.get(one) and not found.get(other) and other not in self.errors:
                    self.add_error(other, _("A part has a day and an amount. Fill in both, or neither."))
        if not self.chosen:
            self.add_error(None, _("Choose at least one item that the plan is about."))
        return found

    def may_divide(self) -> bool:
        """Is what dividing needs there? What only asking needs is not looked at yet."""
        wrong = set(self.errors) & {*self.DIVIDES, NON_FIELD_ERRORS}
        for name in set(self.errors) - wrong:
            del self.errors[name]
        return not wrong

    def divided(self) -> dict[str, Any]:
        """The same form with even parts of what is open on the chosen items, a month apart."""
        said = self.cleaned_data
        total = sum((item.open_amount for item in self.chosen), ZERO)
        kept = {"because": self.data.get("because", ""), "count": said["count"], "first_on": said["first_on"]}
        even = evenly(total, int(said["count"]), said["first_on"], self.currency)
        return kept | even | {_name(item): True for item in self.chosen}


def prefilled(items: Sequence[DueItem], currency: str, first_on: date) -> dict[str, Any]:
    """At first what is due by then, in three parts; where nothing is, all of it."""
    due = [item for item in items if item.due_date and item.due_date <= first_on] or items
    total = sum((item.open_amount for item in due), ZERO)
    return evenly(total, 3, first_on, currency) | {"first_on": first_on} | {_name(item): True for item in due}


def evenly(total: Decimal, count: int, first_on: date, currency: str) -> dict[str, Any]:
    """So many parts on the same day of the months that follow; they add up to the total."""
    amounts = money.split(total, [Decimal(1) / count] * count, currency)
    found: dict[str, Any] = {}
    for place, amount in enumerate(amounts, start=1):
        months = first_on.month - 1 + place - 1
        found[f"on_{place}"] = days.in_month(first_on.year + months // 12, months % 12 + 1, first_on.day)
        found[f"amount_{place}"] = money.as_text(amount, currency)
    return found


def _name(item: DueItem) -> str:
    return f"item_{item.pk}"
