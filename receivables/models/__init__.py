"""The tables of what is owed and of money, by subject."""

from receivables.models.books import ControlTotal, JournalBatch, JournalRow, KnownToLedger, LedgerAccount, Rate
from receivables.models.field import CashLimit, HandIn, Paper, PaperLine, Receipt, ReceiptLine, VoidNumber
from receivables.models.methods import PaymentMethod
from receivables.models.money import Allocation, Code, CreditNote, FxDifference, Payment, Refund, WriteOff
from receivables.models.more_time import Extension, InstalmentPart, InstalmentPlan, MoreTime, PlanItem
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
    "Extension",
    "FxDifference",
    "HandIn",
    "InstalmentPart",
    "InstalmentPlan",
    "Invoice",
    "JournalBatch",
    "JournalRow",
    "KnownToLedger",
    "LedgerAccount",
    "MoreTime",
    "OfCustomer",
    "Paper",
    "PaperLine",
    "Payment",
    "PaymentMethod",
    "PlanItem",
    "Rate",
    "Receipt",
    "ReceiptLine",
    "Refund",
    "VoidNumber",
    "WriteOff",
]
