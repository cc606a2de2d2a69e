"""Counting consigned goods at the customer's: totals since the delivery, which always come to what was delivered."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from audit import services as audit
from audit.services import Actor
from common import clock
from common.money import ZERO
from common.refusals import Refused
from common.templatetags import ui
from contracts import consigned
from contracts.consigned import Counted
from contracts.models import Count, CountLine, Method, Shipment, ShipmentLine
from contracts.services import checks
from customers import services as customers

Told = tuple[int, Decimal, Decimal, Decimal, Decimal]  # key of the line; sold, returned, on hand, lost
PLACES = 3


class NotACount(Refused):
    """Goods that are not consigned, or figures that do not come to what was delivered."""


@transaction.atomic
def record_count(*, shipment: Shipment, counted_on: date, counted_by: str, lines: Sequence[Told], by: Actor) -> Count:
    """What had become of every line of a consigned batch by a day. Sold, returned and lost never fall again.

    `counted_by` is whoever of the customer confirmed it; empty where nobody did.
    """
    checks.check_has_come(counted_on)
    customers.lock([shipment.customer_id])
    row = Shipment.objects.select_related("contract").get(pk=shipment.pk)
    _check_countable(row, counted_on)
    found = _by_line(row, lines)
    for line, figures in found:
        _check_adds_up(line, figures)
        _check_against_others(line, figures, counted_on)
    count = Count.objects.create(
        shipment=row,
        counted_on=counted_on,
        counted_by=counted_by.strip()[:100],
        entered_at=clock.now(),
        entered_by=by.get_username(),
    )
    CountLine.objects.bulk_create(
        CountLine(
            count=count,
            line=line,
            delivered=line.quantity,
            sold=figures.sold,
            returned=figures.returned,
            on_hand=figures.on_hand,
            lost=figures.lost,
        )
        for line, figures in found
    )
    customers.mark([row.customer_id], because="count", on=counted_on)
    sold = sum((figures.sold for _line, figures in found), ZERO)
    after = {"shipment": row.number, "on": counted_on, "by": counted_by, "sold": sold}
    audit.record(verb="contracts.counted", subject=count, by=by, after=after)
    return count


def _check_countable(row: Shipment, counted_on: date) -> None:
    facts = {"number": row.number, "first": ui.day(row.delivered_on), "day": ui.day(counted_on)}
    if row.contract is None or row.contract.method != Method.CONSIGNMENT:
        raise NotACount(_("Shipment %(number)s is not on consignment: there is nothing to count.") % facts)
    if row.state != Shipment.State.DELIVERED or row.delivered_on is None:
        raise NotACount(_("Shipment %(number)s is not at the customer's. Only delivered goods are counted.") % facts)
    if counted_on < row.delivered_on:
        raise NotACount(
            _("Shipment %(number)s was delivered on %(first)s and cannot be counted on %(day)s, before that.") % facts
        )
    if Count.objects.filter(shipment=row, counted_on=counted_on).exists():
        raise NotACount(_("Shipment %(number)s was counted on %(day)s already. Count it again another day.") % facts)


def _by_line(row: Shipment, lines: Sequence[Told]) -> list[tuple[ShipmentLine, Counted]]:
    """Every line of the batch with its figures, in the order of the batch."""
    told = {key: Counted(*figures) for key, *figures in lines}
    batch = list(row.lines.select_related("product").order_by("pk"))
    if len(told) < len(lines) or told.keys() - {line.pk for line in batch}:
        raise NotACount(_("Each line of shipment %(number)s is counted once, and no other.") % {"number": row.number})
    for line in batch:
        if line.pk not in told:
            raise NotACount(_("%(product)s is not counted. Count every line of the batch.") % {"product": line.product})
    return [(line, told[line.pk]) for line in batch]


def _check_adds_up(line: ShipmentLine, figures: Counted) -> None:
    for value in (figures.sold, figures.returned, figures.on_hand, figures.lost):
        if not checks.fits(value, PLACES) or value < ZERO:
            raise NotACount(
                _("%(product)s: a count is zero or more, with at most three decimals; %(value)s is not.")
                % {"product": line.product, "value": value}
            )
    missing = line.quantity - figures.total
    facts = {
        "product": line.product,
        "delivered": ui.number(line.quantity),
        "missing": ui.number(missing),
        "beyond": ui.number(-missing),
    }
    if missing > ZERO:
        raise NotACount(
            _("%(product)s: %(missing)s of %(delivered)s delivered are missing. Say whether they are sold or lost.")
            % facts
        )
    if missing < ZERO:
        raise NotACount(
            _("%(product)s: %(beyond)s more than the %(delivered)s delivered are counted. Count again.") % facts
        )


def _check_against_others(line: ShipmentLine, figures: Counted, counted_on: date) -> None:
    """A count that is entered late stands between its neighbours."""
    rows = CountLine.objects.filter(line=line).select_related("count")
    before = rows.filter(count__counted_on__lt=counted_on).order_by("-count__counted_on").first()
    after = rows.filter(count__counted_on__gt=counted_on).order_by("count__counted_on").first()
    if before is not None:
        _check_never_falls(line, _figures(before), figures, before.count.counted_on)
    if after is not None:
        _check_never_falls(line, figures, _figures(after), counted_on)


def _figures(row: CountLine) -> Counted:
    return Counted(row.sold, row.returned, row.on_hand, row.lost)


def _check_never_falls(line: ShipmentLine, earlier: Counted, later: Counted, earlier_on: date) -> None:
    name = consigned.fell(earlier, later)
    if name:
        raise NotACount(
            _FELL[name]()
            % {
                "product": line.product,
                "before": ui.number(getattr(earlier, name)),
                "day": ui.day(earlier_on),
                "now": ui.number(getattr(later, name)),
            }
        )


_FELL = {
    "sold": lambda: _("%(product)s: %(before)s were sold by %(day)s; later it cannot be %(now)s. Count again."),
    "returned": lambda: _("%(product)s: %(before)s came back by %(day)s; later it cannot be %(now)s. Count again."),
    "lost": lambda: _("%(product)s: %(before)s were lost by %(day)s; later it cannot be %(now)s. Count again."),
}
