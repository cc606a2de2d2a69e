from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common import money
from common.columns import CurrencyField, MoneyField
from common.models import Document
from customers.models import Customer
from receivables.models import CreditNote, DueItem, Invoice, Paper, Receipt
from staff.models import Role, User

READERS = {Role.FINANCE, Role.ADMIN, Role.AUDITOR}


class FileQuerySet(models.QuerySet["File"]):
    def visible_to(self, user: User) -> Self:
        """Files are the business of finance: a rep or manager sees none, an auditor reads all."""
        return self if user.role in READERS else self.none()

    def snapshots(self) -> Self:
        return self.filter(state=File.State.STORED, as_of__isnull=False)


class File(models.Model):
    """A file that came in, known by its hash. Stored rows make it known; a refused file may be sent again."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")  # uploaded and previewed, not confirmed
        STORED = "stored", _("Imported")

    sha256 = models.CharField(max_length=64)
    name = models.CharField(max_length=200)
    profile = models.CharField(max_length=60)
    profile_hash = models.CharField(max_length=64, blank=True)  # another text of the profile reads another file
    kind = models.CharField(max_length=20, default="receivables")
    as_of = models.DateField(null=True, blank=True)  # the day of a snapshot; an upload has it where it was typed
    covers = models.JSONField(default=list, blank=True)  # the segments of a snapshot; none is the whole book
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    content = models.BinaryField(null=True, blank=True)  # held between preview and confirmation only
    report = models.JSONField(default=dict)
    refused_rows = models.ForeignKey(Document, models.PROTECT, null=True, blank=True, related_name="+")
    received_by = models.CharField(max_length=150)
    received_at = models.DateTimeField()
    stored_at = models.DateTimeField(null=True, blank=True)

    objects = FileQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["sha256", "profile", "profile_hash", "kind"],
                condition=Q(state="stored", as_of=None),
                name="file_stored_once",
            ),
            models.UniqueConstraint(
                fields=["sha256", "profile", "profile_hash", "kind", "as_of"],
                condition=Q(state="stored", as_of__isnull=False),
                name="snapshot_stored_once",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class DifferenceQuerySet(models.QuerySet["Difference"]):
    def visible_to(self, user: User) -> Self:
        return self if user.role in READERS else self.none()

    def open(self) -> Self:
        return self.filter(state=Difference.State.OPEN)


class Difference(models.Model):
    """What a snapshot says otherwise than our book, and a person decides: ours or the ledger's.

    A due date is of a due item, a larger open amount of an invoice or a credit note. Money that settles `invoice`
    here may settle the `other` one in the ledger, and what fell there may be the `receipt` or `paper` in hand: counted
    as a payment of its own, it would count twice.
    """

    class What(models.TextChoices):
        LARGER = "larger", _("Larger open amount")
        DUE_DATE = "due date", _("Changed due date")
        ELSEWHERE = "elsewhere", _("Settled another invoice")
        RECEIPT = "receipt", _("May be a receipt")
        PAPER = "paper", _("May be a paper in hand")

    IN_HAND = (What.RECEIPT, What.PAPER)

    class State(models.TextChoices):
        OPEN = "open", _("To decide")
        ACCEPTED = "accepted", _("The ledger's value taken")
        KEPT = "kept", _("Our value kept")
        GONE = "gone", _("Differs no more")

    file = models.ForeignKey(File, models.PROTECT, related_name="differences")
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="differences")
    invoice = models.ForeignKey(Invoice, models.PROTECT, null=True, blank=True, related_name="differences")
    credit_note = models.ForeignKey(CreditNote, models.PROTECT, null=True, blank=True, related_name="differences")
    other = models.ForeignKey(Invoice, models.PROTECT, null=True, blank=True, related_name="+")
    due_item = models.ForeignKey(DueItem, models.PROTECT, null=True, blank=True, related_name="differences")
    receipt = models.ForeignKey(Receipt, models.PROTECT, null=True, blank=True, related_name="+")
    paper = models.ForeignKey(Paper, models.PROTECT, null=True, blank=True, related_name="+")
    what = models.CharField(max_length=10, choices=What)
    number = models.CharField(max_length=60)
    currency = CurrencyField()
    as_of = models.DateField()  # the day of the file
    our_amount = MoneyField(null=True, blank=True)
    their_amount = MoneyField(null=True, blank=True)
    our_date = models.DateField(null=True, blank=True)
    their_date = models.DateField(null=True, blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    entered_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.CharField(max_length=150, blank=True)

    objects = DifferenceQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(invoice__isnull=False, credit_note=None) | Q(invoice=None, credit_note__isnull=False),
                name="difference_of_one_document",
            ),
            models.CheckConstraint(
                condition=Q(what="due date", due_item__isnull=False)
                | Q(what="larger", due_item=None, their_amount__gt=models.F("our_amount"))
                | Q(what="elsewhere", invoice__isnull=False, other__isnull=False, our_amount__gt=0)
                | Q(
                    what="receipt",
                    invoice__isnull=False,
                    receipt__isnull=False,
                    our_amount__gt=models.F("their_amount"),
                )
                | Q(what="paper", invoice__isnull=False, paper__isnull=False, our_amount__gt=models.F("their_amount")),
                name="difference_says_both",
            ),
            models.CheckConstraint(
                condition=Q(state="open") | Q(decided_at__isnull=False), name="difference_decided_when"
            ),
        ]
        indexes = [models.Index(fields=["state", "what"], name="difference_by_state")]

    def __str__(self) -> str:
        return f"{self.number}: {self.what}"

    @property
    def identity(self) -> tuple[str, str, int, str]:
        """What the rule of snapshots calls the same difference (see `intake.snapshot.Difference`)."""
        if self.what == self.What.DUE_DATE:
            return self.what, "due item", self.due_item_id or 0, self.their_date.isoformat() if self.their_date else ""
        if self.what == self.What.ELSEWHERE:
            theirs = f"{self.other_id} {money.as_text(self.our_amount or money.ZERO, self.currency)}"
            return self.what, "invoice", self.invoice_id or 0, theirs
        theirs = money.as_text(self.their_amount or money.ZERO, self.currency)
        if self.what in self.IN_HAND:
            return self.what, "invoice", self.invoice_id or 0, f"{self.receipt_id or self.paper_id} {theirs}"
        kind, key = ("invoice", self.invoice_id) if self.invoice_id else ("credit_note", self.credit_note_id)
        return self.what, kind, key or 0, theirs

    @property
    def in_hand(self) -> Receipt | Paper | None:
        return self.receipt or self.paper
