"""Issuing letters in two steps: number and freeze in one short transaction, then print, in any order, repeatably."""

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from audit import services as audit
from audit.services import Actor
from collections_app.letters import levels, printing, queries, recipients, sheet
from collections_app.letters.models import LeftOut, Letter, LetterItem, Run
from collections_app.letters.queries import LeftOutRow, Proposal, Proposed
from collections_app.policy import queries as policies
from common import clock, documents, numbers, pdf, submissions
from common.refusals import Refused
from customers import services as customers
from customers.models import Customer

log = logging.getLogger(__name__)

SERIES = "D"
BATCH = 500

Draft = dict[str, Any]


class NoLetterhead(Refused):
    """Nobody to write in the name of."""


class NotYet(Refused):
    """A letter of a day that has not come: its number would stand before those of the days between."""


class ProposalChanged(Refused):
    """Money or a case came in between the review and the button."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """A proposal with the letters written, all but their numbers."""

    proposal: Proposal
    drafts: tuple[Draft, ...]
    pay_by: dict[str, date]  # by currency


def issue(
    *, as_of: date, by: Actor, customer: Customer | None = None, key: str = "", reviewed: int | None = None
) -> Run | None:
    """Number and freeze every letter that is due on a day. None where nothing is: a second run sends nothing.

    `key` is the one-time key of a form, `reviewed` how many letters somebody has looked at; another number of
    letters is refused (ProposalChanged). The letters are written before the transaction and only compared inside
    it, under the customers' locks, so that the numbers are held for a moment. Printing follows: `render`.
    """
    if as_of > clock.business_today():
        raise NotYet(_("This day has not come yet. Choose today or an earlier day."))
    prepared = prepare(as_of=as_of, customer=customer)
    if not prepared.proposal.letters:
        return None
    if reviewed is not None and reviewed != len(prepared.proposal.letters):
        raise ProposalChanged(
            _("The proposal has changed since you looked: %(now)s letters instead of %(then)s. Look again, then issue.")
            % {"now": len(prepared.proposal.letters), "then": reviewed}
        )
    return _issue(prepared, by=by, customer=customer, key=key)


def prepare(*, as_of: date, customer: Customer | None = None) -> Prepared:
    """The proposal of a day with its letters written. What the fonts cannot print is left out, with the reason."""
    proposal = queries.proposal(as_of=as_of, customer=customer)
    heads = recipients.letterheads()
    if not heads and proposal.letters:
        raise NoLetterhead(_("The business has no name and address yet. Enter them, then issue the letters."))
    policy = policies.in_force(as_of).dunning
    written_on = max(as_of, clock.business_today())  # a notice runs from the day on which the letter goes out
    pay_by = {
        currency: levels.pay_by(as_of=written_on, policy=policy, calendar=head.calendar)
        for currency, head in heads.items()
    }
    to = recipients.of(proposal.letters, as_of=written_on)
    letters: list[Proposed] = []
    drafts: list[Draft] = []
    left_out = list(proposal.left_out)
    for letter in proposal.letters:
        draft = sheet.draft(
            content=letter,
            to=to[letter.customer_id, letter.currency],
            head=heads[letter.currency],
            as_of=as_of,
            pay_by=pay_by[letter.currency],
        )
        missing = printing.choose_fonts(draft)
        if missing:
            left_out.append(_unprintable(letter, missing))
        else:
            letters.append(letter)
            drafts.append(draft)
    kept = replace(proposal, letters=tuple(letters), left_out=tuple(left_out))
    return Prepared(proposal=kept, drafts=tuple(drafts), pay_by=pay_by)


@transaction.atomic
def _issue(prepared: Prepared, *, by: Actor, customer: Customer | None, key: str) -> Run | None:
    as_of = prepared.proposal.as_of
    customers.lock(letter.customer_id for letter in prepared.proposal.letters)
    still = set(queries.proposal(as_of=as_of, customer=customer).letters)
    pairs = [pair for pair in zip(prepared.proposal.letters, prepared.drafts, strict=True) if pair[0] in still]
    if not pairs:
        return None
    run = Run.objects.create(as_of=as_of, issued_at=clock.now(), issued_by=by.get_username())
    taken = numbers.take(SERIES, year=as_of.year, count=len(pairs))
    letters = Letter.objects.bulk_create(
        [
            _letter(run, proposed, draft, number, prepared.pay_by[proposed.currency])
            for (proposed, draft), number in zip(pairs, taken, strict=True)
        ],
        batch_size=BATCH,
    )
    _store_items(letters, [proposed for proposed, _draft in pairs])
    _store_left_out(run, prepared.proposal.left_out)
    submissions.done(key, actor_key=by.get_username(), verb="letters.issue", result=str(run.pk))
    audit.record(
        verb="letters.issued",
        subject=run,
        by=by,
        after={"as_of": as_of, "letters": len(letters), "from": letters[0].reference, "to": letters[-1].reference},
    )
    return run


def _letter(run: Run, proposed: Proposed, draft: Draft, number: int, pay_by: date) -> Letter:
    letter = Letter(
        run=run,
        customer_id=proposed.customer_id,
        currency=proposed.currency,
        language=proposed.language,
        level=proposed.level,
        series=SERIES,
        year=run.as_of.year,
        number=number,
        total_amount=proposed.total,
        pay_by=pay_by,
    )
    letter.frozen = sheet.numbered(draft, letter.reference)
    return letter


def _store_items(letters: Sequence[Letter], proposed: Sequence[Proposed]) -> None:
    """Only the items that rise hold the key of their level; what is merely also due keeps its own last letter."""
    LetterItem.objects.bulk_create(
        [
            LetterItem(
                letter=letter,
                due_item_id=item.due_item_id,
                level=item.level,
                cycle=item.cycle,
                open_amount=item.open_amount,
            )
            for letter, one in zip(letters, proposed, strict=True)
            for item in one.items
            if item.moves
        ],
        batch_size=BATCH,
    )


def _store_left_out(run: Run, rows: Iterable[LeftOutRow]) -> None:
    LeftOut.objects.bulk_create(
        [
            LeftOut(
                run=run,
                customer_id=row.customer_id,
                currency=row.currency,
                amount=row.amount,
                reason=row.reason[:200],
                returns_on=row.returns_on,
            )
            for row in rows
        ],
        batch_size=BATCH,
    )


def _unprintable(letter: Proposed, missing: str) -> LeftOutRow:
    return LeftOutRow(
        customer_id=letter.customer_id,
        customer_code=letter.customer_code,
        customer_name=letter.customer_name,
        currency=letter.currency,
        amount=letter.total,
        reason=_("The fonts of the letters lack characters of this customer (%(named)s)")
        % {"named": printing.named(missing)},
        returns_on=None,
    )


def render(letter: Letter) -> Letter:
    """Print a letter from its frozen input, unless it is printed: the first stored bytes are the letter for good.

    Raises CannotPrint where the machine cannot print; the letter then waits with its number.
    """
    if letter.document_id is not None:
        return letter
    with translation.override("en"):  # a sheet's own words are frozen; nothing may follow the reader's language
        content = printing.to_pdf(letter.frozen)
    with transaction.atomic():
        name = f"{letter.reference.replace(' ', '-')}.pdf"
        document = documents.store(content, name=name, content_type="application/pdf")
        Letter.objects.filter(pk=letter.pk, document=None).update(
            document=document, sha256=document.sha256, rendered_at=clock.now()
        )
    letter.refresh_from_db(fields=["document", "sha256", "rendered_at"])
    return letter


def render_waiting(*, run_id: int | None = None, most: int | None = None) -> int:
    """Print what is numbered and waits, of one run or of all, at most so many; answers how many wait still.

    A letter that cannot be printed stays on the list with its number and stops nobody else.
    """
    waiting = queries.waiting_letters(run_id=run_id)
    keys = list(waiting.values_list("pk", flat=True)[: most or None])
    for some in pdf.batches(keys):
        with pdf.batch():
            for letter in Letter.objects.filter(pk__in=some).order_by("year", "number", "pk"):
                _try(letter)
    return waiting.count()


def waiting(*, run_id: int | None = None) -> int:
    """How many numbered letters wait to be printed."""
    return int(queries.waiting_letters(run_id=run_id).count())


def _try(letter: Letter) -> None:
    try:
        render(letter)
    except pdf.CannotPrint:
        raise
    except (pdf.ForeignAddress, OSError):
        log.exception("Letter %s could not be printed or stored; it keeps its number and is tried again", letter)
