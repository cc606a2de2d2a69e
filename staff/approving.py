"""What the policy says about who decides: the question that the rights of the roles ask upwards.

Deeds on every floor ask `staff.queries.may_approve`. How much a manager decides, and which role has to decide about a
customer in its standing, is policy; policy and standings stand above. So the top floor installs the answer here, in one
slot. An empty slot refuses: a right that nobody limits is no right.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Protocol

from staff.models import Role


@dataclass(frozen=True, slots=True)
class Terms:
    """What a manager decides at most, in base currency, and the lowest role that decides about these customers."""

    manager_up_to: Decimal
    least: Role


class Policy(Protocol):
    """The terms of a day for these customers, by key; without any, those that hold for everybody."""

    def __call__(self, *, customers: Collection[int], on: date) -> Terms: ...


class NothingInstalled(RuntimeError):
    """Somebody asks for a right although no policy answers: a defect of the installation."""


_installed: list[Policy] = []


def install(policy: Policy) -> None:
    """Fill the one slot; called once, when the top floor starts."""
    _installed[:] = [policy]


def terms(*, customers: Collection[int], on: date) -> Terms:
    if not _installed:
        raise NothingInstalled("No policy of approvals is installed.")
    return _installed[0](customers=customers, on=on)
