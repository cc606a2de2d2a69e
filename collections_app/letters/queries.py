"""What dunning would send on a day, and to whom not, and why. Reads only; amounts in the currency beside them."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import reduce
from itertools import groupby
from operator import or_
from typing import Any

from django.db.models import Case, DateField, Exists, F, Max, OuterRef, Q, Subquery, Sum, Value, When
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from collections_app.cases import queries as cases
from collections_app.cases.queries import Suppressed
from collections_app.letters import formats, levels
from collections_app.letters.held import Held, held
from collections_app.letters.levels import Earlier, NextStep
from collections_app.letters.models import Letter, LetterItem
from collections_app.policy import queries as policies
from collections_app.policy.thresholds import Dunning
from common import clock
from common.columns import MoneyField, exact
from common.money import ZERO
from customers.models import Customer, Site
from receivables.models import Allocation, DueDateChange, DueItem
from staff.models import BankAccount, User

NUMBER = re.compile(r"(?:^|[\s-])([0-9]{4})-([0-9]{1,9})$")
KINDS = (
    (cases.DISPUTED, "disputed"),
    (cases.PROMISED, "promised"),
    (cases.RECEIPT, "receipt"),
    (cases.PAPER, "paper"),
)


@dataclass(frozen=True, slots=True)
class Item:
    """A late due item in a letter. `open_amount` is what is asked for; `moves`: this letter raises its level.

    `paid` is all that has come in, so in a letter of a past day what came since is counted in.
    """

    due_item_id: int
    invoice: str
    position: int
    parts: int
    delivery: str
    batch: int | None
    contract_id: int | None
    due_on: date
    days_late: int
    invoiced: Decimal
    paid: Decimal
    open_amount: Decimal
    level: int
    cycle: int
    moves: bool
    last: Earlier | None


@dataclass(frozen=True, slots=True)
class SetAside:
    """An amount of a late item that this letter does not ask for."""

    invoice: str
    amount: Decimal
    kind: str  # disputed, promised, receipt, paper or other
    reason: str
    until: date | None  # the day that the reason names
    returns_on: date | None


@dataclass(frozen=True, slots=True)
class Proposed:
    """One letter: a customer's late items in one currency."""

    customer_id: int
    customer_code: str
    customer_name: str
    language: str
    currency: str
    items: tuple[Item, ...]
    set_aside: tuple[SetAside, ...]
    held: Held
    has_address: bool = True  # post reaches the customer; without one the letter is handed over

    @property
    def level(self) -> int:
        """The highest of the levels that this letter raises."""
        return max(item.level for item in self.items if item.moves)

    @property
    def total(self) -> Decimal:
        return sum((item.open_amount for item in self.items), ZERO)


@dataclass(frozen=True, slots=True)
class LeftOutRow:
    """What gets no letter, why, and the first day on which it is looked at again (None: when the cause is gone)."""

    customer_id: int
    customer_code: str
    customer_name: str
    currency: str
    amount: Decimal
    reason: str
    returns_on: date | None


@dataclass(frozen=True, slots=True)
class Proposal:
    as_of: date
    letters: tuple[Proposed, ...]
    left_out: tuple[LeftOutRow, ...]


def late_items(*, as_of: date, customer: Customer | None = None) -> Any:
    """Due items open now and at the end of the day (`open_then`) that were due before it (`due_then`), oldest first
    within customer and currency.

    For a past day amounts are rebuilt from what applied since, due dates from what was moved since; what is settled
    by now is left out, for nobody is asked for money that is here.
    """
    found = DueItem.objects.open().filter(Q() if customer is None else Q(customer=customer))
    if as_of >= clock.business_today():
        found = found.annotate(open_then=F("open_amount"), due_then=F("due_date"))
    else:
        since = Allocation.objects.filter(due_item=OuterRef("pk"), applies_on__gt=as_of).order_by().values("due_item")
        back = Subquery(since.annotate(total=Sum("amount")).values("total"), output_field=MoneyField())
        then = exact(F("open_amount") + Coalesce(back, Value(ZERO, output_field=MoneyField())))
        found = found.filter(invoice__issued_on__lte=as_of)
        found = found.annotate(open_then=then, due_then=_due_then(as_of)).filter(open_then__gt=0)
    found = found.filter(due_then__lt=as_of)
    return found.order_by("customer__code", "currency", "due_then", "invoice__number", "position", "pk")


def _due_then(as_of: date) -> Any:
    """The due date in force on a past day. Where it moved since: the last one moved until then, else the agreed one."""
    changes = DueDateChange.objects.filter(due_item=OuterRef("pk"))
    until_then = changes.filter(applies_on__lte=as_of).order_by("-applies_on", "-pk")
    return Case(
        When(~Exists(changes.filter(applies_on__gt=as_of)), then=F("due_date")),
        When(Exists(until_then), then=Subquery(until_then.values("due_date")[:1])),
        default=F("agreed_due_date"),
        output_field=DateField(),
    )


def proposal(*, as_of: date, customer: Customer | None = None) -> Proposal:
    """One letter per customer and currency with all late items that are not suppressed; everything else with a reason.

    A letter goes out only where at least one item rises a level; the customer's other late items stand in it too.
    A letter of a past day asks for no more than is open today.
    """
    policy = policies.in_force(as_of).dunning
    late = late_items(as_of=as_of, customer=customer)
    rows = list(
        late.values(
            "pk",
            "customer_id",
            "customer__code",
            "customer__name",
            "customer__language",
            "currency",
            "invoice_id",
            "invoice__number",
            "position",
            "amount",
            "open_then",
            "open_amount",
            "due_then",
            "invoice__shipment__number",
            "invoice__shipment__batch",
            "invoice__shipment__contract_id",
        )
    )
    steps = _steps(rows, late, as_of, policy)
    aside = _set_aside(rows, as_of, customer)
    free = held(customer)
    parts = _parts(late)
    accounts = set(BankAccount.objects.values_list("currency", flat=True))
    reached = _with_address(late)
    letters: list[Proposed] = []
    left_out: list[LeftOutRow] = []
    for (code, currency), group in groupby(rows, key=lambda row: (row["customer__code"], row["currency"])):
        of_customer = list(group)
        first = of_customer[0]
        proposed = Proposed(
            customer_id=first["customer_id"],
            customer_code=code,
            customer_name=first["customer__name"],
            language=formats.spoken(first["customer__language"]),
            currency=currency,
            items=tuple(_items(of_customer, steps, aside, parts, as_of)),
            set_aside=tuple(one for row in of_customer for one in aside.get(row["pk"], ())),
            held=free.get((first["customer_id"], currency), Held()),
            has_address=first["customer_id"] in reached,
        )
        left_out += _suppressed_rows(proposed)
        why = _no_letter(proposed, steps, accounts, policy) if proposed.items else None
        if why is not None:
            left_out.append(_left_out(proposed, proposed.total, *why))
        elif proposed.items:
            letters.append(proposed)
    return Proposal(as_of=as_of, letters=tuple(letters), left_out=tuple(left_out))


def _no_letter(
    proposed: Proposed, steps: dict[int, NextStep], accounts: set[str], policy: Dunning
) -> tuple[str, date | None] | None:
    if proposed.currency not in accounts:
        return _("There is no bank account in %(currency)s to pay to") % {"currency": proposed.currency}, None
    if levels.is_too_small(proposed.total, policy):
        return _("Below the smallest amount of a letter"), None
    if proposed.held.total >= proposed.total:
        return _("Money not yet allocated covers it: allocate it first"), None
    if not any(item.moves for item in proposed.items):
        return _waiting([steps[item.due_item_id] for item in proposed.items])
    return None


def _with_address(late: Any) -> set[int]:
    """Customers of these items that post reaches: a site with a street, or with postcode and town."""
    street, town = ~Q(street=""), ~Q(postcode="") & ~Q(city="")
    sites = Site.objects.filter(street | town, customer__in=late.order_by().values("customer"))
    return set(sites.values_list("customer", flat=True))


def _waiting(steps: Sequence[NextStep]) -> tuple[str, date | None]:
    days = [step.waits_until for step in steps if step.waits_until is not None]
    if not days:
        return _("The last letter of the highest level is out"), None
    reference = next((step.last.reference for step in steps if step.last and step.waits_until == min(days)), "")
    returns_on = date.fromordinal(min(days).toordinal() + 1)
    if reference:
        return _("Letter %(reference)s is out, the next step is not due yet") % {"reference": reference}, returns_on
    return _("Not late enough for a letter"), returns_on


def _items(
    rows: Sequence[dict[str, Any]],
    steps: dict[int, NextStep],
    aside: dict[int, list[SetAside]],
    parts: dict[int, int],
    as_of: date,
) -> Iterable[Item]:
    for row in rows:
        asked = _most(row) - sum((one.amount for one in aside.get(row["pk"], ())), ZERO)
        if asked <= ZERO:
            continue
        step = steps[row["pk"]]
        yield Item(
            due_item_id=row["pk"],
            invoice=row["invoice__number"],
            position=row["position"],
            parts=parts.get(row["invoice_id"], 1),
            delivery=row["invoice__shipment__number"] or "",
            batch=row["invoice__shipment__batch"],
            contract_id=row["invoice__shipment__contract_id"],
            due_on=row["due_then"],
            days_late=levels.days_late(row["due_then"], as_of),
            invoiced=row["amount"],
            paid=row["amount"] - row["open_amount"],
            open_amount=asked,
            level=step.level,
            cycle=step.cycle,
            moves=step.moves,
            last=step.last,
        )


def _most(row: dict[str, Any]) -> Decimal:
    """Never more than was open on the day, nor than is open now."""
    most: Decimal = min(row["open_then"], row["open_amount"])
    return most


def _suppressed_rows(proposed: Proposed) -> list[LeftOutRow]:
    """The set-aside amounts of a customer, one row per reason and return date."""
    sums: dict[tuple[str, date | None], Decimal] = defaultdict(lambda: ZERO)
    for one in proposed.set_aside:
        sums[one.reason, one.returns_on] += one.amount
    return [_left_out(proposed, amount, reason, day) for (reason, day), amount in sums.items()]


def _left_out(proposed: Proposed, amount: Decimal, reason: str, returns_on: date | None) -> LeftOutRow:
    return LeftOutRow(
        customer_id=proposed.customer_id,
        customer_code=proposed.customer_code,
        customer_name=proposed.customer_name,
        currency=proposed.currency,
        amount=amount,
        reason=reason,
        returns_on=returns_on,
    )


def _set_aside(rows: Sequence[dict[str, Any]], as_of: date, customer: Customer | None) -> dict[int, list[SetAside]]:
    """By due item: what is not asked for. Overlapping reasons never take more than the open amount."""
    left = {row["pk"]: _most(row) for row in rows}
    invoices = {row["pk"]: row["invoice__number"] for row in rows}
    found: dict[int, list[SetAside]] = defaultdict(list)
    for row in _suppressed(as_of, customer):
        amount = min(row.amount, left.get(row.due_item_id, ZERO))
        if amount <= ZERO:
            continue
        left[row.due_item_id] -= amount
        kind = next((name for reason, name in KINDS if reason is row.reason), "other")
        found[row.due_item_id].append(
            SetAside(invoices[row.due_item_id], amount, kind, str(row.reason), row.until, row.returns_on)
        )
    return found


def _suppressed(as_of: date, customer: Customer | None) -> Iterable[Suppressed]:
    """What was not asked for on the day or is not today: a letter of a past day is read after today."""
    wanted = None if customer is None else [customer.pk]
    days = {as_of, max(as_of, clock.business_today())}
    counted = [Counter(cases.suppressed(as_of=day, customers=wanted)) for day in sorted(days)]
    return reduce(or_, counted).elements()


def _steps(rows: Sequence[dict[str, Any]], late: Any, as_of: date, policy: Dunning) -> dict[int, NextStep]:
    earlier: dict[int, list[Earlier]] = defaultdict(list)
    issued: dict[int, Any] = {}
    sent = LetterItem.objects.filter(due_item__in=late.order_by().values("pk")).select_related("letter__run")
    for item in sent.order_by("pk").defer("letter__frozen"):
        letter = item.letter
        earlier[item.due_item_id].append(
            Earlier(item.level, item.cycle, letter.run.as_of, letter.pay_by, letter.reference)
        )
        issued[item.due_item_id] = letter.run.issued_at
    came_back = _came_back({row["pk"]: row["amount"] for row in rows if row["pk"] in earlier}, issued)
    return {
        row["pk"]: levels.next_step(
            due_date=row["due_then"],
            as_of=as_of,
            earlier=earlier.get(row["pk"], ()),
            settled_since=row["pk"] in came_back,
            policy=policy,
        )
        for row in rows
    }


def _came_back(amounts: dict[int, Decimal], issued: dict[int, Any]) -> set[int]:
    """Items that were paid in full after their last letter and are open again: their payment was reversed."""
    reversed_items = Allocation.objects.filter(reverses__isnull=False, due_item__open_amount__gt=0)
    keys = [key for key in reversed_items.values_list("due_item_id", flat=True).distinct() if key in amounts]
    entered: dict[int, list[tuple[Any, Decimal]]] = defaultdict(list)
    rows = Allocation.objects.filter(due_item__in=keys).order_by("pk")
    for key, entered_at, amount in rows.values_list("due_item", "entered_at", "amount"):
        entered[key].append((entered_at, amount))
    return {key for key in keys if levels.was_settled_since(amounts[key], entered[key], issued[key])}


def _parts(late: Any) -> dict[int, int]:
    """How many due items an invoice has, for those invoices that have several."""
    several = (
        DueItem.objects.filter(invoice__in=late.order_by().values("invoice"))
        .order_by()
        .values("invoice_id")
        .annotate(parts=Max("position"))
        .filter(parts__gt=1)
    )
    return {row["invoice_id"]: row["parts"] for row in several}


def waiting_letters(*, run_id: int | None = None) -> Any:
    """Numbered letters that are not printed yet, in the order of their numbers."""
    scope = Q() if run_id is None else Q(run=run_id)
    return Letter.objects.filter(scope, document=None).order_by("year", "number", "pk")


def with_number(text: str) -> Q:
    """The letter with what stands on it, `D2 2026-0317`, or with its bare number, `2026-317`; else none."""
    found = NUMBER.search(text.strip())
    return Q(year=int(found[1]), number=int(found[2])) if found else Q(pk__in=[])


def list_of(user: User) -> Any:
    """The letters that a person may see, newest first, without their contents."""
    return (
        Letter.objects.visible_to(user)
        .select_related("customer", "run")
        .defer("frozen")
        .order_by("-year", "-number", "-pk")
    )
