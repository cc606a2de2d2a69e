"""What a customer states about how it pays, and what was learned beside it, as sentences with figures."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from babel.lists import format_list
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from collections_app.visits import permitted
from collections_app.visits.payout_days import LEAST, Payout
from collections_app.visits.rhythm import Figure, Learned, next_payout
from common.templatetags import ui
from contracts.wording import pays_on, settlement_day
from customers.models import Habit
from receivables.models import PaymentMethod

Kind = Habit.Kind


def stated(habit: Habit) -> str:
    """In the reader's words, without its kind; a rule in other words stands as it was said."""
    match habit.kind:
        case Kind.SETTLEMENT_DAY:
            return pays_on(habit.rule)
        case Kind.METHOD if habit.rule in PaymentMethod.values:
            return str(PaymentMethod(habit.rule).label)
        case Kind.TABOO:
            return _taboo(habit.rule)
        case Kind.STEP:
            return f"{settlement_day(habit.rule)}: {habit.note}" if habit.rule else habit.note
    if habit.days_before is None:
        return habit.rule
    before = ngettext(
        "%(days)s working day before paying at the latest",
        "%(days)s working days before paying at the latest",
        habit.days_before,
    ) % {"days": habit.days_before}
    return (
        f"{habit.rule}, {before}" if habit.days_before else _("%(what)s, else nothing is paid") % {"what": habit.rule}
    )


def _taboo(rule: str) -> str:
    parts = {"mornings": _("in the mornings"), "afternoons": _("in the afternoons")}
    span = permitted.DAYS_OF_MONTH.fullmatch(rule)
    if span:
        return _("day %(first)s to %(last)s of the month") % {"first": span[1], "last": span[2]}
    return parts.get(rule) or settlement_day(rule)


# What was learned


@dataclass(frozen=True, slots=True)
class Told:
    """A learned figure in words; `is_known` false: too few observations, or they keep to no rule."""

    text: str
    observations: int
    drift_since: date | None
    is_known: bool
    basis: str = ""  # how many observations it rests on
    drift: str = ""
    more: str = ""


def payout(learned: Learned, *, today: date, country: str) -> Told:
    figure = learned.payout
    following = next_payout(learned, today, country=country)
    more = _("next on %(day)s") % {"day": ui.weekday(following)} if following else ""
    return _told(figure, _payout(figure.value) if figure.value else "", _payments(figure.observations), more)


def hours(learned: Learned) -> Told:
    found = learned.hours.value
    facts = {"start": f"{found.starts_at:%H:%M}", "end": f"{found.ends_at:%H:%M}"} if found else {}
    number = learned.hours.observations
    basis = ngettext("from %(count)s receipt", "from %(count)s receipts", number) % {"count": number}
    return _told(learned.hours, _("mostly between %(start)s and %(end)s") % facts if found else "", basis)


def delay(learned: Learned) -> Told:
    late = learned.delay.value
    number = learned.delay.observations
    basis = ngettext("from %(count)s settled item", "from %(count)s settled items", number) % {"count": number}
    return _told(learned.delay, "" if late is None else late_words(late), basis)


def cycle(learned: Learned) -> Told:
    days = learned.cycle.value
    said = ngettext("every day", "every %(days)s days", days) % {"days": days} if days else ""
    return _told(learned.cycle, said, _deliveries(learned.cycle.observations))


def restock(learned: Learned, *, today: date) -> Told:
    day = learned.restock_on.value
    said = ui.weekday(day) if day else ""
    if day and day < today:
        said = _("expected since %(day)s") % {"day": said}
    return _told(learned.restock_on, said, _deliveries(learned.restock_on.observations))


def late_words(days: int) -> str:
    """The middle of its delays, after the agreed due day."""
    if days == 0:
        return _("on the due day")
    if days < 0:
        return ngettext("%(days)s day early", "%(days)s days early", -days) % {"days": -days}
    return ngettext("%(days)s day late", "%(days)s days late", days) % {"days": days}


def _payout(found: Payout) -> str:
    if not found.rules:
        return _("on no fixed day: %(when)s") % {"when": late_words(found.lag)}
    said = format_list([settlement_day(rule) for rule in found.rules], locale=ui.active_locale())
    if found.lag <= 0:
        return said
    waits = ngettext(
        "%(days)s day after the due day at the earliest", "%(days)s days after the due day at the earliest", found.lag
    ) % {"days": found.lag}
    return f"{said}, {waits}"


def _payments(number: int) -> str:
    return ngettext("from %(count)s payment", "from %(count)s payments", number) % {"count": number}


def _deliveries(number: int) -> str:
    return ngettext("from %(count)s delivery", "from %(count)s deliveries", number) % {"count": number}


def _told(figure: Figure[Any], text: str, basis: str, more: str = "") -> Told:
    drift = ""
    if figure.drift_since and text:
        drift = _("so since %(day)s; it was another before") % {"day": ui.day(figure.drift_since)}
    if not figure.is_enough:
        text = _("not enough data: %(count)s of %(least)s") % {"count": figure.observations, "least": LEAST}
        return Told(text, figure.observations, None, is_known=False)
    if not text:
        return Told(_("no rule to be seen"), figure.observations, None, is_known=False, basis=basis)
    return Told(text, figure.observations, figure.drift_since, True, basis, drift, more)
