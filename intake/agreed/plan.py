"""What storing the good rows of a file would do, and what keeps the others from being stored."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from contracts.models import Contract, PriceLine, Product, Shipment
from intake.agreed.here import Here
from intake.agreed.reading import AgreedReading
from intake.agreed.rows import ContractRow, Goods, PriceRow, Said
from intake.problems import Problem
from receivables.models import Invoice


@dataclass(frozen=True, slots=True)
class ContractChange:
    """What a later file may do to a contract that is here: another draft, a clause that was missing,
    a signature, an acceptance, activity."""

    contract: Contract
    row: ContractRow
    drafted: dict[str, object]
    clause: dict[str, object]  # of consigned goods, where an active contract had none
    executes: bool
    accepts: bool
    activates: bool


@dataclass(frozen=True, slots=True)
class PriceChange:
    """A price line that is here, with its new price or end."""

    line: PriceLine
    unit_price: Decimal
    ends_before: date | None


@dataclass(frozen=True, slots=True)
class NewPrice:
    contract: Contract
    row: PriceRow
    starts_on: date
    ends_before: date | None


@dataclass(frozen=True, slots=True)
class NewShipment:
    goods: Goods
    customer: int
    contract: Contract | None
    currency: str
    batch: int | None
    invoice: Invoice | None


@dataclass(frozen=True, slots=True)
class MoreOfShipment:
    """What a later file adds to a shipment that is here: the missing proof, the invoice that bills it."""

    shipment: Shipment
    goods: Goods
    is_signed: bool
    invoice: Invoice | None


@dataclass(slots=True)
class Plan:
    read: AgreedReading
    here: Here
    problems: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)
    refused: set[int] = field(default_factory=set)
    unchanged: int = 0
    new_contracts: list[ContractRow] = field(default_factory=list)
    contract_changes: list[ContractChange] = field(default_factory=list)
    products: dict[str, Product] = field(default_factory=dict)  # new ones, not stored yet
    new_prices: list[NewPrice] = field(default_factory=list)
    price_changes: list[PriceChange] = field(default_factory=list)
    delivered: list[NewShipment] = field(default_factory=list)
    planned: list[NewShipment] = field(default_factory=list)
    more: list[MoreOfShipment] = field(default_factory=list)

    def wrong(self, row: Said, name: str, words: str) -> None:
        self.problems.append(self.read.problem(row, name, words))
        self.refused.add(row.line)

    def note(self, row: Said, name: str, words: str) -> None:
        self.warnings.append(self.read.problem(row, name, words))

    def is_good(self, row: Said) -> bool:
        return row.line not in self.refused and row.line not in self.read.refused


def check_customer(row: Said, plan: Plan) -> bool:
    if row.customer and row.customer not in plan.here.customers:
        name = "customer_number" if "customer_number" in row.cells else "customer_name"
        plan.wrong(row, name, "no such customer is here; import the receivables first, they bring the customers")
        return False
    return bool(row.customer)


def contract_of(row: Said, number: str, plan: Plan) -> Contract | None:
    """The contract that a row names, if it is here and the customer's."""
    found = plan.here.contract(row.customer, number)
    others = ", ".join(sorted(one.customer.code for one in plan.here.contracts.get(number, [])))
    if found is not None or not number:
        return found
    if not others:
        plan.wrong(row, "contract", "no such contract is here; import the contracts first")
    elif row.customer:
        plan.wrong(row, "contract", f"contract {number} is another customer's ({others}), not {row.customer}'s")
    else:
        plan.wrong(
            row, "contract", f"contract {number} is of several customers ({others}); add a column that says whose"
        )
    return None
