from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common.columns import CurrencyField, MoneyField
from customers.models import Customer
from staff.models import User


class PlanQuerySet(models.QuerySet["Plan"]):
    def visible_to(self, user: User) -> Self:
        return self if user.sees_everything else self.filter(rep__in=User.objects.visible_to(user))


class Plan(models.Model):
    """A rep's day: stops in order. Made again for the same input it stays as it is (`input_hash`)."""

    class State(models.TextChoices):
        PROPOSED = "proposed", _("Proposed")
        APPROVED = "approved", _("Approved")

    rep = models.ForeignKey(User, models.PROTECT, related_name="plans")
    on = models.DateField()
    input_hash = models.CharField(max_length=64)
    seed = models.PositiveIntegerField(default=0)
    value = MoneyField(default=0)  # base currency
    state = models.CharField(max_length=10, choices=State, default=State.PROPOSED)
    made_at = models.DateTimeField()

    objects = PlanQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["rep", "on"], name="one_plan_a_day")]

    def __str__(self) -> str:
        return f"{self.rep_id} {self.on}"


class StopQuerySet(models.QuerySet["Stop"]):
    def visible_to(self, user: User) -> Self:
        return self if user.sees_everything else self.filter(plan__rep__in=User.objects.visible_to(user))


class Stop(models.Model):
    """A visit at a place in the plan. `terms` are the named parts of its worth; they add up to it exactly."""

    class State(models.TextChoices):
        PLANNED = "planned", _("Planned")
        DONE = "done", _("Done")
        CANCELLED = "cancelled", _("Cancelled")  # settled in the meantime: left alone
        SKIPPED = "skipped", _("Skipped")

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="stops")
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="stops")
    position = models.PositiveSmallIntegerField()
    arrive_at = models.TimeField(null=True, blank=True)
    leave_at = models.TimeField(null=True, blank=True)
    kilometres = models.DecimalField(max_digits=8, decimal_places=1, null=True, blank=True)
    currency = CurrencyField()
    ask_amount = MoneyField()  # what is asked for on that day; the late and the total open amount stand beside it
    late_amount = MoneyField(default=0)
    total_amount = MoneyField(default=0)
    standing = models.CharField(max_length=10, blank=True)  # the worst of what is asked for
    worth = MoneyField()  # base currency
    terms = models.JSONField(default=list)  # [{"term": …, "amount": …}]
    reasons = models.JSONField(default=list)  # facts, strongest first; `visits.sentences` words them for the reader
    card = models.JSONField(default=dict)  # who pays, hours, place, last excuse, promises: one read for the phone
    is_commitment = models.BooleanField(default=False)  # a promise due today, or the due day itself
    state = models.CharField(max_length=10, choices=State, default=State.PLANNED)

    objects = StopQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["plan", "position"], name="stop_position_once"),
            models.UniqueConstraint(fields=["plan", "customer"], name="stop_once_a_day"),
        ]

    def __str__(self) -> str:
        return f"{self.position}. {self.customer_id}"


class LeftOut(models.Model):
    """A customer worth a visit that the day could not hold, and why."""

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="left_out")
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="+")
    worth = MoneyField()  # base currency
    reason = models.JSONField(default=dict)  # {"because": …} with its figures; `visits.sentences` words it
    phone = models.CharField(max_length=40, blank=True)  # a call instead of the visit

    class Meta:
        constraints = [models.UniqueConstraint(fields=["plan", "customer"], name="left_out_once")]

    def __str__(self) -> str:
        return f"{self.customer_id}: {self.reason.get('because')}"


class OutcomeQuerySet(models.QuerySet["Outcome"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(stop__in=Stop.objects.visible_to(user))

    def in_force(self) -> Self:
        """Those that no later row corrects."""
        return self.filter(corrected_by=None)


class Outcome(models.Model):
    """What happened at a stop. A correction the same day is a second row that names the first."""

    class Kind(models.TextChoices):
        PAID = "paid", _("Paid")
        PROMISE = "promise", _("Promise")
        EXCUSE = "excuse", _("Excuse")
        DISPUTE = "dispute", _("Dispute")
        NOT_IN = "not in", _("Not in")
        COULD_NOT_VISIT = "could not visit", _("Could not visit")

    stop = models.ForeignKey(Stop, models.PROTECT, related_name="outcomes")
    key = models.CharField(max_length=64, unique=True)
    kind = models.CharField(max_length=20, choices=Kind)
    amount = MoneyField(null=True, blank=True)
    currency = CurrencyField(blank=True)
    note = models.CharField(max_length=300, blank=True)
    receipt = models.ForeignKey("receivables.Receipt", models.PROTECT, null=True, blank=True, related_name="outcomes")
    promise = models.ForeignKey("cases.Promise", models.PROTECT, null=True, blank=True, related_name="outcomes")
    disputes = models.ManyToManyField("cases.Dispute", blank=True, related_name="outcomes")
    excuse = models.ForeignKey("cases.Excuse", models.PROTECT, null=True, blank=True, related_name="outcomes")
    happened_on = models.DateField()
    entered_at = models.DateTimeField()
    entered_by = models.CharField(max_length=150)
    corrects = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="corrected_by")

    objects = OutcomeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(kind="paid") | Q(receipt__isnull=False), name="paid_has_a_receipt"),
        ]

    def __str__(self) -> str:
        return self.kind
