from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common.models import Document
from staff.models import Role, User


class FileQuerySet(models.QuerySet["File"]):
    def visible_to(self, user: User) -> Self:
        """Files are the business of finance: a rep or manager sees none, an auditor reads all."""
        return self if user.role in {Role.FINANCE, Role.ADMIN, Role.AUDITOR} else self.none()


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
                condition=Q(state="stored"),
                name="file_stored_once",
            )
        ]

    def __str__(self) -> str:
        return self.name
