"""What is here already of all that a file names: read in a few queries for any number of rows."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from contracts.models import Contract, PriceLine, Product, Shipment
from intake import queries
from intake.agreed.reading import AgreedReading
from intake.booked import chunks
from receivables.models import Invoice


@dataclass(slots=True)
class Here:
    """Contracts by number, whoever's they are; shipments with lines and proof; invoices by customer and number."""

    customers: dict[str, int] = field(default_factory=dict)
    contracts: dict[str, list[Contract]] = field(default_factory=lambda: defaultdict(list))
    products: dict[str, Product] = field(default_factory=dict)
    prices: dict[int, list[PriceLine]] = field(default_factory=lambda: defaultdict(list))
    shipments: dict[str, Shipment] = field(default_factory=dict)
    batches: dict[int, dict[int, str]] = field(default_factory=lambda: defaultdict(dict))
    invoices: dict[tuple[str, str], Invoice] = field(default_factory=dict)

    def contract(self, customer: str, number: str) -> Contract | None:
        """The customer's contract of this number; without a customer named, the only one of it."""
        found = self.contracts.get(number, [])
        if not customer:
            return found[0] if len(found) == 1 else None
        return next((one for one in found if one.customer.code == customer), None)


def owners(read: AgreedReading) -> list[int]:
    """Keys of the customers whose rows may be written, in the order in which they are locked."""
    codes = {row.customer for row in read.contracts} | {goods.first.customer for goods in read.goods}
    keys = set(queries.customer_keys(codes - {""}).values())
    for some in chunks(row.contract for row in read.prices):
        keys |= set(Contract.objects.filter(number__in=some).values_list("customer", flat=True))
    return sorted(keys)


def of_contracts(read: AgreedReading) -> Here:
    here = Here(customers=queries.customer_keys({row.customer for row in read.contracts}))
    _contracts(here, (row.number for row in read.contracts))
    return here


def of_prices(read: AgreedReading) -> Here:
    here = Here(customers=queries.customer_keys({row.customer for row in read.prices}))
    _contracts(here, (row.contract for row in read.prices))
    _products(here, (row.product for row in read.prices))
    _prices(here)
    return here


def of_goods(read: AgreedReading) -> Here:
    rows = [line for goods in read.goods for line in goods.lines]
    here = Here(customers=queries.customer_keys({row.customer for row in rows}))
    _contracts(here, {row.contract for row in rows} - {""})
    _products(here, (row.product for row in rows))
    _prices(here)
    for some in chunks(row.number for row in rows):
        found = Shipment.objects.filter(number__in=some).select_related("customer", "contract", "proof")
        for shipment in found.prefetch_related("lines__product").order_by("pk"):
            here.shipments[shipment.number] = shipment
    for keys in _keys(here):
        used = Shipment.objects.filter(contract__in=keys, batch__isnull=False).order_by("pk")
        for contract, batch, number in used.values_list("contract", "batch", "number"):
            here.batches[contract or 0][batch or 0] = number
    for some in chunks({row.invoice for row in rows} - {""}):
        billed = Invoice.objects.filter(number__in=some).select_related("customer", "shipment").order_by("pk")
        here.invoices |= {(invoice.customer.code, invoice.number): invoice for invoice in billed}
    return here


def _contracts(here: Here, numbers: Iterable[str]) -> None:
    for some in chunks(numbers):
        for contract in Contract.objects.filter(number__in=some).select_related("customer").order_by("pk"):
            here.contracts[contract.number].append(contract)


def _products(here: Here, codes: Iterable[str]) -> None:
    for some in chunks(codes):
        here.products |= {product.code: product for product in Product.objects.filter(code__in=some)}


def _prices(here: Here) -> None:
    for keys in _keys(here):
        lines = PriceLine.objects.filter(contract__in=keys).select_related("product", "contract")
        for line in lines.order_by("starts_on", "pk"):
            here.prices[line.contract_id].append(line)


def _keys(here: Here, at_once: int = 900) -> Iterable[list[int]]:
    keys = sorted(contract.pk for contracts in here.contracts.values() for contract in contracts)
    for start in range(0, len(keys), at_once):
        yield keys[start : start + at_once]
