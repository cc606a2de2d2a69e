"""Money in the field: reps' receipts, cash they hand in, and paper that is not money yet."""

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common.columns import CurrencyField, MoneyField, one_of
from common.models import Document
from contracts.models import Shipment
from customers.models import Customer
from receivables.models.methods import PaymentMethod
from receivables.models.owed import DueItem, OfCustomer
from staff.models import User


class HandInQuerySet(models.QuerySet["HandIn"]):
    def visible_to(self, user: User) -> Self:
        return self if user.sees_everything else self.filter(rep__in=User.objects.visible_to(user))


class HandIn(models.Model):
    """A rep's cash of one currency, counted and given to finance; the bank's line closes it.

    `counted` maps a denomination to how many of it there are. `difference` = counted − expected.
    """

    class State(models.TextChoices):
        HANDED_IN = "handed in", _("Handed in")
        RECEIVED = "received", _("Received by finance")
        CLOSED = "closed", _("On the bank account")
        SENT_BACK = "sent back", _("Sent back to be counted again")

    class Code(models.TextChoices):
        NONE = "", _("No difference")
        MISCOUNT = "miscount", _("Counted wrongly")
        CHANGE = "change", _("Change given")
        COUNTERFEIT = "counterfeit", _("Counterfeit note")
        LOST = "lost", _("Lost or stolen")
        UNKNOWN = "unknown", _("Unknown")

    rep = models.ForeignKey(User, models.PROTECT, related_name="hand_ins")
    currency = CurrencyField()
    handed_in_on = models.DateField()
    entered_at = models.DateTimeField()
    counted = models.JSONField()
    counted_amount = MoneyField()
    expected_amount = MoneyField()
    difference = MoneyField()
    difference_code = models.CharField(max_length=12, choices=Code, blank=True)
    difference_note = models.CharField(max_length=200, blank=True)
    slip_number = models.CharField(max_length=40)
    slip = models.ForeignKey(Document, models.PROTECT, null=True, blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.HANDED_IN)
    signed_by_rep_at = models.DateTimeField()
    received_by = models.CharField(max_length=150, blank=True)  # finance, who signs the count and its difference
    received_at = models.DateTimeField(null=True, blank=True)
    bank_reference = models.CharField(max_length=140, blank=True)
    banked_on = models.DateField(null=True, blank=True)
    key = models.CharField(max_length=64, unique=True)

    objects = HandInQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(difference=0, difference_code="") | (~Q(difference=0) & ~Q(difference_code="")),
                name="hand_in_difference_is_coded",
            ),
            one_of(
                "difference_code",
                ("", "miscount", "change", "counterfeit", "lost", "unknown"),
                name="hand_in_code_known",
            ),
            models.CheckConstraint(
                condition=Q(state__in=("handed in", "sent back")) | Q(received_at__isnull=False),
                name="hand_in_signed_by_both",
            ),
            models.CheckConstraint(
                condition=~Q(state="closed") | Q(banked_on__isnull=False), name="hand_in_closed_by_the_bank"
            ),
        ]

    def __str__(self) -> str:
        return self.slip_number


class ReceiptQuerySet(OfCustomer):
    def cash_in_hand(self) -> Self:
        """Cash that the rep still carries: not handed in yet, whether or not finance has verified its receipt.

        A refused receipt, or one whose payment was taken back, stands for no cash.
        """
        given = self.filter(method=PaymentMethod.CASH, hand_in=None).exclude(state="refused")
        return given.filter(payment__reversed_by=None)


class Receipt(models.Model):
    """Field money, provisional until finance verifies or refuses it: the rep's numbered receipt."""

    class State(models.TextChoices):
        PROVISIONAL = "provisional", _("Provisional")
        VERIFIED = "verified", _("Verified")
        REFUSED = "refused", _("Refused")

    number = models.CharField(max_length=30, unique=True)
    position = models.PositiveIntegerField(null=True, blank=True)  # in the series of its rep and device
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
    in_question = models.CharField(
        max_length=60, blank=True
    )  # the invoice of which the ledger's list has something settled, maybe by this; a person decides first
    hand_in = models.ForeignKey(HandIn, models.PROTECT, null=True, blank=True, related_name="receipts")
    shipment = models.ForeignKey(
        Shipment, models.PROTECT, null=True, blank=True, related_name="receipts"
    )  # given at the door for these goods (cash on delivery)

    objects = ReceiptQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="receipt_above_zero"),
            one_of("method", PaymentMethod.values, name="receipt_method_known"),
            models.CheckConstraint(
                condition=Q(state="provisional") | Q(decided_at__isnull=False), name="receipt_decided_when"
            ),
        ]
        indexes = [
            models.Index(fields=["customer"], condition=Q(state="provisional"), name="provisional_of_customer"),
            models.Index(fields=["rep", "device", "position"], name="receipt_in_its_series"),
        ]

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


class VoidNumber(models.Model):
    """A receipt number that was spoiled: kept with its reason, never used again."""

    rep = models.ForeignKey(User, models.PROTECT, related_name="void_numbers")
    device = models.CharField(max_length=40, default="web")
    position = models.PositiveIntegerField()
    because = models.CharField(max_length=200)
    voided_by = models.CharField(max_length=150)
    entered_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["rep", "device", "position"], name="number_void_once")]

    def __str__(self) -> str:
        return f"{self.rep_id} {self.device} {self.position}"


class CashLimit(models.Model):
    """The most cash that a country allows in one deal, from a day on; split payments of one deal are added."""

    country = models.CharField(max_length=2)
    amount = MoneyField()
    currency = CurrencyField()
    basis = models.CharField(max_length=200)
    source = models.CharField(max_length=200, blank=True)
    starts_on = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["country", "currency", "starts_on"], name="cash_limit_once"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="cash_limit_above_zero"),
        ]

    def __str__(self) -> str:
        return f"{self.country}: {self.amount} {self.currency}"


class Paper(models.Model):
    """A cheque or bill in hand: shown by maturity, not chased before it, money only when honoured."""

    class Kind(models.TextChoices):
        CHEQUE = "cheque", _("Cheque")
        POST_DATED = "post-dated cheque", _("Post-dated cheque")
        BILL = "bill", _("Bill of exchange")
        BANK_ACCEPTANCE = "bank acceptance", _("Bank acceptance bill")
        TRADE_ACCEPTANCE = "trade acceptance", _("Trade acceptance bill")
        PROMISSORY_NOTE = "promissory note", _("Promissory note")

    class State(models.TextChoices):
        IN_HAND = "in hand", _("In hand")
        PRESENTED = "presented", _("Presented to the bank")
        HONOURED = "honoured", _("Honoured")
        DISHONOURED = "dishonoured", _("Dishonoured")
        RETURNED = "returned", _("Given back")

    WAITS = (State.IN_HAND, State.PRESENTED)  # neither honoured nor come back

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="papers")
    kind = models.CharField(max_length=20, choices=Kind)
    number = models.CharField(max_length=60)
    drawer = models.CharField(max_length=200)
    acceptor = models.CharField(max_length=200, blank=True)
    bank = models.CharField(max_length=200, blank=True)
    amount = MoneyField()
    currency = CurrencyField()
    received_on = models.DateField()
    matures_on = models.DateField()
    entered_at = models.DateTimeField()
    state = models.CharField(max_length=12, choices=State, default=State.IN_HAND)
    presented_on = models.DateField(null=True, blank=True)
    decided_on = models.DateField(null=True, blank=True)  # honoured, dishonoured or given back
    in_question = models.CharField(max_length=60, blank=True)  # as of a receipt
    receipt = models.OneToOneField(Receipt, models.PROTECT, null=True, blank=True, related_name="paper")
    payment = models.OneToOneField("receivables.Payment", models.PROTECT, null=True, blank=True, related_name="paper")

    objects = OfCustomer.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["customer", "kind", "number"], name="paper_once"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="paper_above_zero"),
            one_of(
                "kind",
                (
                    *("cheque", "post-dated cheque", "bill"),
                    *("bank acceptance", "trade acceptance", "promissory note"),
                ),
                name="paper_kind_known",
            ),
            models.CheckConstraint(
                condition=Q(state__in=("in hand", "presented")) | Q(decided_on__isnull=False), name="paper_decided_when"
            ),
            models.CheckConstraint(
                condition=~Q(state="honoured") | Q(payment__isnull=False), name="honoured_paper_is_money"
            ),
        ]
        indexes = [
            models.Index(
                fields=["matures_on"], condition=Q(state__in=("in hand", "presented")), name="paper_by_maturity"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.number}"


class PaperLine(models.Model):
    """What the paper is meant to settle: that amount is not asked for while the paper is in hand."""

    paper = models.ForeignKey(Paper, models.PROTECT, related_name="lines")
    due_item = models.ForeignKey(DueItem, models.PROTECT, related_name="paper_lines")
    amount = MoneyField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="paper_line_above_zero"),
            models.UniqueConstraint(fields=["paper", "due_item"], name="paper_line_once"),
        ]

    def __str__(self) -> str:
        return f"{self.paper_id}: {self.amount}"
