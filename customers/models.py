from datetime import date
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common import clock
from common.columns import CurrencyField, MoneyField, one_of
from staff.models import Absence, Role, Team, User


class Group(models.Model):
    """Customers that belong together: one limit, often one payer."""

    name = models.CharField(max_length=200, unique=True)

    def __str__(self) -> str:
        return self.name


class CustomerQuerySet(models.QuerySet["Customer"]):
    def visible_to(self, user: User) -> Self:
        """A rep sees the customers he owns now, those of a colleague for whom he stands in today, those that his team
        visits together, and those lent to him; a manager those of his teams, the others all of them.
        """
        if user.sees_everything:
            return self
        if user.role == Role.MANAGER:
            return self.filter(Q(owner__team__in=user.led_teams.all()) | Q(owner=None))
        today = clock.business_today()
        stands_in = Q(owner__in=Absence.objects.on(today).filter(deputy=user).values("rep"))
        lent = Q(pk__in=Loan.objects.filter(rep=user, on__gte=today).values("customer"))
        return self.filter(Q(owner=user) | stands_in | lent | Q(pool__isnull=False, pool=user.team_id))


class Customer(models.Model):
    """A bill-to account.

    `owner` repeats the ownership in force now, and the five days from `insolvent_on` on the conditions that run now;
    the dated truth is `Ownership` and `Condition`.
    """

    code = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=200)
    owner = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="customers")
    group = models.ForeignKey(Group, models.PROTECT, null=True, blank=True)
    payer = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="pays_for")
    pool = models.ForeignKey(
        Team, models.PROTECT, null=True, blank=True, related_name="pooled"
    )  # any rep of this team may visit
    segment = models.CharField(max_length=40, blank=True)
    channel = models.CharField(max_length=40, blank=True)
    region = models.CharField(max_length=60, blank=True)
    language = models.CharField(max_length=10, default="en")
    country = models.CharField(max_length=2, blank=True)
    vat_id = models.CharField(max_length=40, blank=True)
    insolvent_on = models.DateField(null=True, blank=True)
    closed_on = models.DateField(null=True, blank=True)
    in_court_on = models.DateField(null=True, blank=True)
    handed_over_on = models.DateField(null=True, blank=True)  # to an agency or lawyer: neither visited nor dunned
    assigned_on = models.DateField(null=True, blank=True)  # its debts are sold (factored): the assignee collects
    entered_at = models.DateTimeField()

    objects = CustomerQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["name"], name="customer_name")]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class OwnershipQuerySet(models.QuerySet["Ownership"]):
    def on(self, day: date) -> Self:
        return self.filter(starts_on__lte=day).filter(Q(ends_before=None) | Q(ends_before__gt=day))


class Ownership(models.Model):
    """Which rep answers for a customer, from when and until when (exclusive). Periods of a customer never overlap."""

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="ownerships")
    rep = models.ForeignKey(User, models.PROTECT, related_name="ownerships")
    starts_on = models.DateField()
    ends_before = models.DateField(null=True, blank=True)
    entered_at = models.DateTimeField()

    objects = OwnershipQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["customer"], condition=Q(ends_before=None), name="one_owner_at_a_time"),
            models.UniqueConstraint(fields=["customer", "starts_on"], name="one_owner_from_a_day"),
            models.CheckConstraint(
                condition=Q(ends_before=None) | Q(ends_before__gt=models.F("starts_on")),
                name="ownership_in_order",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.customer_id} {self.rep_id} from {self.starts_on}"


class Loan(models.Model):
    """The rep who visits a customer of somebody else on a day. He sees it until that day is over; the owner stays."""

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="loans")
    rep = models.ForeignKey(User, models.PROTECT, related_name="loans")
    on = models.DateField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["customer", "on"], name="one_loan_a_day")]

    def __str__(self) -> str:
        return f"{self.customer_id} to {self.rep_id} on {self.on}"


class Condition(models.Model):
    """What has befallen a customer as a debtor, from a day until a day (exclusive). One of a kind runs at a time.

    `entered_at` and `ended_at` are when its begin and its end became known to us.
    """

    class Kind(models.TextChoices):
        INSOLVENT = "insolvent", _("Insolvent")
        CLOSED = "closed", _("Closed")
        IN_COURT = "in court", _("In court")
        HANDED_OVER = "handed over", _("Handed over to an agency or lawyer")
        ASSIGNED = "assigned", _("Assigned (factored)")

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="conditions")
    kind = models.CharField(max_length=15, choices=Kind)
    starts_on = models.DateField()
    ends_before = models.DateField(null=True, blank=True)
    reference = models.CharField(max_length=200, blank=True)  # the court's file, the agency, the assignee
    register_by = models.DateField(null=True, blank=True)  # until when a claim is registered with the administrator
    entered_at = models.DateTimeField()
    entered_by = models.CharField(max_length=150, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.CharField(max_length=150, blank=True)

    class Meta:
        constraints = [
            one_of("kind", ("insolvent", "closed", "in court", "handed over", "assigned"), name="condition_kind_known"),
            models.UniqueConstraint(
                fields=["customer", "kind"], condition=Q(ends_before=None), name="one_condition_of_a_kind"
            ),
            models.CheckConstraint(
                condition=Q(ends_before=None, ended_at=None)
                | Q(ends_before__gte=models.F("starts_on"), ended_at__isnull=False),
                name="condition_in_order",
            ),
        ]
        indexes = [
            models.Index(fields=["starts_on"], name="condition_starts"),
            models.Index(fields=["ends_before"], name="condition_ends"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} since {self.starts_on}"


class Site(models.Model):
    """A place of business where goods go or money is fetched. Never a home."""

    class Precision(models.TextChoices):
        EXACT = "exact", _("Exact")
        STREET = "street", _("Street")
        POSTCODE = "postcode", _("Postcode")
        CITY = "city", _("Town")
        NONE = "none", _("Unknown")

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="sites")
    name = models.CharField(max_length=100, blank=True)
    street = models.CharField(max_length=200, blank=True)
    postcode = models.CharField(max_length=20, blank=True)
    city = models.CharField(max_length=100, blank=True)
    country = models.CharField(max_length=2, blank=True)
    latitude = models.DecimalField(max_digits=9, decimal_places=6, null=True, blank=True)
    longitude = models.DecimalField(max_digits=9, decimal_places=6, null=True, blank=True)
    precision = models.CharField(max_length=10, choices=Precision, default=Precision.NONE)
    pays_here = models.BooleanField(default=False)  # the site that is visited for money
    opens_at = models.TimeField(null=True, blank=True)
    closes_at = models.TimeField(null=True, blank=True)
    open_days = models.CharField(max_length=30, blank=True)  # "mon,tue,sat"; empty: the working days of the business

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(latitude=None, longitude=None) | Q(latitude__range=(-90, 90), longitude__range=(-180, 180)),
                name="site_on_earth",
            ),
            models.UniqueConstraint(fields=["customer"], condition=Q(pays_here=True), name="one_site_pays"),
        ]

    def __str__(self) -> str:
        return f"{self.street}, {self.city}"


class Contact(models.Model):
    """A person in a role at the customer: kept for a purpose, from a source."""

    class Kind(models.TextChoices):
        OWNER = "owner", _("Owner")
        SIGNATORY = "signatory", _("Signs payments")
        DECISION_MAKER = "decision maker", _("Decides payments")
        FINANCE = "finance", _("Finance")
        LEGAL = "legal", _("Legal representative")
        COUNTER = "counter", _("Counter")

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="contacts")
    name = models.CharField(max_length=100)
    role = models.CharField(max_length=20, choices=Kind)
    phone = models.CharField(max_length=40, blank=True)
    email = models.EmailField(blank=True)
    salutation = models.CharField(max_length=40, blank=True)
    purpose = models.CharField(max_length=100, default="settlement of invoices")
    source = models.CharField(max_length=100, blank=True)
    in_from = models.TimeField(null=True, blank=True)
    in_until = models.TimeField(null=True, blank=True)
    in_days = models.CharField(max_length=30, blank=True)  # weekdays, as of a site; empty: whenever it is open
    left_on = models.DateField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.name} ({self.get_role_display()})"


class Habit(models.Model):
    """What the customer says about how it pays: a rule in the words of `contracts.terms`, e.g. "weekly tue".

    Steps of its payment procedure stand in order (`position`), each with its days and what happens then (`note`). An
    invoice type or a reconciliation without which nothing is paid says how many working days before (`days_before`).
    """

    class Kind(models.TextChoices):
        SETTLEMENT_DAY = "settlement day", _("Settlement day")
        METHOD = "method", _("Pays by")
        HOURS = "hours", _("Pays between")
        TABOO = "taboo", _("Never visit")
        INVOICE_TYPE = "invoice type", _("Invoice type")
        RECONCILIATION = "reconciliation", _("Reconciliation first")
        STEP = "step", _("Step of the payment procedure")

    PREREQUISITES = (Kind.INVOICE_TYPE, Kind.RECONCILIATION)

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="habits")
    kind = models.CharField(max_length=20, choices=Kind)
    rule = models.CharField(max_length=100, blank=True)  # empty of a step alone, whose days nobody knows
    note = models.CharField(max_length=200, blank=True)
    position = models.PositiveSmallIntegerField(null=True, blank=True)
    days_before = models.PositiveSmallIntegerField(null=True, blank=True)
    stated_by = models.CharField(max_length=100, blank=True)
    stated_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            one_of(
                "kind",
                ("settlement day", "method", "hours", "taboo", "invoice type", "reconciliation", "step"),
                name="habit_kind_known",
            ),
            models.UniqueConstraint(fields=["customer", "kind", "rule"], condition=~Q(kind="step"), name="habit_once"),
            models.UniqueConstraint(
                fields=["customer", "position"], condition=Q(position__isnull=False), name="step_position_once"
            ),
            models.CheckConstraint(
                condition=(Q(kind="step", position__isnull=False) & ~Q(note=""))
                | (~Q(kind="step") & Q(position=None) & ~Q(rule="")),
                name="step_says_what_happens",
            ),
            models.CheckConstraint(
                condition=Q(days_before=None) | Q(kind__in=("invoice type", "reconciliation")),
                name="days_before_of_prerequisites",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind}: {self.rule or self.note}"


class CustomerAbsence(models.Model):
    """Days on which nobody pays there, `ends_before` exclusive: the whole customer is closed, or one person is away."""

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="absences")
    contact = models.ForeignKey(Contact, models.PROTECT, null=True, blank=True, related_name="absences")
    starts_on = models.DateField()
    ends_before = models.DateField()
    note = models.CharField(max_length=200, blank=True)
    entered_by = models.CharField(max_length=150)
    entered_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_before__gt=models.F("starts_on")), name="customer_absence_in_order"
            ),
        ]
        indexes = [models.Index(fields=["ends_before"], name="customer_absence_ends")]

    def __str__(self) -> str:
        return f"{self.contact_id or self.customer_id} from {self.starts_on}"


class Limit(models.Model):
    """How much a customer, or a group, may owe at once, from a day on.

    An insured limit (`insurer` named) has an end, the largest extension that the insurer allows, and the days after
    the due date by which he must be told; our own has none of these.
    """

    customer = models.ForeignKey(Customer, models.PROTECT, null=True, blank=True, related_name="limits")
    group = models.ForeignKey(Group, models.PROTECT, null=True, blank=True, related_name="limits")
    amount = MoneyField()
    currency = CurrencyField()
    starts_on = models.DateField()
    ends_before = models.DateField(null=True, blank=True)
    insurer = models.CharField(max_length=100, blank=True)
    policy_number = models.CharField(max_length=60, blank=True)
    largest_extension_days = models.PositiveSmallIntegerField(null=True, blank=True)
    notify_after_days = models.PositiveSmallIntegerField(null=True, blank=True)
    because = models.CharField(max_length=200, blank=True)
    entered_at = models.DateTimeField(null=True, blank=True)  # None: written before this was kept
    entered_by = models.CharField(max_length=150, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(customer=None, group__isnull=False) | Q(customer__isnull=False, group=None),
                name="limit_of_customer_or_group",
            ),
            models.CheckConstraint(condition=Q(amount__gte=0), name="limit_not_negative"),
            models.CheckConstraint(
                condition=Q(ends_before=None) | Q(ends_before__gt=models.F("starts_on")), name="limit_in_order"
            ),
            models.CheckConstraint(
                condition=Q(insurer="", largest_extension_days=None, notify_after_days=None)
                | (~Q(insurer="") & Q(ends_before__isnull=False)),
                name="insured_limit_has_an_end",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.amount} {self.currency}"


class Mark(models.Model):
    """Something happened to this customer: a row for the upper floors to fetch. Always a new row, never a flag."""

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="marks")
    because = models.CharField(max_length=60)
    happened_on = models.DateField()
    entered_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.customer_id}: {self.because}"


class Postcode(models.Model):
    """Where a postcode of the company's list lies. Both names are kept as they are compared: `customers.postcodes`."""

    country = models.CharField(max_length=2)
    postcode = models.CharField(max_length=20)
    city = models.CharField(max_length=100, blank=True)
    latitude = models.DecimalField(max_digits=9, decimal_places=6)
    longitude = models.DecimalField(max_digits=9, decimal_places=6)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["country", "postcode", "city"], name="postcode_once"),
            models.CheckConstraint(
                condition=Q(latitude__range=(-90, 90), longitude__range=(-180, 180)), name="postcode_on_earth"
            ),
        ]
        indexes = [models.Index(fields=["country", "city"], name="postcode_city")]

    def __str__(self) -> str:
        return f"{self.country} {self.postcode}"
