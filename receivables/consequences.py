"""The one port: what must follow money in the same transaction.

The ledger calls it once at the end of a verb; the top floor installs what happens there. It books no money.
An empty slot refuses: money without its consequences would leave stops, promises and standings behind.
"""

from collections.abc import Sequence
from datetime import date
from typing import Protocol

from audit.services import Actor


class AfterMoney(Protocol):
    """What follows money of these customers (keys, locked by the caller) on a day."""

    def __call__(self, *, customers: Sequence[int], on: date, by: Actor) -> None: ...


class NothingInstalled(RuntimeError):
    """Money moved although nobody takes care of its consequences: a defect of the installation."""


_installed: list[AfterMoney] = []


def install(act: AfterMoney) -> None:
    """Fill the one slot; called once, when the top floor starts."""
    _installed[:] = [act]


def follow(*, customers: Sequence[int], on: date, by: Actor) -> None:
    if not _installed:
        raise NothingInstalled("No consequences of money are installed.")
    _installed[0](customers=sorted(set(customers)), on=on, by=by)
