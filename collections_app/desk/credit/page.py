"""The credit of one customer, as frozen rows: what it owes against which limit, how far it has come, what waits."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from collections_app.cases.models import ToDo
from collections_app.desk.credit.offers import OfferTable, offer_tables
from collections_app.desk.scope import Scope
from collections_app.gate import credit, credit_limits
from collections_app.gate.credit import CreditPosition, LimitInForce
from collections_app.gate.credit_rules import ExposurePart, Part
from collections_app.gate.models import CreditCheck
from common import days
from common.templatetags import ui
from customers.models import Customer, Limit
from receivables import queries as ledger
from receivables.models import DueItem
from receivables.queries import Stated
from staff import queries as staff

PARTS = {
    Part.OPEN: gettext_lazy("Open invoices"),
    Part.ON_THE_WAY: gettext_lazy("Released or delivered, not invoiced yet"),
    Part.CONSIGNED: gettext_lazy("Consigned stock, not sold yet"),
}


@dataclass(frozen=True, slots=True)
class PartRow:
    word: Any
    sums: str  # per currency, where it is not the base currency alone
    amount: Decimal | None
    url: str


@dataclass(frozen=True, slots=True)
class LimitRow:
    """A limit in force, with everything that stands against it."""

    whose: str
    stated: Decimal
    currency: str
    amount: Decimal | None
    exposure: Decimal | None
    used: Decimal | None
    room: Decimal | None
    is_exceeded: bool
    since: date
    last_day: date | None
    insurer: str


@dataclass(frozen=True, slots=True)
class PastLimit:
    """A limit as it was granted, whatever became of it."""

    whose: str
    amount: Decimal
    currency: str
    since: date
    last_day: date | None
    insurer: str
    because: str
    by: str


@dataclass(frozen=True, slots=True)
class RampStep:
    words: str
    allowed: Decimal
    is_reached: bool


@dataclass(frozen=True, slots=True)
class RampRow:
    sentence: str
    rule: str
    steps: list[RampStep]


@dataclass(frozen=True, slots=True)
class CheckRow:
    check: CreditCheck
    by: str


@dataclass(frozen=True, slots=True)
class CreditPage:
    customer: Customer
    base: str
    parts: list[PartRow]
    total: Decimal | None
    room: Decimal | None
    missing: tuple[str, ...]
    rates: list[tuple[str, Stated]]  # behind the amounts in base currency
    limits: list[LimitRow]
    remarks: list[str]  # what is wrong with them
    past: list[PastLimit]
    ramp: RampRow | None
    to_tell: list[str]  # invoices that the insurer may have to be told of
    checks: list[CheckRow]
    to_dos: list[ToDo]
    offers: list[OfferTable]


def credit_page(customer: Customer, *, as_of: date) -> CreditPage:
    position = credit.credit_of(customer, as_of)
    checks = list(CreditCheck.objects.filter(customer=customer).select_related("shipment").order_by("-asked_on", "-pk"))
    granted = Limit.objects.filter(_holders(customer)).select_related("customer", "group")
    history = list(granted.order_by("-starts_on", "-pk"))
    names = staff.names([*(check.decided_by for check in checks), *(limit.entered_by for limit in history)])
    open_to_dos = ToDo.objects.filter(customer=customer, done_on=None).select_related("owner")
    return CreditPage(
        customer=customer,
        base=position.base,
        parts=[_part(part, position, customer) for part in position.own.parts],
        total=position.own.total,
        room=position.room,
        missing=position.missing,
        rates=_rates(position),
        limits=[_limit(limit, position) for limit in position.limits],
        remarks=[remark for limit in position.limits for remark in _remarks(limit)],
        past=[_past(limit, names) for limit in history],
        ramp=_ramp(position) if position.ramp else None,
        to_tell=to_tell(customer, as_of) if position.insured else [],
        checks=[CheckRow(check, names.get(check.decided_by, "")) for check in checks],
        to_dos=list(open_to_dos.order_by("due_on", "pk")),
        offers=offer_tables(customer, as_of=as_of),
    )


def _rates(position: CreditPosition) -> list[tuple[str, Stated]]:
    used = {code for limit in position.limits for part in limit.exposure.parts for code, _amount in part.sums}
    used |= {code for part in position.together.parts for code, _amount in part.sums}
    used |= {limit.currency for limit in position.limits}
    rates = ledger.rates_on(position.as_of, base=position.base)
    return [(code, rates[code]) for code in sorted(used - {position.base}) if code in rates]


def _holders(customer: Customer) -> Q:
    """Whose limits count: its own, its payer's, its group's."""
    wanted = Q(customer=customer)
    if customer.payer_id is not None:
        wanted |= Q(customer=customer.payer_id)
    if customer.group_id is not None:
        wanted |= Q(group=customer.group_id)
    return wanted


def _part(part: ExposurePart, position: CreditPosition, customer: Customer) -> PartRow:
    """Only what is open has a list of its own to open."""
    others = [(code, amount) for code, amount in part.sums if code != position.base]
    told = " + ".join(ui.money_text(amount, code) for code, amount in part.sums) if others else ""
    url = Scope(as_of=position.as_of, customer=customer.code).rows_url if part.part is Part.OPEN and part.sums else ""
    return PartRow(PARTS[part.part], told, part.amount, url)


def _limit(limit: LimitInForce, position: CreditPosition) -> LimitRow:
    is_compared = limit in position.compared
    return LimitRow(
        whose=_whose(limit, is_payer=position.own.total != position.together.total),
        stated=limit.stated,
        currency=limit.currency,
        amount=limit.amount,
        exposure=limit.exposure.total,
        used=limit.used if is_compared else None,
        room=limit.room if is_compared else None,
        is_exceeded=limit.is_exceeded and is_compared,
        since=limit.starts_on,
        last_day=credit.last_day(limit),
        insurer=limit.insurer,
    )


def _whose(limit: LimitInForce, *, is_payer: bool) -> str:
    match limit.of:
        case "group":
            return _("All customers of the group %(name)s") % {"name": limit.holder}
        case "payer":
            return _("%(name)s, who pays, and all accounts it pays for") % {"name": limit.holder}
    if is_payer:
        return _("%(name)s and the accounts it pays for") % {"name": limit.holder}
    return limit.holder


def _remarks(limit: LimitInForce) -> list[str]:
    cover = limit.cover
    if cover is None:
        ended = _("The limit of %(name)s has ended, and no other was granted: nothing may leave on credit.")
        return [ended % {"name": limit.holder}] if limit.has_ended else []
    said = {"insurer": limit.insurer}
    found = []
    if cover.ended_on is not None:
        found.append(_("The cover of %(insurer)s ended on %(day)s.") % (said | {"day": ui.day(cover.ended_on)}))
    if cover.not_told:
        told = _("%(insurer)s should have been told of invoice %(number)s.")
        found.append(told % (said | {"number": cover.not_told}))
    if cover.over_extension is not None:
        longer = ngettext(
            "An extension is %(days)s day longer than %(insurer)s allows.",
            "An extension is %(days)s days longer than %(insurer)s allows.",
            cover.over_extension,
        )
        found.append(longer % (said | {"days": str(cover.over_extension)}))
    return found


def _past(limit: Limit, names: dict[str, str]) -> PastLimit:
    holder = limit.group or limit.customer
    return PastLimit(
        whose=holder.name if holder else "",
        amount=limit.amount,
        currency=limit.currency,
        since=limit.starts_on,
        last_day=limit.ends_before - days.ONE_DAY if limit.ends_before else None,
        insurer=limit.insurer,
        because=limit.because,
        by=names.get(limit.entered_by, ""),
    )


def _ramp(position: CreditPosition) -> RampRow:
    ramp: Any = position.ramp
    allowed = ui.money_text(ramp.allowed, position.base)
    if ramp.granted is None:
        sentence = ngettext(
            "%(settled)s settlement on time: %(allowed)s.",
            "%(settled)s settlements on time: %(allowed)s.",
            ramp.settled,
        ) % {"settled": ramp.settled, "allowed": allowed}
        rule = _("No limit is stated: each settlement on time adds the first step once more.")
    else:
        sentence = _("%(settled)s of %(needed)s settlements on time: %(allowed)s of %(granted)s.") % {
            "settled": min(ramp.settled, ramp.needed),
            "needed": ramp.needed,
            "allowed": allowed,
            "granted": ui.money_text(ramp.granted, position.base),
        }
        rule = _("Each settlement on time opens a further step of the limit, until all of it is open.")
    return RampRow(sentence, rule, [_step(step) for step in ramp.steps])


def _step(step: Any) -> RampStep:
    words = ngettext("%(count)s settlement", "%(count)s settlements", step.settled) % {"count": step.settled}
    return RampStep(words, step.allowed, step.is_reached)


def to_tell(customer: Customer, as_of: date) -> list[str]:
    """Late invoices of which nobody has told the insurer, the oldest first."""
    told = set(credit_limits.told().filter(customer=customer).values_list("about", flat=True))
    late = DueItem.objects.open().filter(customer=customer, due_date__lt=as_of).order_by("due_date", "pk")
    numbers: Sequence[str] = list(late.values_list("invoice__number", flat=True))
    return [number for number in dict.fromkeys(numbers) if number not in told]
