"""Which policy is in force on a day."""

from datetime import date

from collections_app.policy.models import Version
from collections_app.policy.thresholds import Credit, Dunning, Gate, Ladder, Planning, Policy, Thresholds


def in_force(on: date) -> Policy:
    """The active version with the latest start not after the day; without one, the defaults of the product."""
    version = (
        Version.objects.filter(state=Version.State.ACTIVE, starts_on__lte=on).order_by("-starts_on", "-pk").first()
    )
    if version is None:
        return Policy()
    document = version.document
    return Policy(
        thresholds=Thresholds(**document.get("thresholds", {})),
        dunning=Dunning(**_tuples(document.get("dunning", {}))),
        planning=Planning(**document.get("planning", {})),
        gate=Gate(**document.get("gate", {})),
        credit=Credit(**document.get("credit", {})),
        ladder=Ladder(**_tuples(document.get("ladder", {}))),
        buckets=tuple(document.get("buckets", Policy().buckets)),
    )


def _tuples(section: dict[str, object]) -> dict:
    return {key: tuple(value) if isinstance(value, list) else value for key, value in section.items()}
