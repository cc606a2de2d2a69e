"""Pages of the rep's day as frozen rows. Today reads seven statements at any size: the card's facts lie in the stop.

Where goods of the next customer wait at the gate, an eighth one says what lets them go.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, time
from decimal import Decimal
from typing import Any

from django.db.models import Count
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from collections_app.visits import links, sentences
from collections_app.visits.asked import url_of
from collections_app.visits.goods import IS_HELD, Waiting, waiting
from collections_app.visits.models import LeftOut, Outcome, Plan, Stop
from common import days
from common.money import ZERO
from common.templatetags.ui import money_text, weekday
from receivables import cash_queries
from receivables.models import Receipt
from staff.models import Business, User

NAMED = 25  # left out and shown at once; the others are counted
CLOSED = (Stop.State.DONE, Stop.State.CANCELLED)


@dataclass(frozen=True, slots=True)
class Person:
    name: str
    role: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class StopCard:
    """The open card; amounts in `currency`, every part may be empty. What is closed asks for nothing any more."""

    customer_name: str
    url: str
    standing: str
    arrive_at: time | None
    window: str
    waiting: str
    distance: str
    ask_amount: Decimal
    late_amount: Decimal
    total_amount: Decimal
    currency: str
    ask_url: str
    late_url: str
    total_url: str
    is_closed: bool
    outcome: str
    outcome_why: str
    outcome_amount: Decimal | None
    outcome_currency: str
    outcome_url: str
    hold_title: str
    hold_text: str
    hold_url: str
    reasons: tuple[str, ...]
    say_first: str
    who_pays: tuple[Person, ...]
    excuse_title: str
    excuse_text: str
    promises: str
    papers: str
    invoices: str
    address: str
    map_url: str
    call_url: str
    navigate_url: str
    log_url: str


@dataclass(frozen=True, slots=True)
class StopRow:
    arrive_at: time | None
    customer_name: str
    url: str
    reason: str
    amount: Decimal | None
    currency: str
    standing: str
    is_held: bool = False
    is_locked: bool = False
    is_done: bool = False
    outcome: str = ""
    receipt_number: str = ""
    receipt_url: str = ""


@dataclass(frozen=True, slots=True)
class NotTodayRow:
    customer_name: str
    code: str
    reason: str
    call_url: str
    worth: Decimal


@dataclass(frozen=True, slots=True)
class InAndPromised:
    """Of one currency: what receipts brought in, and what was promised, on that day."""

    currency: str
    in_amount: Decimal
    promised_amount: Decimal


@dataclass(frozen=True, slots=True)
class Today:
    rep_name: str
    on: date
    is_own: bool
    is_ahead: bool
    sums: tuple[InAndPromised, ...]
    in_share: Decimal
    promised_share: Decimal
    done_count: int
    stop_count: int
    carried: cash_queries.Carried
    next: StopCard | None
    then: tuple[StopRow, ...]
    done: tuple[StopRow, ...]
    skipped: tuple[StopRow, ...]
    not_today: tuple[NotTodayRow, ...]
    more_not_today: int
    is_planned: bool
    empty_title: str
    empty_text: str
    round_url: str
    week_url: str
    sheet_url: str


def round_on(day: date) -> date:
    """The day of the round: the day itself or, where that is a day off in the business's calendar, the next one on."""
    country = Business.objects.values_list("calendar", flat=True).first() or ""
    return days.roll(day, country)


def today(*, rep: User, on: date, user: User, today: date | None = None, or_next: bool = False) -> Today:
    """The day of a rep, as this user may see it; with `or_next` the next planned round where that day has none.

    A round that is ahead of `today` is shown and not logged.
    """
    plans = Plan.objects.visible_to(user).filter(rep=rep, **({"on__gte": on} if or_next else {"on": on}))
    plan = plans.annotate(named=Count("left_out")).order_by("on").first()
    on = plan.on if plan else on
    is_ahead = today is not None and on > today
    stops = list(
        Stop.objects.visible_to(user)
        .filter(plan__rep=rep, plan__on=on)
        .annotate(is_held=IS_HELD)
        .select_related("customer")
        .order_by("position")
    )
    outcomes = _outcomes(rep, on)
    open_stops = [stop for stop in stops if stop.state == Stop.State.PLANNED]
    closed = [stop for stop in stops if stop.state in CLOSED]
    visits = [stop for stop in stops if stop.state in (Stop.State.DONE, Stop.State.PLANNED)]
    sums = _sums(outcomes.values())
    in_share, promised_share = _shares(visits, sums)
    skipped = [stop for stop in stops if stop.state == Stop.State.SKIPPED]
    named = _not_today(rep, on)
    not_today = tuple(row for row in named if row.code not in {stop.customer.code for stop in skipped})
    title, text = _empty(plan, open_stops, closed, rep, on)
    return Today(
        rep_name=str(rep),
        on=on,
        is_own=rep.pk == user.pk,
        is_ahead=is_ahead,
        sums=sums,
        in_share=in_share,
        promised_share=promised_share,
        done_count=sum(stop.state == Stop.State.DONE for stop in visits),
        stop_count=len(visits),
        carried=cash_queries.carried_by(rep, on=on if today is None else today),
        next=_next(open_stops[0], may_log=rep.pk == user.pk and not is_ahead) if open_stops else None,
        then=tuple(_row(stop) for stop in open_stops[1:]),
        done=tuple(_done_row(stop, outcomes.get(stop.pk)) for stop in closed),
        skipped=tuple(_skipped_row(stop) for stop in skipped),
        not_today=not_today,
        more_not_today=max((plan.named if plan else 0) - len(named), 0),
        is_planned=plan is not None,
        empty_title=title,
        empty_text=text,
        round_url=url_of("visits:round", rep, on),
        week_url=url_of("visits:week", rep, on),
        sheet_url=url_of("visits:day-sheet", rep, on),
    )


def _outcomes(rep: User, on: date) -> dict[int, Outcome]:
    """By stop: what counts, so without those that were corrected."""
    rows = (
        Outcome.objects.in_force()
        .filter(stop__plan__rep=rep, stop__plan__on=on)
        .select_related("receipt", "promise", "excuse")
        .prefetch_related("disputes")
        .order_by("pk")
    )
    return {row.stop_id: row for row in rows}


def _sums(outcomes: Iterable[Outcome]) -> tuple[InAndPromised, ...]:
    received: dict[str, Decimal] = defaultdict(Decimal)
    promised: dict[str, Decimal] = defaultdict(Decimal)
    for row in outcomes:
        if row.receipt is not None and row.receipt.state != Receipt.State.REFUSED:
            received[row.receipt.currency] += row.receipt.amount
        if row.promise is not None and row.promise.state != "withdrawn":
            promised[row.promise.currency] += row.promise.amount
    return tuple(InAndPromised(code, received[code], promised[code]) for code in sorted(set(received) | set(promised)))


def _shares(visits: Sequence[Stop], sums: Sequence[InAndPromised]) -> tuple[Decimal, Decimal]:
    """Of what the day asks for, in the currency in which it asks most often: never across currencies."""
    asked: dict[str, Decimal] = defaultdict(Decimal)
    often: dict[str, int] = defaultdict(int)
    for stop in visits:
        asked[stop.currency] += stop.ask_amount
        often[stop.currency] += 1
    main = max(sorted(often), key=lambda code: often[code], default="")
    found = next((row for row in sums if row.currency == main), None)
    if found is None or not asked[main]:
        return ZERO, ZERO
    return min(found.in_amount / asked[main], Decimal(1)), min(found.promised_amount / asked[main], Decimal(1))


def _not_today(rep: User, on: date) -> tuple[NotTodayRow, ...]:
    rows = LeftOut.objects.filter(plan__rep=rep, plan__on=on).select_related("customer").order_by("-worth", "pk")
    return tuple(
        NotTodayRow(
            customer_name=row.customer.name,
            code=row.customer.code,
            reason=sentences.left_out(row.reason),
            call_url=links.call(row.phone),
            worth=row.worth,
        )
        for row in rows[:NAMED]
    )


def _empty(
    plan: Plan | None, open_stops: Sequence[Stop], closed: Sequence[Stop], rep: User, on: date
) -> tuple[str, str]:
    """Why there is no next stop, and when the next one is."""
    if open_stops:
        return "", ""
    following = (
        Plan.objects.filter(rep=rep, on__gt=on)
        .annotate(count=Count("stops"))
        .filter(count__gt=0)
        .order_by("on")
        .first()
    )
    text = ""
    if following is not None:
        text = ngettext("Next: %(day)s, %(count)s stop.", "Next: %(day)s, %(count)s stops.", following.count) % {
            "day": weekday(following.on),
            "count": following.count,
        }
    if closed:
        return _("All visits of the day are done."), text
    if plan is None:
        return _("Nobody planned this day yet."), text or _("Plans are made every night. Ask your manager for one.")
    return _("No visits today."), text


def _next(stop: Any, *, may_log: bool) -> StopCard:
    return stop_card(stop, may_log=may_log, held=waiting(stop.customer_id) if stop.is_held else None)


def stop_card(stop: Stop, *, may_log: bool, held: Waiting | None, outcome: Outcome | None = None) -> StopCard:
    """Everything that the open card shows: from the stop, from what waits at the gate, from what came of the visit."""
    card, page = stop.card, reverse("visits:stop", args=[stop.pk])
    is_closed = stop.state in CLOSED
    hold_title, hold_text = ("", "") if is_closed else sentences.hold(held)
    excuse_title, excuse_text = ("", "") if is_closed else sentences.excuse(card)
    return StopCard(
        customer_name=stop.customer.name,
        url=page,
        standing="" if is_closed else stop.standing,
        arrive_at=stop.arrive_at,
        window=sentences.window(card),
        waiting="" if is_closed else sentences.waiting(stop.arrive_at, stop.start_at),
        distance=sentences.distance(stop.kilometres),
        ask_amount=stop.ask_amount,
        late_amount=stop.late_amount,
        total_amount=stop.total_amount,
        currency=stop.currency,
        ask_url=f"{page}#owes",
        late_url=f"{page}#owes",
        total_url=f"{page}#owes",
        is_closed=is_closed,
        outcome=_closed_text(outcome) if is_closed else "",
        outcome_why=why_text(outcome) if outcome else "",
        outcome_amount=outcome.amount if outcome else None,
        outcome_currency=outcome.currency if outcome else "",
        outcome_url=_receipt_url(outcome),
        hold_title=hold_title,
        hold_text=hold_text,
        hold_url=held.url if held and not is_closed else "",
        reasons=() if is_closed else tuple(filter(None, (sentences.reason(facts) for facts in stop.reasons))),
        say_first="" if is_closed else sentences.say_first(card, stop.ask_amount, stop.currency),
        who_pays=tuple(Person(row["name"], sentences.role(row)) for row in card.get("who") or ()),
        excuse_title=excuse_title,
        excuse_text=excuse_text,
        promises=sentences.promises(card),
        papers=" · ".join(card.get("papers") or ()),
        invoices="" if is_closed else sentences.copies((card.get("say") or {}).get("invoices") or ()),
        address=card.get("address") or "",
        map_url=links.on_the_map(card.get("place")),
        call_url=links.call(card.get("phone") or ""),
        navigate_url=links.navigate(card.get("place")),
        log_url=reverse("visits:outcome", args=[stop.pk]) if may_log else "",
    )


def _row(stop: Any) -> StopRow:
    reasons = [sentences.reason(facts) for facts in stop.reasons[:2]]
    return StopRow(
        arrive_at=stop.arrive_at,
        customer_name=stop.customer.name,
        url=reverse("visits:stop", args=[stop.pk]),
        reason=" · ".join(filter(None, reasons)),
        amount=stop.ask_amount,
        currency=stop.currency,
        standing=stop.standing,
        is_held=stop.is_held,
        is_locked=stop.is_locked,
    )


def _skipped_row(stop: Any) -> StopRow:
    """Its page says why it is skipped, and takes that back."""
    return replace(_row(stop), arrive_at=None, reason="", outcome=str(Stop.State.SKIPPED.label))


def _done_row(stop: Stop, outcome: Outcome | None) -> StopRow:
    receipt = outcome.receipt if outcome else None
    return StopRow(
        arrive_at=stop.arrive_at,
        customer_name=stop.customer.name,
        url=reverse("visits:stop", args=[stop.pk]),
        reason=why_text(outcome) if outcome else "",
        amount=outcome.amount if outcome else None,
        currency=outcome.currency if outcome else "",
        standing="",
        is_done=True,
        outcome=_closed_text(outcome),
        receipt_number=receipt.number if receipt else "",
        receipt_url=_receipt_url(outcome),
    )


def _receipt_url(outcome: Outcome | None) -> str:
    receipt = outcome.receipt if outcome else None
    return reverse("visits:receipt", args=[receipt.pk]) if receipt else ""


def _closed_text(outcome: Outcome | None) -> str:
    return outcome_text(outcome) if outcome else _("Settled: nothing left to ask for")


def why_text(outcome: Outcome) -> str:
    """The excuse that was said, and what is disputed for which reason."""
    said = [str(outcome.excuse.get_kind_display())] if outcome.excuse is not None else []
    reasons = sorted({str(dispute.get_reason_display()) for dispute in outcome.disputes.all()})
    return ", ".join([*said, *reasons])


def outcome_text(outcome: Outcome) -> str:
    """ "Paid, the rest promised by Fri 27 Nov"."""
    words = [str(outcome.get_kind_display())]
    if outcome.promise is not None:
        facts = {
            "amount": money_text(outcome.promise.amount, outcome.promise.currency),
            "day": weekday(outcome.promise.promised_on),
        }
        if outcome.receipt is not None:
            words.append(_("%(amount)s promised by %(day)s") % facts)
        else:
            words = [_("Promised by %(day)s") % facts]
    return ", ".join(words)
