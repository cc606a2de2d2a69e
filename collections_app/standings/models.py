from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from collections_app.policy.models import Version
from collections_app.standings.rules import Rule
from collections_app.standings.rules import Standing as Kind
from common.columns import CurrencyField, MoneyField, one_of
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


class Classified(models.Model):
    """What a night found of a due item: the standing, the rule that fired, and the amounts it was classified with.

    Its keys have no constraint in the database: a million derived rows would be looked up one by one, and
    `check_books` recomputes them all.
    """

    standing = models.CharField(max_length=10, choices=StandingChoices)
    rule = models.CharField(max_length=30)
    since = models.DateField()
    from_night = models.DateField()  # the first night that has, or will have, this row
    open_amount = MoneyField()
    disputed_amount = MoneyField(default=0)
    claim_amount = MoneyField(default=0)

    class Meta:
        abstract = True


class Standing(Classified):
    """The present standing of an open due item.

    A narrow table of its own, because rewriting it every night is cheap here and dear in the wide one; the
    standing itself is in no index for the same reason.
    """

    due_item = models.OneToOneField(
        DueItem, models.PROTECT, primary_key=True, related_name="standing", db_constraint=False
    )
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="standings", db_constraint=False)

    objects = StandingQuerySet.as_manager()

    class Meta:
        constraints = [
            one_of("standing", Kind, name="standing_known"),
            one_of("rule", Rule, name="rule_known"),
        ]

    def __str__(self) -> str:
        return self.standing


class PastStanding(Classified):
    """A standing that is over: every night from `from_night` to `to_night`, both included, has had it.

    Two indexes and no key of its own: a night writes one for each row that it changes.
    """

    pk = models.CompositePrimaryKey("due_item_id", "from_night")
    due_item = models.ForeignKey(
        DueItem, models.PROTECT, related_name="past_standings", db_constraint=False, db_index=False
    )
    customer = models.ForeignKey(
        Customer, models.PROTECT, related_name="past_standings", db_constraint=False, db_index=False
    )
    to_night = models.DateField()

    objects = StandingQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(to_night__gte=models.F("from_night")), name="past_standing_in_order"
            ),
        ]
        indexes = [models.Index(fields=["to_night", "from_night"], name="past_standing_of_a_night")]

    def __str__(self) -> str:
        return f"{self.standing} until {self.to_night}"


class Change(Classified):
    """A row that is about to become the present standing: here only inside the transaction that writes it."""

    due_item = models.BigIntegerField(primary_key=True, db_column="due_item_id")
    customer = models.BigIntegerField(db_column="customer_id")

    def __str__(self) -> str:
        return f"{self.due_item}: {self.standing}"


class Candidate(models.Model):
    """A due item that a night looks at: the only ones that time or an event can have moved since the last night."""

    pk = models.CompositePrimaryKey("night", "due_item")
    night = models.BigIntegerField()
    due_item = models.BigIntegerField()
    customer = models.BigIntegerField()

    def __str__(self) -> str:
        return f"{self.night}: {self.due_item}"


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
    policy = models.ForeignKey(Version, models.PROTECT, null=True, blank=True, related_name="nights")
    mode = models.CharField(max_length=15, choices=Mode, default=Mode.FULL)
    known_until = models.DateTimeField()
    started_at = models.DateTimeField()
    classified_at = models.DateTimeField(null=True, blank=True)  # what is known later belongs to the next night
    done_at = models.DateTimeField(null=True, blank=True)
    touched = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    check_broken = models.PositiveIntegerField(null=True, blank=True)  # rows that break an invariant, found that night
    broken = models.JSONField(default=list, blank=True)  # these invariants, each with its name and its rows
    audited_at = models.DateTimeField(null=True, blank=True)  # when the whole book was compared with a full run
    audit_found = models.PositiveIntegerField(default=0)  # rows that the nights before had wrong: a defect

    def __str__(self) -> str:
        return f"{self.business_date}"


class NightStep(models.Model):
    """One step of a night, or one piece of it: waiting, in somebody's hands or done, and how many rows.

    What is listed here and not done is taken up again. Whoever works on a piece holds its row's lock, so that a
    worker that is killed lets it go at once; `claimed_at` is shown to people only.
    """

    night = models.ForeignKey(Night, models.PROTECT, related_name="steps")
    name = models.CharField(max_length=30)
    partition = models.PositiveIntegerField(default=0)  # the rep of a plan, the number of a range of customers
    first_customer = models.BigIntegerField(null=True, blank=True)  # keys of the range, both included
    last_customer = models.BigIntegerField(null=True, blank=True)
    position = models.PositiveSmallIntegerField()
    rows = models.PositiveIntegerField(default=0)
    milliseconds = models.PositiveIntegerField(default=0)
    claimed_at = models.DateTimeField(null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["night", "name", "partition"], name="night_step_once")]

    def __str__(self) -> str:
        return self.name


class GroupKey(models.Model):
    """Whom a total of a night is about: a rep, region, channel and segment. 0 is a customer of nobody."""

    rep = models.BigIntegerField(default=0)
    region = models.CharField(max_length=60, blank=True)
    channel = models.CharField(max_length=40, blank=True)
    segment = models.CharField(max_length=40, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["rep", "region", "channel", "segment"], name="group_key_once")]

    def __str__(self) -> str:
        return f"{self.rep} {self.region} {self.channel} {self.segment}".strip()


class Total(models.Model):
    """Sums of a night over due items of a currency, standing and bucket; and of its credit, as bucket and standing.

    `oldest` is the earliest due date among them; nights that were counted before it was kept have none.
    """

    night = models.ForeignKey(Night, models.PROTECT, related_name="+")
    currency = CurrencyField()
    standing = models.CharField(max_length=10)
    bucket = models.CharField(max_length=15)
    count = models.PositiveIntegerField()
    open_amount = MoneyField()
    disputed_amount = MoneyField(default=0)
    claim_amount = MoneyField(default=0)
    oldest = models.DateField(null=True, blank=True)

    class Meta:
        abstract = True


class NightTotal(Total):
    """The company's totals of a night."""

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["night", "currency", "standing", "bucket"], name="night_total_once")
        ]

    def __str__(self) -> str:
        return f"{self.night_id} {self.currency} {self.standing} {self.bucket}"


class NightGroupTotal(Total):
    """The same by group; a group's rows add up to the company's."""

    group = models.ForeignKey(GroupKey, models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["night", "group", "currency", "standing", "bucket"], name="night_group_total_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.night_id} {self.group_id} {self.currency} {self.standing} {self.bucket}"
