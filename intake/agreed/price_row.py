"""One row of cells into one price of a contract."""

from collections.abc import Sequence

from common.money import ZERO
from intake.agreed.cells import AgreedReader
from intake.agreed.rows import PriceRow
from intake.sheet import Cell

PRICE_PLACES = 6
LONGEST_NAME, LONGEST_UNIT = 200, 20


class PriceReader(AgreedReader):
    whose = "whose contract is it?"

    def read(self, line: int, cells: Sequence[Cell]) -> PriceRow:
        self._begin(line, cells)
        customer = self._customer()[0] if self._has("customer_number") or self._has("customer_name") else ""
        contract = self._code("contract", "under which contract is it agreed?")
        product = self._code("product", "a price belongs to a product")
        price = self._number_with(
            "unit_price", PRICE_PLACES, "a price line has a price of zero or more", above_zero=False
        )
        currency = self._currency_code()
        self._need("currency", currency, "a price without currency is no price")
        credit_days = self._whole("credit_days")
        starts_on = self._day("starts_on")
        return PriceRow(
            line=line,
            customer=customer,
            contract=contract,
            product=product,
            product_name=self._limited("product_name", LONGEST_NAME),
            unit=self._limited("unit", LONGEST_UNIT),
            unit_price=price or ZERO,
            currency=currency,
            credit_days=credit_days,
            starts_on=starts_on,
            ends_before=self._until(starts_on),
            cells=self._written(),
            is_good=self._is_good,
        )
