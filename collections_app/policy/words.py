"""The policy in words: what a section and a key mean, what a value is, and what is wrong with one."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from collections_app.policy.document import text_of
from collections_app.policy.keys import STANDINGS, Key, Kind, Unit
from collections_app.policy.reading import Problem, Why
from collections_app.policy.worth_words import WORTH as WORTH_WORDS

SECTIONS: dict[str, Any] = {
    "": gettext_lazy("Ageing"),
    "thresholds": gettext_lazy("Standings and promises"),
    "efforts.unpaid": gettext_lazy("Effort: unpaid"),
    "efforts.overdue": gettext_lazy("Effort: overdue"),
    "efforts.quasi_bad": gettext_lazy("Effort: quasi-bad"),
    "efforts.bad": gettext_lazy("Effort: bad"),
    "efforts.dormant": gettext_lazy("Effort: dormant"),
    "dunning": gettext_lazy("Letters"),
    "planning": gettext_lazy("Visit plan"),
    "worth": gettext_lazy("Worth of a visit"),
    "travel": gettext_lazy("Way from place to place"),
    "conduct": gettext_lazy("Conduct"),
    "gate": gettext_lazy("Gate"),
    "credit": gettext_lazy("Credit"),
    "ladder": gettext_lazy("Supply ladder"),
    "approvals": gettext_lazy("Approvals"),
}


@dataclass(frozen=True, slots=True)
class Words:
    """`label` names the value on a page and `meaning` says what it does."""

    label: Any
    meaning: Any


def _words(label: Any, meaning: Any) -> Words:
    return Words(label, meaning)


EFFORT = {
    "rhythm": _words(
        gettext_lazy("Rhythm"), gettext_lazy("Days from one contact to the next; 0: none beyond the due day.")
    ),
    "channel": _words(gettext_lazy("Channel"), gettext_lazy("How the customer is approached.")),
    "visitor": _words(gettext_lazy("Visitor"), gettext_lazy("Who does it.")),
    "approver": _words(
        gettext_lazy("Approver"),
        gettext_lazy("The lowest role that decides about such a customer: more time, overrides, limits, rungs."),
    ),
}
KEYS: dict[str, Words] = {
    "buckets": _words(
        gettext_lazy("Buckets"), gettext_lazy("The last day late of each ageing bucket; what is later is the last one.")
    ),
    "thresholds.quasi_bad": _words(
        gettext_lazy("Quasi-bad from"), gettext_lazy("Days late from which a due item is quasi-bad.")
    ),
    "thresholds.bad": _words(gettext_lazy("Bad from"), gettext_lazy("Days late from which a due item is bad.")),
    "thresholds.dormant": _words(
        gettext_lazy("Dormant after"),
        gettext_lazy("Days without a movement of the customer after which what is late is dormant."),
    ),
    "thresholds.broken_promises": _words(
        gettext_lazy("Broken promises"), gettext_lazy("So many broken promises make what is late quasi-bad.")
    ),
    "thresholds.broken_within": _words(
        gettext_lazy("Broken within"), gettext_lazy("Days back in which broken promises count.")
    ),
    "thresholds.grace_cash": _words(
        gettext_lazy("Grace, cash"),
        gettext_lazy("Working days after the promised day until a promise of cash is broken."),
    ),
    "thresholds.grace_other": _words(
        gettext_lazy("Grace, other methods"),
        gettext_lazy("Working days after the promised day until a promise of another method is broken."),
    ),
    "thresholds.promise_within": _words(
        gettext_lazy("Promised within"), gettext_lazy("A promise is for a day at most so many days ahead.")
    ),
    **{f"efforts.{standing}.{name}": words for standing in STANDINGS for name, words in EFFORT.items()},
    "dunning.level_from": _words(
        gettext_lazy("Levels from"), gettext_lazy("Days late from which a letter of level 1, 2, 3 may go out.")
    ),
    "dunning.notice": _words(
        gettext_lazy("Notice"), gettext_lazy("Days between a letter and the day by which it asks to pay.")
    ),
    "dunning.minimum": _words(gettext_lazy("Smallest letter"), gettext_lazy("Below this amount no letter goes out.")),
    "planning.cost_per_minute": _words(
        gettext_lazy("Cost of a minute"), gettext_lazy("What a minute on the way costs; a visit must be worth it.")
    ),
    "planning.visit_minutes": _words(gettext_lazy("Length of a visit"), gettext_lazy("Minutes that a visit takes.")),
    "planning.order_minutes": _words(
        gettext_lazy("Longer for an order"),
        gettext_lazy("Minutes more, where the customer is about to order again: settle first, then order."),
    ),
    "planning.paper_minutes": _words(
        gettext_lazy("Longer for papers"),
        gettext_lazy("Minutes more, where the customer goes through invoices or a reconciliation before it pays."),
    ),
    "planning.left_out_from": _words(
        gettext_lazy("Named when left out"),
        gettext_lazy("Whoever is left out although worth at least this is named with the reason."),
    ),
    "planning.starts_at": _words(
        gettext_lazy("Day starts"),
        gettext_lazy("When a rep's day starts who has no hours of his own; nobody is visited before."),
    ),
    "planning.ends_at": _words(
        gettext_lazy("Day ends"),
        gettext_lazy("When a rep's day ends who has no hours of his own; nobody is visited after."),
    ),
    "planning.announce_from": _words(
        gettext_lazy("Confirmed by a call from"),
        gettext_lazy("Planned collections of this amount or more are confirmed by a call before the trip."),
    ),
    "planning.announce_days": _words(
        gettext_lazy("Called ahead"), gettext_lazy("Working days before the visit from which it may be confirmed.")
    ),
    "planning.far_minutes": _words(
        gettext_lazy("Far from"),
        gettext_lazy("A trip of this many minutes or more counts less while it is unconfirmed."),
    ),
    **{f"worth.{name}": _words(label, meaning) for name, (label, meaning) in WORTH_WORDS.items()},
    "travel.circuity": _words(
        gettext_lazy("Detour"), gettext_lazy("So many times as long as the crow flies is the way by road.")
    ),
    "travel.bands": _words(
        gettext_lazy("Speed changes at"), gettext_lazy("Kilometres of a way at which the next speed begins.")
    ),
    "travel.speeds": _words(
        gettext_lazy("Speeds"),
        gettext_lazy("How fast the first part of a way is driven, the second, and the rest."),
    ),
    "travel.parking_minutes": _words(
        gettext_lazy("Parking"), gettext_lazy("Minutes that parking takes at every place that is driven to.")
    ),
    "conduct.contacts_per_week": _words(
        gettext_lazy("Contacts a week"),
        gettext_lazy("The most contacts that we begin with a customer in a week."),
    ),
    "conduct.quiet_sunday": _words(gettext_lazy("Quiet Sundays"), gettext_lazy("We begin no contact on a Sunday.")),
    "conduct.quiet_holidays": _words(
        gettext_lazy("Quiet holidays"), gettext_lazy("We begin no contact on a public holiday.")
    ),
    "gate.late_from": _words(
        gettext_lazy("Holds when late by"), gettext_lazy("Days late from which nothing more leaves.")
    ),
    "gate.tolerance": _words(gettext_lazy("Tolerance"), gettext_lazy("May stay open of an earlier batch.")),
    "gate.automatic": _words(
        gettext_lazy("Releases by itself"), gettext_lazy("Money that settles every cause releases the batch at once.")
    ),
    "gate.provisional": _words(
        gettext_lazy("Unverified cash"),
        gettext_lazy("Field cash up to this per rep opens the gate before finance has verified it."),
    ),
    "credit.ramp_start": _words(gettext_lazy("First limit"), gettext_lazy("What a new customer may owe.")),
    "credit.ramp_steps": _words(
        gettext_lazy("Steps to the limit"), gettext_lazy("Settlements on time until the whole limit is open.")
    ),
    "credit.new_for": _words(
        gettext_lazy("New for"), gettext_lazy("Days from the first invoice in which a customer counts as new.")
    ),
    "credit.first_order_from": _words(
        gettext_lazy("First order checked from"), gettext_lazy("A first order of this amount or more is checked.")
    ),
    "credit.slow_after": _words(
        gettext_lazy("Slow after"), gettext_lazy("Days after which a consigned batch that sold less than half is slow.")
    ),
    "credit.limit_ends_within": _words(
        gettext_lazy("Cover ends within"),
        gettext_lazy("Days before the end of an insured limit in which somebody is told."),
    ),
    "ladder.late_from": _words(
        gettext_lazy("Rungs from"), gettext_lazy("Days late of the oldest item from which each rung may be proposed.")
    ),
    "ladder.minimum": _words(
        gettext_lazy("Smallest debt"), gettext_lazy("Below this amount late no rung is proposed.")
    ),
    "ladder.batch_share": _words(
        gettext_lazy("Smaller batches"), gettext_lazy("Share of the usual batch that still leaves on the first rung.")
    ),
    "ladder.best_sellers": _words(
        gettext_lazy("Best-sellers withheld"), gettext_lazy("How many products are withheld on the third rung.")
    ),
    "approvals.manager_up_to": _words(
        gettext_lazy("A manager decides up to"),
        gettext_lazy("What a manager approves at most; more is for finance or an admin."),
    ),
}
UNITS: dict[Unit, Any] = {
    Unit.DAYS: gettext_lazy("days"),
    Unit.WORKING_DAYS: gettext_lazy("working days"),
    Unit.TIMES: gettext_lazy("times"),
    Unit.PRODUCTS: gettext_lazy("products"),
    Unit.MINUTES: gettext_lazy("minutes"),
    Unit.PER_WEEK: gettext_lazy("per week"),
    Unit.KILOMETRES: gettext_lazy("km"),
    Unit.KMH: gettext_lazy("km/h"),
    Unit.BASE: gettext_lazy("in base currency"),
    Unit.OF_THE_LETTER: gettext_lazy("in the letter's currency"),
    Unit.OF_THE_SHIPMENT: gettext_lazy("in the shipment's currency"),
    Unit.NONE: "",
}
CHOICES: dict[str, Any] = {
    "visit": pgettext_lazy("policy", "visit"),
    "call": pgettext_lazy("policy", "call"),
    "letter": pgettext_lazy("policy", "letter"),
    "look": pgettext_lazy("policy", "look at the file"),
    "rep": pgettext_lazy("policy", "rep"),
    "manager": pgettext_lazy("policy", "manager"),
    "finance": pgettext_lazy("policy", "finance"),
    "admin": pgettext_lazy("policy", "admin"),
}


def written(key: Key, value: Any) -> str:
    """A value for people: "60 days", "09:00", "30, 60, 90", "yes"."""
    if key.kind == Kind.YES_NO:
        return _("yes") if value else _("no")
    if key.kind == Kind.WORD:
        return str(CHOICES[value])
    text = ", ".join(map(str, value)) if key.kind in (Kind.STEPS, Kind.FACTORS) else text_of(key, value)
    return f"{text} {UNITS[key.unit]}".strip()


def allowed(key: Key) -> str:
    """What the key may be, for the manual of a page and for a refusal."""
    bounds = {"least": key.least, "most": key.most}
    match key.kind:
        case Kind.YES_NO:
            return _("true or false")
        case Kind.WORD:
            return _("one of %(choices)s") % {"choices": ", ".join(key.choices)}
        case Kind.AMOUNT:
            return _("an amount of 0 or more, with three decimals at most")
        case Kind.SHARE:
            return _("a share above 0 and up to 1, with three decimals at most")
        case Kind.FACTOR:
            return _("a factor of %(least)s to %(most)s, with three decimals at most") % bounds
        case Kind.TIME:
            return _("a time of day such as 09:00")
        case Kind.FACTORS:
            said = bounds | {"count": key.count[0]}
            return _("%(count)s factors of %(least)s to %(most)s, with three decimals at most") % said
        case Kind.STEPS:
            fewest, most = key.count
            said = bounds | {"fewest": fewest, "count": most}
            if fewest == most:
                return _("%(count)s rising whole numbers of %(least)s to %(most)s") % said
            return _("%(fewest)s to %(count)s rising whole numbers of %(least)s to %(most)s") % said
    return _("a whole number of %(least)s to %(most)s") % bounds


def problem(found: Problem) -> str:
    """One sentence: where, what stands there, what may stand there."""
    facts = {"path": found.path, "value": found.value, "other": found.other, "other_value": found.other_value}
    facts["known"] = ", ".join(found.known)
    match found.why:
        case Why.NOT_TOML:
            return _("The file is not TOML: %(value)s.") % facts
        case Why.UNKNOWN_SECTION:
            return _("%(path)s: the policy has no such section; there are %(known)s.") % facts
        case Why.UNKNOWN_KEY:
            return _("%(path)s = %(value)s: the policy has no such key; there are %(known)s.") % facts
        case Why.NOT_A_SECTION:
            return _("%(path)s = %(value)s: a section with keys is expected here.") % facts
        case Why.NOT_BY_SEGMENT:
            return _("%(path)s = %(value)s: all segments share this key; state it without the segment.") % facts
        case Why.NOT_A_SEGMENT:
            return _("%(path)s: a segment's name has 1 to 40 letters and no space around it.") % facts
        case Why.NO_SUCH_SEGMENT:
            return _("%(path)s: no customer has this segment yet.") % facts
        case Why.ORDER:
            return _("%(path)s = %(value)s: must be below %(other)s = %(other_value)s.") % facts
    facts["allowed"] = allowed(found.key) if found.key else ""
    return _("%(path)s = %(value)s: expected %(allowed)s.") % facts


def beside(found: Problem) -> str:
    """The same beside the field of the key, which names it already."""
    facts = {"value": found.value, "allowed": allowed(found.key) if found.key else ""}
    if found.why == Why.ORDER:
        label = KEYS[found.other].label if found.other in KEYS else found.other
        return _("%(value)s must be below “%(label)s”, which is %(other_value)s.") % (
            facts | {"label": label, "other_value": found.other_value}
        )
    return _("%(value)s: expected %(allowed)s.") % facts


def as_rows(problems: Iterable[Problem]) -> list[dict[str, str]]:
    """Problems for a JSON document."""
    return [{"key": one.path, "value": one.value, "problem": problem(one)} for one in problems]


def in_one(problems: Sequence[Problem]) -> str:
    return " ".join(problem(one) for one in problems)
