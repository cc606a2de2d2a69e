"""Money and what it settles: payments, credit notes, refunds, write-offs, allocations, exchanges."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from common.columns import CurrencyField, MoneyField, one_of
from customers.models import Customer
from receivables.models.field import Receipt
from receivables.models.methods import EXCHANGE, OPENING, PaymentMethod
from receivables.models.owed import Charge, DueItem, Invoice, OfCustomer


class Payment(models.Model):
    """Money received. A reversal is a second row that names the first and takes its amount back."""

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="payments", db_index=False)
    method = models.CharField(max_length=20, choices=[*PaymentMethod.choices, OPENING, EXCHANGE], default="transfer")
    reference = models.CharField(max_length=140, blank=True)
    named = models.TextField(blank=True)  # the numbers of the invoices that the payer named, one a line
    amount = MoneyField()
    currency = CurrencyField()
    instructed_on = models.DateField(null=True, blank=True)  # the customer told his bank
    expected_on = models.DateField(null=True, blank=True)  # we looked for it
    received_on = models.DateField()
    counts_on = models.DateField()  # the day it counts in the ledger
    entered_at = models.DateTimeField()
    reported_by_ledger = models.BooleanField(default=False)  # came from the ledger's file, and does not go back to it
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
            one_of("method", (*PaymentMethod.values, OPENING[0], EXCHANGE[0]), name="payment_method_known"),
            models.CheckConstraint(
                condition=Q(instructed_on=None) | Q(expected_on=None) | Q(instructed_on__lte=F("expected_on")),
                name="instructed_before_expected",
            ),
        ]
        indexes = [
            models.Index(fields=["customer", "counts_on", "reverses"], name="payment_by_customer"),
            models.Index(fields=["entered_at"], name="payment_entered"),
        ]

    def __str__(self) -> str:
        return self.reference or f"{self.pk}"


class CreditNote(models.Model):
    """What we owe back: linked to an invoice or free. Its amount is positive; in ageing it stands negative."""

    LONGEST_NUMBER = 60

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="credit_notes")
    number = models.CharField(max_length=LONGEST_NUMBER)
    invoice = models.ForeignKey(Invoice, models.PROTECT, null=True, blank=True, related_name="credit_notes")
    amount = MoneyField()
    currency = CurrencyField()
    issued_on = models.DateField()
    due_date = models.DateField(null=True, blank=True)
    entered_at = models.DateTimeField()
    unapplied_amount = MoneyField(editable=False)  # written by receivables.ledger alone
    segment = models.CharField(max_length=40, blank=True)
    reported_by_ledger = models.BooleanField(default=False)
    reverses = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="reversed_by")

    objects = OfCustomer.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["customer", "number"], name="credit_note_once"),
            models.CheckConstraint(
                condition=Q(reverses=None, amount__gt=0, unapplied_amount__gte=0, unapplied_amount__lte=F("amount"))
                | Q(reverses__isnull=False, amount__lt=0, unapplied_amount=0),
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


class Code(models.TextChoices):
    """Why a payment is short, or over."""

    DISCOUNT = "discount", _("Cash discount in time")
    LATE_DISCOUNT = "late discount", _("Cash discount taken too late")
    PRICE = "price", _("Price")
    QUANTITY = "quantity", _("Quantity")
    DAMAGE = "damage", _("Damage")
    FREIGHT = "freight", _("Freight")
    REBATE = "rebate", _("Rebate")
    TAX_WITHHELD = "tax withheld", _("Tax withheld")
    BANK_CHARGE = "bank charge", _("Bank charge")
    ROUNDING = "rounding", _("Rounding")
    UNKNOWN = "unknown", _("Unknown")
    BAD_DEBT = "bad debt", _("Bad debt")
    WAIVED = "waived", _("Waived")


class WriteOff(models.Model):
    """An amount of a due item or charge that we give up, asked by one person and decided by another.

    Two kinds need no second person, because a rule decides: the cash discount that the terms allow, and a small
    difference within the tolerance (`by_rule`). Bad debt keeps its claim. `vat_amount` is the tax share of `amount`.
    What was given up for the sake of a payment or credit note (`payment`, `credit_note`) goes back with it.
    """

    class State(models.TextChoices):
        ASKED = "asked", _("Waits for a decision")
        GRANTED = "granted", _("Granted")
        DECLINED = "declined", _("Declined")
        REVERSED = "reversed", _("Reversed")

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="write_offs")
    due_item = models.ForeignKey(DueItem, models.PROTECT, null=True, blank=True, related_name="write_offs")
    charge = models.ForeignKey(Charge, models.PROTECT, null=True, blank=True, related_name="write_offs")
    payment = models.ForeignKey(Payment, models.PROTECT, null=True, blank=True, related_name="write_offs")
    credit_note = models.ForeignKey(CreditNote, models.PROTECT, null=True, blank=True, related_name="write_offs")
    code = models.CharField(max_length=15, choices=Code)
    because = models.CharField(max_length=200, blank=True)
    amount = MoneyField()
    vat_amount = MoneyField(default=0)
    currency = CurrencyField()
    keeps_claim = models.BooleanField(default=False)
    claim_waived_on = models.DateField(null=True, blank=True)
    by_rule = models.CharField(max_length=100, blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.ASKED)
    asked_by = models.CharField(max_length=150)
    asked_on = models.DateField()
    entered_at = models.DateTimeField()
    approved_by = models.CharField(max_length=150, blank=True)
    decided_on = models.DateField(null=True, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)

    objects = OfCustomer.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="write_off_above_zero"),
            models.CheckConstraint(
                condition=Q(vat_amount__gte=0, vat_amount__lte=F("amount")), name="write_off_tax_inside"
            ),
            models.CheckConstraint(condition=Q(payment=None) | Q(credit_note=None), name="write_off_for_one_source"),
            one_of("code", Code.values, name="write_off_code_known"),
            models.CheckConstraint(
                condition=Q(due_item__isnull=False, charge=None) | Q(due_item=None, charge__isnull=False),
                name="write_off_of_one_thing",
            ),
            models.CheckConstraint(
                condition=Q(state="asked") | Q(decided_on__isnull=False), name="write_off_decided_when"
            ),
            models.CheckConstraint(
                condition=Q(state="asked") | ~Q(by_rule="") | (~Q(approved_by="") & ~Q(approved_by=F("asked_by"))),
                name="write_off_by_a_second_person",
            ),
            models.UniqueConstraint(
                fields=["due_item", "code"], condition=Q(state="asked"), name="write_off_asked_once"
            ),
        ]
        indexes = [models.Index(fields=["state"], condition=Q(state="asked"), name="write_off_waits")]

    def __str__(self) -> str:
        return f"{self.code} {self.amount}"


class Allocation(models.Model):
    """Which money or write-off settles which due item or charge, from which day. A reversal is a negative row."""

    due_item = models.ForeignKey(DueItem, models.PROTECT, null=True, blank=True, related_name="allocations")
    charge = models.ForeignKey(Charge, models.PROTECT, null=True, blank=True, related_name="allocations")
    payment = models.ForeignKey(Payment, models.PROTECT, null=True, blank=True, related_name="allocations")
    credit_note = models.ForeignKey(CreditNote, models.PROTECT, null=True, blank=True, related_name="allocations")
    write_off = models.ForeignKey("WriteOff", models.PROTECT, null=True, blank=True, related_name="allocations")
    amount = MoneyField()
    applies_on = models.DateField()
    entered_at = models.DateTimeField()
    reverses = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="reversed_by")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(payment__isnull=False, credit_note=None, write_off=None)
                | Q(payment=None, credit_note__isnull=False, write_off=None)
                | Q(payment=None, credit_note=None, write_off__isnull=False),
                name="allocation_from_one_thing",
            ),
            models.CheckConstraint(
                condition=Q(due_item__isnull=False, charge=None) | Q(due_item=None, charge__isnull=False),
                name="allocation_to_one_thing",
            ),
            models.CheckConstraint(
                condition=Q(reverses=None, amount__gt=0) | Q(reverses__isnull=False, amount__lt=0),
                name="allocation_sign",
            ),
        ]
        indexes = [
            models.Index(fields=["due_item", "applies_on"], name="allocation_by_item"),
            models.Index(fields=["applies_on"], name="allocation_by_day"),
        ]

    def __str__(self) -> str:
        return f"{self.amount} on {self.due_item_id}"


class FxDifference(models.Model):
    """Money exchanged at a stated rate, so that it can settle what is owed in another currency.

    The refund takes it out of the payment, `into` is the same money in the other currency: amount × rate.
    `difference` is what we win (or lose) in the base currency against the rates of that day; None without a rate.
    """

    refund = models.OneToOneField(Refund, models.PROTECT, related_name="exchange")
    into = models.OneToOneField(Payment, models.PROTECT, related_name="exchange")
    rate = models.DecimalField(max_digits=20, decimal_places=10)
    source = models.CharField(max_length=60)
    exchanged_on = models.DateField()
    entered_at = models.DateTimeField()
    difference = MoneyField(null=True, blank=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(rate__gt=0), name="exchange_rate_above_zero")]

    def __str__(self) -> str:
        return f"{self.rate} on {self.exchanged_on}"
