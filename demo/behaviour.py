"""How the sample customers pay: on which day, and whether at all. Pure: the dice come in as an argument."""

from datetime import date, timedelta
from enum import StrEnum
from random import Random


class Payer(StrEnum):
    EXACT = "exact"  # on the due day itself, to the cent
    PROMPT = "prompt"
    STEADY = "steady"
    SLOW = "slow"
    DETERIORATING = "deteriorating"
    BAD = "bad"
    DORMANT = "dormant"


SILENT_DAYS = 400  # nothing moves at a dormant customer for at least so long

# Thirty customers of a region: every region of thirty has every kind of payer.
ROTA = (
    *(Payer.EXACT, Payer.STEADY, Payer.SLOW, Payer.PROMPT, Payer.BAD, Payer.STEADY, Payer.DETERIORATING, Payer.SLOW),
    *(Payer.PROMPT, Payer.DORMANT, Payer.STEADY, Payer.EXACT, Payer.SLOW, Payer.PROMPT, Payer.STEADY, Payer.SLOW),
    *(Payer.DETERIORATING, Payer.STEADY, Payer.PROMPT, Payer.EXACT, Payer.SLOW, Payer.STEADY, Payer.BAD, Payer.PROMPT),
    *(Payer.STEADY, Payer.DETERIORATING, Payer.EXACT, Payer.SLOW, Payer.STEADY, Payer.PROMPT),
)


def pays_on(payer: Payer, due_on: date, *, issued_on: date, as_of: date, rng: Random) -> date | None:
    """The day on which the money for a due item comes in; None where it has not come by `as_of`."""
    delay = _delay(payer, (as_of - due_on).days, rng)
    if delay is None:
        return None
    day = max(due_on + timedelta(days=delay), issued_on)
    if payer is not Payer.EXACT:
        day = on_a_weekday(day)
    last = as_of - timedelta(days=SILENT_DAYS) if payer is Payer.DORMANT else as_of
    return day if day <= last else None


def _delay(payer: Payer, age: int, rng: Random) -> int | None:
    """Days after the due day; `age` is how long ago that day was."""
    match payer:
        case Payer.EXACT:
            return 0
        case Payer.PROMPT:
            return -rng.randint(0, 6)
        case Payer.STEADY:
            return rng.randint(1, 14)
        case Payer.SLOW:
            return rng.randint(25, 85)
        case Payer.DETERIORATING:
            return _worse_and_worse(age, rng)
        case Payer.BAD:
            return rng.randint(30, 80) if age > 330 else None
        case Payer.DORMANT:
            return rng.randint(10, 60) if age > 560 else None
    raise AssertionError(payer)


def _worse_and_worse(age: int, rng: Random) -> int:
    for older_than, least, most in ((540, 0, 5), (360, 10, 30), (200, 40, 90)):
        if age > older_than:
            return rng.randint(least, most)
    return rng.randint(90, 230)


def on_a_weekday(day: date) -> date:
    """Banks and shops' offices do nothing on a weekend: the Monday after."""
    return day + timedelta(days=(0, 0, 0, 0, 0, 2, 1)[day.weekday()])


def active_until(payer: Payer, *, as_of: date, rng: Random) -> date:
    """The last day on which goods went to the customer."""
    if payer is Payer.DORMANT:
        return as_of - timedelta(days=SILENT_DAYS + 30 + rng.randint(0, 120))
    if payer is Payer.BAD:
        return as_of - timedelta(days=rng.randint(60, 110))
    return as_of
