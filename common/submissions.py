"""One-time keys of forms, so that a lost answer is no double booking."""

from common import clock
from common.models import Submission


def result_of(key: str) -> str | None:
    """What the deed with this key gave, or None where it has not been done."""
    return Submission.objects.filter(key=key).values_list("result", flat=True).first() if key else None


def done(key: str, *, actor_key: str, verb: str, result: str) -> None:
    """Remember the deed. Called in its transaction; a second writer of the same key fails there."""
    if key:
        Submission.objects.create(key=key, actor_key=actor_key, verb=verb, result=result, entered_at=clock.now())
