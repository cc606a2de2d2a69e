"""The keys of a policy: in which section, of what kind, and what they may be. Their defaults stand in `thresholds`.

A new section is a dataclass and a field of `Policy` in `thresholds`, its lines here, its words in `words`.
"""

from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from collections_app.policy.thresholds import Policy
from common import money

MANY_DAYS = 3650
CHANNELS = ("visit", "call", "letter", "look")
VISITORS = ("rep", "manager", "finance")
APPROVERS = ("manager", "finance", "admin")  # rising
MINUTES = 24 * 60
STANDINGS = ("unpaid", "overdue", "quasi_bad", "bad", "dormant")


class Kind(StrEnum):
    WHOLE = "whole number"
    AMOUNT = "amount"
    SHARE = "share"
    FACTOR = "factor"
    YES_NO = "yes or no"
    STEPS = "rising whole numbers"
    FACTORS = "factors"
    WORD = "word"
    TIME = "time of day"


class Unit(StrEnum):
    DAYS = "days"
    WORKING_DAYS = "working days"
    TIMES = "times"
    PRODUCTS = "products"
    MINUTES = "minutes"
    PER_WEEK = "per week"
    KILOMETRES = "kilometres"
    KMH = "kilometres an hour"
    BASE = "base currency"
    OF_THE_LETTER = "currency of the letter"
    OF_THE_SHIPMENT = "currency of the shipment"
    NONE = ""


@dataclass(frozen=True, slots=True)
class Key:
    """One value of the policy. `least` and `most` are inclusive; of steps and factors they bound each, `count` how many
    there are.

    `by_segment`: the customers of a segment may have another value, because everything that reads it asks for theirs.
    """

    section: str
    name: str
    kind: Kind
    unit: Unit = Unit.NONE
    least: Decimal = Decimal(0)
    most: Decimal = money.LIMIT
    choices: tuple[str, ...] = ()
    count: tuple[int, int] = (1, 1)
    by_segment: bool = False

    @property
    def path(self) -> str:
        return f"{self.section}.{self.name}" if self.section else self.name

    @property
    def default(self) -> Any:
        return self.value_in(Policy())

    def value_in(self, policy: Policy) -> Any:
        return getattr(policy.section(self.section), self.name)


def _whole(section: str, name: str, unit: Unit, least: int, most: int, *, by_segment: bool = False) -> Key:
    return Key(section, name, Kind.WHOLE, unit, Decimal(least), Decimal(most), by_segment=by_segment)


def _amount(section: str, name: str, unit: Unit = Unit.BASE) -> Key:
    return Key(section, name, Kind.AMOUNT, unit)


def _steps(section: str, name: str, least: int, count: tuple[int, int]) -> Key:
    return Key(section, name, Kind.STEPS, Unit.DAYS, Decimal(least), Decimal(MANY_DAYS), count=count)


def _share(section: str, name: str) -> Key:
    return Key(section, name, Kind.SHARE, most=Decimal(1))


def _factor(section: str, name: str, least: str, most: str) -> Key:
    return Key(section, name, Kind.FACTOR, least=Decimal(least), most=Decimal(most))


def _factors(section: str, name: str, least: str, most: str, count: int) -> Key:
    return Key(section, name, Kind.FACTORS, least=Decimal(least), most=Decimal(most), count=(count, count))


def _word(section: str, name: str, choices: tuple[str, ...]) -> Key:
    return Key(section, name, Kind.WORD, choices=choices, by_segment=True)


def _yes_no(section: str, name: str) -> Key:
    return Key(section, name, Kind.YES_NO)


def _time(section: str, name: str) -> Key:
    return Key(section, name, Kind.TIME, most=Decimal(MINUTES - 1))


def _effort(standing: str) -> tuple[Key, ...]:
    section = f"efforts.{standing}"
    return (
        _whole(section, "rhythm", Unit.DAYS, 0, 366, by_segment=True),
        _word(section, "channel", CHANNELS),
        _word(section, "visitor", VISITORS),
        _word(section, "approver", APPROVERS),
    )


def _worth() -> tuple[Key, ...]:
    """No factor is 0 and no urgency below 1: more money or more days late never make a visit worth less."""
    section = "worth"
    return (
        _share(section, "chance_unpaid"),
        *(
            key
            for standing in ("overdue", "quasi_bad", "bad")
            for key in (
                _steps(section, f"bands_{standing}", 1, (2, 2)),
                _factors(section, f"chance_{standing}", "0.001", "1", 3),
            )
        ),
        _share(section, "chance_dormant"),
        *(_factor(section, f"urgency_{standing}", "1", "3") for standing in STANDINGS),
        *(_factor(section, name, "0.1", "5") for name in ("promise_today", "settlement_day", "payout_day")),
        _factor(section, "other_day", "0.1", "1"),
        _factor(section, "promises_kept", "0", "0.9"),
        *(_factor(section, name, "0.1", "5") for name in ("warning_mild", "warning_severe")),
        _steps(section, "term_bands", 1, (2, 2)),
        _factors(section, "term_factors", "0.1", "2", 3),
        _amount(section, "large_from"),
        _share(section, "large_share"),
        *(_factor(section, f"kind_{kind}", "0.1", "2") for kind in ("instalment", "consigned", "uncontracted")),
        *(_factor(section, name, "0.1", "1") for name in ("procedure_step", "papers", "unconfirmed")),
        _whole(section, "coming_within", Unit.DAYS, 0, 90),
        _share(section, "coming_share"),
        _share(section, "sure"),
    )


CATALOGUE: tuple[Key, ...] = (
    _steps("", "buckets", 1, (1, 8)),
    _whole("thresholds", "quasi_bad", Unit.DAYS, 2, MANY_DAYS, by_segment=True),
    _whole("thresholds", "bad", Unit.DAYS, 3, MANY_DAYS, by_segment=True),
    _whole("thresholds", "dormant", Unit.DAYS, 30, MANY_DAYS, by_segment=True),
    _whole("thresholds", "broken_promises", Unit.TIMES, 1, 99, by_segment=True),
    _whole("thresholds", "broken_within", Unit.DAYS, 1, MANY_DAYS, by_segment=True),
    _whole("thresholds", "grace_cash", Unit.WORKING_DAYS, 0, 30),
    _whole("thresholds", "grace_other", Unit.WORKING_DAYS, 0, 30),
    _whole("thresholds", "promise_within", Unit.DAYS, 1, 366),
    *(key for standing in STANDINGS for key in _effort(standing)),
    _steps("dunning", "level_from", 1, (1, 3)),
    _whole("dunning", "notice", Unit.DAYS, 1, 90),
    _amount("dunning", "minimum", Unit.OF_THE_LETTER),
    _amount("planning", "cost_per_minute"),
    _whole("planning", "visit_minutes", Unit.MINUTES, 1, 480),
    _whole("planning", "order_minutes", Unit.MINUTES, 0, 240),
    _whole("planning", "paper_minutes", Unit.MINUTES, 0, 240),
    _amount("planning", "left_out_from"),
    _time("planning", "starts_at"),
    _time("planning", "ends_at"),
    _amount("planning", "announce_from"),
    _whole("planning", "announce_days", Unit.WORKING_DAYS, 1, 3),
    _whole("planning", "far_minutes", Unit.MINUTES, 0, MINUTES - 1),
    *_worth(),
    Key("travel", "circuity", Kind.FACTOR, least=Decimal(1), most=Decimal(3)),
    Key("travel", "bands", Kind.STEPS, Unit.KILOMETRES, Decimal(1), Decimal(500), count=(2, 2)),
    Key("travel", "speeds", Kind.STEPS, Unit.KMH, Decimal(1), Decimal(150), count=(3, 3)),
    _whole("travel", "parking_minutes", Unit.MINUTES, 0, 60),
    _whole("conduct", "contacts_per_week", Unit.PER_WEEK, 1, 7),
    _yes_no("conduct", "quiet_sunday"),
    _yes_no("conduct", "quiet_holidays"),
    _whole("gate", "late_from", Unit.DAYS, 1, MANY_DAYS),
    _amount("gate", "tolerance", Unit.OF_THE_SHIPMENT),
    _yes_no("gate", "automatic"),
    _amount("gate", "provisional"),
    _amount("credit", "ramp_start"),
    _whole("credit", "ramp_steps", Unit.TIMES, 0, 99),
    _whole("credit", "new_for", Unit.DAYS, 0, MANY_DAYS),
    _amount("credit", "first_order_from"),
    _whole("credit", "slow_after", Unit.DAYS, 1, MANY_DAYS),
    _whole("credit", "limit_ends_within", Unit.DAYS, 0, 366),
    _steps("ladder", "late_from", 1, (6, 6)),
    _amount("ladder", "minimum"),
    Key("ladder", "batch_share", Kind.SHARE, most=Decimal(1)),
    _whole("ladder", "best_sellers", Unit.PRODUCTS, 0, 99),
    _amount("approvals", "manager_up_to"),
)
BY_PATH = {key.path: key for key in CATALOGUE}
SECTIONS = tuple(dict.fromkeys(key.section for key in CATALOGUE))

#: Of these two keys of a section the first is smaller.
IN_ORDER = (("thresholds", "quasi_bad", "bad"), ("planning", "starts_at", "ends_at"))


def written_in(value: Any = None, section: str = "") -> Iterator[str]:
    """The paths of all values that a policy has; a test holds them beside the catalogue."""
    policy = Policy() if value is None else value
    for part in fields(policy):
        inner, path = getattr(policy, part.name), f"{section}.{part.name}" if section else part.name
        if is_dataclass(inner):
            yield from written_in(inner, path)
        elif path != "segments":
            yield path
