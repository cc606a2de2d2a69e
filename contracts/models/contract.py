"""What was agreed with a customer: terms, prices, clauses, and how the contract was executed."""

from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from common.columns import CurrencyField
from common.models import Document
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


class ContractQuerySet(models.QuerySet["Contract"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(customer__in=Customer.objects.visible_to(user))


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

    class Title(models.TextChoices):
        """Who owns the goods until they are paid."""

        NONE = "none", _("No retention of title")
        SIMPLE = "simple", _("Title stays until these goods are paid")
        ALL_MONEYS = "all moneys", _("Title stays until everything is paid")
        EXTENDED = "extended", _("Extended to the proceeds of resale")

    class Rest(models.TextChoices):
        """What happens to consigned goods that are not sold by the last day."""

        RETURNED = "returned", _("Unsold goods come back")
        BOUGHT = "bought", _("Unsold goods are bought")

    class Counter(models.TextChoices):
        """Who counts consigned goods at the customer's."""

        US = "us", _("We count them")
        CUSTOMER = "customer", _("The customer counts them")
        TOGETHER = "together", _("Both count them together")

    class ConsignedTitle(models.TextChoices):
        """Whose consigned goods are meanwhile."""

        UNTIL_SOLD = "until sold", _("Ours until a count finds them sold")
        UNTIL_PAID = "until paid", _("Ours until they are paid")

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="contracts")
    number = models.CharField(max_length=40)
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT)
    language = models.CharField(max_length=10, default="en")
    starts_on = models.DateField()
    ends_before = models.DateField(null=True, blank=True)
    currency = CurrencyField()
    document = models.ForeignKey(Document, models.PROTECT, null=True, blank=True, related_name="contracts")

    execution = models.CharField(max_length=20, choices=Execution, default=Execution.NONE)
    signed_on = models.DateField(null=True, blank=True)
    signed_by = models.CharField(max_length=100, blank=True)
    has_authority = models.BooleanField(default=True)  # whoever signed may bind the customer
    terms_accepted_on = models.DateField(null=True, blank=True)  # terms are told before the first release
    terms_accepted_by = models.CharField(max_length=100, blank=True)

    settlement_clause = models.CharField(max_length=40, blank=True)  # its number in the contract
    settlement_text = models.TextField(blank=True)  # its wording, looked at by the linter
    method = models.CharField(max_length=20, choices=Method, blank=True)
    parameters = models.JSONField(default=dict, blank=True)
    charges_first = models.BooleanField(null=True, blank=True)  # None: as the law of the place has it
    rest_callable = models.BooleanField(default=False)  # a missed instalment makes the rest due, by recorded notice
    benefits_while_current = models.BooleanField(default=False)  # rebates only while nothing is late
    interest_clause = models.CharField(max_length=40, blank=True)  # a regime: "eu:IE", "contract:8"
    title = models.CharField(max_length=12, choices=Title, default=Title.NONE)
    title_agreed_on = models.DateField(null=True, blank=True)
    title_registered_on = models.DateField(null=True, blank=True)
    consignment_rest = models.CharField(max_length=10, choices=Rest, default=Rest.RETURNED)
    consignment_clause = models.CharField(max_length=40, blank=True)  # its number in the contract
    consignment_text = models.TextField(blank=True)  # its wording, looked at by the linter
    count_every = models.PositiveSmallIntegerField(null=True, blank=True)  # days between two counts
    counter = models.CharField(max_length=10, choices=Counter, blank=True)
    consigned_title = models.CharField(max_length=12, choices=ConsignedTitle, blank=True)

    objects = ContractQuerySet.as_manager()

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
            models.CheckConstraint(
                condition=Q(title="none") | Q(title_agreed_on__isnull=False), name="title_agreed_on_a_day"
            ),
            models.CheckConstraint(
                condition=Q(count_every=None) | Q(count_every__gte=1), name="counted_after_a_day_or_more"
            ),
        ]

    def __str__(self) -> str:
        return self.number


class Reading(models.Model):
    """Somebody has read a clause with marked words, and says from which of its words the day follows.

    It counts for this very wording: whoever changes the clause has it read again.
    """

    contract = models.ForeignKey(Contract, models.PROTECT, related_name="readings")
    wording = models.TextField()
    grounds = models.CharField(max_length=300)
    entered_at = models.DateTimeField()
    entered_by = models.CharField(max_length=150)

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(grounds=""), name="reading_gives_grounds")]

    def __str__(self) -> str:
        return self.grounds


class Product(models.Model):
    code = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=200)
    unit = models.CharField(max_length=20, default="case")

    def __str__(self) -> str:
        return self.name


class PriceLine(models.Model):
    """The agreed price of a product, per unit, for a time. Six places: unit prices are finer than money.

    `credit_days` is the tier: the price for goods paid within so many days; None is the price of the contract's terms.
    """

    contract = models.ForeignKey(Contract, models.PROTECT, related_name="price_lines")
    product = models.ForeignKey(Product, models.PROTECT)
    unit_price = models.DecimalField(max_digits=18, decimal_places=6)
    credit_days = models.PositiveSmallIntegerField(null=True, blank=True)
    starts_on = models.DateField()
    ends_before = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["contract", "product", "starts_on"], condition=Q(credit_days=None), name="price_once"
            ),
            models.UniqueConstraint(
                fields=["contract", "product", "starts_on", "credit_days"],
                condition=Q(credit_days__isnull=False),
                name="price_of_a_tier_once",
            ),
            models.CheckConstraint(condition=Q(unit_price__gte=0), name="price_not_negative"),
            models.CheckConstraint(
                condition=Q(ends_before=None) | Q(ends_before__gt=F("starts_on")), name="price_in_order"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.product_id}: {self.unit_price}"
