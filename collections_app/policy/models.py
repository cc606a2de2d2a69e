from django.db import models
from django.db.models import Q


class Version(models.Model):
    """The policy from a day on. Never changed once active: a change is a new version."""

    class State(models.TextChoices):
        DRAFT = "draft"
        ACTIVE = "active"

    starts_on = models.DateField()
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT)
    document = models.JSONField(default=dict)
    entered_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["starts_on"], condition=Q(state="active"), name="one_active_version_a_day")
        ]

    def __str__(self) -> str:
        return f"{self.state} from {self.starts_on}"
