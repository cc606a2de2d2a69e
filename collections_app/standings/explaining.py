"""Why a due item is in its standing on a day: the rule, its facts with their pages, since when, what was tried, and
what leads out. Read for many items at once, in a fixed number of statements.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.db.models import Model, Q
from django.urls import reverse

from collections_app.cases import warning_words
from collections_app.cases.models import (
    Confirmation,
    ContactMade,
    Dispute,
    EarlyWarning,
    Excuse,
    Promise,
    PromiseItem,
    StandingOverride,
)
from collections_app.policy import queries as policy
from collections_app.policy.thresholds import Thresholds
from collections_app.standings import explaining_words as words
from collections_app.standings import reading
from collections_app.standings.evidence import Evidence, Movement
from collections_app.standings.models import PastStanding, Standing
from collections_app.standings.rules import Decision, Facts, Rule
from collections_app.standings.ways_out import Promised, WayOut, ways_out
from common import clock
from common.columns import MoneySum
from common.money import ZERO
from receivables.models import DueDateChange, DueItem
from staff import queries as staff


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence with the page that proves it; `is_of_money` where not every role may open that page."""

    kind: str
    text: str
    url: str = ""
    on: date | None = None
    is_of_money: bool = False


@dataclass(frozen=True, slots=True)
class Way:
    """A way out in words, and what it was found as."""

    text: str
    found: WayOut


@dataclass(frozen=True, slots=True)
class Explanation:
    """A due item on a day. Without a standing nothing is open on it; `tried` is newest first."""

    due_item: int
    invoice: str
    url: str
    due_date: date | None
    open_amount: Decimal
    currency: str
    standing: str
    rule: str
    why: str
    facts: tuple[Said, ...]
    since: date | None
    tried: tuple[Said, ...]
    ways: tuple[Way, ...]

    def for_reps(self) -> "Explanation":
        """Without the addresses of pages of money, which a rep may not open."""
        return replace(self, facts=tuple(replace(said, url="") if said.is_of_money else said for said in self.facts))


def facts_of(due_item: DueItem, *, as_of: date, known_on: date | None = None, thresholds: Thresholds) -> Facts:
    """The reference reading: what the rules are told of one item, row by row."""
    found = reading.evidence([due_item], as_of=as_of, known_on=known_on)
    return found[due_item.pk].facts_on(as_of, thresholds)


def explain(items: Sequence[DueItem], *, as_of: date, known_on: date | None = None) -> list[Explanation]:
    """In the order given. `items` come with their invoice and customer; who may see them is the caller's business."""
    book = _Book(items, as_of, known_on)
    return [_explanation(item, book) for item in items]


class _Book:
    """What is read once for all items of a question."""

    def __init__(self, items: Sequence[DueItem], as_of: date, known_on: date | None) -> None:
        self.as_of, self.known_on = as_of, known_on
        self.then = clock.end_of(known_on) if known_on is not None else None
        self.policy = policy.in_force(as_of)
        self.evidence = reading.evidence(items, as_of=as_of, known_on=known_on)
        keys, customers = [item.pk for item in items], {item.customer_id for item in items}
        self.decided = {item.pk: self.evidence[item.pk].decided_on(as_of, self.thresholds(item)) for item in items}
        self.disputed = self._disputed(keys)
        self.moved = self._moved(keys)
        self.promises = self._promises(keys)
        self.talks = self._talks(customers)
        self.since = self._since(keys)
        self.rows = self._rows()
        authors = [row.entered_by for row in self.rows[StandingOverride].values()]
        self.names = staff.names(authors) if authors else {}

    def thresholds(self, item: DueItem) -> Thresholds:
        return self.policy.for_segment(item.customer.segment).thresholds

    def _known(self, column: str = "entered_at") -> Q:
        return Q(**{f"{column}__lt": self.then}) if self.then is not None else Q()

    def _disputed(self, keys: Sequence[int]) -> dict[int, Decimal]:
        lasts = Q(closed_on=None) | Q(closed_on__gt=self.as_of)
        if self.then is not None:
            lasts |= Q(closed_at__gte=self.then)
        rows = Dispute.objects.filter(lasts, self._known(), due_item__in=keys, opened_on__lte=self.as_of).order_by()
        return dict(rows.values_list("due_item").annotate(total=MoneySum("amount")))

    def _moved(self, keys: Sequence[int]) -> dict[int, str]:
        """By item why its due date was moved last."""
        rows = DueDateChange.objects.filter(self._known(), due_item__in=keys, applies_on__lte=self.as_of)
        return dict(rows.order_by("applies_on", "pk").values_list("due_item", "because"))

    def _promises(self, keys: Sequence[int]) -> dict[int, list[PromiseItem]]:
        found: dict[int, list[PromiseItem]] = defaultdict(list)
        of_day = Q(promise__made_on__lte=self.as_of) & self._known("promise__entered_at")
        rows = PromiseItem.objects.filter(of_day, due_item__in=keys).select_related("promise")
        for row in rows.order_by("promise__made_on", "pk"):
            found[row.due_item_id].append(row)
        return found

    def _talks(self, customers: Iterable[int]) -> dict[int, list[ContactMade | Excuse]]:
        found: dict[int, list[ContactMade | Excuse]] = defaultdict(list)
        for model, day in ((ContactMade, "made_on"), (Excuse, "said_on")):
            rows = model.objects.filter(self._known(), customer__in=customers, **{f"{day}__lte": self.as_of})
            for row in rows.order_by(day, "pk"):
                found[row.customer_id].append(row)
        return found

    def _since(self, keys: Sequence[int]) -> dict[int, tuple[str, date]]:
        """By item the standing that the nights have found, and since when; nothing where knowledge is asked about, and
        nothing of what the first night that looked has found so: how long it had been so, only its rows know.
        """
        if self.then is not None:
            return {}
        past = PastStanding.objects.filter(due_item__in=keys, from_night__lte=self.as_of)
        found, before = {}, defaultdict(list)
        for key, standing, since, to_night in past.values_list("due_item", "standing", "since", "to_night"):
            before[key].append((standing, to_night))
            if to_night >= self.as_of:
                found[key] = (standing, since)
        now = Standing.objects.filter(due_item__in=keys, from_night__lte=self.as_of)
        found = {key: (standing, day) for key, standing, day in now.values_list("pk", "standing", "since")} | found
        return {
            key: (standing, since)
            for key, (standing, since) in found.items()
            if any(other != standing and until < since for other, until in before[key])
        }

    def _rows(self) -> dict[type[Model], dict[int, Any]]:
        """The rows that the facts are told from."""
        wanted: dict[type[Model], set[int]] = {
            model: set() for model in (Promise, EarlyWarning, Confirmation, StandingOverride)
        }
        for found in self.evidence.values():
            wanted[Promise] |= {row.key for row in found.broken}
            wanted[EarlyWarning] |= {row.key for row in found.severe_on(self.as_of)}
            if (answer := found.last_answer(self.as_of)) and answer.is_refused:
                wanted[Confirmation].add(answer.key)
            if override := found.override_on(self.as_of):
                wanted[StandingOverride].add(override.key)
        return {model: model._default_manager.in_bulk(sorted(keys)) if keys else {} for model, keys in wanted.items()}


def _explanation(item: DueItem, book: _Book) -> Explanation:
    found, decided = book.evidence[item.pk], book.decided[item.pk]
    due_date, left = found.due_on(book.as_of), found.open_on(book.as_of)
    told = Explanation(
        due_item=item.pk,
        invoice=item.invoice.number,
        url=reverse("desk:invoice", args=[item.invoice_id]),
        due_date=due_date,
        open_amount=left,
        currency=item.currency,
        standing="",
        rule="",
        why="",
        facts=(),
        since=None,
        tried=(),
        ways=(),
    )
    if decided is None:
        settled_on = max((on for on, _amount in found.applied), default=None)
        text = words.settled(settled_on)
        return replace(told, why=text, facts=(Said("settled", text, f"{told.url}#applied"),))
    thresholds = book.thresholds(item)
    ways = ways_out(found, as_of=book.as_of, thresholds=thresholds, promised=_promised(item, book))
    return replace(
        told,
        standing=decided.standing.value,
        rule=decided.rule.value,
        why=words.why(
            decided.rule,
            invoice=item.invoice.number,
            due_date=due_date,
            as_of=book.as_of,
            thresholds=thresholds,
            broken=len(found.broken_within(book.as_of, thresholds)),
        ),
        facts=tuple(_facts(item, found, decided, book)),
        since=_since(item, found, decided, book),
        tried=tuple(sorted(_tried(item, due_date, book), key=_when, reverse=True)),
        ways=tuple(
            Way(words.way_out(way, currency=item.currency, rule=decided.rule, as_of=book.as_of), way) for way in ways
        ),
    )


def _when(said: Said) -> date:
    return said.on or date.min


def _since(item: DueItem, found: Evidence, decided: Decision, book: _Book) -> date:
    """As the nights have noted it; where they have not, or knew otherwise, from the rows of each day."""
    noted = book.since.get(item.pk)
    if noted is not None and noted[0] == decided.standing:
        return min(noted[1], book.as_of)
    return found.since(book.as_of, book.thresholds(item))


# The facts


def _facts(item: DueItem, found: Evidence, decided: Decision, book: _Book) -> Iterator[Said]:
    page, as_of = reverse("desk:invoice", args=[item.invoice_id]), book.as_of
    left = found.open_on(as_of)
    yield Said("open amount", words.open_amount(left, item.amount, item.currency), f"{page}#applied")
    disputed = min(book.disputed.get(item.pk) or ZERO, left)
    if disputed:
        yield Said("disputed", words.disputed(disputed, item.currency), _history(item, "dispute"))
    due_date, because = found.due_on(as_of), book.moved.get(item.pk, "")
    text = words.due(due_date, agreed=item.agreed_due_date, because=because.rstrip("."), as_of=as_of)
    yield Said("due date", text, f"{page}#due-{item.pk}")
    yield from _of_rule(item, found, decided.rule, book)
    for row in found.running(as_of):
        yield Said("condition", words.condition(row), f"{_customer(item)}#condition", row.starts_on)
    yield _last_movement(item, found.last_movement(as_of), as_of)


def _of_rule(item: DueItem, found: Evidence, rule: Rule, book: _Book) -> Iterator[Said]:
    """The rows that made the rule fire, first; then those that would have, had it not. Of an item that is not late
    none of them says anything.
    """
    due_date = found.due_on(book.as_of)
    is_late = due_date is not None and due_date < book.as_of
    told = {
        Rule.OVERRIDE: _overridden(item, found, book),
        Rule.BROKEN_PROMISES: _broken_promises(item, found, book) if is_late else [],
        Rule.SEVERE_WARNING: _warnings(found, book) if is_late else [],
        Rule.REFUSED_CONFIRMATION: _refused(item, found, book) if is_late else [],
    }
    yield from told.pop(rule, [])
    for others in told.values():
        yield from others


def _overridden(item: DueItem, found: Evidence, book: _Book) -> list[Said]:
    decided = found.override_on(book.as_of)
    if decided is None:
        return []
    row = book.rows[StandingOverride][decided.key]
    text = words.override(row.standing, book.names[row.entered_by], decided.ends_before, row.because)
    page = reverse("desk:invoice", args=[item.invoice_id])
    return [Said("override", text, f"{page}#override-{item.pk}", row.starts_on)]


def _broken_promises(item: DueItem, found: Evidence, book: _Book) -> list[Said]:
    told = []
    for broken in found.broken_within(book.as_of, book.thresholds(item)):
        row = book.rows[Promise][broken.key]
        text = words.broken_promise(row.amount, row.currency, row.promised_on, broken.on)
        told.append(Said("broken promise", text, _history(item, "promise"), broken.on))
    return told


def _warnings(found: Evidence, book: _Book) -> list[Said]:
    told = []
    for severe in found.severe_on(book.as_of):
        row = book.rows[EarlyWarning][severe.key]
        evidence = row.note or warning_words.sentence(row.kind, row.evidence, source=row.source)
        kind, source = str(row.get_kind_display()), str(row.get_source_display())
        text = words.warning(kind, source, row.reported_on, severe.ends_before, evidence)
        told.append(Said("warning", text, reverse("desk:warning", args=[row.pk]), row.reported_on))
    return told


def _refused(item: DueItem, found: Evidence, book: _Book) -> list[Said]:
    answer = found.last_answer(book.as_of)
    if answer is None or not answer.is_refused:
        return []
    row = book.rows[Confirmation][answer.key]
    text = words.refused_balance(row.amount, row.currency, row.balance_on, row.answered_on, row.answered_by, row.note)
    return [Said("refused balance", text, f"{_customer(item)}#confirmations", row.answered_on)]


def _last_movement(item: DueItem, movement: Movement | None, as_of: date) -> Said:
    if movement is None:
        return Said("last movement", words.never_moved())
    text = words.last_movement(movement.kind, movement.on, as_of)
    pages = {"invoice": "desk:invoice", "delivery": "desk:shipment", "payment": "receivables:payment"}
    kind = movement.kind
    if kind in pages:
        url = reverse(pages[kind], args=[movement.key])
    elif kind == "receipt":
        url = reverse("visits:receipt", args=[movement.key])
    elif kind == "confirmation":
        url = f"{_customer(item)}#confirmations"
    else:
        url = _history(item, kind)
    return Said("last movement", text, url, movement.on, is_of_money=kind == "payment")


def _customer(item: DueItem) -> str:
    return reverse("desk:customer", args=[item.customer.code])


def _history(item: DueItem, kind: str) -> str:
    return f"{_customer(item)}?{urlencode({'kind': kind})}#history"


# What was tried, and what runs


def _tried(item: DueItem, due_date: date | None, book: _Book) -> Iterator[Said]:
    """Since the item became due."""
    if due_date is None:
        return
    for row in book.talks[item.customer_id]:
        if isinstance(row, ContactMade):
            text = words.contact(row.channel, row.note, reached=row.reached)
            said = Said("contact", text, _history(item, "contact"), row.made_on)
        else:
            text = words.excuse(str(row.get_kind_display()), row.note)
            said = Said("excuse", text, _history(item, "excuse"), row.said_on)
        if _when(said) >= due_date:
            yield said
    for line in book.promises[item.pk]:
        promise = line.promise
        if promise.made_on >= due_date:
            text = words.promise(line.amount, item.currency, promise.promised_on, str(_state(promise, book).label))
            yield Said("promise", text, _history(item, "promise"), promise.made_on)


def _state(promise: Promise, book: _Book) -> Promise.State:
    """As it was on the day: what was settled later, or not known to be, was open."""
    settled_later = promise.settled_on is None or promise.settled_on > book.as_of
    not_known = book.then is not None and promise.settled_at is not None and promise.settled_at >= book.then
    return Promise.State.OPEN if settled_later or not_known else Promise.State(promise.state)


def _promised(item: DueItem, book: _Book) -> list[Promised]:
    """The open promises on the item, the next one first."""
    rows = [line for line in book.promises[item.pk] if _state(line.promise, book) == Promise.State.OPEN]
    rows.sort(key=lambda line: (line.promise.promised_on, line.pk))
    return [Promised(line.amount, line.promise.promised_on, line.promise_id) for line in rows]
