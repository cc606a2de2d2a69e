"""One row of cells into one line of a shipment."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from common import money
from common.days import FARTHEST
from common.money import ZERO
from intake.agreed.cells import AgreedReader
from intake.agreed.price_row import PRICE_PLACES
from intake.agreed.rows import GoodsRow
from intake.sheet import Cell

QUANTITY_PLACES = 3


class GoodsReader(AgreedReader):
    whose = "whose goods are they?"

    def read(self, line: int, cells: Sequence[Cell]) -> GoodsRow:
        self._begin(line, cells)
        number = self._code("number", "a shipment needs its number")
        customer, _name = self._customer()
        contract = self._code("contract")
        currency = self._currency_code()
        if not contract:
            self._need("currency", currency, "goods without a contract need their currency")
        delivered_on = self._past("delivered_on", "goods to come have no day of delivery yet")
        asked_on = self._asked_on(delivered_on)
        product = self._code("product", "a line needs its product")
        quantity = self._number_with("quantity", QUANTITY_PLACES, "a line has a quantity above zero", above_zero=True)
        price, amount = self._worth(quantity, currency)
        signed_by, signed_on = self._signed(asked_on, delivered_on)
        return GoodsRow(
            line=line,
            number=number,
            customer=customer,
            contract=contract,
            batch=self._whole("batch"),
            asked_on=asked_on,
            delivered_on=delivered_on,
            currency=currency,
            signed_by=signed_by,
            signed_on=signed_on,
            invoice=self._limited("invoice_number", 60),
            position=self._whole("position"),
            product=product,
            quantity=quantity or ZERO,
            unit_price=price,
            amount=amount,
            cells=self._written(),
            is_good=self._is_good,
        )

    def _asked_on(self, delivered_on: date | None) -> date | None:
        """Where the file does not say when delivered goods were asked for, it was on that day."""
        asked_on = self._day("asked_on")
        if asked_on is not None and asked_on > self.today + FARTHEST:
            self._wrong("asked_on", "more than a year ahead; correct the year")
        if asked_on is None and delivered_on is not None and not self._has_problem("asked_on"):
            return delivered_on
        self._need("asked_on", asked_on, "when were the goods asked for?")
        if asked_on is not None and delivered_on is not None and delivered_on < asked_on:
            self._wrong("delivered_on", f"delivered before the goods were asked for, on {asked_on.isoformat()}")
        return asked_on

    def _signed(self, asked_on: date | None, delivered_on: date | None) -> tuple[str, date | None]:
        signed_by = self._limited("signed_by", 100)
        signed_on = self._past("signed_on", "nobody has signed for the goods yet")
        if delivered_on is None and (signed_by or signed_on) and not self._has_problem("delivered_on"):
            self._wrong("signed_by" if signed_by else "signed_on", "signed for, but without a day of delivery")
        if asked_on is not None and signed_on is not None and signed_on < asked_on:
            self._wrong("signed_on", f"signed for before the goods were asked for, on {asked_on.isoformat()}")
        if not signed_by and signed_on is not None:
            self._need("signed_by", "", "who signed for the goods?")
        return signed_by, signed_on or (delivered_on if signed_by else None)

    def _worth(self, quantity: Decimal | None, currency: str) -> tuple[Decimal, Decimal | None]:
        """Price, and the amount where the file has it. A written price is often rounded, an amount is what counts."""
        price = self._zero_or_more("unit_price", PRICE_PLACES)
        amount = self._zero_or_more("amount", money.digits(currency) if currency else QUANTITY_PLACES)
        if price is None and amount is None:
            shown = "unit_price" if self._has("unit_price") else "amount"
            self._need(shown, "", "a line needs its price")
        if quantity is None or amount is None:
            return price or ZERO, amount
        if price is None:
            return round(amount / quantity, PRICE_PLACES), amount
        cent = money.quantum(currency) if currency else _last_place(amount)
        if abs(amount - quantity * price) > (quantity * min(_last_place(price), cent) + cent) / 2:
            self._wrong("amount", f"{quantity:f} at {price:f} are {quantity * price:f}; correct one of the three")
        return price, amount

    def _zero_or_more(self, name: str, places: int) -> Decimal | None:
        if self._cell(name) is None:
            return None
        return self._number_with(name, places, "goods cost nothing or more", above_zero=False)


def _last_place(number: Decimal) -> Decimal:
    return Decimal(1).scaleb(int(number.as_tuple().exponent))
