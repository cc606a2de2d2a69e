"""A standing in the reader's words: which rule, with which facts, since when, and the nearest way out."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from collections_app.policy.thresholds import Thresholds
from collections_app.standings.evidence import Ran
from collections_app.standings.rules import Rule
from collections_app.standings.ways_out import Done, Step, WayOut
from common.days import ONE_DAY
from common.templatetags import ui

CHANNELS = {
    "visit": gettext_lazy("Visit"),
    "call": gettext_lazy("Call"),
    "letter": gettext_lazy("Letter"),
    "mail": gettext_lazy("E-mail"),
}


# The rule


def why(rule: Rule, *, invoice: str, due_date: date | None, as_of: date, thresholds: Thresholds, broken: int) -> str:
    """The rule that fired, in one sentence with its figures."""
    late = (as_of - due_date).days if due_date else 0
    facts = {
        "invoice": invoice,
        "days": late,
        "day": ui.day(due_date),
        "quasi_bad": thresholds.quasi_bad,
        "bad": thresholds.bad,
        "dormant": thresholds.dormant,
        "broken": broken,
    }
    if rule is Rule.LATE and late == 1:
        return _("%(invoice)s was due yesterday.") % facts
    return _WHY[rule](late) % facts


_WHY: dict[Rule, Callable[[int], str]] = {
    Rule.OVERRIDE: lambda late: _("Somebody with the right decided the standing of %(invoice)s; the rules wait."),
    Rule.NO_MOVEMENT: lambda late: ngettext(
        "%(invoice)s is %(days)s day late and the customer has not moved for %(dormant)s days.",
        "%(invoice)s is %(days)s days late and the customer has not moved for %(dormant)s days.",
        late,
    ),
    Rule.CUSTOMER_FAILED: lambda late: _("The customer is insolvent, closed or in court."),
    Rule.LATE_BAD: lambda late: ngettext(
        "%(invoice)s is %(days)s day late; from %(bad)s days on an item is bad.",
        "%(invoice)s is %(days)s days late; from %(bad)s days on an item is bad.",
        late,
    ),
    Rule.LATE_QUASI_BAD: lambda late: ngettext(
        "%(invoice)s is %(days)s day late; from %(quasi_bad)s days on an item is quasi-bad.",
        "%(invoice)s is %(days)s days late; from %(quasi_bad)s days on an item is quasi-bad.",
        late,
    ),
    Rule.BROKEN_PROMISES: lambda late: ngettext(
        "%(invoice)s is %(days)s day late and %(broken)s promises were broken.",
        "%(invoice)s is %(days)s days late and %(broken)s promises were broken.",
        late,
    ),
    Rule.SEVERE_WARNING: lambda late: ngettext(
        "%(invoice)s is %(days)s day late and a severe warning is active.",
        "%(invoice)s is %(days)s days late and a severe warning is active.",
        late,
    ),
    Rule.REFUSED_CONFIRMATION: lambda late: ngettext(
        "%(invoice)s is %(days)s day late and the customer refused to confirm its balance.",
        "%(invoice)s is %(days)s days late and the customer refused to confirm its balance.",
        late,
    ),
    Rule.LATE: lambda late: ngettext(
        "%(invoice)s was due on %(day)s and is %(days)s day late.",
        "%(invoice)s was due on %(day)s and is %(days)s days late.",
        late,
    ),
    Rule.NOT_LATE: lambda late: _("Nothing is late; %(invoice)s is due on %(day)s."),
    Rule.NO_DUE_DATE: lambda late: _("Nothing is late; %(invoice)s has no due date yet."),
}


# The facts


def open_amount(left: Decimal, amount: Decimal, currency: str) -> str:
    if left == amount:
        return _("%(open)s is open.") % {"open": ui.money_text(left, currency)}
    return _("%(open)s of %(amount)s is open.") % {
        "open": ui.money_text(left, currency),
        "amount": ui.money_text(amount, currency),
    }


def disputed(amount: Decimal, currency: str) -> str:
    return _("%(amount)s of it is disputed.") % {"amount": ui.money_text(amount, currency)}


def due(due_date: date | None, *, agreed: date | None, because: str, as_of: date) -> str:
    """The due date in force, where it came from, and how late it is."""
    if due_date is None:
        return _("It has no due date yet.")
    days = (as_of - due_date).days
    facts = {"day": ui.day(due_date), "agreed": ui.day(agreed), "because": because, "days": days}
    found = _("Due on %(day)s.") % facts
    if because:
        found = _("Due on %(day)s, moved from %(agreed)s: %(because)s.") % facts
    if as_of <= due_date:
        return found
    late = ngettext("%(days)s day late.", "%(days)s days late.", days) % facts
    return f"{found} {late}"


def condition(row: Ran) -> str:
    """What has befallen the customer, since when, and under which reference."""
    found = _CONDITIONS[row.kind]() % {"day": ui.day(row.starts_on)}
    return f"{found} ({row.reference})" if row.reference else found


_CONDITIONS: dict[str, Callable[[], str]] = {
    "insolvent": lambda: _("Insolvent since %(day)s"),
    "closed": lambda: _("Closed since %(day)s"),
    "in court": lambda: _("In court since %(day)s"),
    "handed over": lambda: _("Handed over to an agency or lawyer since %(day)s"),
    "assigned": lambda: _("Assigned since %(day)s: the assignee collects"),
}


def broken_promise(amount: Decimal, currency: str, promised_on: date, broken_on: date) -> str:
    return _("%(amount)s was promised for %(day)s; the promise was broken on %(broken)s.") % {
        "amount": ui.money_text(amount, currency),
        "day": ui.day(promised_on),
        "broken": ui.day(broken_on),
    }


def warning(kind: str, source: str, reported_on: date, expires_on: date, note: str) -> str:
    found = _("Severe warning of %(day)s, active until %(last)s: %(kind)s (%(source)s)") % {
        "kind": kind,
        "source": source,
        "day": ui.day(reported_on),
        "last": ui.day(expires_on - ONE_DAY),
    }
    return f"{found}: {note}" if note else found


def refused_balance(amount: Decimal, currency: str, balance_on: date, answered_on: date, who: str, note: str) -> str:
    found = _("The balance of %(balance_day)s, %(amount)s, was refused on %(day)s") % {
        "balance_day": ui.day(balance_on),
        "amount": ui.money_text(amount, currency),
        "day": ui.day(answered_on),
    }
    if who:
        found = _("%(refused)s by %(who)s") % {"refused": found, "who": who}
    return f"{found}: {note}" if note else found


def override(standing: str, who: str, ends_before: date, because: str) -> str:
    return _("%(who)s decided “%(standing)s” until %(last)s: %(because)s") % {
        "who": who,
        "standing": ui.standing_word(standing),
        "last": ui.day(ends_before - ONE_DAY),
        "because": because,
    }


def last_movement(kind: str, on: date, as_of: date) -> str:
    days = (as_of - on).days
    if not days:
        return _("Last movement of the customer: %(what)s, today.") % {"what": MOVEMENTS[kind]}
    return ngettext(
        "Last movement of the customer: %(what)s on %(day)s, %(days)s day ago.",
        "Last movement of the customer: %(what)s on %(day)s, %(days)s days ago.",
        days,
    ) % {"what": MOVEMENTS[kind], "day": ui.day(on), "days": days}


def never_moved() -> str:
    return _("No movement of the customer is known.")


MOVEMENTS = {
    "invoice": gettext_lazy("an invoice"),
    "delivery": gettext_lazy("a delivery"),
    "payment": gettext_lazy("a payment"),
    "receipt": gettext_lazy("a receipt"),
    "promise": gettext_lazy("a promise"),
    "dispute": gettext_lazy("a dispute"),
    "confirmation": gettext_lazy("a signed balance"),
    "contact": gettext_lazy("somebody reached"),
}


def settled(on: date | None) -> str:
    if on is None:
        return _("Nothing is open: what is settled has no standing.")
    return _("Settled on %(day)s: what is settled has no standing.") % {"day": ui.day(on)}


# What was tried


def contact(channel: str, note: str, *, reached: bool) -> str:
    word = str(CHANNELS.get(channel, channel))
    found = word if reached else _("%(channel)s, nobody reached") % {"channel": word}
    return f"{found}: {note}" if note else found


def promise(amount: Decimal, currency: str, promised_on: date, state: str) -> str:
    return _("Promise of %(amount)s for %(day)s: %(state)s") % {
        "amount": ui.money_text(amount, currency),
        "day": ui.day(promised_on),
        "state": state.lower(),
    }


def excuse(kind: str, note: str) -> str:
    found = _("Excuse: %(kind)s") % {"kind": kind}
    return f"{found} ({note})" if note else found


# The way out


def way_out(way: WayOut, *, currency: str, rule: Rule, as_of: date) -> str:
    """What has to happen, and what comes of it."""
    if way.steps[0].step in (Step.PAY, Step.KEEP_PROMISE):
        return _paying(way, currency, is_late=rule is not Rule.NOT_LATE, as_of=as_of)
    said = [_STEPS[done.step](done) for done in way.steps if done.step is not Step.WAIT]
    then = {"standing": _standing(way.gives), "day": ui.day(way.on)}
    if way.on is not None:
        return _WAITS.get(rule, lambda: _("Nothing to do: from %(day)s on it is %(standing)s."))() % then
    return " ".join([*said, _("Then it is %(standing)s.") % then])


def _standing(standing: object) -> str:
    return str(ui.standing_word(standing)).lower()


SOON = timedelta(days=30)


def _paying(way: WayOut, currency: str, *, is_late: bool, as_of: date) -> str:
    """What is late already is to be paid: a far day, told as a term, would read as if there were time until then."""
    facts: Mapping[str, Any] = {
        "amount": ui.money_text(way.amount, currency),
        "day": ui.day(way.until),
        "standing": _standing(way.worse) if way.worse else "",
    }
    if way.steps[0].step is Step.KEEP_PROMISE:
        return _("Keep the promise: pay %(amount)s by %(day)s.") % facts
    if way.until is None:
        return _("Pay %(amount)s.") % facts
    if is_late and way.until - as_of > SOON:
        return _("Pay %(amount)s; after %(day)s it is %(standing)s.") % facts
    return _("Pay %(amount)s by %(day)s; from the next day on it is %(standing)s.") % facts


def _names(conditions: Sequence[Ran]) -> str:
    return "; ".join(condition(row) for row in conditions)


_STEPS: dict[Step, Callable[[Done], str]] = {
    Step.MOVE: lambda done: _(
        "Any movement of the customer wakes it: a payment, a delivery, a promise, a signed balance, somebody reached."
    ),
    Step.CONFIRM: lambda done: _("Get the balance confirmed."),
    Step.CLEAR_WARNING: lambda done: ngettext(
        "Clear the severe warning up: whoever finds it wrong dismisses it with a reason.",
        "Clear the severe warnings up: whoever finds them wrong dismisses them with a reason.",
        len(done.severe),
    ),
    Step.END_CONDITION: lambda done: _("Wait for its end: %(conditions)s.") % {"conditions": _names(done.conditions)},
}

_WAITS: dict[Rule, Callable[[], str]] = {
    Rule.OVERRIDE: lambda: _("Nothing to do: the override ends, and from %(day)s on it is %(standing)s."),
    Rule.SEVERE_WARNING: lambda: _("Nothing to do: the warning expires, and from %(day)s on it is %(standing)s."),
    Rule.BROKEN_PROMISES: lambda: _(
        "Break no further promise: the broken ones grow old, and from %(day)s on it is %(standing)s."
    ),
}
