"""Facts as sentences with figures: why a standing, what was agreed, why an amount is not asked for."""

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from collections_app.cases.queries import Suppressed
from common.templatetags import ui
from contracts.models import Method, Shipment
from contracts.wording import settlement_day
from customers.models import Customer


def ends(customer: Customer) -> list[tuple[str, str]]:
    """What ended or burdens the relation, each with its day."""
    found = (
        (_("Insolvent since"), customer.insolvent_on),
        (_("Closed since"), customer.closed_on),
        (_("In court since"), customer.in_court_on),
        (_("Handed over on"), customer.handed_over_on),
        (_("Assigned since"), customer.assigned_on),
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
    if parameters.get("rest") == "bought":
        return ngettext(
            "On consignment: due when counted as sold, bought after %(days)s day",
            "On consignment: due when counted as sold, bought after %(days)s days",
            most,
        ) % {"days": most}
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
