from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from collections_app.standings.rules import Rule
from collections_app.standings.rules import Standing as Kind
from common.columns import MoneyField
from customers.models import Customer
from receivables.models import DueItem
from staff.models import User


class StandingChoices(models.TextChoices):
    UNPAID = Kind.UNPAID, _("Unpaid")
    OVERDUE = Kind.OVERDUE, _("Overdue")
    QUASI_BAD = Kind.QUASI_BAD, _("Quasi-bad")
    BAD = Kind.BAD, _("Bad")
    DORMANT = Kind.DORMANT, _("Dormant")


class StandingQuerySet(models.QuerySet["Standing"]):
    def visible_to(self, user: User) -> Self:
        if user.sees_everything:
            return self
        return self.filter(customer__in=Customer.objects.visible_to(user))


class Standing(models.Model):
    """The standing of an open due item, with the rule that fired and the amounts it was classified with.

    A narrow table of its own, because rewriting it every night is cheap here and dear in the wide one; the
    standing itself is in no index for the same reason.
    """

    due_item = models.OneToOneField(DueItem, models.PROTECT, primary_key=True, related_name="standing")
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="standings")
    standing = models.CharField(max_length=10, choices=StandingChoices)
    rule = models.CharField(max_length=30)
    since = models.DateField()
    open_amount = MoneyField()
    disputed_amount = MoneyField(default=0)
    claim_amount = MoneyField(default=0)

    objects = StandingQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(standing__in=[kind.value for kind in Kind]), name="standing_known"
            ),
            models.CheckConstraint(condition=models.Q(rule__in=[rule.value for rule in Rule]), name="rule_known"),
        ]

    def __str__(self) -> str:
        return self.standing


class LastMovement(models.Model):
    """The last day on which the customer itself moved: paid, received goods, promised, disputed, was reached."""

    customer = models.OneToOneField(Customer, models.PROTECT, primary_key=True, related_name="last_movement")
    on = models.DateField(db_index=True)

    def __str__(self) -> str:
        return f"{self.customer_id} {self.on}"


class Night(models.Model):
    """The run for a business date. The date is unique: two beats, one night."""

    class Mode(models.TextChoices):
        INCREMENTAL = "incremental", _("Incremental")
        FULL = "full", _("Full")

    business_date = models.DateField(unique=True)
    mode = models.CharField(max_length=15, choices=Mode, default=Mode.FULL)
    known_until = models.DateTimeField()
    started_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True, blank=True)
    touched = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    check_broken = models.PositiveIntegerField(null=True, blank=True)  # rows that break an invariant, found that night
    broken = models.JSONField(default=list, blank=True)  # these invariants, each with its name and its rows

    def __str__(self) -> str:
        return f"{self.business_date}"


class NightStep(models.Model):
    """One step of a night: done or not, how many rows. What is listed here and not done is taken up again."""

    night = models.ForeignKey(Night, models.PROTECT, related_name="steps")
    name = models.CharField(max_length=30)
    partition = models.PositiveIntegerField(default=0)  # the rep of a plan; 0 where the step is one piece
    position = models.PositiveSmallIntegerField()
    rows = models.PositiveIntegerField(default=0)
    milliseconds = models.PositiveIntegerField(default=0)
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["night", "name", "partition"], name="night_step_once")]

    def __str__(self) -> str:
        return self.name
