"""Why customers default, and what looks like it without being it: the causes, as the trade tells them. Pure.

Written down before the rules of early warnings were tuned, and without knowledge of them; a contract of the imports
keeps it so, both ways. Days are calendar days, shares are 0 to 1.
"""

from dataclasses import dataclass
from enum import StrEnum


class Cause(StrEnum):
    # they default
    SQUEEZE = "cash squeeze"  # money gets short over months: later, in parts, smaller orders, then insolvent
    CLOSING = "closing down"  # buys less and less, shuts the shop with the last invoices unpaid
    SHOCK = "sudden shock"  # a fire, an illness, its own debtor: no sign at all before the money stops
    FIRST_ORDER_FRAUD = "fraud at first order"  # large first goods on credit, then nobody is there
    LONG_FIRM = "long firm"  # months of small orders paid on time, then everything at once, then gone
    # they do not
    PROMPT = "loyal prompt payer"
    STEADY = "pays a little late"
    SLOPPY = "sloppy payer"
    SEASONAL = "seasonal shop"
    GROWING = "growing shop"
    SWITCHING = "buys more and more elsewhere"
    EVENT = "one large order out of turn"
    PASSING = "short of money for a while"
    NEW_RUN = "new day of payment"
    NEWCOMER = "new customer"
    RETIRING = "closes down and pays"


DEFAULTS = {Cause.SQUEEZE, Cause.CLOSING, Cause.SHOCK, Cause.FIRST_ORDER_FRAUD, Cause.LONG_FIRM}
DEFAULTING = 0.05  # of a hundred customers five a year
# Among those who default, and among the others; the sums need not be one.
OF_DEFAULTS = {
    Cause.SQUEEZE: 45,
    Cause.CLOSING: 20,
    Cause.SHOCK: 15,
    Cause.FIRST_ORDER_FRAUD: 10,
    Cause.LONG_FIRM: 10,
}
OF_OTHERS = {
    Cause.PROMPT: 30,
    Cause.STEADY: 24,
    Cause.SLOPPY: 13,
    Cause.SEASONAL: 9,
    Cause.GROWING: 6,
    Cause.SWITCHING: 4,
    Cause.EVENT: 3,
    Cause.PASSING: 3,
    Cause.NEW_RUN: 2,
    Cause.NEWCOMER: 4,
    Cause.RETIRING: 1,
}


@dataclass(frozen=True, slots=True)
class Manner:
    """How somebody pays when nothing is wrong: days after the due day (middle and spread), and what goes with it."""

    late: float
    spread: float
    parts: float  # share of invoices paid in two parts
    asks: float  # share of invoices for which more time is asked
    reached: float  # share of our calls and visits that reach somebody


MANNERS = {
    Cause.PROMPT: Manner(-1, 2, 0.005, 0.001, 0.85),
    Cause.STEADY: Manner(6, 4, 0.01, 0.003, 0.8),
    Cause.SLOPPY: Manner(24, 14, 0.07, 0.01, 0.6),
}
# What an order usually comes to, by channel, in base units of money; how many customers are of it.
CHANNELS = {"kiosk": (180, 15), "bar": (380, 25), "shop": (620, 25), "restaurant": (760, 15), "hotel": (1450, 10),
            "supermarket": (2600, 10)}  # fmt: skip
RHYTHMS = {7: 20, 14: 30, 21: 20, 30: 20, 45: 10}  # days between orders
TERMS = {14: 15, 30: 60, 45: 10, 60: 15}  # days until an invoice is due
RUNS = {"any day": 60, "friday": 25, "monthly": 15}  # when the customer makes its payments
MISHAP = 0.02  # of invoices: lost, contested, forgotten over a holiday; paid ten to forty days later than usual
