"""Which bookings an event gives: how much moves from which kind of account to which. Numbers come from the mapping.

Money that is not allocated yet stands on an account of its own beside the receivables, so that a receipt and what it
settles are two events. Both are the customers' accounts: together they are what the control total counts.
"""

from dataclasses import dataclass
from decimal import Decimal

from common import money
from common.money import ZERO

BANK, CASH = "bank", "cash"
RECEIVABLES, UNAPPLIED = "receivables", "unapplied"
CREDIT_NOTE, VAT = "credit note", "vat"
EXCHANGE, EXCHANGE_DIFFERENCE = "exchange", "exchange difference"
CASH_DIFFERENCE = "cash difference"
OF_CUSTOMERS = frozenset({RECEIVABLES, UNAPPLIED})

#: Account numbers that hold until a company maps its own; the codes of differences and charges have one each.
SAMPLE_CHART = {
    BANK: "1000",
    CASH: "1010",
    EXCHANGE: "1090",
    RECEIVABLES: "1200",
    UNAPPLIED: "1210",
    VAT: "2200",
    CREDIT_NOTE: "4100",
    "discount": "4200",
    "late discount": "4210",
    "price": "4220",
    "quantity": "4230",
    "damage": "4240",
    "rebate": "4250",
    "freight": "4260",
    "interest": "4800",
    "fixed sum": "4810",
    "fee": "4820",
    "waived": "4890",
    "tax withheld": "1300",
    "bank charge": "6100",
    "rounding": "6110",
    "unknown": "6190",
    "bad debt": "6900",
    EXCHANGE_DIFFERENCE: "7800",
    CASH_DIFFERENCE: "7900",
}

RECEIPT, ALLOCATION, CHARGE, REFUND = "receipt", "allocation", "charge", "refund"
DISCOUNT, DIFFERENCE, WRITE_OFF = "discount", "difference", "write-off"
HAND_IN, DEPOSIT = "hand-in", "deposit"
#: Kinds of rows in the order in which a day's rows stand in the file.
KINDS = (
    CHARGE,
    CREDIT_NOTE,
    RECEIPT,
    HAND_IN,
    DEPOSIT,
    EXCHANGE,
    REFUND,
    ALLOCATION,
    DISCOUNT,
    DIFFERENCE,
    WRITE_OFF,
    VAT,
)
_KIND_OF_CODE = {"discount": DISCOUNT, "bad debt": WRITE_OFF, "waived": WRITE_OFF}
GIVEN_UP = (DISCOUNT, DIFFERENCE, WRITE_OFF)


@dataclass(frozen=True, slots=True)
class Booking:
    """An amount above zero from one kind of account (credit) to another (debit).

    `vat_amount` is the tax that belongs to it and stands in a booking of its own.
    """

    kind: str
    debit: str
    credit: str
    amount: Decimal
    vat_amount: Decimal = ZERO


Bookings = tuple[Booking, ...]


def receipt(method: str, amount: Decimal) -> Bookings:
    """Money in; exchanged money comes from the clearing account of exchanges."""
    if method == "exchange":
        return _moved(EXCHANGE, EXCHANGE, UNAPPLIED, amount)
    return _moved(RECEIPT, CASH if method == "cash" else BANK, UNAPPLIED, amount)


def refund(amount: Decimal, *, is_exchange: bool) -> Bookings:
    if is_exchange:
        return _moved(EXCHANGE, UNAPPLIED, EXCHANGE, amount)
    return _moved(REFUND, UNAPPLIED, BANK, amount)


def credit_note(amount: Decimal, vat_amount: Decimal) -> Bookings:
    return _with_vat(CREDIT_NOTE, CREDIT_NOTE, UNAPPLIED, amount, vat_amount)


def allocation(amount: Decimal) -> Bookings:
    """Money or credit that was unapplied settles an item: it moves between the customers' two accounts."""
    return _moved(ALLOCATION, UNAPPLIED, RECEIVABLES, amount)


def given_up(code: str, amount: Decimal, vat_amount: Decimal) -> Bookings:
    """A discount, difference or write-off, with its tax on the account of the tax."""
    return _with_vat(_KIND_OF_CODE.get(code, DIFFERENCE), code, RECEIVABLES, amount, vat_amount)


def charge(kind: str, amount: Decimal) -> Bookings:
    return _moved(CHARGE, RECEIVABLES, kind, amount)


def exchange_difference(amount: Decimal) -> Bookings:
    """What an exchange won (above zero) or lost, in the base currency."""
    return _moved(EXCHANGE, EXCHANGE, EXCHANGE_DIFFERENCE, amount)


def hand_in_difference(amount: Decimal) -> Bookings:
    """Cash counted beyond what was expected (above zero), or missing."""
    return _moved(HAND_IN, CASH, CASH_DIFFERENCE, amount)


def deposit(amount: Decimal) -> Bookings:
    """Cash that has arrived on the bank account."""
    return _moved(DEPOSIT, BANK, CASH, amount)


def vat_share(vat_amount: Decimal, *, part: Decimal, whole: Decimal, currency: str) -> Decimal:
    """The tax inside a part of an amount; of a part taken back it is below zero."""
    return money.rounded(vat_amount * part / whole, currency) if vat_amount and whole else ZERO


def effect(bookings: Bookings) -> Decimal:
    """What the bookings change on the customers' accounts together."""
    return sum(
        (one.amount * ((one.debit in OF_CUSTOMERS) - (one.credit in OF_CUSTOMERS)) for one in bookings),
        ZERO,
    )


def _with_vat(kind: str, debit: str, credit: str, amount: Decimal, vat_amount: Decimal) -> Bookings:
    vat_amount = max(min(vat_amount, max(amount, ZERO)), min(amount, ZERO))  # never more than the amount it is inside
    net = _moved(kind, debit, credit, amount - vat_amount, abs(vat_amount))
    return net + _moved(VAT, VAT, credit, vat_amount)


def _moved(kind: str, debit: str, credit: str, amount: Decimal, vat_amount: Decimal = ZERO) -> Bookings:
    """An amount below zero takes something back: its accounts change sides."""
    if amount == ZERO:
        return ()
    if amount < ZERO:
        debit, credit = credit, debit
    return (Booking(kind, debit, credit, abs(amount), vat_amount),)
