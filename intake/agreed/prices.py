"""Price lines of a file beside those that are here: each product and tier of a contract has one price on a day."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import pairwise

from common import money
from contracts.models import Contract, PriceLine, Product
from intake.agreed import here
from intake.agreed.plan import NewPrice, Plan, PriceChange, check_customer, contract_of
from intake.agreed.reading import AgreedReading, said
from intake.agreed.rows import PriceRow

DEFAULT_UNIT = Product._meta.get_field("unit").get_default()
Tier = tuple[int, str, int | None]  # contract, product, days of credit


@dataclass(frozen=True, slots=True)
class Price:
    """A price from a day until a day, with the row of the file or the line that is here, or both."""

    unit_price: Decimal
    starts_on: date
    ends_before: date | None
    row: PriceRow | None
    line: PriceLine | None


def compare(read: AgreedReading) -> Plan:
    plan = Plan(read, here.of_prices(read))
    tiers: dict[Tier, list[PriceRow]] = defaultdict(list)
    contracts: dict[int, Contract] = {}
    for row in read.prices:
        if row.customer:
            check_customer(row, plan)
        contract = contract_of(row, row.contract, plan)
        _check_product(row, plan)
        if contract is not None:
            _check_contract(row, contract, plan)
        if contract is not None and plan.is_good(row):
            contracts[contract.pk] = contract
            tiers[contract.pk, row.product, row.credit_days].append(row)
    lines = _lines_here(plan)
    for (key, code, days), rows in tiers.items():
        _compare(contracts[key], rows, lines.get((key, code, days), []), plan)
    _add_products(plan)
    return plan


def _check_contract(row: PriceRow, contract: Contract, plan: Plan) -> None:
    if row.currency and row.currency != contract.currency:
        plan.wrong(row, "currency", f"contract {contract.number} is in {contract.currency}; use one currency")
    first = contract.starts_on
    if row.starts_on is None and row.ends_before is not None and row.ends_before <= first:
        name = "ends_before" if row.cells.get("ends_before") else "ends_on"
        plan.wrong(row, name, f"ends before it starts, with contract {contract.number} on {first.isoformat()}")


def _check_product(row: PriceRow, plan: Plan) -> None:
    """A price of another unit is another price. Of two names for a product the one that is here stays."""
    product = plan.here.products.get(row.product)
    if product is None:
        return
    if row.unit and row.unit.casefold() != product.unit.casefold():
        plan.wrong(row, "unit", f"{product.code} is counted by {product.unit} here; a price of another unit is another")
    if row.product_name and row.product_name.casefold() != product.name.casefold():
        plan.note(row, "product_name", f'{product.code} is "{product.name}" here; that name stays')


def _lines_here(plan: Plan) -> dict[Tier, list[PriceLine]]:
    found: dict[Tier, list[PriceLine]] = defaultdict(list)
    for key, lines in plan.here.prices.items():
        for line in lines:
            found[key, line.product.code, line.credit_days].append(line)
    return found


def _compare(contract: Contract, rows: Sequence[PriceRow], lines: Sequence[PriceLine], plan: Plan) -> None:
    for row in rows:
        _check_same_day(row, contract, lines, plan)
    prices = _timeline(contract, [row for row in rows if plan.is_good(row)], lines)
    while both := _overlap(prices):
        _refuse(contract, *both, plan)
        prices = _timeline(contract, [row for row in rows if plan.is_good(row)], lines)
    for price in prices:
        if price.line is None and price.row is not None:
            plan.new_prices.append(NewPrice(contract, price.row, price.starts_on, price.ends_before))
        elif price.line is not None and not _is_as_here(price, price.line):
            plan.price_changes.append(PriceChange(price.line, price.unit_price, price.ends_before))
        elif price.row is not None:
            plan.unchanged += 1


def _is_as_here(price: Price, line: PriceLine) -> bool:
    return price.unit_price == line.unit_price and price.ends_before == line.ends_before


def _check_same_day(row: PriceRow, contract: Contract, lines: Sequence[PriceLine], plan: Plan) -> None:
    """In a draft a price is written anew; once agreed it stays, and a new one has a first day of its own."""
    starts_on = row.starts_on or contract.starts_on
    line = next((one for one in lines if one.starts_on == starts_on), None)
    if line is None or contract.state == Contract.State.DRAFT:
        return
    of = f"changed: {row.product} of contract {contract.number} is here already from {starts_on.isoformat()}"
    if line.unit_price != row.unit_price:
        ours = _said(line.unit_price, contract.currency)
        plan.wrong(row, "unit_price", f"{of}, at {ours}; a new price needs a first day of its own")
    elif line.ends_before != row.ends_before and contract.state == Contract.State.ENDED:
        ends = line.ends_before.isoformat() if line.ends_before else "without an end"
        plan.wrong(row, "ends_before", f"{of}, {ends}; the contract has ended and its prices stay")


def _timeline(contract: Contract, rows: Iterable[PriceRow], lines: Sequence[PriceLine]) -> list[Price]:
    """What would hold when: a price without an end that the file does not name ends where a new one starts."""
    here = {line.starts_on: line for line in lines}
    prices = []
    for row in rows:
        starts_on = row.starts_on or contract.starts_on
        prices.append(Price(row.unit_price, starts_on, row.ends_before, row, here.get(starts_on)))
    named = {price.starts_on for price in prices}
    starts = sorted(price.starts_on for price in prices if price.line is None)
    for line in lines:
        if line.starts_on in named:
            continue
        ends = line.ends_before
        if ends is None and contract.state != Contract.State.ENDED:
            ends = next((day for day in starts if day > line.starts_on), None)
        prices.append(Price(line.unit_price, line.starts_on, ends, None, line))
    return sorted(prices, key=lambda price: (price.starts_on, price.row.line if price.row else 0))


def _overlap(prices: Sequence[Price]) -> tuple[Price, Price] | None:
    for first, second in pairwise(prices):
        if (first.row or second.row) and (first.ends_before is None or first.ends_before > second.starts_on):
            return first, second
    return None


def _refuse(contract: Contract, first: Price, second: Price, plan: Plan) -> None:
    told, other = (second, first) if second.row else (first, second)
    assert told.row is not None  # noqa: S101  one of the two is of the file
    where = f"on line {other.row.line}" if other.row else "here already"
    plan.wrong(
        told.row,
        "starts_on" if "starts_on" in told.row.cells else "unit_price",
        f"{told.row.product} of contract {contract.number} has two prices for the same days: "
        f"{_said(other.unit_price, contract.currency)} from {other.starts_on.isoformat()} {where}, and "
        f"{_said(told.unit_price, contract.currency)} from {told.starts_on.isoformat()}; "
        "end one before the other starts",
    )
    if other.row:
        plan.refused.add(other.row.line)


def _said(price: Decimal, currency: str) -> str:
    return money.as_text(price, currency) if money.is_exact(price, currency) else said(price)


def _add_products(plan: Plan) -> None:
    """What nobody here knew, under the first name and unit that the good rows have for it."""
    by_code: dict[str, list[NewPrice]] = defaultdict(list)
    for new in plan.new_prices:
        if new.row.product not in plan.here.products:
            by_code[new.row.product].append(new)
    for code, several in by_code.items():
        name = next((new.row.product_name for new in several if new.row.product_name), code)
        unit = next((new.row.unit for new in several if new.row.unit), DEFAULT_UNIT)
        plan.products[code] = Product(code=code, name=name, unit=unit)
        for new in several:
            if new.row.unit and new.row.unit.casefold() != unit.casefold():
                plan.wrong(new.row, "unit", f"{code} is counted by {unit} in another row; keep one of them")
    plan.new_prices = [new for new in plan.new_prices if plan.is_good(new.row)]
