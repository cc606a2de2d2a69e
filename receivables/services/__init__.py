"""Verbs of what is owed. Each is one transaction; the modules hold them by noun."""

from receivables.services.books import record_book
from receivables.services.charges import NoBasis, claim, reverse_charge, waive
from receivables.services.checks import (
    AlreadyDone,
    ForeignItem,
    NoAccount,
    NoReason,
    NotAnAmount,
    NothingLeft,
    NotPermitted,
    NotYet,
    OverAllocated,
    TooEarly,
    check_amount,
)
from receivables.services.exchange import NotARate, exchange, reverse_exchange
from receivables.services.papers import dishonour_paper, honour_paper, present_paper, return_paper, take_paper
from receivables.services.payments import (
    allocate,
    record_credit_note,
    record_payment,
    refund,
    reverse_credit_note,
    reverse_payment,
    reverse_refund,
    take_back,
)
from receivables.services.receipts import record_receipt, refuse_receipt, verify_receipt
from receivables.services.write_offs import ask_write_off, decline_write_off, grant_write_off, reverse_write_off

__all__ = [
    "AlreadyDone",
    "ForeignItem",
    "NoAccount",
    "NoBasis",
    "NoReason",
    "NotARate",
    "NotAnAmount",
    "NotPermitted",
    "NotYet",
    "NothingLeft",
    "OverAllocated",
    "TooEarly",
    "allocate",
    "ask_write_off",
    "check_amount",
    "claim",
    "decline_write_off",
    "dishonour_paper",
    "exchange",
    "grant_write_off",
    "honour_paper",
    "present_paper",
    "record_book",
    "record_credit_note",
    "record_payment",
    "record_receipt",
    "refund",
    "refuse_receipt",
    "return_paper",
    "reverse_charge",
    "reverse_credit_note",
    "reverse_exchange",
    "reverse_payment",
    "reverse_refund",
    "reverse_write_off",
    "take_back",
    "take_paper",
    "verify_receipt",
    "waive",
]
