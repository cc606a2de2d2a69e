from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common.columns import CurrencyField, MoneyField, one_of
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
    iterations = models.PositiveIntegerField(default=0)
    value = MoneyField(default=0)  # base currency: the worth of all stops
    frame = models.JSONField(default=dict)  # working time, lunch, start and end of the way, how it was measured
    state = models.CharField(max_length=10, choices=State, default=State.PROPOSED)
    made_at = models.DateTimeField()
    approved_by = models.CharField(max_length=150, blank=True)
    approved_at = models.DateTimeField(null=True, blank=True)

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
    start_at = models.TimeField(null=True, blank=True)  # the visit begins; later than the arrival where he waits
    leave_at = models.TimeField(null=True, blank=True)
    opens_at = models.TimeField(null=True, blank=True)  # the window it lies in; empty: any time of the day
    closes_at = models.TimeField(null=True, blank=True)
    travel_minutes = models.PositiveSmallIntegerField(default=0)
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
    is_commitment = models.BooleanField(default=False)  # a promise due today, the due day itself, an appointment, a pin
    is_locked = models.BooleanField(default=False)  # keeps its rep and its time when the day is planned again
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
    contact = models.ForeignKey("cases.ContactMade", models.PROTECT, null=True, blank=True, related_name="outcomes")
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


class Wish(models.Model):
    """What somebody wants of a customer's visit on a day: surely (a pin, perhaps by a certain rep), or not (a skip)."""

    class Kind(models.TextChoices):
        PIN = "pin", _("Visit on this day")
        SKIP = "skip", _("Do not visit on this day")

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="wishes")
    on = models.DateField()
    kind = models.CharField(max_length=4, choices=Kind)
    rep = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="wishes")
    because = models.CharField(max_length=200, blank=True)
    entered_by = models.CharField(max_length=150)
    entered_at = models.DateTimeField()

    class Meta:
        constraints = [
            one_of("kind", ("pin", "skip"), name="wish_kind_known"),
            models.UniqueConstraint(fields=["customer", "on"], name="one_wish_a_day"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.customer_id} on {self.on}"


class Appointment(models.Model):
    """A time agreed with a customer, local: the visit begins between the two times."""

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="appointments")
    on = models.DateField()
    starts_at = models.TimeField()
    ends_at = models.TimeField()
    with_whom = models.CharField(max_length=100, blank=True)
    note = models.CharField(max_length=200, blank=True)
    entered_by = models.CharField(max_length=150)
    entered_at = models.DateTimeField()
    cancelled_at = models.DateTimeField(null=True, blank=True)
    cancelled_by = models.CharField(max_length=150, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gte=models.F("starts_at")), name="appointment_in_order"),
            models.UniqueConstraint(fields=["customer", "on"], condition=Q(cancelled_at=None), name="appointment_once"),
        ]
        indexes = [models.Index(fields=["on"], condition=Q(cancelled_at=None), name="appointment_on")]

    def __str__(self) -> str:
        return f"{self.customer_id} on {self.on} at {self.starts_at}"


class Announced(models.Model):
    """A collection planned for a day, to be confirmed with the customer one to three days before."""

    class State(models.TextChoices):
        OPEN = "open", _("To be called")
        CONFIRMED = "confirmed", _("Confirmed")
        DIFFERS = "differs", _("Amount differs")
        NOT_REACHED = "not reached", _("Not reached")
        REFUSED = "refused", _("Will not pay that day")
        DROPPED = "dropped", _("No longer asked for")

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="announced")
    on = models.DateField()  # the day of the planned visit
    currency = CurrencyField()
    amount = MoneyField()  # what the visit will ask for
    state = models.CharField(max_length=12, choices=State, default=State.OPEN)
    said_amount = MoneyField(null=True, blank=True)  # what the customer says he will pay
    said_at = models.TimeField(null=True, blank=True)  # and when he will be there
    note = models.CharField(max_length=200, blank=True)
    opened_on = models.DateField()
    answered_on = models.DateField(null=True, blank=True)
    answered_by = models.CharField(max_length=150, blank=True)
    entered_at = models.DateTimeField()

    class Meta:
        constraints = [
            one_of(
                "state",
                ("open", "confirmed", "differs", "not reached", "refused", "dropped"),
                name="announced_state_known",
            ),
            models.UniqueConstraint(fields=["customer", "on"], name="announced_once"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="announced_amount_positive"),
        ]
        indexes = [models.Index(fields=["on"], name="announced_on")]

    def __str__(self) -> str:
        return f"{self.customer_id} on {self.on}: {self.state}"


class Travel(models.Model):
    """What a map server said about the way from one place to another. Positions are ten-thousandths of a degree (some
    eleven metres), whole, so that a pair is found again; without seconds the server knows no way.
    """

    provider = models.CharField(max_length=10)
    profile = models.CharField(max_length=40)
    from_latitude = models.IntegerField()
    from_longitude = models.IntegerField()
    to_latitude = models.IntegerField()
    to_longitude = models.IntegerField()
    seconds = models.PositiveIntegerField(null=True, blank=True)
    metres = models.PositiveIntegerField(null=True, blank=True)
    fetched_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=[
                    "provider", "profile", "from_latitude", "from_longitude", "to_latitude", "to_longitude",
                ],
                name="travel_once",
            ),
            models.CheckConstraint(
                condition=Q(seconds=None, metres=None) | Q(seconds__isnull=False, metres__isnull=False),
                name="travel_whole",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.provider} {self.from_latitude},{self.from_longitude} {self.to_latitude},{self.to_longitude}"


class LearnedHabit(models.Model):
    """A rhythm read from a customer's payments and deliveries, as `visits.rhythm` finds it; one row of a kind.

    `value` is empty where the observations are too few or say nothing. `drift_since`: it was another before that day.
    """

    class Kind(models.TextChoices):
        PAYOUT = "pay-out day", _("Pay-out day")
        HOURS = "hours", _("Hour of paying")
        DELAY = "delay", _("Days late")
        CYCLE = "purchase cycle", _("Purchase cycle")
        RESTOCK = "next restock", _("Next restock")

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="learned_habits")
    kind = models.CharField(max_length=15, choices=Kind)
    value = models.JSONField(default=dict, blank=True)
    observations = models.PositiveIntegerField()
    drift_since = models.DateField(null=True, blank=True)
    computed_on = models.DateField()

    class Meta:
        constraints = [
            one_of(
                "kind", ("pay-out day", "hours", "delay", "purchase cycle", "next restock"), name="learned_kind_known"
            ),
            models.UniqueConstraint(fields=["customer", "kind"], name="learned_once"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.customer_id}"


class Chances(models.Model):
    """What was learned on a day of how customers pay, how well it foretold later outcomes, and what counts since then.

    Losses are mean log losses on later data, of what was learned, of the customer's own past rate and of the policy's
    table; the lowest one may count.
    """

    class Uses(models.TextChoices):
        LEARNED = "learned", _("What was learned")
        OWN_RATE = "own rate", _("The customer's own past rate")
        TABLE = "table", _("The policy's table")

    class Source(models.TextChoices):
        VISITS = "visits", _("Visits")
        PAYMENTS = "payments", _("Payments")

    adopted_on = models.DateField(unique=True)
    uses = models.CharField(max_length=10, choices=Uses)
    source = models.CharField(max_length=10, choices=Source)
    outcomes = models.PositiveIntegerField()
    cells = models.JSONField(default=dict)  # {"bands": {standing: [[days late, chance], …]}, "mean": …, "strength": …}
    log_loss = models.DecimalField(max_digits=8, decimal_places=5, null=True, blank=True)  # null: too little to judge
    simple_log_loss = models.DecimalField(max_digits=8, decimal_places=5, null=True, blank=True)
    table_log_loss = models.DecimalField(max_digits=8, decimal_places=5, null=True, blank=True)
    brier = models.DecimalField(max_digits=8, decimal_places=5, null=True, blank=True)
    simple_brier = models.DecimalField(max_digits=8, decimal_places=5, null=True, blank=True)
    auc = models.DecimalField(max_digits=6, decimal_places=5, null=True, blank=True)
    entered_at = models.DateTimeField()

    class Meta:
        constraints = [
            one_of("uses", ("learned", "own rate", "table"), name="chances_uses_known"),
            one_of("source", ("visits", "payments"), name="chances_source_known"),
        ]

    def __str__(self) -> str:
        return f"{self.uses} from {self.adopted_on}"

    @property
    def is_adopted(self) -> bool:
        return self.uses == self.Uses.LEARNED
