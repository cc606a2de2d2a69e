"""Three years of deliveries, invoices and payments of one customer."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from common import money
from contracts import terms
from demo import agreements, behaviour
from demo.behaviour import Payer
from demo.cards import Deal, LineCard, PaidCard, PartCard, Profile, Sale

YEARS = 3
HISTORY = timedelta(days=365 * YEARS)
# A usual order in base units of money, by channel.
ORDERS = {"kiosk": 180, "bar": 380, "shop": 620, "restaurant": 760, "hotel": 1450, "supermarket": 2600, "dealer": 4200}
COUNTED_WITHIN = 60  # consigned goods: days until a count has confirmed the sale
OVERPAID_WITHIN = timedelta(days=300)


class Numbers:
    """Document numbers in the order of days, whatever the order of customers: year, day of the year, place in it."""

    def __init__(self, documents: int) -> None:
        self._width = max(2, len(str(documents // (YEARS * 100))))
        self._taken: dict[tuple[str, date], int] = {}

    def take(self, prefix: str, day: date) -> str:
        place = self._taken[prefix, day] = self._taken.get((prefix, day), 0) + 1
        return f"{prefix}-{day.year}-{day:%j}{place:0{self._width}d}"


def delivery_days(count: int, rng: Random, *, since: date, until: date) -> list[date]:
    """So many weekdays of the period in order; business grows, so later days come more often."""
    if until <= since:
        return []
    span = (until - since).days
    found = []
    for place in range(count):
        share = Decimal(place * 100 + rng.randint(5, 95)) / (count * 100)
        grown = share * (Decimal("1.35") - Decimal("0.35") * share)  # rises ever more slowly: later is denser
        day = since + timedelta(days=int(grown * span))
        found.append(day - timedelta(days=(0, 0, 0, 0, 0, 1, 2)[day.weekday()]))
    return sorted(found)


def sell(
    profile: Profile,
    deals: Sequence[Deal],
    days: Sequence[date],
    rng: Random,
    *,
    as_of: date,
    numbers: Numbers,
    pays_by: str,
) -> list[Sale]:
    """A sale for each delivery day, each settled as this payer settles."""
    usual = Decimal(ORDERS[profile.channel] * rng.randint(70, 160)) / 100
    if profile.payer is Payer.DORMANT:  # who is forgotten for a year was never a large customer
        usual /= 3
    prices = deals[0].prices if deals else agreements.prices(profile, rng)
    sales = []
    for batch, delivered_on in enumerate(days, start=1):
        about = usual * rng.randint(55, 150) / 100
        lines = agreements.order(prices, rng, about=about, currency=profile.region.currency)
        issued_on, parameters = _billing(profile, deals, delivered_on, rng)
        amount = sum((line.amount for line in lines), money.ZERO)
        parts = due_parts(profile, parameters, delivered_on, issued_on, amount)
        parts, paid = settle(profile, parts, rng, issued_on=issued_on, as_of=as_of, pays_by=pays_by)
        sales.append(
            Sale(
                deal=0 if deals else None,
                delivery=numbers.take("DN", delivered_on),
                batch=batch if deals else None,
                asked_on=delivered_on - timedelta(days=rng.randint(1, 4)),
                delivered_on=delivered_on,
                lines=lines,
                invoice=numbers.take("INV", issued_on),
                issued_on=issued_on,
                amount=amount,
                parts=parts,
                paid=paid,
            )
        )
    return sales


def _billing(profile: Profile, deals: Sequence[Deal], delivered_on: date, rng: Random) -> tuple[date, dict[str, Any]]:
    """When the delivery is billed, and the terms as they hold for it."""
    agreed = dict(deals[0].parameters) if deals else dict(agreements.NET[1])
    if profile.method == "consignment":  # billed when the count confirms that the goods are sold
        counted_on = delivered_on + timedelta(days=rng.randint(20, COUNTED_WITHIN))
        return counted_on, {**agreed, "counted": [{"on": counted_on.isoformat(), "share": "1"}]}
    if profile.method == "fixed":  # one-off deals: each has its date
        return delivered_on, {"date": (delivered_on + timedelta(days=rng.choice((30, 45, 60)))).isoformat()}
    return delivered_on, agreed


def due_parts(
    profile: Profile, parameters: dict[str, Any], delivered_on: date, issued_on: date, amount: Decimal
) -> tuple[PartCard, ...]:
    """The due items that the settlement method gives; they add up to the invoice."""
    dues = terms.schedule(profile.method, parameters, terms.Basis(invoiced_on=issued_on, delivered_on=delivered_on))
    shares = terms.amounts(dues, amount, profile.region.currency)
    return tuple(
        PartCard(due.due_on, share, discount_until=due.discount_until, discount_share=due.discount_share)
        for due, share in zip(dues, shares, strict=True)
    )


def settle(
    profile: Profile, parts: tuple[PartCard, ...], rng: Random, *, issued_on: date, as_of: date, pays_by: str
) -> tuple[tuple[PartCard, ...], tuple[PaidCard, ...]]:
    """What came in for the parts, in their order: after the first that is still open nothing more is paid."""
    payer = Payer.EXACT if profile.method in agreements.AT_ONCE else profile.payer
    done: list[PartCard] = []
    paid: list[PaidCard] = []
    before = issued_on
    for part in parts:
        due_on = part.due_on or as_of
        day = behaviour.pays_on(payer, due_on, issued_on=before, as_of=as_of, rng=rng)
        if day is None:
            paid += _part_payment(payer, part, due_on, rng, as_of=as_of, pays_by=pays_by, before=before)
            break
        paid += _payments(payer, part, day, rng, pays_by=pays_by, before=before)
        if part is parts[-1]:
            paid[-1] = _rounded_up(payer, paid[-1], rng, as_of=as_of)
        done.append(replace(part, settled_on=day))
        before = day
    return (*done, *parts[len(done) :]), tuple(paid)


def _payments(payer: Payer, part: PartCard, day: date, rng: Random, *, pays_by: str, before: date) -> list[PaidCard]:
    """Mostly one payment; slower payers pay in two."""
    if payer is not Payer.EXACT and rng.randint(1, 100) <= (12 if payer in (Payer.SLOW, Payer.DETERIORATING) else 4):
        first = money.whole(part.amount * rng.randint(30, 70) / 100)
        early = max(before, day - timedelta(days=rng.randint(3, 20)))
        if 0 < first < part.amount:
            return [PaidCard(first, early, pays_by), PaidCard(part.amount - first, day, pays_by)]
    return [PaidCard(part.amount, day, pays_by)]


def _rounded_up(payer: Payer, paid: PaidCard, rng: Random, *, as_of: date) -> PaidCard:
    """Now and then somebody rounds up; what is over stays unapplied."""
    recent = paid.on > as_of - OVERPAID_WITHIN
    if payer not in (Payer.PROMPT, Payer.STEADY) or not recent or rng.randint(1, 100) > 2:
        return paid
    return PaidCard((paid.amount // 50 + 1) * 50, paid.on, paid.method)


def _part_payment(
    payer: Payer, part: PartCard, due_on: date, rng: Random, *, as_of: date, pays_by: str, before: date
) -> list[PaidCard]:
    """Some of those who are late have sent something on account of the item."""
    last = as_of - timedelta(days=behaviour.SILENT_DAYS if payer is Payer.DORMANT else 1)
    first = max(due_on, before)
    if payer is Payer.EXACT or first >= last or rng.randint(1, 100) > 22:
        return []
    amount = money.whole(part.amount * rng.randint(20, 60) / 100)
    day = first + timedelta(days=rng.randint(0, min(45, (last - first).days)))
    return [PaidCard(amount, day, pays_by)] if 0 < amount < part.amount else []


def line(product: str, quantity: int, price: str) -> LineCard:
    return LineCard(product, quantity, Decimal(price), Decimal(price) * quantity)
