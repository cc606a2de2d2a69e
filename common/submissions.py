"""One-time keys of forms, so that a lost answer is no double booking."""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from common import clock
from common.models import Submission

HALF = 32  # of a key: the first half names the form, the second what it says


def key_of(sent: Mapping[str, Any]) -> str:
    """The form's one-time key together with what it says: sent again with other words it is another deed."""
    said = sorted((name, str(value)) for name, value in sent.items() if name != "key")
    return _half(str(sent.get("key", ""))) + _half(repr(said))


def _half(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:HALF]


def result_of(key: str) -> str | None:
    """What the deed with this key gave, or None where it has not been done."""
    return Submission.objects.filter(key=key).values_list("result", flat=True).first() if key else None


def said_otherwise(key: str, *, since: datetime) -> str | None:
    """What the same form gave when it was sent with other words; None where it was not, or longer ago."""
    others = Submission.objects.filter(key__startswith=key[:HALF], entered_at__gte=since).exclude(key=key)
    return others.order_by("-pk").values_list("result", flat=True).first()


def done(key: str, *, actor_key: str, verb: str, result: str) -> None:
    """Remember the deed. Called in its transaction; a second writer of the same key fails there."""
    if key:
        Submission.objects.create(key=key, actor_key=actor_key, verb=verb, result=result, entered_at=clock.now())
