from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common.columns import CurrencyField, MoneyField, one_of
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
    settled_at = models.DateTimeField(null=True, blank=True)  # when that became known to us
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
    closed_at = models.DateTimeField(null=True, blank=True)  # when that became known to us
    entered_at = models.DateTimeField()

    objects = CaseQuerySet.as_manager()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(amount__gt=0), name="dispute_above_zero")]
        indexes = [
            models.Index(fields=["due_item"], condition=Q(closed_on=None), name="dispute_open"),
            models.Index(fields=["opened_on"], name="dispute_opened"),
            models.Index(fields=["closed_on"], name="dispute_closed"),
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
        REGISTER_CLAIM = "register claim", _("Register the claim with the administrator")
        NEW_CONTACT = "new contact", _("A key contact has left: new contact, handover, confirmation")
        NO_CONTRACT = "no contract", _("Taken over without a contract")
        NOT_EXECUTED = "not executed", _("Contract not executed as its place requires")
        CREDIT_CHECK = "credit check", _("First order to be checked")
        INSURER = "insurer", _("Tell the insurer")
        LIMIT_ENDS = "limit ends", _("Insured limit ends")
        SLOW_BATCH = "slow batch", _("Consigned goods sell slowly")
        RECONCILE = "reconciliation", _("Accounts to be reconciled before the visit")
        SEND_INVOICE = "invoice missing", _("Our invoice has to be there before the visit")

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


class EarlyWarning(models.Model):
    """A sign that a customer may not pay: computed from the book, seen in the field, or told by somebody.

    It is active from `reported_on` until `expires_on` (exclusive) or its dismissal. A severe one from the field counts
    as severe only once somebody else has seen it too (`seconded_on`).
    """

    class Kind(models.TextChoices):
        OFF_SEASON = "off season", _("Large purchases off season")
        SUDDEN_DROP = "sudden drop", _("Purchases dropped suddenly")
        DRIFTING = "drifting", _("Pays later than before")
        ASKS_FOR_TIME = "asks for time", _("Asks for more time")
        PAYS_IN_PARTS = "pays in parts", _("Pays in parts")
        UNANSWERED = "unanswered", _("Does not answer")
        FIRST_ORDER = "first order", _("First order suspiciously large or easy")
        CLOSING = "closing", _("Shop closing or closed")
        MOVING = "moving", _("Moving away")
        DEMOLITION = "demolition", _("Demolition or other force majeure")
        STAFF_LEAVING = "staff leaving", _("Key people leaving")
        DUMPING = "dumping", _("Sells below cost")

    class Source(models.TextChoices):
        BOOK = "book", _("Computed from the book")
        FIELD = "field", _("Seen in the field")
        DESK = "desk", _("Told to us")

    class Severity(models.TextChoices):
        SLIGHT = "slight", _("Slight")
        MARKED = "marked", _("Marked")
        SEVERE = "severe", _("Severe")

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="early_warnings")
    kind = models.CharField(max_length=20, choices=Kind)
    source = models.CharField(max_length=10, choices=Source)
    severity = models.CharField(max_length=10, choices=Severity)
    reported_on = models.DateField()
    expires_on = models.DateField()
    evidence = models.JSONField(default=dict, blank=True)  # figures and days that it was computed from
    note = models.CharField(max_length=300, blank=True)
    sighting = models.CharField(max_length=40, blank=True)  # one report that flags many customers has one key
    entered_at = models.DateTimeField()
    entered_by = models.CharField(max_length=150, blank=True)
    seconded_on = models.DateField(null=True, blank=True)
    seconded_at = models.DateTimeField(null=True, blank=True)
    seconded_by = models.CharField(max_length=150, blank=True)
    dismissed_on = models.DateField(null=True, blank=True)
    dismissed_at = models.DateTimeField(null=True, blank=True)
    dismissed_by = models.CharField(max_length=150, blank=True)
    dismissed_because = models.CharField(max_length=300, blank=True)

    objects = CaseQuerySet.as_manager()

    class Meta:
        constraints = [
            one_of(
                "kind",
                (
                    "off season",
                    "sudden drop",
                    "drifting",
                    "asks for time",
                    "pays in parts",
                    "unanswered",
                    "first order",
                    "closing",
                    "moving",
                    "demolition",
                    "staff leaving",
                    "dumping",
                ),
                name="warning_kind_known",
            ),
            one_of("source", ("book", "field", "desk"), name="warning_source_known"),
            one_of("severity", ("slight", "marked", "severe"), name="warning_severity_known"),
            models.UniqueConstraint(fields=["customer", "kind", "source", "reported_on"], name="warning_once_a_day"),
            models.CheckConstraint(condition=Q(expires_on__gt=models.F("reported_on")), name="warning_in_order"),
            models.CheckConstraint(
                condition=Q(dismissed_on=None, dismissed_at=None)
                | Q(dismissed_on__isnull=False, dismissed_at__isnull=False) & ~Q(dismissed_because=""),
                name="warning_dismissed_with_a_reason",
            ),
        ]
        indexes = [
            models.Index(fields=["customer", "reported_on"], name="warning_by_customer"),
            models.Index(fields=["reported_on"], name="warning_reported"),
            models.Index(fields=["expires_on"], name="warning_expires"),
            models.Index(fields=["seconded_on"], name="warning_seconded"),
            models.Index(fields=["dismissed_on"], name="warning_dismissed"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.reported_on}"


class Confirmation(models.Model):
    """What the customer says to a balance that we asked it to confirm. The newest answer counts."""

    class Answer(models.TextChoices):
        AGREED = "agreed", _("Agreed")
        DIFFERS = "differs", _("Another amount")
        REFUSED = "refused", _("Refused")

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="confirmations")
    balance_on = models.DateField()  # the day of the balance
    currency = CurrencyField()
    amount = MoneyField()  # as we see it
    answer = models.CharField(max_length=10, choices=Answer)
    their_amount = MoneyField(null=True, blank=True)
    answered_on = models.DateField()
    answered_by = models.CharField(max_length=100, blank=True)
    is_signed = models.BooleanField(default=False)
    note = models.CharField(max_length=300, blank=True)
    entered_at = models.DateTimeField()
    entered_by = models.CharField(max_length=150, blank=True)

    objects = CaseQuerySet.as_manager()

    class Meta:
        constraints = [
            one_of("answer", ("agreed", "differs", "refused"), name="confirmation_answer_known"),
            models.CheckConstraint(condition=Q(answered_on__gte=models.F("balance_on")), name="confirmation_in_order"),
        ]
        indexes = [
            models.Index(fields=["customer", "answered_on"], name="confirmation_by_customer"),
            models.Index(fields=["answered_on"], name="confirmation_answered"),
        ]

    def __str__(self) -> str:
        return f"{self.answer} {self.answered_on}"


class StandingOverride(models.Model):
    """A person decides the standing of a due item, for a reason, until a day (exclusive). The newest one counts."""

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="standing_overrides")
    due_item = models.ForeignKey(DueItem, models.PROTECT, related_name="standing_overrides")
    standing = models.CharField(max_length=10)
    because = models.CharField(max_length=300)
    starts_on = models.DateField()
    ends_before = models.DateField()
    entered_at = models.DateTimeField()
    entered_by = models.CharField(max_length=150)
    lifted_on = models.DateField(null=True, blank=True)  # it held until the day before
    lifted_at = models.DateTimeField(null=True, blank=True)
    lifted_by = models.CharField(max_length=150, blank=True)

    objects = CaseQuerySet.as_manager()

    class Meta:
        constraints = [
            one_of("standing", ("unpaid", "overdue", "quasi-bad", "bad", "dormant"), name="standing_override_known"),
            models.CheckConstraint(
                condition=Q(ends_before__gt=models.F("starts_on")), name="standing_override_in_order"
            ),
            models.CheckConstraint(condition=~Q(because=""), name="standing_override_has_a_reason"),
            models.CheckConstraint(
                condition=Q(lifted_on=None, lifted_at=None)
                | Q(lifted_on__gte=models.F("starts_on"), lifted_at__isnull=False),
                name="standing_override_lifted_after_start",
            ),
        ]
        indexes = [
            models.Index(fields=["starts_on"], name="standing_override_starts"),
            models.Index(fields=["ends_before"], name="standing_override_ends"),
            models.Index(fields=["lifted_on"], name="standing_override_lifted"),
        ]

    def __str__(self) -> str:
        return f"{self.standing} until {self.ends_before}"
