"""Which policy is in force on a day, and which versions there are."""

from dataclasses import dataclass
from datetime import date

from collections_app.policy.document import policy_of
from collections_app.policy.models import Simulation, Version
from collections_app.policy.thresholds import Policy
from customers.models import Customer


def in_force(on: date) -> Policy:
    """The active version with the latest start not after the day; without one, the defaults of the product."""
    version = version_in_force(on)
    return Policy() if version is None else policy_of(version.document)


def version_in_force(on: date) -> Version | None:
    """None: the defaults of the product. A version never changes, so its key says whether it is still the same."""
    active = Version.objects.filter(state=Version.State.ACTIVE, starts_on__lte=on)
    return active.order_by("-starts_on", "-pk").first()


@dataclass(frozen=True, slots=True)
class Versions:
    """The versions as a day sees them: one in force, those to come, the next first, those before it, and drafts."""

    in_force: Version | None
    coming: list[Version]
    past: list[Version]
    drafts: list[Version]


def versions(on: date) -> Versions:
    active = list(Version.objects.filter(state=Version.State.ACTIVE).order_by("starts_on"))
    begun = [version for version in active if version.starts_on is not None and version.starts_on <= on]
    return Versions(
        in_force=begun[-1] if begun else None,
        coming=active[len(begun) :],
        past=begun[-2::-1],
        drafts=list(Version.objects.exclude(state=Version.State.ACTIVE).order_by("-entered_at", "-pk")),
    )


def simulation_of(version: Version) -> Simulation | None:
    """The newest simulation of exactly what the version says now."""
    return version.simulations.filter(digest=version.digest).order_by("-entered_at", "-pk").first()


def segments() -> list[str]:
    """Those that customers have."""
    named = Customer.objects.exclude(segment="").order_by("segment")
    return list(named.values_list("segment", flat=True).distinct())
