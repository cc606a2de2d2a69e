"""Why is X before Y? The terms of two visits side by side, where they differ, and what decides their order."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from collections_app.visits import chance_services as chances
from collections_app.visits import worth_words as words
from collections_app.visits.models import Stop
from collections_app.visits.worth import TERMS
from common.money import ZERO
from common.templatetags.ui import clock, money_text
from receivables.queries import base_currency


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two visits; worth in base currency."""

    name: str
    url: str
    standing: str
    position: int
    begins_at: time | None
    worth: Decimal


@dataclass(frozen=True, slots=True)
class TermRow:
    """A term of both; `difference` is the first less the second."""

    label: str
    first: Decimal
    second: Decimal
    difference: Decimal


@dataclass(frozen=True, slots=True)
class Comparison:
    on: date
    base: str
    first: Side
    second: Side
    terms: tuple[TermRow, ...]
    difference: Decimal
    sentences: tuple[str, ...]
    order: tuple[str, ...]
    chances: str


def comparison(first: Stop, second: Stop) -> Comparison:
    """Both stops come with their customer. Amounts are those of the plan, in base currency."""
    base = base_currency()
    rows = _terms(first, second)
    difference = first.worth - second.worth
    return Comparison(
        on=first.plan.on,
        base=base,
        first=_side(first),
        second=_side(second),
        terms=rows,
        difference=difference,
        sentences=tuple(_worth(first, second, rows, base)),
        order=tuple(_order(first, second)) if first.plan_id == second.plan_id else (),
        chances=words.where_chances_come_from(chances.current(first.plan.on)),
    )


def others_of(stop: Stop) -> list[tuple[int, str]]:
    """The other visits of the same plan, to compare with: key and name, in the order of the day."""
    rows = Stop.objects.filter(plan=stop.plan_id).exclude(pk=stop.pk).exclude(terms=[])
    return list(rows.order_by("position").values_list("pk", "customer__name"))


def _side(stop: Stop) -> Side:
    return Side(
        name=stop.customer.name,
        url=reverse("visits:stop", args=[stop.pk]),
        standing=stop.standing,
        position=stop.position,
        begins_at=_begins(stop),
        worth=stop.worth,
    )


def _begins(stop: Stop) -> time | None:
    return stop.start_at or stop.arrive_at


def _terms(first: Stop, second: Stop) -> tuple[TermRow, ...]:
    """In the order in which they are applied; a term of one of them alone stands with nothing beside it."""
    ours, theirs = (_amounts(stop) for stop in (first, second))
    names = [name for name in TERMS if name in ours or name in theirs]
    names += [name for name in dict.fromkeys([*ours, *theirs]) if name not in names]
    return tuple(
        TermRow(
            words.term(name),
            ours.get(name, ZERO),
            theirs.get(name, ZERO),
            ours.get(name, ZERO) - theirs.get(name, ZERO),
        )
        for name in names
    )


def _amounts(stop: Stop) -> dict[str, Decimal]:
    return {row["term"]: Decimal(row["amount"]) for row in stop.terms}


def _worth(first: Stop, second: Stop, rows: Sequence[TermRow], base: str) -> Iterator[str]:
    """Which one is worth more, what most of that is, and whose way is longer."""
    more, less = (first, second) if first.worth >= second.worth else (second, first)
    sign = 1 if more is first else -1
    named = {"more": more.customer.name, "less": less.customer.name}
    if first.worth == second.worth:
        yield _("%(more)s and %(less)s are worth the same.") % named
    else:
        named["amount"] = money_text(more.worth - less.worth, base)
        yield _("%(more)s is worth more than %(less)s, by %(amount)s.") % named
        largest = max(rows, key=lambda row: sign * row.difference, default=None)
        if largest is not None and sign * largest.difference > ZERO:
            amount = money_text(sign * largest.difference, base)
            yield _("Most of it, %(amount)s: “%(term)s”.") % {"amount": amount, "term": largest.label}
        weighs = min(rows, key=lambda row: sign * row.difference, default=None)
        if weighs is not None and sign * weighs.difference < ZERO:
            said = {"amount": money_text(-sign * weighs.difference, base), "term": weighs.label, "less": named["less"]}
            yield _("For %(less)s speaks, with %(amount)s: “%(term)s”.") % said
    yield from _way(first, second)


def _way(first: Stop, second: Stop) -> Iterator[str]:
    apart = first.travel_minutes - second.travel_minutes
    if apart:
        farther = first if apart > 0 else second
        yield ngettext(
            "The way to %(name)s is %(minutes)s minute longer.",
            "The way to %(name)s is %(minutes)s minutes longer.",
            abs(apart),
        ) % {"name": farther.customer.name, "minutes": abs(apart)}


def _order(first: Stop, second: Stop) -> Iterator[str]:
    """What keeps either at its time. Without anything of the kind the order follows the way."""
    before, after = sorted((first, second), key=lambda stop: stop.position)
    named = {"before": before.customer.name, "after": after.customer.name}
    yield _("%(before)s comes before %(after)s in the day.") % named
    if before.is_commitment and after.is_commitment:
        yield _("Both are commitments of the day, so worth does not decide which one comes first.")
    found = [*_held(before, after), *_held(after, before)]
    begins = _begins(before)
    if after.opens_at is not None and (begins is None or after.opens_at > begins):
        found.append(_("%(name)s opens at %(time)s.") % _at(after, after.opens_at))
    if before.closes_at is not None and (after.closes_at is None or before.closes_at <= after.closes_at):
        found.append(_("%(name)s can be visited until %(time)s.") % _at(before, before.closes_at))
    yield from found or [_no_reason(before, after)]


def _no_reason(before: Stop, after: Stop) -> str:
    if before.closes_at is None and after.closes_at is None:
        return _("Both could be visited at any time: the order saves way.")
    return _("Their hours allow either order: this one saves way.")


def _held(stop: Stop, other: Stop) -> Iterator[str]:
    named = {"name": stop.customer.name}
    if stop.is_locked:
        yield _("The time of %(name)s is locked.") % named
    if stop.is_commitment and not other.is_commitment:
        yield _("%(name)s is a commitment of the day, whatever it is worth.") % named


def _at(stop: Stop, moment: time) -> dict[str, str]:
    return {"name": stop.customer.name, "time": clock(moment)}
