from django.db import models


class Series(models.Model):
    """Numbers without gaps: one row per series and year, raised under its lock by `common.numbers.take`."""

    name = models.CharField(max_length=40)
    year = models.PositiveSmallIntegerField(default=0)
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["name", "year"], name="series_once")]

    def __str__(self) -> str:
        return f"{self.name} {self.year}: {self.last}"


class Document(models.Model):
    """Bytes that never change, found by their SHA-256."""

    sha256 = models.CharField(max_length=64, unique=True)
    name = models.CharField(max_length=200)
    content_type = models.CharField(max_length=100)
    content = models.BinaryField()
    stored_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name


class Submission(models.Model):
    """A form's one-time key: the same form sent twice is one deed."""

    key = models.CharField(max_length=64, unique=True)
    actor_key = models.CharField(max_length=150)
    verb = models.CharField(max_length=80)
    result = models.CharField(max_length=200, blank=True)
    entered_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.verb} {self.key}"
