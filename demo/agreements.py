"""What the sample customers agreed to: every settlement method, prices of their own, executed as the place asks."""

from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from common import money
from demo.cards import Deal, LineCard, Profile
from demo.company import GOODS, PRICE_FACTORS, STAND

# Twenty-three customers; 23 and the thirty payers have no common divisor, so every pair occurs.
METHODS = (
    *("net", "periodic", "net", "two_deliveries", "net", "instalments", "periodic", "net", "consignment", "net"),
    *("periodic", "cash_on_delivery", "net", "two_deliveries", "net", "fixed", "periodic", "net", "in_advance"),
    *("net", "instalments", "net", "periodic"),
)
AT_ONCE = ("cash_on_delivery", "in_advance")  # nobody is late with these

NET = (
    {"days": 30, "from": "delivery", "end_of_month": "none"},
    {"days": 30, "from": "invoice", "end_of_month": "none"},
    {"days": 60, "from": "invoice", "end_of_month": "none", "discount": {"share": "0.03", "days": 14}},
    {"days": 14, "from": "invoice", "end_of_month": "none"},
    {"days": 45, "from": "delivery", "end_of_month": "none"},
    {"days": 30, "from": "invoice", "end_of_month": "before"},
    {"days": 30, "from": "delivery", "end_of_month": "after"},
)
PERIODIC = (
    {"rule": "monthly 25", "min_days": 20},
    {"rule": "weekly tue", "min_days": 14},
    {"rule": "last-working-day", "min_days": 20},
    {"rule": "2nd tuesday", "min_days": 21},
    {"rule": "monthly 10", "min_days": 25},
    {"rule": "weekly fri", "min_days": 21},
)
INSTALMENTS = (
    [{"share": "0.3", "days": 15}, {"share": "0.3", "days": 45}, {"share": "0.4", "days": 75}],
    [{"share": "0.5", "days": 30}, {"share": "0.5", "days": 60}],
)
CONSIGNED = (
    "The goods stay the Seller's until a count finds them sold. Both sides count them "
    "together every {days} days; what was sold is paid for on the day of the count. Whatever has not been sold 90 days "
    "after delivery comes back."
)
SIGNED = ("signature", "signature", "signature", "e-signature")
SEALED = ("contract seal", "contract seal", "unit seal")
BADLY_EXECUTED_AT = 17  # of twenty-four customers of a rep in China, of twice as many elsewhere


def parameters(method: str, rng: Random, country: str) -> dict[str, Any]:
    """Terms from which a due date can be computed; for consignment and fixed dates each delivery adds its own."""
    match method:
        case "net":
            return dict(rng.choice(NET))
        case "periodic":
            return {**rng.choice(PERIODIC), "holidays": {"country": country, "roll": "forward"}}
        case "two_deliveries":
            return {"max_days": rng.choice((30, 30, 45)), "open_batches": rng.choice((1, 1, 2))}
        case "instalments":
            return {"parts": rng.choice(INSTALMENTS)}
        case "consignment":
            return {"max_days": 90}
        case "in_advance":
            return {"share": "1"}
    return {}


def deal(profile: Profile, rng: Random, *, signed_on: date, number: str) -> Deal:
    """The customer's supply contract."""
    executions = SEALED if profile.country == "CN" else SIGNED
    terms = parameters(profile.method, rng, profile.country)
    if profile.method == "fixed":
        terms = {"date": (signed_on + timedelta(days=60)).isoformat()}
    executed = rng.choice(executions)
    if profile.country == "CN" and profile.place % 24 == BADLY_EXECUTED_AT:  # no credit until it is cured
        executed = "personal seal"
    elif profile.place % 48 == BADLY_EXECUTED_AT:
        executed = "none"
    return Deal(number, profile.method, terms, executed, signed_on, prices(profile, rng))


def clauses(deal: Deal, *, place: int, country: str) -> dict[str, Any]:
    """What else is agreed: every third contract retains the title, in China half of these are registered; goods on
    consignment are counted by both sides together."""
    found: dict[str, Any] = {"rest_callable": deal.method == "instalments", "benefits_while_current": place % 4 == 0}
    if place % 3 == 0:
        found |= {"title": "simple", "title_agreed_on": deal.signed_on}
        if country == "CN" and place % 2:
            found["title_registered_on"] = deal.signed_on + timedelta(days=6)
    if deal.method == "consignment":
        days = 30 if place % 2 else 15
        found |= {
            "count_every": days,
            "counter": "together",
            "consigned_title": "until sold",
            "consignment_clause": "8.1",
            "consignment_text": CONSIGNED.format(days=days),
        }
    return found


def execution(deal: Deal, signatory: str) -> dict[str, Any]:
    """How the contract was executed; one that nobody has signed yet names nobody."""
    if deal.execution == "none":
        return {"execution": deal.execution}
    return {"execution": deal.execution, "signed_on": deal.signed_on, "signed_by": signatory}


def prices(profile: Profile, rng: Random) -> tuple[tuple[str, Decimal], ...]:
    """Four to eight products at list price less a rebate of up to 8 %, in the customer's currency."""
    usual = [good for good in GOODS if good.code != STAND]
    chosen = rng.sample(usual, rng.randint(4, 8))
    rebate = Decimal(100 - rng.randint(0, 8)) / 100
    factor = PRICE_FACTORS[profile.region.currency]
    return tuple((good.code, (good.price * factor * rebate).quantize(Decimal("0.0001"))) for good in chosen)


def order(
    agreed: tuple[tuple[str, Decimal], ...], rng: Random, *, about: Decimal, currency: str
) -> tuple[LineCard, ...]:
    """Whole cases of one to three products that come to about this amount; lines are rounded one by one."""
    chosen = rng.sample(agreed, rng.randint(1, min(3, len(agreed))))
    lines = []
    for code, price in chosen:
        quantity = max(1, int(about / len(chosen) / price) + rng.randint(-2, 2))
        lines.append(LineCard(code, quantity, price, money.rounded(price * quantity, currency)))
    return tuple(lines)
