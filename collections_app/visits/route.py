"""What rounds are made of: places, hours, and why somebody is in none."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Place:
    """Degrees."""

    latitude: Decimal
    longitude: Decimal


@dataclass(frozen=True, slots=True)
class Window:
    """Minutes after midnight: a visit may start from `opens` on and ends by `closes`."""

    opens: int
    closes: int


class Because(StrEnum):
    """Why a customer cannot be put to the solver at all; what the solver leaves out has reasons of its own."""

    NO_POSITION = "no position"
    NOT_A_PAYMENT_DAY = "not a payment day"
    TABOO = "taboo"
    NO_RATE = "no rate"
