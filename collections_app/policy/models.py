from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from collections_app.policy import document
from collections_app.policy.thresholds import Policy


class Version(models.Model):
    """The policy from a day on. Never changed once active: a change is a new version.

    That a later one has taken its place is not stored: the days say so.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        SIMULATED = "simulated", _("Simulated")
        ACTIVE = "active", _("Active")

    title = models.CharField(max_length=100, blank=True)
    starts_on = models.DateField(null=True, blank=True)  # a draft has none
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT)
    document = models.JSONField(default=dict)
    entered_at = models.DateTimeField()
    entered_by = models.CharField(max_length=150, blank=True)
    activated_at = models.DateTimeField(null=True, blank=True)
    activated_by = models.CharField(max_length=150, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["starts_on"], condition=Q(state="active"), name="one_active_version_a_day"),
            models.CheckConstraint(condition=Q(state__in=["draft", "simulated", "active"]), name="version_state_known"),
            models.CheckConstraint(
                condition=~Q(state="active") | Q(starts_on__isnull=False), name="active_version_has_a_start"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.state} from {self.starts_on}" if self.starts_on else f"{self.state} {self.title}".strip()

    @property
    def policy(self) -> Policy:
        return document.policy_of(self.document)

    @property
    def digest(self) -> str:
        return document.digest(self.document)


class Simulation(models.Model):
    """What a version would change, found on a day. It speaks for exactly the document whose digest it keeps."""

    version = models.ForeignKey(Version, models.PROTECT, related_name="simulations")
    as_of = models.DateField()
    digest = models.CharField(max_length=64)
    result = models.JSONField(default=dict)
    entered_at = models.DateTimeField()
    entered_by = models.CharField(max_length=150, blank=True)

    def __str__(self) -> str:
        return f"{self.version_id} as of {self.as_of}"
