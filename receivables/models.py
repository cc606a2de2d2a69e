from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from common.columns import CurrencyField, MoneyField
from contracts.models import Shipment
from customers.models import Customer
from staff.models import User


class OfCustomer(models.QuerySet):
    """Rows that hang on a customer directly."""

    def visible_to(self, user: User) -> Self:
        if user.sees_everything:
            return self
        return self.filter(customer__in=Customer.objects.visible_to(user))


class Invoice(models.Model):
    """A bill. What it still owes is the sum over its due items."""

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="invoices")
    number = models.CharField(max_length=60)
    amount = MoneyField()
    currency = CurrencyField()
    issued_on = models.DateField()
    entered_at = models.DateTimeField()
    shipment = models.ForeignKey(Shipment, models.PROTECT, null=True, blank=True, related_name="invoices")
    segment = models.CharField(max_length=40, blank=True)
    terms_text = models.CharField(max_length=60, blank=True)  # the terms code of the file it came from

    objects = OfCustomer.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["customer", "number"], name="invoice_once"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="invoice_above_zero"),
        ]
        indexes = [
            models.Index(fields=["number"], name="invoice_number"),
            models.Index(fields=["customer", "issued_on"], name="invoice_by_customer"),
            models.Index(fields=["issued_on"], name="invoice_by_day"),
        ]

    def __str__(self) -> str:
        return self.number


class DueItemQuerySet(models.QuerySet["DueItem"]):
    def open(self) -> Self:
        return self.filter(open_amount__gt=0)

    def visible_to(self, user: User) -> Self:
        if user.sees_everything:
            return self
        return self.filter(customer__in=Customer.objects.visible_to(user))


class DueItem(models.Model):
    """One dated part of an invoice: due date, open amount, allocation, dispute and standing hang on it.

    `customer` and `currency` repeat the invoice's (they never change), so that the night and every list
    read one table.
    """

    invoice = models.ForeignKey(Invoice, models.PROTECT, related_name="due_items")
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="due_items")
    currency = CurrencyField()
    position = models.PositiveSmallIntegerField(default=1)
    agreed_due_date = models.DateField(null=True, blank=True)
    due_date = models.DateField(null=True, blank=True)  # the one in force
    amount = MoneyField()
    open_amount = MoneyField(editable=False)  # written by receivables.ledger alone, re-proved by check_books
    claim_amount = MoneyField(default=0)  # written off and not waived: a dormant claim
    settled_on = models.DateField(null=True, blank=True)

    objects = DueItemQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(open_amount__gte=0, open_amount__lte=F("amount")), name="open_amount_within_item"
            ),
            models.CheckConstraint(condition=Q(claim_amount__gte=0), name="claim_not_negative"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="due_item_above_zero"),
            models.UniqueConstraint(fields=["invoice", "position"], name="due_item_once"),
        ]
        indexes = [
            models.Index(fields=["due_date"], condition=Q(open_amount__gt=0), name="open_by_due_date"),
            models.Index(fields=["customer"], condition=Q(open_amount__gt=0), name="open_by_customer"),
        ]

    def __str__(self) -> str:
        return f"{self.invoice_id}/{self.position}"


class DueDateChange(models.Model):
    """A due date moved, on a day, for a reason; the agreed date is never edited."""

    due_item = models.ForeignKey(DueItem, models.PROTECT, related_name="due_date_changes")
    due_date = models.DateField(null=True)
    because = models.CharField(max_length=200)
    applies_on = models.DateField()
    entered_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.due_item_id}: {self.due_date}"


class PaymentMethod(models.TextChoices):
    CASH = "cash", _("Cash")
    TRANSFER = "transfer", _("Transfer")
    CHEQUE = "cheque", _("Cheque")
    BILL = "bill", _("Bill")
    DIRECT_DEBIT = "direct_debit", _("Direct debit")
    CARD = "card", _("Card")
    WALLET = "wallet", _("Wallet")


class Receipt(models.Model):
    """Field money, provisional until finance verifies or refuses it: the rep's numbered receipt."""

    class State(models.TextChoices):
        PROVISIONAL = "provisional", _("Provisional")
        VERIFIED = "verified", _("Verified")
        REFUSED = "refused", _("Refused")

    number = models.CharField(max_length=30, unique=True)
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="receipts")
    rep = models.ForeignKey(User, models.PROTECT, related_name="receipts")
    device = models.CharField(max_length=40, default="web")
    method = models.CharField(max_length=20, choices=PaymentMethod)
    amount = MoneyField()
    currency = CurrencyField()
    received_on = models.DateField()
    entered_at = models.DateTimeField()
    key = models.CharField(max_length=64, unique=True)
    state = models.CharField(max_length=15, choices=State, default=State.PROVISIONAL)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.CharField(max_length=150, blank=True)
    note = models.CharField(max_length=200, blank=True)

    objects = OfCustomer.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="receipt_above_zero"),
            models.CheckConstraint(
                condition=Q(state="provisional") | Q(decided_at__isnull=False), name="receipt_decided_when"
            ),
        ]
        indexes = [models.Index(fields=["customer"], condition=Q(state="provisional"), name="provisional_of_customer")]

    def __str__(self) -> str:
        return self.number


class ReceiptLine(models.Model):
    """What the receipt is meant to settle: that amount leaves asking, visits, letters and interest at once."""

    receipt = models.ForeignKey(Receipt, models.PROTECT, related_name="lines")
    due_item = models.ForeignKey(DueItem, models.PROTECT, related_name="receipt_lines")
    amount = MoneyField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="receipt_line_above_zero"),
            models.UniqueConstraint(fields=["receipt", "due_item"], name="receipt_line_once"),
        ]

    def __str__(self) -> str:
        return f"{self.receipt_id}: {self.amount}"


class Payment(models.Model):
    """Money received. A reversal is a second row that names the first and takes its amount back."""

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="payments")
    method = models.CharField(max_length=20, choices=PaymentMethod, default=PaymentMethod.TRANSFER)
    reference = models.CharField(max_length=140, blank=True)
    amount = MoneyField()
    currency = CurrencyField()
    received_on = models.DateField()
    counts_on = models.DateField()  # the day it counts in the ledger
    entered_at = models.DateTimeField()
    receipt = models.OneToOneField(Receipt, models.PROTECT, null=True, blank=True, related_name="payment")
    reverses = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="reversed_by")
    unapplied_amount = MoneyField(editable=False)  # written by receivables.ledger alone

    objects = OfCustomer.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(reverses=None, amount__gt=0, unapplied_amount__gte=0, unapplied_amount__lte=F("amount"))
                | Q(reverses__isnull=False, amount__lt=0, unapplied_amount=0),
                name="unapplied_within_payment",
            ),
        ]
        indexes = [models.Index(fields=["customer", "counts_on"], name="payment_by_customer")]

    def __str__(self) -> str:
        return self.reference or f"{self.pk}"


class CreditNote(models.Model):
    """What we owe back: linked to an invoice or free. Its amount is positive; in ageing it stands negative."""

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="credit_notes")
    number = models.CharField(max_length=60)
    invoice = models.ForeignKey(Invoice, models.PROTECT, null=True, blank=True, related_name="credit_notes")
    amount = MoneyField()
    currency = CurrencyField()
    issued_on = models.DateField()
    due_date = models.DateField(null=True, blank=True)
    entered_at = models.DateTimeField()
    unapplied_amount = MoneyField(editable=False)  # written by receivables.ledger alone
    segment = models.CharField(max_length=40, blank=True)

    objects = OfCustomer.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["customer", "number"], name="credit_note_once"),
            models.CheckConstraint(
                condition=Q(amount__gt=0, unapplied_amount__gte=0, unapplied_amount__lte=F("amount")),
                name="unapplied_within_credit_note",
            ),
        ]
        indexes = [models.Index(fields=["customer"], condition=Q(unapplied_amount__gt=0), name="free_credit")]

    def __str__(self) -> str:
        return self.number


class Refund(models.Model):
    """Money given back, from a payment or a credit note. A reversal is a negative row."""

    payment = models.ForeignKey(Payment, models.PROTECT, null=True, blank=True, related_name="refunds")
    credit_note = models.ForeignKey(CreditNote, models.PROTECT, null=True, blank=True, related_name="refunds")
    amount = MoneyField()
    paid_on = models.DateField()
    entered_at = models.DateTimeField()
    reverses = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="reversed_by")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(payment=None, credit_note__isnull=False) | Q(payment__isnull=False, credit_note=None),
                name="refund_of_one_thing",
            ),
            models.CheckConstraint(condition=~Q(amount=0), name="refund_not_zero"),
        ]

    def __str__(self) -> str:
        return f"{self.amount} on {self.paid_on}"


class Allocation(models.Model):
    """Which money settles which due item, from which day. A reversal is a negative row that names the first."""

    due_item = models.ForeignKey(DueItem, models.PROTECT, related_name="allocations")
    payment = models.ForeignKey(Payment, models.PROTECT, null=True, blank=True, related_name="allocations")
    credit_note = models.ForeignKey(CreditNote, models.PROTECT, null=True, blank=True, related_name="allocations")
    amount = MoneyField()
    applies_on = models.DateField()
    entered_at = models.DateTimeField()
    reverses = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="reversed_by")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(payment=None, credit_note__isnull=False) | Q(payment__isnull=False, credit_note=None),
                name="allocation_from_one_thing",
            ),
            models.CheckConstraint(
                condition=Q(reverses=None, amount__gt=0) | Q(reverses__isnull=False, amount__lt=0),
                name="allocation_sign",
            ),
        ]
        indexes = [models.Index(fields=["due_item", "applies_on"], name="allocation_by_item")]

    def __str__(self) -> str:
        return f"{self.amount} on {self.due_item_id}"


class Rate(models.Model):
    """One unit of a currency in the base currency on a day, as stated by a source."""

    currency = CurrencyField()
    on = models.DateField()
    rate = models.DecimalField(max_digits=20, decimal_places=10)
    source = models.CharField(max_length=60)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["currency", "on", "source"], name="rate_once"),
            models.CheckConstraint(condition=Q(rate__gt=0), name="rate_above_zero"),
        ]

    def __str__(self) -> str:
        return f"{self.currency} {self.rate}"


class ControlTotal(models.Model):
    """What the general ledger says all receivables of a currency sum to at the end of a day."""

    currency = CurrencyField()
    on = models.DateField()
    amount = MoneyField()
    source = models.CharField(max_length=100, blank=True)
    entered_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["currency", "on"], name="control_total_once")]

    def __str__(self) -> str:
        return f"{self.currency} {self.on}: {self.amount}"
