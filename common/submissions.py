"""One-time keys of forms, so that a lost answer is no double booking."""

import hashlib
from collections.abc import Mapping
from typing import Any

from common import clock
from common.models import Submission


def key_of(sent: Mapping[str, Any]) -> str:
    """The form's one-time key together with what it says: sent again with other words it is another deed."""
    said = sorted((name, str(value)) for name, value in sent.items())
    return hashlib.sha256(repr(said).encode()).hexdigest()


def result_of(key: str) -> str | None:
    """What the deed with this key gave, or None where it has not been done."""
    return Submission.objects.filter(key=key).values_list("result", flat=True).first() if key else None


def done(key: str, *, actor_key: str, verb: str, result: str) -> None:
    """Remember the deed. Called in its transaction; a second writer of the same key fails there."""
    if key:
        Submission.objects.create(key=key, actor_key=actor_key, verb=verb, result=result, entered_at=clock.now())
