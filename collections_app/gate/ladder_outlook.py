"""What a rung of the supply ladder would do to a customer, before it does: for one, or for all who may be next."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import Exists, OuterRef, Q

from collections_app.cases.models import Dispute
from collections_app.gate import grounds, ladder
from collections_app.gate import ladder_rules as rules
from collections_app.gate.credit_limits import narrowed
from collections_app.gate.ladder_rules import Batch, Breach, Footing, Lack, Lacking, Rung, Terms, Usual
from collections_app.gate.models import CauseChoices, LadderStep
from collections_app.gate.modes import modes_on
from collections_app.policy import queries as policies
from collections_app.policy.thresholds import Policy
from common import clock, money
from common.columns import MoneySum
from common.money import ZERO
from contracts import execution
from contracts.models import Contract, Product, Shipment
from customers.models import Customer
from receivables import queries as ledger
from receivables.models import DueItem
from staff.models import Business, User

RETAINED = [title for title in Contract.Title.values if title != Contract.Title.NONE]


@dataclass(frozen=True, slots=True)
class Kept:
    """A waiting shipment that the rung does not allow as it is, and what of it could leave as a smaller one."""

    shipment: Shipment
    kind: str
    may_leave: Decimal


@dataclass(frozen=True, slots=True)
class Goods:
    """Delivered goods that are late, undisputed and, as the contract has it, still ours."""

    number: str
    delivered_on: date
    contract: str
    open: Decimal
    currency: str


@dataclass(frozen=True, slots=True)
class Agreed:
    """What allows a rung: the law of the place, or what the contracts in force say."""

    law: str = ""
    contract: str = ""  # the newest one
    benefits: str = ""  # the contract that grants benefits only while nothing is late
    goods: tuple[Goods, ...] = ()


@dataclass(frozen=True, slots=True)
class Outlook:
    """One rung and one customer. `kept_a_month` is in base currency; None: a currency has no rate."""

    customer: Customer
    rung: Rung
    step: LadderStep | None  # where it stands now
    breach: Breach
    terms: Terms
    lacking: tuple[Lacking, ...]
    skipped: tuple[int, ...]
    agreed: Agreed
    usual: Mapping[str, Usual]  # by currency
    best_sellers: tuple[str, ...]
    kept: tuple[Kept, ...]
    kept_a_month: Decimal | None
    base: str
    mode: str  # of the gate's cause: off, observe or on

    @property
    def standing(self) -> int:
        return self.step.rung if self.step else 0

    @property
    def is_open(self) -> bool:
        """Nothing is lacking, or nothing but what the customer's consent would give."""
        return {one.kind for one in self.lacking} <= {Lack.NO_TITLE}

    def lost_margin(self, margin: Decimal) -> Decimal | None:
        """What the rung is expected to cost us a month, at a margin that somebody stated."""
        if self.kept_a_month is None:
            return None
        return rules.lost_margin(self.kept_a_month, margin, self.base)


def outlook(customer: Customer, rung: int, *, as_of: date) -> Outlook:
    return outlooks({customer.pk: rung}, as_of=as_of)[customer.pk]


def proposals(*, as_of: date, user: User) -> list[Outlook]:
    """Who of this person's customers may be led one rung further: the longest late first.

    Who lacks nothing but title or consent for the return of goods is named as well, for consent can be asked for.
    """
    policy = policies.in_force(as_of)
    terms = rules.terms_of(policy.ladder, notice=policy.dunning.notice)
    late = {
        key: breach
        for key, breach in ladder.breaches(None, as_of=as_of).items()
        if breach.days_late >= min(terms.late_from) and (breach.late >= terms.minimum or breach.missing)
    }
    steps = ladder.standings(None)
    seen = narrowed(Customer.objects.visible_to(user), late.keys(), "pk").values_list("pk", flat=True)
    rungs = {key: rules.next_rung(steps[key].rung if key in steps else 0) for key in seen if key in late}
    found = outlooks({key: rung for key, rung in rungs.items() if rung}, as_of=as_of, known=late)
    return longest_late_first(one for one in found.values() if one.is_open)


def longest_late_first(several: Iterable[Outlook]) -> list[Outlook]:
    return sorted(several, key=lambda one: (-one.breach.days_late, one.customer.pk))


def outlooks(rungs: Mapping[int, int], *, as_of: date, known: Mapping[int, Breach] | None = None) -> dict[int, Outlook]:
    """By customer, for the rung that each is looked at for. `known`: breaches that were read before."""
    if not rungs:
        return {}
    book = _read(rungs, as_of, known)
    return {key: _outlook(key, rung, book) for key, rung in rungs.items()}


@dataclass(frozen=True, slots=True)
class _Book:
    """All that was read, by customer."""

    as_of: date
    policy: Policy
    base: str
    customers: dict[int, Customer]
    breaches: Mapping[int, Breach]
    steps: dict[int, LadderStep]
    usual: dict[int, dict[str, Usual]]
    products: dict[int, str]
    waiting: dict[int, list[tuple[Shipment, Batch]]]
    kept_a_month: dict[int, Decimal | None]
    agreed: dict[int, Agreed]
    mode: Callable[[str, str], str]


def _read(rungs: Mapping[int, int], as_of: date, known: Mapping[int, Breach] | None) -> _Book:
    keys = rungs.keys()
    policy = policies.in_force(as_of)
    rows = narrowed(Customer.objects.select_related("owner"), keys, "pk").order_by("pk")
    customers = {row.pk: row for row in rows if row.pk in rungs}
    usual = ladder.usuals(keys, as_of=as_of, policy=policy.ladder)
    best = {product for own in usual.values() for one in own.values() for product in one.best_sellers}
    return _Book(
        as_of=as_of,
        policy=policy,
        base=ledger.base_currency(),
        customers=customers,
        breaches=known if known is not None else ladder.breaches(keys, as_of=as_of),
        steps=ladder.standings(keys),
        usual=usual,
        products=dict(Product.objects.filter(pk__in=best).values_list("pk", "name")),
        waiting=_waiting(keys),
        kept_a_month=_kept_a_month(rungs, usual, as_of),
        agreed=_agreed(customers, as_of),
        mode=modes_on(as_of),
    )


def _outlook(key: int, rung: int, book: _Book) -> Outlook:
    customer, step = book.customers[key], book.steps.get(key)
    breach = book.breaches.get(key, Breach())
    terms = rules.terms_of(book.policy.ladder, notice=book.policy.dunning.notice)
    usual = book.usual[key]
    best = {product for one in usual.values() for product in one.best_sellers}
    lacking = rules.lacking(
        rung,
        breach=breach,
        footing=Footing(step.rung, notice_until(step, book.policy)) if step else Footing(),
        terms=terms,
        as_of=book.as_of,
        lost_because=_lost(customer, book.as_of),
        may_fetch_goods=bool(book.agreed[key].goods),
    )
    return Outlook(
        customer=customer,
        rung=Rung(rung),
        step=step,
        breach=breach,
        terms=terms,
        lacking=tuple(lacking),
        skipped=tuple(rules.skipped(rung, step.rung if step else 0)),
        agreed=book.agreed[key],
        usual=usual,
        best_sellers=tuple(sorted(book.products[product] for product in best)),
        kept=_kept(rung, book.waiting[key], usual),
        kept_a_month=book.kept_a_month[key],
        base=book.base,
        mode=book.mode(CauseChoices.LADDER, customer.segment),
    )


def notice_until(step: LadderStep, policy: Policy) -> date:
    """The last day of the time that the letter of a step gives. One that could be printed only later gives it later."""
    told_later = timedelta(0)
    if step.notice is not None:
        told_later = clock.business_day(step.notice.stored_at) - clock.business_day(step.entered_at)
    return rules.pay_by(step.starts_on + told_later, policy.dunning.notice)


def _lost(customer: Customer, as_of: date) -> str:
    """Whose claim is with others already. A customer that has closed still has our goods."""
    ends = (
        ("insolvent", customer.insolvent_on),
        ("in court", customer.in_court_on),
        ("handed over", customer.handed_over_on),
        ("assigned", customer.assigned_on),
    )
    return next((name for name, day in ends if day is not None and day <= as_of), "")


# What it would keep back


def _waiting(keys: Collection[int]) -> dict[int, list[tuple[Shipment, Batch]]]:
    found: dict[int, list[tuple[Shipment, Batch]]] = defaultdict(list)
    rows = narrowed(Shipment.objects.filter(state__in=Shipment.WAITS), keys).order_by("asked_on", "pk")
    for shipment, batch in ladder.batches(rows):
        found[shipment.customer_id].append((shipment, batch))
    return found


def _kept(rung: int, waiting: Iterable[tuple[Shipment, Batch]], usual: Mapping[str, Usual]) -> tuple[Kept, ...]:
    found = []
    for shipment, batch in waiting:
        own = usual.get(shipment.currency, Usual())
        kind = rules.over(rung, batch, own)
        if kind:
            found.append(Kept(shipment, kind, rules.may_leave(rung, batch, own)))
    return tuple(found)


def _kept_a_month(
    rungs: Mapping[int, int], usual: Mapping[int, Mapping[str, Usual]], as_of: date
) -> dict[int, Decimal | None]:
    """In base currency: what each rung would have kept back of the deliveries of the window, a month."""
    base = ledger.base_currency()
    rates = {code: stated.rate for code, stated in ledger.rates_on(as_of, base=base).items()}
    lately = ladder.delivered(rungs.keys(), as_of).filter(delivered_on__gt=as_of - timedelta(days=rules.WINDOW))
    rows = [row for row in lately.order_by("pk") if row.customer_id in rungs]
    # Lines matter on the rung of the best-sellers alone: below it amounts decide, above it nothing leaves.
    by_line = [row for row in rows if rungs[row.customer_id] == Rung.BEST_SELLERS_WITHHELD]
    batches = {shipment.pk: batch for shipment, batch in ladder.batches(by_line)}
    taken: dict[tuple[int, str], list[tuple[Batch, Usual]]] = defaultdict(list)
    for row in rows:
        own = usual[row.customer_id].get(row.currency, Usual())
        taken[row.customer_id, row.currency].append((batches.get(row.pk, Batch(row.amount)), own))
    found: dict[int, Decimal | None] = dict.fromkeys(rungs, ZERO)
    for (key, currency), several in taken.items():
        kept, so_far = rules.a_month(rules.kept_back(rungs[key], several), currency), found[key]
        if kept and so_far is not None:
            found[key] = so_far + money.rounded(kept * rates[currency], base) if currency in rates else None
    return found


# What allows it


def _agreed(customers: Mapping[int, Customer], as_of: date) -> dict[int, Agreed]:
    ours = Business.objects.order_by("pk").values_list("country", flat=True).first() or ""
    places = {key: customer.country or ours for key, customer in customers.items()}
    newest: dict[int, str] = {}
    benefits: dict[int, str] = {}
    in_force = Q(starts_on__lte=as_of) & (Q(ends_before=None) | Q(ends_before__gt=as_of))
    contracts = narrowed(Contract.objects.filter(in_force, state=Contract.State.ACTIVE), customers.keys())
    for contract in contracts.order_by("starts_on", "pk"):
        newest[contract.customer_id] = contract.number
        if contract.benefits_while_current:
            benefits[contract.customer_id] = contract.number
    goods = _goods(places, as_of)
    return {
        key: Agreed(
            law=grounds.RETENTION.get(place, grounds.CONVENTION),
            contract=newest.get(key, ""),
            benefits=benefits.get(key, ""),
            goods=tuple(goods[key]),
        )
        for key, place in places.items()
    }


def _goods(places: Mapping[int, str], as_of: date) -> dict[int, list[Goods]]:
    """By customer: what it has of ours. Undisputed and late, because what is not due yet need not be given back."""
    disputed = Dispute.objects.filter(due_item=OuterRef("pk"), closed_on=None)
    of = "invoice__shipment__"
    titled = Q(**{f"{of}state": Shipment.State.DELIVERED, f"{of}contract__title__in": RETAINED})
    late = narrowed(DueItem.objects.open().filter(titled, ~Exists(disputed), due_date__lt=as_of), places.keys())
    rows = late.order_by(f"{of}delivered_on", f"{of}pk").values_list(
        "customer", f"{of}number", f"{of}delivered_on", f"{of}contract__number", "currency",
        f"{of}contract__title", f"{of}contract__title_agreed_on", f"{of}contract__title_registered_on", f"{of}pk",
    )  # fmt: skip
    found: dict[int, list[Goods]] = defaultdict(list)
    for row in rows.annotate(MoneySum("open_amount")):
        key, number, delivered_on, contract, currency, title, agreed_on, registered_on, _pk, amount = row
        holds = key in places and execution.title_holds(title, agreed_on, delivered_on, registered_on, places[key])[0]
        if holds:
            found[key].append(Goods(number, delivered_on, contract, amount, currency))
    return found
