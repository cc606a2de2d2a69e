"""What the visits of the next working days will ask for: falling due, promised, or in a plan already."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import islice

from collections_app.cases.models import Promise
from collections_app.policy import queries as policies
from collections_app.policy.thresholds import Policy
from collections_app.visits import asking, commitments, permitted, profiles
from collections_app.visits.asking import Owed
from collections_app.visits.models import Plan, Stop
from collections_app.visits.permitted import Stated
from common import days
from common.money import ZERO
from customers import queries as owing
from customers.models import Condition, Customer
from receivables import queries as ledger
from receivables.models import DueItem
from staff.models import Business

AT_ONCE = 400  # customers in one statement
MOVED = timedelta(days=14)  # a day owed so long ago may still be waiting for its first permitted one


@dataclass(frozen=True, slots=True)
class Asked:
    """What a visit will ask for, in the currency that is worth most."""

    currency: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class _Wanted:
    """A day on which a customer owes; `chosen`: by itself (a promise). `is_planned`: a plan has the visit already."""

    on: date
    chosen: bool = False
    is_planned: bool = False


def collections(*, as_of: date) -> dict[tuple[int, date], Asked]:
    """By customer and day of the visit, within the policy's working days after `as_of`: what is large enough.

    A day on which the customer must not be visited moves to the first permitted one after it, and is called about
    whatever the amount, so that the call comes on the last permitted day before. Whoever is visited by somebody else
    than a rep is left out, unless something is promised or a plan has the visit.
    """
    rules = policies.in_force(as_of)
    country = Business.objects.values_list("calendar", flat=True).first() or ""
    ahead = [days.add_working_days(as_of, number, country) for number in range(1, rules.planning.announce_days + 1)]
    wanted = _wanted(as_of, ahead)
    found: dict[tuple[int, date], Asked] = {}
    rates = {code: stated.rate for code, stated in ledger.rates_on(as_of, base=ledger.base_currency()).items()}
    keys = iter(sorted(wanted))
    while chunk := list(islice(keys, AT_ONCE)):
        found |= _of(chunk, wanted, ahead, _Known(as_of, rules, country, rates))
    return found


def still_asked(*, on: date, calls: Mapping[int, tuple[str, Decimal]]) -> dict[tuple[int, date], Asked]:
    """Of calls for visits of this day, by customer: those whose customer is asked for anything at all, as they are."""
    owed = asking.owed(on=on, customers=calls) if calls else {}
    return {
        (key, on): Asked(*call)
        for key, call in calls.items()
        if any(item.ask_amount > ZERO for item in owed.get(key, ()))
    }


def _wanted(as_of: date, ahead: Sequence[date]) -> dict[int, list[_Wanted]]:
    last = ahead[-1]
    found: dict[int, list[_Wanted]] = defaultdict(list)
    since = as_of - MOVED
    due = DueItem.objects.open().filter(due_date__gt=since, due_date__lte=last)
    for customer, on in due.order_by().values_list("customer", "due_date").distinct():
        if on is not None:
            found[customer].append(_Wanted(on))
    promised = Promise.objects.filter(state=Promise.State.OPEN, promised_on__gt=since, promised_on__lte=last)
    for customer, on in promised.order_by().values_list("customer", "promised_on").distinct():
        found[customer].append(_Wanted(on, chosen=True))
    for customer, on in Stop.objects.filter(
        plan__in=Plan.objects.filter(on__in=ahead), state=Stop.State.PLANNED
    ).values_list("customer", "plan__on"):
        found[customer].append(_Wanted(on, is_planned=True))
    return found


@dataclass(frozen=True, slots=True)
class _Known:
    as_of: date
    rules: Policy
    country: str
    rates: Mapping[str, Decimal]


def _of(
    chunk: Sequence[int], wanted: Mapping[int, Sequence[_Wanted]], ahead: Sequence[date], known: _Known
) -> dict[tuple[int, date], Asked]:
    gone = Condition.objects.filter(
        owing.runs(ahead[-1]), kind__in=(*owing.IN_OTHER_HANDS, Condition.Kind.CLOSED), customer__in=chunk
    )
    visited = Customer.objects.filter(pk__in=chunk).exclude(owner=None, pool=None)
    rows = {row.pk: row for row in visited.exclude(pk__in=gone.values("customer"))}
    stated = {key: one.stated for key, one in profiles.profiles(on=known.as_of, customers=list(rows.values())).items()}
    of_day: dict[date, list[int]] = defaultdict(list)
    free: set[tuple[int, date]] = set()  # whatever the effort of the standing says
    moved: set[tuple[int, date]] = set()  # whatever the amount: nobody comes on the day itself
    for key in rows:
        for one in wanted[key]:
            on, has_moved = _visit_day(one, stated[key], known)
            if on is None or not (on in ahead or (has_moved and on > known.as_of)):
                continue
            of_day[on].append(key)
            free |= {(key, on)} if one.chosen or one.is_planned else set()
            moved |= {(key, on)} if has_moved else set()
    found = {}
    for on, keys in of_day.items():
        owed = asking.owed(on=on, customers=set(keys))
        for key in set(keys):
            asked = _asked(owed.get(key, []), known, any_amount=(key, on) in moved)
            by_rep = (key, on) in free or _is_visited_by_rep(owed.get(key, []), rows[key].segment, known.rules)
            if asked is not None and by_rep:
                found[key, on] = asked
    return found


def _visit_day(one: _Wanted, stated: Stated, known: _Known) -> tuple[date | None, bool]:
    """When the visit is, and whether it had to move because the customer wants nobody on the day itself."""
    if one.is_planned:
        return one.on, False

    def permits(day: date, *, chosen: bool) -> bool:
        closed = permitted.on_day(day, stated, country=known.country, is_commitment=chosen).closed
        return days.is_working_day(day, known.country) and not closed

    call = commitments.call_day(one.on, lambda day: permits(day, chosen=True))
    return commitments.visit_day(one.on, lambda day: permits(day, chosen=one.chosen)), call is not None


def _asked(items: Sequence[Owed], known: _Known, *, any_amount: bool) -> Asked | None:
    """None where it is less than the policy's amount, all currencies together; one without a rate counts nothing."""
    amounts: dict[str, Decimal] = defaultdict(Decimal)
    for item in items:
        if item.ask_amount > ZERO:
            amounts[item.currency] += item.ask_amount
    in_base = {code: amount * known.rates.get(code, ZERO) for code, amount in amounts.items()}
    least = ZERO if any_amount else Decimal(known.rules.planning.announce_from)
    if not amounts or sum(in_base.values(), ZERO) < least:
        return None
    currency = max(sorted(in_base), key=lambda code: in_base[code])
    return Asked(currency, amounts[currency])


def _is_visited_by_rep(items: Sequence[Owed], segment: str, rules: Policy) -> bool:
    worst = min(items, key=asking.rank, default=None)
    effort = rules.for_segment(segment).efforts.of(worst.standing if worst else "unpaid")
    return effort.is_visit_by_rep
