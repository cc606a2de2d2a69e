"""What is owed: invoices, their due items, moved due dates, and claimed charges."""

from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from common.columns import CurrencyField, MoneyField, one_of
from contracts.models import Shipment
from customers.models import Customer
from staff.models import User


class OfCustomer(models.QuerySet):
    """Rows that hang on a customer directly."""

    def visible_to(self, user: User) -> Self:
        if user.sees_everything:
            return self
        return self.filter(customer__in=Customer.objects.visible_to(user))


class InvoiceQuerySet(OfCustomer):
    def not_in_ledger(self) -> Self:
        """Made here, and in no list or file of the company's ledger yet."""
        return self.filter(made_here=True, listed_on=None)


class Invoice(models.Model):
    """A bill. What it still owes is the sum over its due items.

    One that was `made_here`, from goods, is in the company's ledger for sure from the first of its lists that has it.
    """

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="invoices", db_index=False)
    number = models.CharField(max_length=60)
    amount = MoneyField()
    currency = CurrencyField()
    issued_on = models.DateField()
    entered_at = models.DateTimeField()
    shipment = models.ForeignKey(Shipment, models.PROTECT, null=True, blank=True, related_name="invoices")
    vat_amount = MoneyField(null=True, blank=True)  # the tax inside the amount, where the file states it
    segment = models.CharField(max_length=40, blank=True)
    terms_text = models.CharField(max_length=60, blank=True)  # the terms code of the file it came from
    made_here = models.BooleanField(default=False)
    listed_on = models.DateField(null=True, blank=True)  # the first list that had it; kept of those made here alone

    objects = InvoiceQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["customer", "number"], name="invoice_once"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="invoice_above_zero"),
        ]
        indexes = [
            models.Index(fields=["number"], name="invoice_number"),
            # The last movement of a customer is read from this and the row left alone.
            models.Index(fields=["customer", "issued_on", "shipment"], name="invoice_by_customer"),
            models.Index(fields=["issued_on"], name="invoice_by_day"),
            models.Index(fields=["issued_on"], condition=Q(made_here=True), name="invoice_made_here"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def is_not_in_ledger(self) -> bool:
        return self.made_here and self.listed_on is None


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
    discount_until = models.DateField(null=True, blank=True)  # the last day on which the cash discount may be taken
    discount_share = models.DecimalField(max_digits=7, decimal_places=6, null=True, blank=True)  # 0.02 is 2 per cent

    objects = DueItemQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(open_amount__gte=0, open_amount__lte=F("amount")), name="open_amount_within_item"
            ),
            models.CheckConstraint(condition=Q(claim_amount__gte=0), name="claim_not_negative"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="due_item_above_zero"),
            models.CheckConstraint(
                condition=Q(discount_until=None, discount_share=None)
                | Q(discount_until__isnull=False, discount_share__gt=0, discount_share__lt=1),
                name="discount_has_share_and_day",
            ),
            models.UniqueConstraint(fields=["invoice", "position"], name="due_item_once"),
        ]
        indexes = [
            models.Index(fields=["due_date"], condition=Q(open_amount__gt=0), name="open_by_due_date"),
            models.Index(fields=["customer"], condition=Q(open_amount__gt=0), name="open_by_customer"),
            models.Index(fields=["settled_on"], name="settled_by_day"),
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
    extension = models.ForeignKey("Extension", models.PROTECT, null=True, blank=True, related_name="changes")
    plan = models.ForeignKey("InstalmentPlan", models.PROTECT, null=True, blank=True, related_name="changes")

    class Meta:
        indexes = [
            models.Index(fields=["applies_on"], name="due_date_moved_on"),
            models.Index(fields=["entered_at"], name="due_date_moved_at"),
        ]

    def __str__(self) -> str:
        return f"{self.due_item_id}: {self.due_date}"


class Charge(models.Model):
    """Claimed interest, fixed sum or fee on a late due item. It bears no interest and stands outside ageing and
    tie until the company's ledger has it (`booked_on`). A reversal is a second row with the amount taken back.
    """

    class Kind(models.TextChoices):
        INTEREST = "interest", _("Interest")
        FIXED_SUM = "fixed sum", _("Fixed sum")
        FEE = "fee", _("Fee")

    due_item = models.ForeignKey(DueItem, models.PROTECT, related_name="charges")
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="charges")
    kind = models.CharField(max_length=10, choices=Kind)
    amount = MoneyField()
    currency = CurrencyField()
    open_amount = MoneyField(editable=False)  # written by receivables.ledger alone
    basis = models.CharField(max_length=200)  # the clause or act that allows it
    claimed_on = models.DateField()
    entered_at = models.DateTimeField()
    booked_on = models.DateField(null=True, blank=True)  # the day of the journal that told the ledger
    settled_on = models.DateField(null=True, blank=True)
    reverses = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="reversed_by")

    objects = OfCustomer.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(reverses=None, amount__gt=0, open_amount__gte=0, open_amount__lte=F("amount"))
                | Q(reverses__isnull=False, amount__lt=0, open_amount=0),
                name="open_amount_within_charge",
            ),
            models.CheckConstraint(condition=~Q(basis=""), name="charge_has_a_basis"),
            one_of("kind", ("interest", "fixed sum", "fee"), name="charge_kind_known"),
        ]
        indexes = [models.Index(fields=["customer"], condition=Q(open_amount__gt=0), name="open_charge_of_customer")]

    def __str__(self) -> str:
        return f"{self.kind} on {self.due_item_id}"
