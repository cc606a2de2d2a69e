"""What was said about late money: promises kept, broken and open, disputes, excuses, receipts, visits. Pure."""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from collections_app.cases import rules
from collections_app.policy.thresholds import Thresholds
from common import money
from demo.behaviour import Payer, on_a_weekday
from demo.cards import DisputeCard, ExcuseCard, PartCard, PromiseCard, ReceiptCard, Sale, Story, TouchCard
from demo.company import LETTERHEAD

REMEMBERED = timedelta(days=400)  # older talk is not in the sample
CALENDAR = str(LETTERHEAD["calendar"])
EXCUSES = (
    ("absent", "The owner is away until Thursday."),
    ("no money", "Waiting for a wedding party to pay."),
    ("not payment day", "Pays suppliers on the payment day only."),
    ("not sold", "Half of the last delivery is still on the shelf."),
    ("invoice missing", "Says that the invoice never came."),
    ("our fault", "The spring rebate is not credited yet."),
    ("fetching", "“The transfer goes out this afternoon.”"),
    ("other supplier", "The brewery was here first this morning."),
)
DISPUTES = (
    ("damage", "Two pallets arrived wet."),
    ("price", "Price of the old list charged."),
    ("quantity", "Six cases short on the delivery note."),
    ("promotion", "Summer promotion not credited."),
    ("quality", "Caps leak on one batch."),
    ("invoice", "Order number missing on the invoice."),
)
# What is going on at a late customer this morning, by its place; eleven and the thirty payers share no divisor.
GOING_ON = (
    *("promise today", "excuse", "dispute", "promise later", "broken twice", "receipt"),
    *("promise today", "closed dispute", "grace", "contact", "excuse"),
)


def tell(story: Story, rng: Random, *, as_of: date) -> None:
    """Add what was said to a story whose sales are complete."""
    quiet = story.profile.payer in (Payer.DORMANT, Payer.EXACT)
    if not quiet:
        for sale, position, part in _late_and_settled(story, since=as_of - REMEMBERED):
            _remember(story, sale, position, part, rng)
    late = [row for row in _open_parts(story) if row[2].due_on and row[2].due_on < as_of]
    if story.profile.payer is Payer.DORMANT:
        days_ago = rng.randint(20, 90)
        story.touches.append(TouchCard("call", False, on_a_weekday(as_of - timedelta(days_ago)), "Nobody answers."))
    elif late:
        _this_morning(story, late, rng, as_of=as_of)
    if not quiet and story.sales:
        for months in (2, 5, 8):
            made_on = on_a_weekday(as_of - timedelta(30 * months + rng.randint(0, 25)))
            story.touches.append(TouchCard("visit", rng.randint(1, 10) <= 8, made_on, "Round of the month."))


def _late_and_settled(story: Story, *, since: date) -> Iterator[tuple[Sale, int, PartCard]]:
    for sale in story.sales:
        for position, part in enumerate(sale.parts, start=1):
            if part.settled_on and part.due_on and part.due_on > since and (part.settled_on - part.due_on).days >= 8:
                yield sale, position, part


def _open_parts(story: Story) -> list[tuple[Sale, int, PartCard]]:
    return [
        (sale, position, part)
        for sale in story.sales
        for position, part in enumerate(sale.parts, start=1)
        if part.settled_on is None
    ]


def open_amount(sale: Sale, position: int) -> Decimal:
    """What a due item still owes: payments fill the items of an invoice in their order."""
    before = sum((part.amount for part in sale.parts[: position - 1]), money.ZERO)
    paid = sum((paid.amount for paid in sale.paid), money.ZERO)
    return max(money.ZERO, sale.parts[position - 1].amount - max(money.ZERO, paid - before))


def _remember(story: Story, sale: Sale, position: int, part: PartCard, rng: Random) -> None:
    """A late item that is settled now: often there was a promise before, an excuse, or a dispute that was solved."""
    if part.settled_on is None or part.due_on is None:
        return
    fate = rng.randint(1, 100)
    made_on = on_a_weekday(part.due_on + timedelta(rng.randint(1, 4)))
    if fate <= 30:
        promised_on = part.settled_on if story.pays_by == "cash" else part.settled_on - timedelta(rng.randint(0, 1))
        if made_on <= promised_on:
            story.promises.append(_promise(story, sale, position, made_on, promised_on, part, kept=True))
    elif fate <= 48:
        promised_on = made_on + timedelta(rng.randint(1, 6))
        if grace_until(promised_on, story.pays_by) < part.settled_on:
            story.promises.append(_promise(story, sale, position, made_on, promised_on, part, kept=False))
    elif fate <= 56:
        reason, note = rng.choice(DISPUTES)
        amount = money.rounded(part.amount * rng.randint(5, 30) / 100, story.currency)
        closed_on = part.settled_on - timedelta(1)
        story.disputes.append(
            DisputeCard(
                sale.invoice, position, amount, reason, note, made_on, made_on + timedelta(7), max(made_on, closed_on)
            )
        )
    elif fate <= 75:
        story.excuses.append(ExcuseCard(*rng.choice(EXCUSES), said_on=made_on))
        story.touches.append(TouchCard("visit", True, made_on))


def grace_until(promised_on: date, method: str) -> date:
    """The last day of grace under the default policy."""
    usual = Thresholds()
    return rules.grace_until(
        promised_on, method=method, country=CALENDAR, cash_days=usual.grace_cash, other_days=usual.grace_other
    )


def _promise(
    story: Story, sale: Sale, position: int, made_on: date, promised_on: date, part: PartCard, *, kept: bool
) -> PromiseCard:
    return PromiseCard(
        invoice=sale.invoice,
        position=position,
        amount=sale.paid[-1].amount if kept and len(sale.parts) == 1 else part.amount,
        made_on=made_on,
        promised_on=promised_on,
        method=story.pays_by,
        by=story.contacts[0].name,
        kept_on=part.settled_on if kept else None,
    )


def _this_morning(story: Story, late: list[tuple[Sale, int, PartCard]], rng: Random, *, as_of: date) -> None:
    sale, position, part = max(late, key=lambda row: (row[2].amount, row[0].invoice))
    due_on = part.due_on or as_of
    amount = open_amount(sale, position)
    going_on = GOING_ON[story.profile.place % len(GOING_ON)]
    said_on = max(due_on + timedelta(1), as_of - timedelta(rng.randint(4, 16)))
    said_on = min(said_on, as_of - timedelta(1)) if due_on < as_of - timedelta(1) else as_of
    if story.insolvent_on or story.handed_over_on or amount <= 0:
        return
    match going_on:
        case "promise today" | "promise later" | "grace":
            ahead = {"promise today": 0, "promise later": rng.randint(1, 6), "grace": -1}[going_on]
            promised_on = on_a_weekday(as_of + timedelta(ahead))  # on a weekend, today means Monday
            if going_on == "grace" and (story.pays_by == "cash" or grace_until(promised_on, story.pays_by) < as_of):
                promised_on = as_of + timedelta(2)
            _open_promise(story, sale, position, amount, min(said_on, promised_on), promised_on)
        case "broken twice":
            for ago in (52, 24):
                if due_on < as_of - timedelta(ago + 8):
                    _broken(story, sale, position, amount, as_of - timedelta(ago))
        case "dispute" | "closed dispute":
            closed_on = min(said_on + timedelta(3), as_of) if going_on == "closed dispute" else None
            _disputed(story, sale, position, amount, rng, said_on=said_on, closed_on=closed_on, as_of=as_of)
        case "receipt" if story.profile.place % 2:
            part_paid = amount if amount < 900 else money.whole(amount / 2)
            method = "cash" if part_paid < 900 else "cheque"
            story.receipts.append(ReceiptCard(sale.invoice, position, part_paid, method, as_of - timedelta(1)))
        case "excuse" | "receipt":
            story.excuses.append(ExcuseCard(*rng.choice(EXCUSES), said_on=said_on))
    story.touches.append(TouchCard(rng.choice(("visit", "call")), going_on != "contact", said_on))


def _open_promise(story: Story, sale: Sale, position: int, amount: Decimal, made_on: date, promised_on: date) -> None:
    story.promises.append(
        PromiseCard(
            sale.invoice, position, amount, made_on, promised_on, story.pays_by, story.contacts[0].name, is_open=True
        )
    )


def _disputed(
    story: Story,
    sale: Sale,
    position: int,
    amount: Decimal,
    rng: Random,
    *,
    said_on: date,
    closed_on: date | None,
    as_of: date,
) -> None:
    reason, note = rng.choice(DISPUTES)
    disputed = money.rounded(amount * rng.randint(20, 60) / 100, story.currency)
    story.disputes.append(
        DisputeCard(
            invoice=sale.invoice,
            position=position,
            amount=max(disputed, money.quantum(story.currency)),
            reason=reason,
            note=note,
            opened_on=said_on,
            review_on=max(said_on + timedelta(7), as_of),
            closed_on=closed_on,
        )
    )


def _broken(story: Story, sale: Sale, position: int, amount: Decimal, promised_on: date) -> None:
    made_on = on_a_weekday(promised_on - timedelta(6))
    if sum((paid.amount for paid in sale.paid if paid.on >= made_on), money.ZERO) == 0:
        story.promises.append(
            PromiseCard(sale.invoice, position, amount, made_on, promised_on, story.pays_by, story.contacts[0].name)
        )
