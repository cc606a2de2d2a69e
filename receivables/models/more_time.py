"""More time for the customer: extensions of one due item, and instalment plans over several."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from common.columns import CurrencyField, MoneyField
from customers.models import Customer
from receivables.models.owed import DueItem, OfCustomer


class MoreTime(models.TextChoices):
    """How far an extension or a plan has come."""

    ASKED = "asked", _("Waits for a decision")
    GRANTED = "granted", _("Granted")
    DECLINED = "declined", _("Declined")
    KEPT = "kept", _("Kept")
    VOID = "void", _("Void since it was missed")


def decided(name: str) -> models.CheckConstraint:
    """Whoever asks does not grant; a decision has its day."""
    granted = ~Q(approved_by="") & ~Q(approved_by=F("asked_by")) & Q(decided_on__isnull=False)
    waits = Q(state="asked") | Q(state="declined", decided_on__isnull=False)
    return models.CheckConstraint(condition=waits | granted, name=name)


class Extension(models.Model):
    """A due item may be paid later. Missed, it is void from that day on; the agreed date was never edited."""

    due_item = models.ForeignKey(DueItem, models.PROTECT, related_name="extensions")
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="extensions")
    until = models.DateField()
    because = models.CharField(max_length=200)
    cost_amount = MoneyField()  # what the waiting costs us, in the item's currency
    state = models.CharField(max_length=10, choices=MoreTime, default=MoreTime.ASKED)
    asked_by = models.CharField(max_length=150)
    asked_on = models.DateField()
    entered_at = models.DateTimeField()
    approved_by = models.CharField(max_length=150, blank=True)
    decided_on = models.DateField(null=True, blank=True)
    ended_on = models.DateField(null=True, blank=True)  # the day it was kept, or from which it is void

    objects = OfCustomer.as_manager()

    class Meta:
        constraints = [
            decided("extension_by_a_second_person"),
            models.CheckConstraint(condition=~Q(because=""), name="extension_has_a_reason"),
            models.UniqueConstraint(
                fields=["due_item"], condition=Q(state__in=("asked", "granted")), name="one_extension_at_a_time"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=("kept", "void")) | Q(ended_on__isnull=False), name="extension_ended_when"
            ),
        ]
        indexes = [models.Index(fields=["until"], condition=Q(state="granted"), name="extension_running")]

    def __str__(self) -> str:
        return f"{self.due_item_id} until {self.until}"


class InstalmentPlan(models.Model):
    """What is owed on several items, paid in parts on stated days. One missed part makes the plan void."""

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="instalment_plans")
    currency = CurrencyField()
    because = models.CharField(max_length=200)
    cost_amount = MoneyField()
    state = models.CharField(max_length=10, choices=MoreTime, default=MoreTime.ASKED)
    asked_by = models.CharField(max_length=150)
    asked_on = models.DateField()
    entered_at = models.DateTimeField()
    approved_by = models.CharField(max_length=150, blank=True)
    decided_on = models.DateField(null=True, blank=True)
    ended_on = models.DateField(null=True, blank=True)

    objects = OfCustomer.as_manager()

    class Meta:
        constraints = [
            decided("plan_by_a_second_person"),
            models.CheckConstraint(condition=~Q(because=""), name="plan_has_a_reason"),
            models.CheckConstraint(
                condition=~Q(state__in=("kept", "void")) | Q(ended_on__isnull=False), name="plan_ended_when"
            ),
        ]
        indexes = [models.Index(fields=["customer"], condition=Q(state="granted"), name="plan_running")]

    def __str__(self) -> str:
        return f"{self.customer_id} {self.currency} since {self.asked_on}"


class InstalmentPart(models.Model):
    plan = models.ForeignKey(InstalmentPlan, models.PROTECT, related_name="parts")
    position = models.PositiveSmallIntegerField()
    due_on = models.DateField()
    amount = MoneyField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["plan", "position"], name="plan_part_once"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="plan_part_above_zero"),
        ]

    def __str__(self) -> str:
        return f"{self.amount} on {self.due_on}"


class PlanItem(models.Model):
    """A due item under a plan, in the order in which the parts settle them, with what was open when it was asked."""

    plan = models.ForeignKey(InstalmentPlan, models.PROTECT, related_name="items")
    due_item = models.ForeignKey(DueItem, models.PROTECT, related_name="plan_items")
    position = models.PositiveSmallIntegerField()
    amount = MoneyField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["plan", "due_item"], name="plan_item_once"),
            models.UniqueConstraint(fields=["plan", "position"], name="plan_item_in_order"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="plan_item_above_zero"),
        ]

    def __str__(self) -> str:
        return f"{self.plan_id}: {self.due_item_id}"
