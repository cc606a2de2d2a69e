"""The credit of customers: what stands against which limit, what a new one has earned, what the insurer asks."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from collections_app.gate import credit_limits, credit_sums
from collections_app.gate import credit_rules as rules
from collections_app.gate.credit_limits import Account, Families, Holder, Keys
from collections_app.gate.credit_rules import Cover, Exposure, OpenItem, Ramp
from collections_app.gate.models import CreditCheck
from collections_app.gate.rules import LimitFacts, RampFacts
from collections_app.policy import queries as policies
from collections_app.policy.thresholds import Credit, Policy
from common import days, money
from common.money import ZERO
from contracts.models import Shipment
from customers.models import Customer, Limit
from receivables import queries as ledger


@dataclass(frozen=True, slots=True)
class LimitInForce:
    """A limit, and everything that stands against it. `amount` is in base currency, None without a rate."""

    key: int
    of: str  # customer, payer or group
    holder: str  # its name
    stated: Decimal
    currency: str
    amount: Decimal | None
    starts_on: date
    ends_before: date | None
    has_ended: bool
    insurer: str
    policy_number: str
    exposure: Exposure
    cover: Cover | None  # of an insured limit

    @property
    def used(self) -> Decimal | None:
        return rules.used(self.exposure.total, self.amount)

    @property
    def room(self) -> Decimal | None:
        """What is left; below zero where it is exceeded."""
        if self.amount is None or self.exposure.total is None:
            return None
        return self.amount - self.exposure.total

    @property
    def is_exceeded(self) -> bool:
        return self.room is not None and rules.is_exceeded(-self.room, ZERO)


@dataclass(frozen=True, slots=True)
class CreditPosition:
    """One customer on a day, in base currency.

    `own` is what this account owes, `together` with the accounts it pays for. A currency without a stated rate is
    named in `missing`, and makes the total undefined.
    """

    customer: int
    as_of: date
    base: str
    own: Exposure
    together: Exposure
    limits: tuple[LimitInForce, ...]
    ramp: Ramp | None  # of a new customer
    first_invoice_on: date | None

    @property
    def compared(self) -> list[LimitInForce]:
        """The limits whose amount speaks: of an insured one that is over nothing is covered, whatever it was."""
        return [limit for limit in self.limits if not (limit.insurer and limit.has_ended)]

    @property
    def tightest(self) -> LimitInForce | None:
        """The limit with the least room; one that cannot be compared comes first."""
        return min(
            self.compared,
            key=lambda limit: (limit.room is not None, limit.room or ZERO, limit.key),
            default=None,
        )

    @property
    def own_limit(self) -> LimitInForce | None:
        return next((limit for limit in self.limits if limit.of == "customer" and not limit.insurer), None)

    @property
    def insured(self) -> LimitInForce | None:
        return next((limit for limit in self.limits if limit.insurer), None)

    @property
    def is_beyond_ramp(self) -> bool:
        """More is owed already than a new customer may owe."""
        total = self.together.total
        return self.ramp is not None and total is not None and rules.is_exceeded(total, self.ramp.allowed)

    @property
    def room(self) -> Decimal | None:
        """What may still leave on credit: the least that a limit or the ramp leaves. None: nothing limits it.

        Without a rate there is no room that anybody could state: zero.
        """
        rooms = [limit.room if limit.room is not None else ZERO for limit in self.compared]
        if self.ramp is not None:
            rooms.append(self.ramp.allowed - self.together.total if self.together.total is not None else ZERO)
        return min(rooms, default=None)

    @property
    def missing(self) -> tuple[str, ...]:
        currencies = {code for limit in self.limits for code in limit.exposure.missing}
        currencies |= {limit.currency for limit in self.limits if limit.amount is None}
        return tuple(sorted(currencies | {*self.own.missing, *self.together.missing}))


def last_day(limit: LimitInForce) -> date | None:
    """Of an insured limit; the day after it nothing is covered."""
    return limit.ends_before - days.ONE_DAY if limit.ends_before is not None else None


def credit_of(customer: Customer, as_of: date) -> CreditPosition:
    return positions([customer.pk], as_of=as_of)[customer.pk]


def positions(
    keys: Keys, *, as_of: date, policy: Policy | None = None, without: int | None = None
) -> dict[int, CreditPosition]:
    """By customer; `keys` None: of everybody. The number of queries is the same for one and for all of them."""
    book = _read(keys, as_of=as_of, credit=(policy or policies.in_force(as_of)).credit, without=without)
    return {key: _position(book.known.accounts[key], book) for key in (book.known.accounts if keys is None else keys)}


@dataclass(frozen=True, slots=True)
class _Book:
    """All that was read, and the sums of several accounts as they are first asked for."""

    as_of: date
    credit: Credit
    base: str
    rates: dict[str, Decimal]
    known: Families
    sums: credit_sums.Sums
    limits: dict[Holder, list[Limit]]
    covered: dict[int, list[OpenItem]]  # by customer
    first_invoices: dict[int, date | None]
    new: set[int]
    settled: dict[int, int]
    exposures: dict[tuple[int, ...], Exposure]

    def exposure(self, keys: Sequence[int]) -> Exposure:
        of = tuple(keys)
        if of not in self.exposures:
            together = rules.together(self.sums[key] for key in of if key in self.sums)
            self.exposures[of] = rules.exposure(together, self.rates, self.base)
        return self.exposures[of]


def _read(keys: Keys, *, as_of: date, credit: Credit, without: int | None) -> _Book:
    base = ledger.base_currency()
    known = credit_limits.families(keys)
    limits = credit_limits.in_force(known, as_of=as_of)
    insured = [limit for several in limits.values() for limit in several if limit.insurer]
    first = credit_sums.first_invoices(keys)
    new = {key for key, day in first.items() if rules.is_new(first_invoice_on=day, as_of=as_of, new_for=credit.new_for)}
    return _Book(
        as_of=as_of,
        credit=credit,
        base=base,
        rates={code: stated.rate for code, stated in ledger.rates_on(as_of, base=base).items()},
        known=known,
        sums=credit_sums.exposures(None if keys is None else known.accounts.keys(), as_of=as_of, without=without),
        limits=limits,
        covered=credit_limits.covered_items(insured, known, as_of=as_of),
        first_invoices=first,
        new=new,
        settled=credit_sums.settled_on_time(new, as_of=as_of),
        exposures={},
    )


def _position(account: Account, book: _Book) -> CreditPosition:
    holder: Holder = ("customer", account.key)
    limits = _limits("customer", holder, account.name, book)
    granted = next((limit.amount for limit in limits if not limit.insurer), None)
    if account.payer is not None:
        limits += _limits("payer", ("customer", account.payer), book.known.accounts[account.payer].name, book)
    if account.group is not None:
        limits += _limits("group", ("group", account.group), account.group_name, book)
    return CreditPosition(
        customer=account.key,
        as_of=book.as_of,
        base=book.base,
        own=book.exposure([account.key]),
        together=book.exposure(book.known.of(holder)),
        limits=tuple(limits),
        ramp=_ramp(account.key, granted, book) if account.key in book.new else None,
        first_invoice_on=book.first_invoices.get(account.key),
    )


def _ramp(key: int, granted: Decimal | None, book: _Book) -> Ramp:
    return rules.ramp(
        start=Decimal(book.credit.ramp_start),
        granted=granted,
        settled=book.settled.get(key, 0),
        needed=book.credit.ramp_steps,
        base=book.base,
    )


def _limits(of: str, holder: Holder, name: str, book: _Book) -> list[LimitInForce]:
    scope = book.known.of(holder)
    return [_limit(limit, of, name, scope, book) for limit in book.limits.get(holder, ())]


def _limit(limit: Limit, of: str, name: str, scope: Sequence[int], book: _Book) -> LimitInForce:
    """Our own limit that has ended without a newer one allows nothing; an insured one says that it is over."""
    has_ended = limit.ends_before is not None and limit.ends_before <= book.as_of
    rate = book.rates.get(limit.currency)
    amount = money.rounded(limit.amount * rate, book.base) if rate is not None else None
    if has_ended and not limit.insurer:
        amount = ZERO
    return LimitInForce(
        key=limit.pk,
        of=of,
        holder=name,
        stated=limit.amount,
        currency=limit.currency,
        amount=amount,
        starts_on=limit.starts_on,
        ends_before=limit.ends_before,
        has_ended=has_ended,
        insurer=limit.insurer,
        policy_number=limit.policy_number,
        exposure=book.exposure(scope),
        cover=_cover(limit, scope, book) if limit.insurer else None,
    )


def _cover(limit: Limit, scope: Sequence[int], book: _Book) -> Cover:
    items = [item for key in scope for item in book.covered.get(key, ())]
    return rules.cover(credit_limits.terms_of(limit), items, book.as_of)


# What the gate asks


@dataclass(frozen=True, slots=True)
class ForGate:
    """The limits and the ramp of one customer as facts of the gate; a shipment never counts against itself."""

    position: CreditPosition
    apart: dict[int, CreditPosition]  # of shipments that have left already
    checks: dict[int, str]  # by shipment: the answer of its credit check, empty while it waits

    def limits(self, shipment: Shipment) -> list[LimitFacts]:
        return [_facts(limit, self._of(shipment).base) for limit in self._of(shipment).limits]

    def ramp(self, shipment: Shipment) -> RampFacts | None:
        position = self._of(shipment)
        if position.ramp is None:
            return None
        answer = self.checks.get(shipment.pk, CreditCheck.Answer.PASSED)
        return RampFacts(
            allowed=position.ramp.allowed,
            exposure=position.together.total,
            currency=position.base,
            settled_on_time=position.ramp.settled,
            steps=position.ramp.needed,
            missing_rate=next(iter(position.together.missing), ""),
            check_waits=answer == "",
            check_refused=answer == CreditCheck.Answer.REFUSED,
        )

    def _of(self, shipment: Shipment) -> CreditPosition:
        return self.apart.get(shipment.pk, self.position)


def for_gate(customer: Customer, shipments: Sequence[Shipment], *, as_of: date, policy: Policy) -> ForGate:
    """What stands against these waiting shipments of one customer."""
    key = customer.pk
    return ForGate(
        position=positions([key], as_of=as_of, policy=policy)[key],
        apart={
            shipment.pk: positions([key], as_of=as_of, policy=policy, without=shipment.pk)[key]
            for shipment in shipments
            if shipment.state in credit_sums.LEFT
        },
        checks=_checks(customer, shipments),
    )


def _checks(customer: Customer, shipments: Sequence[Shipment]) -> dict[int, str]:
    """Of each shipment's own check, or of the order that it was split from: a part is no other order."""
    answers = dict(CreditCheck.objects.filter(customer=customer).values_list("shipment", "answer"))
    if not answers:
        return {}
    parts = Shipment.objects.filter(customer=customer, split_from__isnull=False)
    whole = dict(parts.values_list("pk", "split_from"))
    found = {}
    for shipment in shipments:
        key: int | None = shipment.pk
        while key is not None and key not in answers:
            key = whole.get(key)
        if key is not None:
            found[shipment.pk] = answers[key]
    return found


def _facts(limit: LimitInForce, base: str) -> LimitFacts:
    cover = limit.cover or Cover()
    is_rated = limit.amount is not None
    return LimitFacts(
        limit=limit.amount if limit.amount is not None else limit.stated,
        exposure=limit.exposure.total if is_rated else None,
        currency=base if is_rated else limit.currency,
        missing_rate=next(iter(limit.exposure.missing), "") if is_rated else limit.currency,
        of_group="" if limit.of == "customer" else limit.holder,
        insurer=limit.insurer,
        ended_on=cover.ended_on,
        overdue_extension=cover.over_extension,
        notify_missed=cover.not_told,
    )
