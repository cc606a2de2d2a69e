"""Files of contracts, price lines and shipments, made in a line or two."""

from datetime import date
from pathlib import Path
from typing import Any

from contracts.models import Contract, PriceLine, Product
from intake import services, shipped
from intake.problems import Problem
from intake.services import NotTaken, Outcome
from tests import factories as make

DATA = Path(__file__).parents[1] / "data" / "agreed"
TODAY = date(2026, 11, 24)

CONTRACT = "contract,customer,state,starts on,ends on,currency,terms,wording,execution,signed on,signed by"
AGREED = "C-1,C1,active,2026-01-01,,EUR,net 30,,signature,2026-01-02,Lucía Ortega"
PRICE = "contract,product,name,unit,price,currency,credit days,starts on,ends on"
WATER = "C-1,WATER,Still water,case,2.50,EUR,,2026-01-01,"
GOODS = (
    "shipment,customer,contract,batch,asked on,delivered on,product,quantity,price,amount,signed by,signed on,invoice"
)
BATCH = "S-1,C1,C-1,1,2026-10-01,2026-10-05,WATER,40,2.50,100.00,Lucía Ortega,2026-10-05,"
HERE = "no such contract is here; import the contracts first"
NOBODY = "no such customer is here; import the receivables first, they bring the customers"
HEADINGS = {"contracts": CONTRACT, "price-lines": PRICE, "shipments": GOODS}


def csv_file(kind: str, *rows: str) -> bytes:
    return "\n".join((HEADINGS[kind], *rows, "")).encode()


def store(kind: str, *rows: str, **how: Any) -> Outcome:
    """Import rows by the profile of this kind that comes with the product."""
    return services.store(
        content=csv_file(kind, *rows), name=f"{kind}.csv", profile=shipped.by_name(kind), on=TODAY, by=make.BY, **how
    )


def refused(kind: str, *rows: str) -> list[str]:
    """What is told about a file that is not taken."""
    try:
        store(kind, *rows)
    except NotTaken as refusal:
        return [problem.text for problem in refusal.outcome.problems]
    raise AssertionError("the file was taken")


def warned(kind: str, *rows: str) -> list[str]:
    return [Problem(**row).text for row in store(kind, *rows).report.warnings]


def agreement(**values: Any) -> Contract:
    """Customer C1 with its active contract C-1 of 2026 in EUR, and water in it at 2.50."""
    customer = make.customer(code="C1", name="Alder Foods")
    made = make.contract(customer, number="C-1", **{"starts_on": date(2026, 1, 1)} | values)
    Product.objects.filter(code="WATER").update(name="Still water")
    return made


def prices(contract: str = "C-1") -> list[tuple[Any, ...]]:
    found = PriceLine.objects.filter(contract__number=contract).order_by("product__code", "starts_on", "unit_price")
    return [
        (line.product.code, line.credit_days, f"{line.unit_price:.2f}", str(line.starts_on), str(line.ends_before))
        for line in found.select_related("product")
    ]
