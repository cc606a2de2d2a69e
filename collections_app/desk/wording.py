"""Facts as sentences with figures: why a standing, what was agreed, why an amount is not asked for."""

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from collections_app.cases.queries import Suppressed
from collections_app.policy.thresholds import Thresholds
from collections_app.standings.models import Standing
from collections_app.standings.rules import Rule
from common import days
from common.templatetags import ui
from contracts.models import Method, Shipment
from contracts.wording import settlement_day
from customers.models import Customer
from receivables.models import DueItem

NEXT = {"overdue": "quasi-bad", "quasi-bad": "bad"}  # what age alone makes of a standing


def why(found: Standing, item: DueItem, *, as_of: date, thresholds: Thresholds) -> str:
    """The rule that fired, with its facts."""
    late = (as_of - item.due_date).days if item.due_date else 0
    facts = {
        "invoice": item.invoice.number,
        "days": late,
        "day": ui.day(item.due_date),
        "since": ui.day(found.since),
        "quasi_bad": thresholds.quasi_bad,
        "bad": thresholds.bad,
        "dormant": thresholds.dormant,
        "broken": thresholds.broken_promises,
    }
    if found.rule == Rule.LATE and late == 1:
        return _("%(invoice)s was due yesterday.") % facts
    return _WHY[Rule(found.rule)](late) % facts


_WHY: dict[Rule, Callable[[int], str]] = {
    Rule.NO_MOVEMENT: lambda late: ngettext(
        "%(invoice)s is %(days)s day late and the customer has not moved for %(dormant)s days.",
        "%(invoice)s is %(days)s days late and the customer has not moved for %(dormant)s days.",
        late,
    ),
    Rule.CUSTOMER_FAILED: lambda late: _("The customer is insolvent, closed or in court."),
    Rule.LATE_BAD: lambda late: ngettext(
        "%(invoice)s is %(days)s day late; from %(bad)s days on an item is bad.",
        "%(invoice)s is %(days)s days late; from %(bad)s days on an item is bad.",
        late,
    ),
    Rule.LATE_QUASI_BAD: lambda late: ngettext(
        "%(invoice)s is %(days)s day late; from %(quasi_bad)s days on an item is quasi-bad.",
        "%(invoice)s is %(days)s days late; from %(quasi_bad)s days on an item is quasi-bad.",
        late,
    ),
    Rule.BROKEN_PROMISES: lambda late: ngettext(
        "%(invoice)s is %(days)s day late and %(broken)s promises were broken.",
        "%(invoice)s is %(days)s days late and %(broken)s promises were broken.",
        late,
    ),
    Rule.LATE: lambda late: ngettext(
        "%(invoice)s was due on %(day)s and is %(days)s day late.",
        "%(invoice)s was due on %(day)s and is %(days)s days late.",
        late,
    ),
    Rule.NOT_LATE: lambda late: _("Nothing is late; %(invoice)s is due on %(day)s."),
    Rule.NO_DUE_DATE: lambda late: _("Nothing is late; %(invoice)s has no due date yet."),
}


def way_out(found: Standing, item: DueItem, amount: Decimal, as_of: date, thresholds: Thresholds) -> str:
    """What has to be paid to leave this standing, and until when it gets no worse."""
    if found.rule in (Rule.NOT_LATE, Rule.NO_DUE_DATE):
        return ""
    paid = {"amount": ui.money_text(amount, item.currency)}
    next_at = {"overdue": thresholds.quasi_bad, "quasi-bad": thresholds.bad}.get(found.standing)
    if next_at is None or item.due_date is None:
        return _("Way out: pay %(amount)s.") % paid
    last_day = item.due_date + timedelta(days=next_at - 1)
    if last_day < as_of:
        return _("Way out: pay %(amount)s.") % paid
    worse = {"day": ui.day(last_day + days.ONE_DAY), "standing": str(ui.standing_word(NEXT[found.standing])).lower()}
    return _("Way out: pay %(amount)s; otherwise it is %(standing)s from %(day)s on.") % (paid | worse)


def ends(customer: Customer) -> list[tuple[str, str]]:
    """What ended or burdens the relation, each with its day."""
    found = (
        (_("Insolvent since"), customer.insolvent_on),
        (_("Closed since"), customer.closed_on),
        (_("In court since"), customer.in_court_on),
        (_("Handed over on"), customer.handed_over_on),
    )
    return [(label, ui.day(day)) for label, day in found if day]


def delivery(shipment: Shipment | None) -> str:
    if shipment is None:
        return ""
    if shipment.batch:
        return _("Batch %(batch)s") % {"batch": shipment.batch}
    return shipment.number


def not_asked(row: Suppressed) -> str:
    reason = str(row.reason)
    return _("%(reason)s until %(day)s") % {"reason": reason, "day": ui.day(row.until)} if row.until else reason


def period(starts_on: date, ends_before: date | None) -> str:
    if ends_before is None:
        return _("from %(day)s") % {"day": ui.day(starts_on)}
    last = ends_before - timedelta(days=1)
    return _("%(first)s to %(last)s") % {"first": ui.day(starts_on), "last": ui.day(last)}


# Settlement methods


def settlement(method: str, parameters: Mapping[str, Any]) -> str:
    """How the contract is settled, in words."""
    words = _METHODS.get(method)
    return words(parameters) if words else _("No settlement method yet")


def _days(parameters: Mapping[str, Any], name: str) -> int:
    value = parameters.get(name, 0)
    return value if isinstance(value, int) else 0


def _in_advance(parameters: Mapping[str, Any]) -> str:
    share = Decimal(str(parameters.get("share", "1")))
    if share == 1:
        return _("In advance, before the goods leave")
    days_after = _days(parameters, "rest_days")
    return ngettext(
        "%(share)s in advance, the rest %(days)s day after delivery",
        "%(share)s in advance, the rest %(days)s days after delivery",
        days_after,
    ) % {"share": ui.percent(share), "days": days_after}


def _two_deliveries(parameters: Mapping[str, Any]) -> str:
    batches = parameters.get("open_batches", 1)
    words = ngettext(
        "Two deliveries, one settlement: %(count)s batch may be open, due %(days)s days after delivery at the latest",
        "Two deliveries, one settlement: %(count)s batches may be open, due %(days)s days after delivery at the latest",
        batches,
    )
    return words % {"count": batches, "days": parameters.get("max_days", 0)}


def _periodic(parameters: Mapping[str, Any]) -> str:
    least = _days(parameters, "min_days")
    return ngettext(
        "On the settlement day (%(rule)s), at least %(days)s day after delivery",
        "On the settlement day (%(rule)s), at least %(days)s days after delivery",
        least,
    ) % {"rule": settlement_day(str(parameters.get("rule", ""))), "days": least}


def _net(parameters: Mapping[str, Any]) -> str:
    starts = {"invoice": _("the invoice"), "delivery": _("delivery"), "receipt": _("receipt of the invoice")}
    start = starts.get(str(parameters.get("from", "invoice")), "")
    count = _days(parameters, "days")
    end = parameters.get("end_of_month", "none")
    if end == "before":
        words = ngettext(
            "Month end after %(start)s, then %(days)s day", "Month end after %(start)s, then %(days)s days", count
        )
    elif end == "after":
        words = ngettext(
            "%(days)s day from %(start)s, then month end", "%(days)s days from %(start)s, then month end", count
        )
    else:
        words = ngettext("%(days)s day from %(start)s", "%(days)s days from %(start)s", count)
    return words % {"days": count, "start": start}


def _fixed(parameters: Mapping[str, Any]) -> str:
    return _("On %(day)s") % {"day": ui.day(date.fromisoformat(str(parameters["date"])))}


def _instalments(parameters: Mapping[str, Any]) -> str:
    parts = [
        ngettext("%(share)s after %(days)s day", "%(share)s after %(days)s days", int(part["days"]))
        % {"share": ui.percent(Decimal(str(part["share"]))), "days": part["days"]}
        for part in parameters.get("parts", ())
    ]
    return _("In instalments: %(parts)s") % {"parts": "; ".join(parts)}


def _consignment(parameters: Mapping[str, Any]) -> str:
    most = _days(parameters, "max_days")
    return ngettext(
        "On consignment: due when counted as sold, returned after %(days)s day",
        "On consignment: due when counted as sold, returned after %(days)s days",
        most,
    ) % {"days": most}


_METHODS: dict[str, Callable[[Mapping[str, Any]], str]] = {
    Method.IN_ADVANCE: _in_advance,
    Method.CASH_ON_DELIVERY: lambda parameters: _("Cash on delivery"),
    Method.TWO_DELIVERIES: _two_deliveries,
    Method.PERIODIC: _periodic,
    Method.NET: _net,
    Method.FIXED: _fixed,
    Method.INSTALMENTS: _instalments,
    Method.CONSIGNMENT: _consignment,
}
