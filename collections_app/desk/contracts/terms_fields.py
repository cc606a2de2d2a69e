"""The parameters of a settlement method as fields of a form, and back: what is typed becomes what the rules read."""

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from babel.dates import get_day_names
from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.days import WEEKDAYS
from common.forms import DayField
from common.templatetags import ui
from contracts import terms
from contracts.basis import Basis
from contracts.models import Method
from contracts.parameters import MOST_DAYS, NotComputable

MOST_PARTS = 6
LONGEST_MONTH = 31
HUNDRED = Decimal(100)
DAY = {"type": "date"}
STARTS = (
    ("invoice", gettext_lazy("the invoice")),
    ("delivery", gettext_lazy("the delivery")),
    ("receipt", gettext_lazy("the receipt of the invoice")),
)
MONTH_ENDS = (
    ("none", gettext_lazy("no month end")),
    ("before", gettext_lazy("first to the end of the month, then the days")),
    ("after", gettext_lazy("first the days, then to the end of the month")),
)
PAY_DAYS = (
    ("monthly", gettext_lazy("a day of the month")),
    ("last-working-day", gettext_lazy("the last working day of the month")),
    ("weekly", gettext_lazy("a weekday")),
    ("1st", gettext_lazy("the first such weekday of the month")),
    ("2nd", gettext_lazy("the second such weekday of the month")),
    ("3rd", gettext_lazy("the third such weekday of the month")),
    ("4th", gettext_lazy("the fourth such weekday of the month")),
    ("5th", gettext_lazy("the fifth such weekday, where there is one")),
)
ROLLS = (("forward", gettext_lazy("to the next working day")), ("back", gettext_lazy("to the working day before")))
HINTS = {
    Method.IN_ADVANCE: gettext_lazy("the whole or a share before the goods leave"),
    Method.CASH_ON_DELIVERY: gettext_lazy("against a receipt at the door"),
    Method.TWO_DELIVERIES: gettext_lazy("the next batch waits until the last one is paid"),
    Method.PERIODIC: gettext_lazy("on the days on which the customer pays anybody"),
    Method.NET: gettext_lazy("so many days from invoice or delivery"),
    Method.FIXED: gettext_lazy("one full calendar day"),
    Method.INSTALMENTS: gettext_lazy("in parts that add up"),
    Method.CONSIGNMENT: gettext_lazy("when a count says it is sold"),
}
# Where the rules say no to a parameter: the field that it is about, and how to mend it.
MENDED_BY = {
    "discount": ("discount_days", gettext_lazy("The discount ends within the term, and leaves something to pay.")),
    "holidays": ("holidays", gettext_lazy("No calendar is known of that country. Write two letters such as ES.")),
}
DISCOUNTED = (Method.TWO_DELIVERIES, Method.PERIODIC, Method.NET, Method.FIXED, Method.INSTALMENTS)
Fields = dict[str, forms.Field]


def days_field(
    label: Any, *, least: int = 0, most: int = MOST_DAYS, required: bool = True, **kwargs: Any
) -> forms.IntegerField:
    return forms.IntegerField(label=label, min_value=least, max_value=most, required=required, **kwargs)


def percent_field(label: Any, *, required: bool = True, **kwargs: Any) -> forms.DecimalField:
    return forms.DecimalField(
        label=label,
        min_value=Decimal("0.01"),
        max_value=HUNDRED,
        decimal_places=4,
        required=required,
        localize=True,
        **kwargs,
    )


def choice_field(label: Any, choices: Any, **kwargs: Any) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=choices, **kwargs)


def _in_advance() -> Fields:
    return {
        "share": percent_field(_("Per cent in advance"), initial=HUNDRED),
        "rest_days": days_field(_("The rest so many days after delivery"), required=False),
    }


def _two_deliveries() -> Fields:
    return {
        "max_days": days_field(_("At the latest so many days after delivery"), initial=30),
        "open_batches": days_field(_("Batches that may be open at once"), least=1, initial=1),
    }


def _periodic() -> Fields:
    names = get_day_names("wide", locale=ui.active_locale())
    weekdays = [(name, names[place]) for place, name in enumerate(WEEKDAYS)]
    return {
        "pays": choice_field(_("Pays on"), PAY_DAYS),
        "day_of_month": days_field(_("Day of the month"), least=1, most=LONGEST_MONTH, required=False, initial=25),
        "weekday": choice_field(_("Weekday"), weekdays, required=False),
        "min_days": days_field(_("At least so many days after delivery"), required=False),
    }


def _net() -> Fields:
    return {
        "days": days_field(_("Days"), initial=30),
        "start": choice_field(_("Counted from"), STARTS),
        "month_end": choice_field(_("Month end"), MONTH_ENDS),
    }


def _fixed() -> Fields:
    return {"date": DayField(label=_("Due on"))}


def _instalments() -> Fields:
    found: Fields = {"start": choice_field(_("Counted from"), STARTS)}
    for place in range(1, MOST_PARTS + 1):
        names = {"place": place}
        found[f"share_{place}"] = percent_field(_("Part %(place)s, per cent") % names, required=False)
        found[f"days_{place}"] = days_field(_("Part %(place)s, days") % names, required=False)
    return found


def _consignment() -> Fields:
    return {
        "max_days": days_field(_("Unsold goods stay at most so many days"), least=1, initial=90),
        "due_days": days_field(_("Due so many days after the count"), required=False),
    }


FIELDS: dict[str, Callable[[], Fields]] = {
    Method.IN_ADVANCE: _in_advance,
    Method.CASH_ON_DELIVERY: dict,
    Method.TWO_DELIVERIES: _two_deliveries,
    Method.PERIODIC: _periodic,
    Method.NET: _net,
    Method.FIXED: _fixed,
    Method.INSTALMENTS: _instalments,
    Method.CONSIGNMENT: _consignment,
}


def fields_of(method: str) -> Fields:
    """Those of the method, then what any method may carry."""
    found = FIELDS[method]()
    if method in DISCOUNTED:
        found["discount_percent"] = percent_field(_("Cash discount, per cent"), required=False)
        found["discount_days"] = days_field(_("if paid within so many days"), required=False)
    found["holidays"] = forms.CharField(
        label=_("Country whose holidays count"),
        max_length=2,
        required=False,
        help_text=_("Two letters such as ES. Without it a due date may fall on a day off."),
    )
    found["roll"] = choice_field(_("A day off moves the due date"), ROLLS, required=False)
    return found


# What is typed, as the rules read it


def parameters(method: str, said: Mapping[str, Any]) -> dict[str, Any]:
    """Raises NotComputable, whose message says what is missing."""
    found = READ[method](said)
    if said.get("discount_percent"):
        within = said.get("discount_days")
        if within is None:
            raise NotComputable(_("say within how many days the discount may be taken"))
        found["discount"] = {"share": _share(said["discount_percent"]), "days": within}
    if said.get("holidays"):
        found["holidays"] = {"country": said["holidays"].upper(), "roll": said.get("roll") or "forward"}
    terms.schedule(method, found, Basis(terms.LEAP_DAY))
    return found


def _share(percent: Decimal) -> str:
    return f"{(percent / HUNDRED).normalize():f}"


def _known(said: Mapping[str, Any], *names: str) -> dict[str, Any]:
    return {name: said[name] for name in names if said.get(name) is not None}


def _read_in_advance(said: Mapping[str, Any]) -> dict[str, Any]:
    return {"share": _share(said["share"]), **_known(said, "rest_days")}


def _read_periodic(said: Mapping[str, Any]) -> dict[str, Any]:
    kind = said["pays"]
    if kind == "monthly" and not said.get("day_of_month"):
        raise NotComputable(_("say which day of the month"))
    when = {"monthly": str(said.get("day_of_month")), "last-working-day": ""}.get(kind, said.get("weekday") or "mon")
    return {"rule": f"{kind} {when}".strip(), **_known(said, "min_days")}


def _read_net(said: Mapping[str, Any]) -> dict[str, Any]:
    return {"days": said["days"], "from": said["start"], "end_of_month": said["month_end"]}


def _read_instalments(said: Mapping[str, Any]) -> dict[str, Any]:
    pairs = [(said.get(f"share_{place}"), said.get(f"days_{place}")) for place in range(1, MOST_PARTS + 1)]
    if any((percent is None) != (count is None) for percent, count in pairs):
        raise NotComputable(_("each part has its share and its days"))
    parts = [{"share": _share(percent), "days": count} for percent, count in pairs if percent is not None]
    total = sum((percent for percent, _count in pairs if percent is not None), Decimal(0))
    if total != HUNDRED:
        raise NotComputable(_("the parts come to %(total)s per cent of the whole") % {"total": ui.number(total)})
    return {"from": said["start"], "parts": parts}


READ: dict[str, Callable[[Mapping[str, Any]], dict[str, Any]]] = {
    Method.IN_ADVANCE: _read_in_advance,
    Method.CASH_ON_DELIVERY: lambda said: {},
    Method.TWO_DELIVERIES: lambda said: _known(said, "max_days", "open_batches"),
    Method.PERIODIC: _read_periodic,
    Method.NET: _read_net,
    Method.FIXED: lambda said: {"date": said["date"].isoformat()},
    Method.INSTALMENTS: _read_instalments,
    Method.CONSIGNMENT: lambda said: _known(said, "max_days", "due_days"),
}


# What the rules read, as it was typed


def typed(method: str, known: Mapping[str, Any]) -> dict[str, Any]:
    """Initial values of the fields; what cannot be shown in them is typed anew."""
    found = dict(known)
    if "share" in known:
        found["share"] = Decimal(str(known["share"])) * HUNDRED
    found["start"], found["month_end"] = known.get("from", "invoice"), known.get("end_of_month", "none")
    kind, _space, when = str(known.get("rule", "")).partition(" ")
    found |= {"pays": kind, "day_of_month" if kind == "monthly" else "weekday": when[:3]} if kind else {}
    for place, part in enumerate(known.get("parts", ()), start=1):
        found[f"share_{place}"] = Decimal(str(part["share"])) * HUNDRED
        found[f"days_{place}"] = part["days"]
    if discount := known.get("discount"):
        found["discount_percent"] = Decimal(str(discount["share"])) * HUNDRED
        found["discount_days"] = discount["days"]
    if stated := known.get("holidays"):
        found["holidays"], found["roll"] = stated.get("country", ""), stated.get("roll", "forward")
    if method == Method.FIXED and "date" in known:
        found["date"] = date.fromisoformat(str(known["date"]))
    return {name: f"{value.normalize():f}" if isinstance(value, Decimal) else value for name, value in found.items()}
