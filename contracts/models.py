from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from common.columns import CurrencyField, MoneyField
from customers.models import Customer
from staff.models import User


class Method(models.TextChoices):
    """How a contract is settled: the only methods there are (the rules stand in `contracts.terms`)."""

    IN_ADVANCE = "in_advance", _("In advance")
    CASH_ON_DELIVERY = "cash_on_delivery", _("Cash on delivery")
    TWO_DELIVERIES = "two_deliveries", _("Two deliveries, one settlement")
    PERIODIC = "periodic", _("On settlement days")
    NET = "net", _("Net days")
    FIXED = "fixed", _("Fixed date")
    INSTALMENTS = "instalments", _("Instalments")
    CONSIGNMENT = "consignment", _("Consignment")


class Contract(models.Model):
    """What was agreed with a customer. An active contract always has terms from which a due date can be computed."""

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        ACTIVE = "active", _("Active")
        ENDED = "ended", _("Ended")

    class Execution(models.TextChoices):
        SIGNATURE = "signature", _("Signed by an authorised signatory")
        CONTRACT_SEAL = "contract seal", _("Contract seal")
        UNIT_SEAL = "unit seal", _("Unit seal")
        PERSONAL_SEAL = "personal seal", _("Personal seal only")
        E_SIGNATURE = "e-signature", _("E-signature")
        NONE = "none", _("Not executed")

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="contracts")
    number = models.CharField(max_length=40)
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT)
    execution = models.CharField(max_length=20, choices=Execution, default=Execution.NONE)
    signed_on = models.DateField(null=True, blank=True)
    starts_on = models.DateField()
    ends_before = models.DateField(null=True, blank=True)
    currency = CurrencyField()
    settlement_clause = models.CharField(max_length=40, blank=True)
    method = models.CharField(max_length=20, choices=Method, blank=True)
    parameters = models.JSONField(default=dict, blank=True)
    charges_first = models.BooleanField(null=True, blank=True)  # None: as the law of the place has it

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["customer", "number"], name="contract_once"),
            models.CheckConstraint(
                condition=~Q(state="active") | Q(method__in=Method.values),
                name="active_contract_has_a_method",
            ),
            models.CheckConstraint(
                condition=Q(ends_before=None) | Q(ends_before__gt=F("starts_on")), name="contract_in_order"
            ),
        ]

    def __str__(self) -> str:
        return self.number


class Product(models.Model):
    code = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=200)
    unit = models.CharField(max_length=20, default="case")

    def __str__(self) -> str:
        return self.name


class PriceLine(models.Model):
    """The agreed price of a product, per unit, for a time. Six places: unit prices are finer than money."""

    contract = models.ForeignKey(Contract, models.PROTECT, related_name="price_lines")
    product = models.ForeignKey(Product, models.PROTECT)
    unit_price = models.DecimalField(max_digits=18, decimal_places=6)
    starts_on = models.DateField()
    ends_before = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["contract", "product", "starts_on"], name="price_once"),
            models.CheckConstraint(condition=Q(unit_price__gte=0), name="price_not_negative"),
            models.CheckConstraint(
                condition=Q(ends_before=None) | Q(ends_before__gt=F("starts_on")), name="price_in_order"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.product_id}: {self.unit_price}"


class Release(models.Model):
    """The gate's answer that let a shipment leave. Written by `contracts.release` for the gate alone."""

    class Kind(models.TextChoices):
        PASSED = "passed", _("Passed the gate")
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

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="shipments")
    contract = models.ForeignKey(Contract, models.PROTECT, null=True, blank=True, related_name="shipments")
    site = models.ForeignKey("customers.Site", models.PROTECT, null=True, blank=True)
    number = models.CharField(max_length=40, unique=True)
    batch = models.PositiveIntegerField(null=True, blank=True)  # counts the deliveries of the contract
    state = models.CharField(max_length=10, choices=State, default=State.PLANNED)
    asked_on = models.DateField()
    delivered_on = models.DateField(null=True, blank=True)
    currency = CurrencyField()
    amount = MoneyField()
    release = models.OneToOneField(Release, models.PROTECT, null=True, blank=True, related_name="shipment")

    objects = ShipmentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=("planned", "held")) | Q(release__isnull=False),
                name="nothing_leaves_without_release",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=("delivered", "returned")) | Q(delivered_on__isnull=False),
                name="delivered_has_a_day",
            ),
            models.CheckConstraint(condition=Q(amount__gte=0), name="shipment_not_negative"),
            models.UniqueConstraint(fields=["contract", "batch"], condition=Q(batch__isnull=False), name="batch_once"),
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
