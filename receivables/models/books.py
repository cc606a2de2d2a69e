"""Beside the company's ledger: rates, its control totals, and the journal that goes back to it."""

from django.db import models
from django.db.models import Q

from common.columns import CurrencyField, MoneyField
from common.models import Document


class Rate(models.Model):
    """One unit of a currency in the base currency on a day, as stated by a source.

    Stated again for a day, the last word counts; what was said before stays as a row.
    """

    currency = CurrencyField()
    on = models.DateField()
    rate = models.DecimalField(max_digits=20, decimal_places=10)
    source = models.CharField(max_length=60)
    entered_at = models.DateTimeField(null=True, blank=True)  # not known of the first rates of an older installation
    stated_by = models.CharField(max_length=150, blank=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(rate__gt=0), name="rate_above_zero")]
        indexes = [models.Index(fields=["currency", "on"], name="rate_of_a_day")]

    def __str__(self) -> str:
        return f"{self.currency} {self.rate}"


class ControlTotal(models.Model):
    """What the general ledger says all receivables of a currency sum to at the end of a day."""

    currency = CurrencyField()
    on = models.DateField()
    amount = MoneyField()
    source = models.CharField(max_length=100, blank=True)
    entered_at = models.DateTimeField()
    proved_at = models.DateTimeField(null=True, blank=True)  # a night found our book of that day to tie to it

    class Meta:
        constraints = [models.UniqueConstraint(fields=["currency", "on"], name="control_total_once")]

    def __str__(self) -> str:
        return f"{self.currency} {self.on}: {self.amount}"


class LedgerAccount(models.Model):
    """The account number of the company's ledger for one kind of journal line; a currency of "" is every currency."""

    kind = models.CharField(max_length=20)
    currency = models.CharField(max_length=3, blank=True)
    number = models.CharField(max_length=40)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "currency"], name="ledger_account_once")]

    def __str__(self) -> str:
        return f"{self.kind} {self.currency} {self.number}"


class JournalBatch(models.Model):
    """One numbered file of what was found here and goes to the company's ledger."""

    number = models.PositiveIntegerField(unique=True)
    up_to = models.DateField()
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=150)
    document = models.ForeignKey(Document, models.PROTECT, null=True, blank=True)
    reverses = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="reversed_by")

    def __str__(self) -> str:
        return str(self.number)


class JournalRow(models.Model):
    """One booking: an amount from one account to another. A subject stands in one living row, or in none."""

    batch = models.ForeignKey(JournalBatch, models.PROTECT, related_name="rows")
    position = models.PositiveIntegerField()
    kind = models.CharField(max_length=20)  # receipt, allocation, discount, difference, write-off, exchange, charge …
    subject = models.CharField(max_length=60)  # the row it books, e.g. "payment 17"
    counts_on = models.DateField()
    customer_code = models.CharField(max_length=40)
    document_number = models.CharField(max_length=140, blank=True)
    debit = models.CharField(max_length=40)
    credit = models.CharField(max_length=40)
    amount = MoneyField()
    vat_amount = MoneyField(default=0)
    currency = CurrencyField()
    text = models.CharField(max_length=200, blank=True)
    reverses = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="reversed_by")
    is_taken_back = models.BooleanField(default=False)  # its batch was reversed: the subject may go out again

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["batch", "position"], name="journal_row_in_order"),
            models.UniqueConstraint(
                fields=["kind", "subject"],
                condition=Q(reverses=None, is_taken_back=False),
                name="journal_row_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.batch_id}/{self.position}"


class KnownToLedger(models.Model):
    """What the ledger has without the journal: its own list of open items showed it. It never goes out as a row.

    `subject` is named as in a journal row. From the end of `on`, the day of the list, it counts as told. A subject
    that begins with "listed" is no event: it is what the list has otherwise than our book (`receivables.listed`).
    """

    subject = models.CharField(max_length=60, unique=True)
    on = models.DateField()
    entered_at = models.DateTimeField()

    class Meta:
        verbose_name = "event known to the ledger"
        verbose_name_plural = "events known to the ledger"

    def __str__(self) -> str:
        return self.subject
