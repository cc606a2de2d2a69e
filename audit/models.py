from django.db import models


class Entry(models.Model):
    """Who did what, when. Rows are added and never changed; names and keys are text, so nothing can take them away."""

    at = models.DateTimeField(db_index=True)
    actor_key = models.CharField(max_length=150)
    actor_name = models.CharField(max_length=200)
    verb = models.CharField(max_length=80, db_index=True)
    subject_type = models.CharField(max_length=60)
    subject_key = models.CharField(max_length=120)
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)

    class Meta:
        indexes = [models.Index(fields=["subject_type", "subject_key"], name="entry_subject")]

    def __str__(self) -> str:
        return f"{self.verb} {self.subject_key}"
