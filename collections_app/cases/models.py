from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common.columns import CurrencyField, MoneyField
from customers.models import Customer
from receivables.models import DueItem
from staff.models import User


class CaseQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> Self:
        if user.sees_everything:
            return self
        return self.filter(customer__in=Customer.objects.visible_to(user))


class Promise(models.Model):
    """What the customer said it would pay, by a day. `grace_until` is the last day on which it still counts as kept."""

    class State(models.TextChoices):
        OPEN = "open", _("Open")
        KEPT = "kept", _("Kept")
        BROKEN = "broken", _("Broken")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="promises")
    amount = MoneyField()
    currency = CurrencyField()
    method = models.CharField(max_length=20, default="transfer")
    made_on = models.DateField()
    promised_on = models.DateField()
    grace_until = models.DateField()
    promised_by = models.CharField(max_length=100, blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    paid_amount = MoneyField(default=0)
    settled_on = models.DateField(null=True, blank=True)  # the day it was kept, broken or withdrawn
    entered_at = models.DateTimeField()
    entered_by = models.CharField(max_length=150, blank=True)

    objects = CaseQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="promise_above_zero"),
            models.CheckConstraint(
                condition=Q(promised_on__gte=models.F("made_on"), grace_until__gte=models.F("promised_on")),
                name="promise_in_order",
            ),
            models.CheckConstraint(
                condition=Q(state="open", settled_on=None) | ~Q(state="open") & Q(settled_on__isnull=False),
                name="promise_settled_when",
            ),
        ]
        indexes = [
            models.Index(fields=["customer", "promised_on"], name="promise_by_customer"),
            models.Index(fields=["grace_until"], condition=Q(state="open"), name="promise_open"),
            models.Index(fields=["settled_on"], condition=Q(state="broken"), name="promise_broken"),
        ]

    def __str__(self) -> str:
        return f"{self.amount} {self.currency} by {self.promised_on}"


class PromiseItem(models.Model):
    promise = models.ForeignKey(Promise, models.PROTECT, related_name="items")
    due_item = models.ForeignKey(DueItem, models.PROTECT, related_name="promise_items")
    amount = MoneyField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["promise", "due_item"], name="promise_item_once"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="promise_item_above_zero"),
        ]

    def __str__(self) -> str:
        return f"{self.promise_id}: {self.amount}"


class Dispute(models.Model):
    """An amount of a due item that the customer contests. A flag on an amount, never a standing."""

    class Reason(models.TextChoices):
        QUALITY = "quality", _("Quality")
        PRICE = "price", _("Price")
        QUANTITY = "quantity", _("Quantity")
        DAMAGE = "damage", _("Damage")
        PROMOTION = "promotion", _("Promotion or rebate not credited")
        INVOICE = "invoice", _("Invoice wrong or missing")
        OTHER = "other", _("Other")

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="disputes")
    due_item = models.ForeignKey(DueItem, models.PROTECT, related_name="disputes")
    amount = MoneyField()
    reason = models.CharField(max_length=20, choices=Reason)
    note = models.CharField(max_length=300, blank=True)
    owner = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="disputes")
    opened_on = models.DateField()
    review_on = models.DateField()
    closed_on = models.DateField(null=True, blank=True)
    entered_at = models.DateTimeField()

    objects = CaseQuerySet.as_manager()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(amount__gt=0), name="dispute_above_zero")]
        indexes = [
            models.Index(fields=["due_item"], condition=Q(closed_on=None), name="dispute_open"),
        ]

    def __str__(self) -> str:
        return f"{self.amount}: {self.reason}"


class Excuse(models.Model):
    """Why the customer said it would not pay, as told on a visit or call."""

    class Kind(models.TextChoices):
        ABSENT = "absent", _("The one who pays is absent")
        NO_MONEY = "no money", _("No money")
        NOT_PAYMENT_DAY = "not payment day", _("Not the payment day")
        NOT_SOLD = "not sold", _("The goods have not sold")
        INVOICE_MISSING = "invoice missing", _("Invoice or reconciliation missing")
        OUR_FAULT = "our fault", _("Our fault: promotion, rebate, quality, price")
        FETCHING = "fetching", _("“I am fetching the money”")
        OTHER_SUPPLIER = "other supplier", _("Another supplier was first")

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="excuses")
    kind = models.CharField(max_length=20, choices=Kind)
    note = models.CharField(max_length=300, blank=True)
    said_on = models.DateField()
    entered_at = models.DateTimeField()
    entered_by = models.CharField(max_length=150, blank=True)

    objects = CaseQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["customer", "said_on"], name="excuse_by_customer")]

    def __str__(self) -> str:
        return self.kind


class ContactMade(models.Model):
    """A contact with the customer, ours or theirs. Reached ones are a movement of the customer."""

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="contacts_made")
    channel = models.CharField(max_length=20)  # visit, call, letter, mail
    reached = models.BooleanField(default=False)
    made_on = models.DateField()
    note = models.CharField(max_length=300, blank=True)
    entered_at = models.DateTimeField()
    entered_by = models.CharField(max_length=150, blank=True)

    objects = CaseQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["customer", "made_on"], name="contact_by_customer")]

    def __str__(self) -> str:
        return f"{self.channel} {self.made_on}"


class ToDo(models.Model):
    """Something that somebody of ours must do about a customer by a day. One is open per customer and cause."""

    class Because(models.TextChoices):
        NO_CONTRACT = "no contract", _("Taken over without a contract")
        NOT_EXECUTED = "not executed", _("Contract not executed as its place requires")
        CREDIT_CHECK = "credit check", _("First order to be checked")
        INSURER = "insurer", _("Tell the insurer")
        LIMIT_ENDS = "limit ends", _("Insured limit ends")
        SLOW_BATCH = "slow batch", _("Consigned goods sell slowly")

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="to_dos")
    because = models.CharField(max_length=20, choices=Because)
    about = models.CharField(max_length=60, blank=True)  # the number of what it is about: a batch, a contract
    owner = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="to_dos")
    due_on = models.DateField()
    opened_on = models.DateField()
    done_on = models.DateField(null=True, blank=True)
    done_by = models.CharField(max_length=150, blank=True)
    entered_at = models.DateTimeField()

    objects = CaseQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["customer", "because", "about"], condition=Q(done_on=None), name="to_do_open_once"
            )
        ]
        indexes = [models.Index(fields=["due_on"], condition=Q(done_on=None), name="to_do_open")]

    def __str__(self) -> str:
        return f"{self.because} by {self.due_on}"
