from typing import Self

from django.db import models
from django.db.models import Q

from common.columns import CurrencyField, MoneyField
from common.models import Document
from customers.models import Customer
from receivables.models import DueItem
from staff.models import User


class RunQuerySet(models.QuerySet["Run"]):
    def visible_to(self, user: User) -> Self:
        """A run spans all customers: it is for those who see everything."""
        return self if user.sees_everything else self.none()


class Run(models.Model):
    """One dunning run: all letters of a day. Issuing numbers it and freezes every letter's input; rendering follows."""

    as_of = models.DateField()
    issued_at = models.DateTimeField()
    issued_by = models.CharField(max_length=150)

    objects = RunQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.as_of}"


class LetterQuerySet(models.QuerySet["Letter"]):
    def visible_to(self, user: User) -> Self:
        if user.sees_everything:
            return self
        return self.filter(customer__in=Customer.objects.visible_to(user))


class Letter(models.Model):
    """A numbered letter with its frozen input. Once rendered, neither row nor bytes change."""

    run = models.ForeignKey(Run, models.PROTECT, related_name="letters")
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="letters")
    currency = CurrencyField()
    language = models.CharField(max_length=10)
    level = models.PositiveSmallIntegerField()
    series = models.CharField(max_length=10, default="D")
    year = models.PositiveSmallIntegerField()
    number = models.PositiveIntegerField()
    total_amount = MoneyField()
    pay_by = models.DateField()
    frozen = models.JSONField()  # everything the sheet prints
    document = models.OneToOneField(Document, models.PROTECT, null=True, blank=True, related_name="letter")
    sha256 = models.CharField(max_length=64, blank=True)
    rendered_at = models.DateTimeField(null=True, blank=True)

    objects = LetterQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["run", "customer", "currency"], name="one_letter_a_run"),
            models.UniqueConstraint(fields=["series", "year", "number"], name="letter_number_once"),
            models.CheckConstraint(condition=Q(total_amount__gt=0), name="letter_above_zero"),
            models.CheckConstraint(
                condition=Q(document=None, sha256="") | Q(document__isnull=False) & ~Q(sha256=""),
                name="rendered_letter_has_a_hash",
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def reference(self) -> str:
        return f"{self.series}{self.level} {self.year}-{self.number:04d}"


class LetterItem(models.Model):
    """A due item named in a letter at a level. The key (item, level, cycle) makes a second run send nothing."""

    letter = models.ForeignKey(Letter, models.PROTECT, related_name="items")
    due_item = models.ForeignKey(DueItem, models.PROTECT, related_name="letter_items")
    level = models.PositiveSmallIntegerField()
    cycle = models.PositiveSmallIntegerField(default=1)
    open_amount = MoneyField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["due_item", "level", "cycle"], name="one_letter_per_item_and_level"),
        ]

    def __str__(self) -> str:
        return f"{self.letter_id}: {self.due_item_id}"


class LeftOut(models.Model):
    """A customer that got no letter, or less in it, why, and when it comes back."""

    run = models.ForeignKey(Run, models.PROTECT, related_name="left_out")
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="+")
    currency = CurrencyField()
    amount = MoneyField()
    reason = models.CharField(max_length=200)
    returns_on = models.DateField(null=True, blank=True)

    def __str__(self) -> str:
        return self.reason
