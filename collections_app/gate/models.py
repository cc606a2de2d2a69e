from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from common.columns import CurrencyField, MoneyField
from common.models import Document
from contracts.models import Shipment
from customers.models import Customer
from staff.models import User


class GateQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> Self:
        if user.sees_everything:
            return self
        return self.filter(customer__in=Customer.objects.visible_to(user))


class CauseChoices(models.TextChoices):
    """Why a batch may not leave (the rules stand in `gate.rules`, in this order)."""

    SETTLEMENT = "settlement", _("Settlement method")
    LIMIT = "limit", _("Credit limit")
    LATE = "late", _("Days late")
    WARNING = "warning", _("Severe warning")
    EXECUTION = "execution", _("Contract not executed")
    RAMP = "ramp", _("New customer")
    INSURER = "insurer", _("Insurer's limit")
    LADDER = "ladder", _("Supply ladder")
    PRICE = "price", _("Price not as agreed")


class ModeChoices(models.TextChoices):
    OFF = "off", _("Off")
    OBSERVE = "observe", _("Observe")
    ON = "on", pgettext_lazy("gate", "On")


class GateMode(models.Model):
    """Whether a cause holds goods, for a segment (empty: all others), from a day on; without a row `modes.unstated`."""

    cause = models.CharField(max_length=12, choices=CauseChoices)
    segment = models.CharField(max_length=40, blank=True)
    mode = models.CharField(max_length=8, choices=ModeChoices)
    starts_on = models.DateField()
    entered_at = models.DateTimeField()
    entered_by = models.CharField(max_length=150)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["cause", "segment", "starts_on"], name="gate_mode_once_a_day"),
            models.CheckConstraint(
                condition=Q(cause__in=CauseChoices.values, mode__in=ModeChoices.values), name="gate_mode_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.cause} {self.segment}: {self.mode} from {self.starts_on}"


class Hold(models.Model):
    """A cause that keeps a shipment, or in observe would keep it. `facts` hold what the ground and the way out say."""

    shipment = models.ForeignKey(Shipment, models.PROTECT, related_name="holds")
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="holds")
    cause = models.CharField(max_length=12, choices=CauseChoices)
    is_observed = models.BooleanField(default=False)  # it would hold, were it on
    ground = models.CharField(max_length=200)  # the clause or the statutory right
    facts = models.JSONField(default=dict)
    amount = MoneyField(null=True, blank=True)  # what settles it, where money does
    currency = CurrencyField(blank=True)
    since_on = models.DateField()
    entered_at = models.DateTimeField()
    cleared_at = models.DateTimeField(null=True, blank=True)
    cleared_because = models.CharField(max_length=60, blank=True)

    objects = GateQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["shipment", "cause", "currency"], condition=Q(cleared_at=None), name="hold_open_once"
            ),
            models.CheckConstraint(condition=~Q(ground=""), name="hold_names_its_ground"),
        ]
        indexes = [models.Index(fields=["customer"], condition=Q(cleared_at=None), name="hold_open")]

    def __str__(self) -> str:
        return f"{self.shipment_id}: {self.cause}"


class GateOverride(models.Model):
    """Somebody with the right lets a shipment leave against the gate, for a reason, until a day (exclusive)."""

    shipment = models.ForeignKey(Shipment, models.PROTECT, related_name="overrides")
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="gate_overrides")
    reason = models.CharField(max_length=300)
    by = models.CharField(max_length=150)
    starts_on = models.DateField()
    ends_before = models.DateField()
    entered_at = models.DateTimeField()

    objects = GateQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="override_has_a_reason"),
            models.CheckConstraint(condition=Q(ends_before__gt=F("starts_on")), name="override_in_order"),
        ]

    def __str__(self) -> str:
        return f"{self.shipment_id} until {self.ends_before}"


class Rung(models.IntegerChoices):
    """The supply ladder, one rung at a time."""

    SMALLER_BATCHES = 1, _("Smaller batches")
    NO_NEW_BENEFITS = 2, _("No new gifts, samples or rebates")
    BEST_SELLERS_WITHHELD = 3, _("Best-sellers withheld")
    NO_SUPPLY = 4, _("No supply")
    RETURN_OF_GOODS = 5, _("Return of goods")
    COURT_FILE = 6, _("Formal notice and court file")


class LadderStep(models.Model):
    """A customer in breach stands on a rung, from a day until it has paid."""

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="ladder_steps")
    rung = models.PositiveSmallIntegerField(choices=Rung)
    because = models.CharField(max_length=200)
    clause = models.CharField(max_length=200)  # the clause or statutory right that allows it
    lost_margin = MoneyField(null=True, blank=True)  # what the step is expected to cost us a month
    currency = CurrencyField(blank=True)
    notice = models.ForeignKey(Document, models.PROTECT, null=True, blank=True, related_name="ladder_steps")
    asked_by = models.CharField(max_length=150)
    approved_by = models.CharField(max_length=150)
    starts_on = models.DateField()
    entered_at = models.DateTimeField()
    left_on = models.DateField(null=True, blank=True)
    left_because = models.CharField(max_length=60, blank=True)

    objects = GateQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["customer"], condition=Q(left_on=None), name="one_rung_at_a_time"),
            models.CheckConstraint(condition=Q(rung__in=Rung.values), name="rung_known"),
            models.CheckConstraint(condition=~Q(clause="") & ~Q(because=""), name="rung_has_its_ground"),
            models.CheckConstraint(condition=~Q(approved_by=""), name="rung_approved"),
            models.CheckConstraint(
                condition=Q(left_on=None) | Q(left_on__gte=F("starts_on")), name="rung_left_after_it_was_entered"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.customer_id} on {self.rung}"


class CreditCheck(models.Model):
    """A first order that is too large or too easy waits until somebody has looked at the customer."""

    class Because(models.TextChoices):
        LARGE = "large", _("Suspiciously large")
        UNQUESTIONING = "unquestioning", _("Asked neither for price nor for terms")

    class Answer(models.TextChoices):
        PASSED = "passed", _("Passed")
        REFUSED = "refused", pgettext_lazy("one", "Refused")

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="credit_checks")
    shipment = models.ForeignKey(Shipment, models.PROTECT, related_name="credit_checks")
    because = models.CharField(max_length=15, choices=Because)
    asked_on = models.DateField()
    entered_at = models.DateTimeField()
    answer = models.CharField(max_length=10, choices=Answer, blank=True)
    decided_on = models.DateField(null=True, blank=True)
    decided_by = models.CharField(max_length=150, blank=True)
    note = models.CharField(max_length=300, blank=True)

    objects = GateQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["shipment"], name="checked_once"),
            models.CheckConstraint(
                condition=Q(answer="", decided_on=None) | (~Q(answer="") & Q(decided_on__isnull=False)),
                name="check_decided_when",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.shipment_id}: {self.answer or 'waits'}"
