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
SIGNED = ("signature", "signature", "signature", "e-signature")
SEALED = ("contract seal", "contract seal", "unit seal")


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
    execution = "personal seal" if profile.country == "CN" and profile.place % 24 == 17 else rng.choice(executions)
    return Deal(number, profile.method, terms, execution, signed_on, prices(profile, rng))


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
