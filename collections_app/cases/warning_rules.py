"""Signs in the book that a customer may not pay: what was bought, paid, asked and answered goes in, findings come out.

Plain values in, a finding with its evidence out; no database, no clock. Every fact is of `as_of` or before. A rule
that has too few observations says nothing: "not enough data" is no finding. Days are calendar days, amounts stand in
the currency beside them and are never mixed; a period is thirty days, the newest one ends with `as_of`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from statistics import median, quantiles

from collections_app.cases.warning_watch import (
    FIELD,
    PERIOD,
    YEAR,
    ZERO,
    Due,
    Evidence,
    Facts,
    Finding,
    Kind,
    Purchases,
    Severity,
    Watch,
)


def counts_fully(*, source: str, severity: str, seconded_on: date | None, as_of: date) -> bool:
    """A severe one that was seen in the field counts as severe only with a second source; all others as they are."""
    return source != FIELD or severity != Severity.SEVERE or (seconded_on is not None and seconded_on <= as_of)


def weight(*, source: str, severity: str, seconded_on: date | None, as_of: date) -> Severity:
    """As what it counts: a severe one without its second source as marked."""
    full = counts_fully(source=source, severity=severity, seconded_on=seconded_on, as_of=as_of)
    return Severity(severity) if full else Severity.MARKED


def findings(facts: Facts, watch: Watch) -> list[Finding]:
    return [found for rule in CATALOGUE if (found := rule(facts, watch)) is not None]


def off_season(facts: Facts, watch: Watch) -> Finding | None:
    """The newest period is far above the largest of the year before, and above the same season of earlier years."""
    for one in facts.purchases:
        now, before = one.sums[0], one.sums[1 : YEAR + 1]
        if sum(one.orders[1 : YEAR + 1]) < watch.off_season_orders:
            continue
        if sum(1 for amount in before if amount > 0) < watch.off_season_active:
            continue
        usual = max(*before, *one.sums[YEAR + 1 :])
        if now >= usual * watch.off_season_times:
            severe = now >= usual * watch.off_season_severe
            evidence: Evidence = {
                "amount": str(now), "usual": str(usual), "currency": one.currency,
                "since": (facts.as_of - timedelta(PERIOD - 1)).isoformat(), "until": facts.as_of.isoformat(),
            }  # fmt: skip
            return Finding(Kind.OFF_SEASON, Severity.SEVERE if severe else Severity.MARKED, evidence)
    return None


def sudden_drop(facts: Facts, watch: Watch) -> Finding | None:
    """The newest periods hold a fraction of what as many held in the year before, and in the same season of it.

    Whoever orders seldom is looked at over more periods: so many that several orders would have come as usual. Buying
    elsewhere looks the same; so next to nothing must be left, or a third sign must stand beside something late.
    """
    in_trouble = _is_late_beyond_usual(facts, watch) and (
        _chance_of_silence(facts) <= watch.drop_silent or bool(_since(facts.asked, facts.as_of, watch.asked_within))
    )
    for one in facts.purchases:
        alone = _dropped(one, _width(one, watch), watch.drop_active, watch.drop_to)
        found = alone or (
            _dropped(one, watch.drop_periods[0], watch.drop_active_late, watch.drop_to_late) if in_trouble else None
        )
        if found is None:
            continue
        now, usual, width = found
        evidence: Evidence = {
            "amount": str(now), "usual": str(usual), "currency": one.currency,
            "since": (facts.as_of - timedelta(width * PERIOD - 1)).isoformat(), "until": facts.as_of.isoformat(),
        }  # fmt: skip
        return Finding(Kind.SUDDEN_DROP, Severity.MARKED if now == 0 else Severity.SLIGHT, evidence)
    return None


def _dropped(one: Purchases, width: int, active: int, to: Decimal) -> tuple[Decimal, Decimal, int] | None:
    """Bought in the newest periods, as usual in so many, and how many they are; None where it is not that little."""
    before = one.sums[width : width + YEAR]
    orders = one.orders[width : width + YEAR]
    if not width or sum(1 for amount, made in zip(before, orders, strict=True) if amount > 0 and made) < active:
        return None
    now, usual = sum(one.sums[:width], ZERO), width * Decimal(median(before))
    if any(one.orders[YEAR:]):
        usual = min(usual, *(sum(one.sums[YEAR + at : YEAR + at + width], ZERO) for at in (-1, 0, 1)))
    return (now, usual, width) if usual > 0 and now <= usual * to else None


def _width(one: Purchases, watch: Watch) -> int:
    """Over how many periods a drop would show; 0 where orders are too rare for one."""
    for width in watch.drop_periods:
        if sum(one.orders[width : width + YEAR]) * width >= watch.drop_expected * YEAR:
            return width
    return 0


def _is_late_beyond_usual(facts: Facts, watch: Watch) -> bool:
    usual = _usual(facts, watch)
    open_now = [_late(one, facts.as_of) for one in facts.due if one.settled_on is None]
    return usual is not None and bool(open_now) and max(open_now) >= usual + watch.drift_days


def _usual(facts: Facts, watch: Watch) -> float | None:
    """The middle of all delays that are known, in days; None where they are too few."""
    late = [_late(one, facts.as_of) for one in facts.due]
    return median(late) if len(late) >= watch.usual_least else None


@dataclass(frozen=True, slots=True)
class Drift:
    """How far the delays have moved: spreads added up, days late now and as usual, since which due day."""

    total: float
    now: int
    usual: int
    since: date
    items: int  # earlier ones
    lately: int


def drifting(facts: Facts, watch: Watch) -> Finding | None:
    """Paid promptly, now later and later; or a little later already, while nobody answers or orders get smaller.

    Each of the latter is weak alone. Together with a delay they are what money that gets short looks like.
    """
    drift = _drift(facts, watch)
    if drift is None or drift.lately < watch.drift_late:
        return None
    by, total = drift.now - drift.usual, drift.total
    silence = _chance_of_silence(facts)
    alone = total >= watch.drift_alarm and drift.usual <= watch.drift_until
    seconded = by >= watch.second_days and drift.usual <= watch.second_until
    silent = seconded and (
        (total >= watch.drift_alarm and silence <= watch.second_chance)
        or (total >= watch.silent_alarm and silence <= watch.silent_chance)
    )
    share = _order_share(facts, watch) if seconded and total >= watch.smaller_alarm else None
    smaller = share is not None and share <= watch.smaller_to
    if not (silent or smaller or (alone and by >= watch.drift_days)):
        return None
    evidence: Evidence = {
        "days": drift.now, "usual": drift.usual, "items": drift.items, "since": drift.since.isoformat(),
    }  # fmt: skip
    if silent:
        evidence["unanswered"] = len(facts.unreached)
    if smaller and share is not None:
        evidence["order_percent"] = int(share * 100)
    marked = Severity.MARKED if by >= watch.drift_marked else Severity.SLIGHT
    return Finding(Kind.DRIFTING, Severity.SEVERE if by >= watch.drift_severe else marked, evidence)


def _order_share(facts: Facts, watch: Watch) -> Decimal | None:
    """The newest orders' size, of the size in the year before or in the same season of it, whichever is smaller."""
    shares = []
    width = watch.smaller_periods
    for one in facts.purchases:
        usual = _order_size(one, width, width + YEAR, watch.smaller_orders)
        now = _order_size(one, 0, width, watch.smaller_now)
        if now is None or usual is None:
            continue
        season = _order_size(one, YEAR - 1, YEAR + width + 1, watch.smaller_now)
        usual = usual if season is None else min(usual, season)
        if usual > 0:
            shares.append(now / usual)
    return min(shares, default=None)


def _order_size(one: Purchases, first: int, until: int, least: int) -> Decimal | None:
    """What an order of these periods comes to; None where they are too few."""
    orders = sum(one.orders[first:until])
    return sum(one.sums[first:until], ZERO) / orders if orders >= least else None


def _drift(facts: Facts, watch: Watch) -> Drift | None:
    """A change point in the customer's own delays, by a cumulative sum (CUSUM) in the customer's own spread.

    It adds up how much later than the usual middle each item was paid, less a slack, and never below zero: small and
    lasting shifts add up, single ones are forgotten. What one item can add is clipped below the alarm, so that one
    outlier is never a drift. Open items count with the days they are late by now, once that is later than usual. Who
    paid as late in the same season of the year before has not changed.
    """
    first = facts.as_of - timedelta(watch.drift_memory)
    change = _change(facts, watch)
    before = [(one.due_on, _late(one, facts.as_of)) for one in facts.due if first < one.due_on <= change]
    if len(before) < watch.drift_least:
        return None
    usual = median(late for _day, late in before)
    spread = max(watch.drift_spread, 1.4826 * median(abs(late - usual) for _day, late in before))
    total, since, lately = 0.0, facts.as_of, []
    for one in facts.due:
        late = _late(one, facts.as_of)
        if one.due_on <= change or (one.settled_on is None and late <= usual):
            continue  # the latter may still be paid as usual
        over = (late - usual) / spread - watch.drift_slack
        if total <= 0 < over:
            since = one.due_on
        total = max(0.0, total + max(-watch.drift_clip, min(watch.drift_clip, over)))
        lately.append(late)
    if not lately:
        return None
    season = [late for day, late in before if _same_season(day, since, facts.as_of)]
    usual_now = max(usual, quantiles(season, n=4)[2]) if len(season) > 1 else usual
    return Drift(total, int(median(lately[-3:])), int(usual_now), since, len(before), len(lately))


def _change(facts: Facts, watch: Watch) -> date:
    """After which due day an item is a recent one: of a customer who buys seldom, longer ago."""
    change = facts.as_of - timedelta(watch.drift_recent)
    if len(facts.due) >= watch.drift_items:
        fourth = facts.due[-watch.drift_items].due_on - timedelta(1)
        change = min(change, max(fourth, facts.as_of - timedelta(watch.drift_longest)))
    return change


def _same_season(day: date, since: date, as_of: date) -> bool:
    """Due a year before what is late now, give or take three weeks."""
    return since - timedelta(365 + 21) <= day <= as_of - timedelta(365 - 21)


def _late(one: Due, as_of: date) -> int:
    return ((one.settled_on or as_of) - one.due_on).days


def asks_for_time(facts: Facts, watch: Watch) -> Finding | None:
    """Again and again. Once is no sign: in every ten customers one asks once a year; unless it pays in parts too."""
    asked = _since(facts.asked, facts.as_of, watch.asked_within)
    if len(asked) >= watch.asked_times:
        evidence: Evidence = {"times": len(asked), "since": asked[0].isoformat(), "last": asked[-1].isoformat()}
        severe = len(asked) >= watch.asked_severe
        return Finding(Kind.ASKS_FOR_TIME, Severity.SEVERE if severe else Severity.MARKED, evidence)
    parts = _since(facts.in_parts, facts.as_of, watch.parts_within)
    if not parts or not _since(asked, facts.as_of, watch.asked_lately):
        return None
    drift = _drift(facts, watch)
    if drift is None or drift.total < watch.asked_alarm or drift.now - drift.usual < watch.asked_days:
        return None
    return Finding(Kind.ASKS_FOR_TIME, Severity.SLIGHT, {"last": asked[-1].isoformat(), "parts": len(parts)})


def pays_in_parts(facts: Facts, watch: Watch) -> Finding | None:
    """Items are paid in parts now by somebody who used to pay them whole."""
    now = _since(facts.in_parts, facts.as_of, watch.parts_within)
    if len(now) < watch.parts_times:
        return None
    start = facts.as_of - timedelta(watch.parts_within)
    settled = [one.settled_on for one in facts.due if one.settled_on is not None]
    paid_before = sum(1 for day in settled if start - timedelta(365) < day <= start)
    before = len(facts.in_parts) - len(now)
    if paid_before < watch.parts_least or before > watch.parts_before * paid_before:
        return None
    paid_now = sum(1 for day in settled if day > start)
    if len(now) < watch.parts_share * max(paid_now, len(now)):
        return None
    evidence: Evidence = {
        "times": len(now), "since": now[0].isoformat(), "last": now[-1].isoformat(), "before": before,
        "whole": paid_before,
    }  # fmt: skip
    return Finding(Kind.PAYS_IN_PARTS, Severity.MARKED, evidence)


def unanswered(facts: Facts, watch: Watch) -> Finding | None:
    """Call after call, visit after visit reaches nobody, more often in a row than this customer's past explains.

    A new customer has no past: there it is a sign as soon as one of the first items is well overdue.
    """
    days = facts.unreached
    if not days or not (_is_silent(facts, watch) or _is_silent_from_the_start(facts, watch)):
        return None
    evidence: Evidence = {
        "times": len(days), "since": days[0].isoformat(), "last": days[-1].isoformat(), "contacts": facts.contacts,
        "reached": facts.reached,
    }  # fmt: skip
    return Finding(Kind.UNANSWERED, Severity.MARKED, evidence)


def _is_silent(facts: Facts, watch: Watch) -> bool:
    days = facts.unreached
    return (
        len(days) >= watch.unanswered_times
        and any(one.settled_on is None for one in facts.due)
        and (days[-1] - days[0]).days >= watch.unanswered_days
        and facts.contacts >= watch.unanswered_known
        and (facts.as_of - days[-1]).days <= watch.unanswered_recent
        and _chance_of_silence(facts) <= watch.unanswered_chance
    )


def _is_silent_from_the_start(facts: Facts, watch: Watch) -> bool:
    late = [_late(one, facts.as_of) for one in facts.due if one.settled_on is None]
    return (
        len(facts.unreached) >= watch.new_times
        and len(facts.due) <= watch.new_items
        and max(late, default=0) >= watch.new_late
    )


def _chance_of_silence(facts: Facts) -> float:
    """That so many calls and visits in a row would fail anyway, by the customer's own past."""
    missed = 1 - (facts.reached + 1) / (facts.contacts + 2)
    chance: float = missed ** len(facts.unreached)
    return chance


def first_order(facts: Facts, watch: Watch) -> Finding | None:
    """First goods on credit far above what such customers begin with; or above it, and the limit is nearly used up.

    The amounts are what a book has to see: an order that was too easy, without a question asked, leaves nothing in it.
    """
    one = facts.first
    if one is None or one.peers < watch.first_peers or (facts.as_of - one.on).days > watch.first_within:
        return None
    at_limit = one.limit is not None and one.amount >= one.limit * watch.first_of_limit
    times = watch.first_times_at_limit if at_limit else watch.first_times
    if (one.on - one.known_since).days < watch.first_known or one.amount < one.usual * times:
        return None
    evidence: Evidence = {
        "amount": str(one.amount), "usual": str(one.usual), "currency": one.currency, "since": one.on.isoformat(),
        "peers": one.peers,
    }  # fmt: skip
    if one.limit is not None:
        evidence["limit"] = str(one.limit)
    severe = one.amount >= one.usual * watch.first_severe
    return Finding(Kind.FIRST_ORDER, Severity.SEVERE if severe else Severity.MARKED, evidence)


def _since(days: Sequence[date], as_of: date, within: int) -> list[date]:
    return [day for day in days if (as_of - day).days < within]


CATALOGUE: tuple[Callable[[Facts, Watch], Finding | None], ...] = (
    off_season,
    sudden_drop,
    drifting,
    asks_for_time,
    pays_in_parts,
    unanswered,
    first_order,
)
