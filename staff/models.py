from datetime import date
from decimal import Decimal
from typing import ClassVar, Self

from django.contrib.auth.models import AbstractUser, UserManager
from django.db import models
from django.utils.translation import gettext_lazy as _

from common.columns import CurrencyField


class Business(models.Model):
    """The one legal entity that this installation serves. Its time zone is the setting TIME_ZONE."""

    name = models.CharField(max_length=200)
    tagline = models.CharField(max_length=200, blank=True)
    street = models.CharField(max_length=200, blank=True)
    postcode = models.CharField(max_length=20, blank=True)
    city = models.CharField(max_length=100, blank=True)
    country = models.CharField(max_length=2, default="IE")
    registration = models.CharField(max_length=200, blank=True)  # register and number, as the law of the place asks
    vat_id = models.CharField(max_length=40, blank=True)
    phone = models.CharField(max_length=40, blank=True)
    email = models.EmailField(blank=True)
    contact_name = models.CharField(max_length=100, blank=True)
    base_currency = CurrencyField(default="EUR")
    calendar = models.CharField(max_length=2, default="IE")  # country of the working days
    latitude = models.DecimalField(max_digits=9, decimal_places=6, null=True, blank=True)
    longitude = models.DecimalField(max_digits=9, decimal_places=6, null=True, blank=True)
    charges_first = models.BooleanField(
        default=True
    )  # money settles cost and interest before principal (law of the place)
    cash_limit = models.DecimalField(
        max_digits=18, decimal_places=3, default=2000
    )  # a rep carries at most, base currency
    deposit_days = models.PositiveSmallIntegerField(default=1)  # working days in which cash is handed in
    extensions_per_year = models.PositiveSmallIntegerField(default=2)  # granted to one customer at most
    money_costs = models.DecimalField(
        max_digits=7, decimal_places=6, default=Decimal("0.08")
    )  # a year, as a share: what waiting for money costs us
    opening_on = models.DateField(null=True, blank=True)  # the take-over day; ageing before it is not known

    class Meta:
        verbose_name_plural = "businesses"

    def __str__(self) -> str:
        return self.name


class BankAccount(models.Model):
    """Where customers pay to: one account per currency."""

    business = models.ForeignKey(Business, models.PROTECT, related_name="bank_accounts")
    currency = CurrencyField(unique=True)
    bank_name = models.CharField(max_length=100)
    iban = models.CharField(max_length=40)
    bic = models.CharField(max_length=11, blank=True)
    tolerance = models.DecimalField(max_digits=18, decimal_places=3, default=0)  # a smaller rest is closed by rule

    def __str__(self) -> str:
        return f"{self.currency} {self.iban}"


class Team(models.Model):
    name = models.CharField(max_length=100, unique=True)

    def __str__(self) -> str:
        return self.name


class Role(models.TextChoices):
    REP = "rep", _("Rep")
    MANAGER = "manager", _("Manager")
    FINANCE = "finance", _("Finance")
    AUDITOR = "auditor", _("Auditor")
    ADMIN = "admin", _("Admin")


class Theme(models.TextChoices):
    SYSTEM = "system", _("As the system")
    LIGHT = "light", _("Light")
    DARK = "dark", _("Dark")


class Density(models.TextChoices):
    COMFORTABLE = "comfortable", _("Comfortable")
    DENSE = "dense", _("Dense")


class UserQuerySet(models.QuerySet["User"]):
    def reps(self) -> Self:
        return self.filter(role=Role.REP, is_active=True)

    def visible_to(self, user: "User") -> Self:
        """Reps whose figures this person may see: oneself, one's teams', or everybody's."""
        if user.sees_everything:
            return self
        if user.role == Role.MANAGER:
            return self.filter(models.Q(team__in=user.led_teams.all()) | models.Q(pk=user.pk))
        return self.filter(pk=user.pk)


class PeopleManager(UserManager.from_queryset(UserQuerySet)):  # type: ignore[misc]
    pass


class User(AbstractUser):
    """Somebody of the business, with one role. A rep belongs to a team; a manager leads teams."""

    role = models.CharField(max_length=10, choices=Role, default=Role.REP)
    team = models.ForeignKey(Team, models.PROTECT, null=True, blank=True, related_name="members")
    led_teams = models.ManyToManyField(Team, blank=True, related_name="managers")
    phone = models.CharField(max_length=40, blank=True)
    language = models.CharField(max_length=10, default="en")
    theme = models.CharField(max_length=10, choices=Theme, default=Theme.SYSTEM)
    density = models.CharField(max_length=12, choices=Density, default=Density.COMFORTABLE)
    latitude = models.DecimalField(max_digits=9, decimal_places=6, null=True, blank=True)  # where the day starts
    longitude = models.DecimalField(max_digits=9, decimal_places=6, null=True, blank=True)
    end_latitude = models.DecimalField(max_digits=9, decimal_places=6, null=True, blank=True)  # where it ends, if apart
    end_longitude = models.DecimalField(max_digits=9, decimal_places=6, null=True, blank=True)
    calendar_key = models.CharField(max_length=43, blank=True, editable=False)  # empty: no link to the calendar

    objects: ClassVar[PeopleManager] = PeopleManager()

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(role__in=Role.values), name="user_role_known")]

    @property
    def sees_everything(self) -> bool:
        return self.role in {Role.FINANCE, Role.AUDITOR, Role.ADMIN}

    def __str__(self) -> str:
        return self.get_full_name() or self.username


class RepDay(models.Model):
    """A rep's working time on a weekday (0 is Monday), local. Without any row the policy's hours hold on working days;
    with one, a weekday that has none is free.
    """

    rep = models.ForeignKey(User, models.PROTECT, related_name="days")
    weekday = models.PositiveSmallIntegerField()
    starts_at = models.TimeField()
    ends_at = models.TimeField()
    lunch_from = models.TimeField(null=True, blank=True)
    lunch_until = models.TimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["rep", "weekday"], name="rep_day_once"),
            models.CheckConstraint(condition=models.Q(weekday__lte=6), name="rep_day_of_the_week"),
            models.CheckConstraint(condition=models.Q(ends_at__gt=models.F("starts_at")), name="rep_day_in_order"),
            models.CheckConstraint(
                condition=models.Q(lunch_from=None, lunch_until=None)
                | models.Q(lunch_until__gt=models.F("lunch_from")),
                name="lunch_in_order",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rep_id} on {self.weekday}"


class AbsenceQuerySet(models.QuerySet["Absence"]):
    def on(self, day: date) -> Self:
        return self.filter(starts_on__lte=day, ends_before__gt=day)


class Absence(models.Model):
    """Days on which somebody is away, `ends_before` exclusive. The deputy sees and visits; ownership stays."""

    rep = models.ForeignKey(User, models.PROTECT, related_name="absences")
    starts_on = models.DateField()
    ends_before = models.DateField()
    because = models.CharField(max_length=100, blank=True)
    deputy = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="stands_in")
    entered_by = models.CharField(max_length=150, blank=True)
    entered_at = models.DateTimeField()

    objects = AbsenceQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(ends_before__gt=models.F("starts_on")), name="absence_in_order"),
            models.CheckConstraint(
                condition=models.Q(deputy=None) | ~models.Q(deputy=models.F("rep")), name="deputy_is_another"
            ),
        ]
        indexes = [models.Index(fields=["ends_before"], name="absence_ends")]

    def __str__(self) -> str:
        return f"{self.rep_id} away from {self.starts_on}"


class Approval(models.Model):
    """Up to which amount, in base currency, a role may approve a kind of deed; an empty amount is any."""

    class Kind(models.TextChoices):
        EXTENSION = "extension", _("Extension or instalment plan")
        OVERRIDE = "override", _("Release against the gate")
        LIMIT = "limit", _("Credit limit")
        LADDER = "ladder", _("Step of the supply ladder")

    role = models.CharField(max_length=10, choices=Role)
    kind = models.CharField(max_length=12, choices=Kind)
    up_to = models.DecimalField(max_digits=18, decimal_places=3, null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["role", "kind"], name="approval_once"),
            models.CheckConstraint(
                condition=models.Q(up_to=None) | models.Q(up_to__gte=0), name="approval_not_negative"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.role} {self.kind}"
