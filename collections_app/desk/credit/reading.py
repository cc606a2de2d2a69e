"""The list of credit: one line a customer, and how much of the book hangs on few of them."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from django.db.models import Count, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from collections_app.gate import credit, credit_rules
from collections_app.gate.credit import CreditPosition
from collections_app.gate.credit_limits import Keys
from collections_app.gate.credit_rules import Ramp
from collections_app.gate.models import Hold
from common.templatetags import ui
from customers.models import Customer
from staff.models import User


@dataclass(frozen=True, slots=True)
class Line:
    """A customer. `limit` is the one with the least room, `used` its share; amounts are in base currency."""

    pk: int
    name: str
    code: str
    rep: str
    rep_key: str
    region: str
    limit: Decimal | None
    exposure: Decimal | None
    used: Decimal | None
    is_over_limit: bool
    is_over_ramp: bool
    ramp: Ramp | None
    insured_until: date | None
    holds: int
    missing: tuple[str, ...]
    base: str

    @property
    def url(self) -> str:
        return reverse("desk:credit-of", args=[self.code])

    @property
    def is_over(self) -> bool:
        return self.is_over_limit or self.is_over_ramp

    @property
    def used_order(self) -> Decimal:
        """What is not defined comes after everything that is."""
        return self.used if self.used is not None else Decimal(-1)

    @property
    def exposure_order(self) -> Decimal:
        return self.exposure if self.exposure is not None else Decimal(-1)

    @property
    def limit_order(self) -> Decimal:
        return self.limit if self.limit is not None else Decimal(-1)


@dataclass(frozen=True, slots=True)
class Share:
    """A rep or a region, and how concentrated what it has is. Without a name: what has none."""

    name: str
    url_value: str
    debtors: int
    total: Decimal
    largest_share: Decimal | None
    index: Decimal | None


@dataclass(frozen=True, slots=True)
class Totals:
    exposure: Decimal
    over: int
    missing: tuple[str, ...]  # currencies without a rate: what is owed in them is in no sum
    together: credit_rules.Concentration


def lines(found: QuerySet[Customer], *, everybody: bool, as_of: date) -> list[Line]:
    """By name; `everybody` says that the queryset leaves nobody out, so that no keys need naming."""
    rows = [Row(*values) for values in found.order_by("name", "pk").values_list(*Row._fields)]
    reps = {rep.pk: rep for rep in User.objects.filter(customers__isnull=False).distinct()}
    keys: Keys = None if everybody else [row.pk for row in rows]
    positions = credit.positions(keys, as_of=as_of)
    holds = dict(
        Hold.objects.filter(cleared_at=None, is_observed=False)
        .order_by()
        .values_list("customer")
        .annotate(count=Count("shipment", distinct=True))
    )
    return [_line(row, reps.get(row.owner or 0), positions[row.pk], holds.get(row.pk, 0)) for row in rows]


class Row(NamedTuple):
    """What the list needs of a customer."""

    pk: int
    name: str
    code: str
    region: str
    owner: int | None


def _line(row: Row, rep: User | None, position: CreditPosition, holds: int) -> Line:
    tightest, insured = position.tightest, position.insured
    return Line(
        pk=row.pk,
        name=row.name,
        code=row.code,
        rep=str(rep) if rep else "",
        rep_key=rep.username if rep else "",
        region=row.region,
        limit=tightest.amount if tightest else None,
        exposure=position.own.total,
        used=tightest.used if tightest else None,
        is_over_limit=any(limit.is_exceeded for limit in position.compared),
        is_over_ramp=position.is_beyond_ramp,
        ramp=position.ramp,
        insured_until=credit.last_day(insured) if insured else None,
        holds=holds,
        missing=position.missing,
        base=position.base,
    )


def ramp_words(ramp: Ramp) -> str:
    """How far a new customer has come: "3 of 6: €1,750.00"; without a stated limit there is no end to name."""
    said = {"settled": ramp.settled, "allowed": ui.money_text(ramp.allowed, ramp.base)}
    if ramp.granted is None:
        return _("%(settled)s on time: %(allowed)s") % said
    said |= {"settled": min(ramp.settled, ramp.needed), "needed": ramp.needed}
    return _("%(settled)s of %(needed)s: %(allowed)s") % said


def totals(lines: Sequence[Line]) -> Totals:
    together = credit_rules.concentration(_rated(lines))
    return Totals(
        exposure=together.total,
        over=sum(line.is_over for line in lines),
        missing=tuple(sorted({code for line in lines for code in line.missing})),
        together=together,
    )


def by_rep(lines: Sequence[Line]) -> list[Share]:
    return _shares(lines, lambda line: (line.rep, line.rep_key))


def by_region(lines: Sequence[Line]) -> list[Share]:
    return _shares(lines, lambda line: (line.region, line.region))


def _shares(lines: Sequence[Line], key: Callable[[Line], tuple[str, str]]) -> list[Share]:
    """By name, what has none last."""
    groups: dict[tuple[str, str], list[Line]] = defaultdict(list)
    for line in lines:
        groups[key(line)].append(line)
    found = []
    for name, value in sorted(groups, key=lambda row: (not row[0], row)):
        of = credit_rules.concentration(_rated(groups[name, value]))
        if of.total:
            found.append(Share(name, value, of.debtors, of.total, of.largest_share, of.index))
    return found


def _rated(lines: Iterable[Line]) -> list[Decimal]:
    return [line.exposure for line in lines if line.exposure is not None]
