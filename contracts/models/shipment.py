"""What was asked for and delivered: shipments with their lines, the release that let each leave, proof, counts."""

from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from common.columns import CurrencyField, MoneyField, exact
from common.models import Document
from contracts.models.contract import Contract, Product
from customers.models import Customer
from staff.models import User


class Release(models.Model):
    """The gate's answer that let a shipment leave. Written by `contracts.release` for the gate alone."""

    class Kind(models.TextChoices):
        PASSED = "passed", _("Passed the gate")
        SETTLED = "settled", _("Released by the money that settled it")
        OVERRIDE = "override", _("Override")
        TAKEN_OVER = "taken over", _("Taken over")  # delivered before this installation kept the gate

    kind = models.CharField(max_length=20, choices=Kind)
    answer = models.JSONField(default=dict)
    by = models.CharField(max_length=150)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return self.kind


class ShipmentQuerySet(models.QuerySet["Shipment"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(customer__in=Customer.objects.visible_to(user))


class Shipment(models.Model):
    """A batch of goods for a customer. Released or later means: it has a release."""

    class State(models.TextChoices):
        PLANNED = "planned", _("Planned")
        HELD = "held", _("Held")
        RELEASED = "released", _("Released")
        DELIVERED = "delivered", _("Delivered")
        RETURNED = "returned", _("Returned")
        CANCELLED = "cancelled", _("Cancelled")

    WAITS = (State.PLANNED, State.HELD)

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="shipments")
    contract = models.ForeignKey(Contract, models.PROTECT, null=True, blank=True, related_name="shipments")
    site = models.ForeignKey("customers.Site", models.PROTECT, null=True, blank=True)
    number = models.CharField(max_length=40, unique=True)
    batch = models.PositiveIntegerField(null=True, blank=True)  # counts the deliveries of the contract
    state = models.CharField(max_length=10, choices=State, default=State.PLANNED)
    asked_on = models.DateField()
    delivered_on = models.DateField(null=True, blank=True)
    returned_on = models.DateField(null=True, blank=True)
    currency = CurrencyField()
    amount = MoneyField()
    without_questions = models.BooleanField(default=False)  # the customer asked neither for price nor for terms
    split_from = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="rests")
    release = models.OneToOneField(Release, models.PROTECT, null=True, blank=True, related_name="shipment")

    objects = ShipmentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=("planned", "held", "cancelled")) | Q(release__isnull=False),
                name="nothing_leaves_without_release",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=("delivered", "returned")) | Q(delivered_on__isnull=False),
                name="delivered_has_a_day",
            ),
            models.CheckConstraint(
                condition=~Q(state="returned") | Q(returned_on__gte=F("delivered_on")), name="returned_after_delivery"
            ),
            models.CheckConstraint(condition=Q(amount__gte=0), name="shipment_not_negative"),
            models.UniqueConstraint(fields=["contract", "batch"], condition=Q(batch__isnull=False), name="batch_once"),
        ]
        indexes = [
            models.Index(fields=["customer"], condition=Q(state__in=("planned", "held")), name="shipment_waits"),
            models.Index(fields=["state", "asked_on"], name="shipment_by_state"),
        ]

    def __str__(self) -> str:
        return self.number


class ShipmentLine(models.Model):
    shipment = models.ForeignKey(Shipment, models.PROTECT, related_name="lines")
    product = models.ForeignKey(Product, models.PROTECT)
    quantity = models.DecimalField(max_digits=14, decimal_places=3)
    unit_price = models.DecimalField(max_digits=18, decimal_places=6)
    amount = MoneyField()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(quantity__gt=0), name="line_has_a_quantity")]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.product_id}"


class Proof(models.Model):
    """Who took the goods, when, and the signed paper."""

    shipment = models.OneToOneField(Shipment, models.PROTECT, related_name="proof")
    signed_by = models.CharField(max_length=100)
    signed_on = models.DateField()
    document = models.ForeignKey(Document, models.PROTECT, null=True, blank=True, related_name="proofs")
    entered_at = models.DateTimeField()
    entered_by = models.CharField(max_length=150)

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(signed_by=""), name="proof_names_somebody")]

    def __str__(self) -> str:
        return f"{self.signed_by} on {self.signed_on}"


class Count(models.Model):
    """Consigned goods of a batch, counted on a day. Quantities are totals since the delivery, not changes."""

    shipment = models.ForeignKey(Shipment, models.PROTECT, related_name="counts")
    counted_on = models.DateField()
    counted_by = models.CharField(max_length=100, blank=True)  # who of the customer confirmed it
    entered_at = models.DateTimeField()
    entered_by = models.CharField(max_length=150)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["shipment", "counted_on"], name="counted_once_a_day")]

    def __str__(self) -> str:
        return f"{self.shipment_id} on {self.counted_on}"


class CountLine(models.Model):
    """What became of a line's goods: sold + returned + on hand + lost = delivered, always."""

    count = models.ForeignKey(Count, models.PROTECT, related_name="lines")
    line = models.ForeignKey(ShipmentLine, models.PROTECT, related_name="counts")
    delivered = models.DecimalField(max_digits=14, decimal_places=3)
    sold = models.DecimalField(max_digits=14, decimal_places=3, default=0)
    returned = models.DecimalField(max_digits=14, decimal_places=3, default=0)
    on_hand = models.DecimalField(max_digits=14, decimal_places=3, default=0)
    lost = models.DecimalField(max_digits=14, decimal_places=3, default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["count", "line"], name="line_counted_once"),
            models.CheckConstraint(
                condition=Q(sold__gte=0, returned__gte=0, on_hand__gte=0, lost__gte=0), name="counted_not_negative"
            ),
            # rounded, because SQLite adds decimals as floats
            models.CheckConstraint(
                condition=Q(delivered=exact(F("sold") + F("returned") + F("on_hand") + F("lost"))),
                name="counted_adds_up",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.sold} sold of {self.delivered}"
