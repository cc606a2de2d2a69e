"""The tables of what is owed and of money, by subject."""

from receivables.models.books import ControlTotal, JournalBatch, JournalRow, LedgerAccount, Rate
from receivables.models.field import CashLimit, HandIn, Paper, PaperLine, Receipt, ReceiptLine, VoidNumber
from receivables.models.methods import PaymentMethod
from receivables.models.money import Allocation, Code, CreditNote, FxDifference, Payment, Refund, WriteOff
from receivables.models.owed import Charge, DueDateChange, DueItem, Invoice, OfCustomer

__all__ = [
    "Allocation",
    "CashLimit",
    "Charge",
    "Code",
    "ControlTotal",
    "CreditNote",
    "DueDateChange",
    "DueItem",
    "FxDifference",
    "HandIn",
    "Invoice",
    "JournalBatch",
    "JournalRow",
    "LedgerAccount",
    "OfCustomer",
    "Paper",
    "PaperLine",
    "Payment",
    "PaymentMethod",
    "Rate",
    "Receipt",
    "ReceiptLine",
    "Refund",
    "VoidNumber",
    "WriteOff",
]
