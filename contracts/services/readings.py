"""A clause with marked words, read by a second person who says from which of them the day follows.

The linter knows the words of many contracts and not of all. What it marks wrongly is signed already and cannot be put
otherwise, so a person may answer for it; not the one who wrote it down here.
"""

from django.db import transaction
from django.utils.translation import gettext as _

from audit import services as audit
from audit.models import Entry
from audit.services import Actor
from common import clock
from common.refusals import Refused
from contracts import clauses
from contracts.models import Contract, Reading
from contracts.services import checks
from customers import services as customers

WRITTEN_BY = ("contracts.drafted", "contracts.changed", "contracts.agreed")
LEAST_GROUNDS, LONGEST_GROUNDS = 15, 300  # letters


class NotARead(Refused):
    """Nothing is marked, no ground is given, or nobody could see a day there, or the reader has written the clause."""


def open_words(contract: Contract, *, is_beside: bool = False) -> str:
    """What is marked in a clause and nobody has answered for, quoted; empty where the clause may stand.

    `is_beside`: the consignment clause, which stands beside the settlement clause.
    """
    words = clauses.elastic_words(_wording(contract, is_beside), contract.language, is_beside=is_beside)
    return "" if words and reading_of(contract, is_beside=is_beside) else words


def reading_of(contract: Contract, *, is_beside: bool = False) -> Reading | None:
    """The newest reading of the clause as it is worded now."""
    if contract._state.adding:  # not stored yet
        return None
    rows = Reading.objects.filter(contract=contract.pk, wording=_wording(contract, is_beside))
    return rows.order_by("-pk").first()


@transaction.atomic
def read_clause(*, contract: Contract, is_beside: bool = False, grounds: str, by: Actor) -> Reading:
    """Answer for a marked clause of a draft: `grounds` names the words from which a bookkeeper computes the day."""
    grounds = grounds.strip()
    if not LEAST_GROUNDS <= len(grounds) <= LONGEST_GROUNDS:
        raise NotARead(
            _("Say from which words of the clause the day follows, and how (%(least)s to %(most)s letters).")
            % {"least": LEAST_GROUNDS, "most": LONGEST_GROUNDS}
        )
    customers.lock([contract.customer_id])
    row = Contract.objects.get(pk=contract.pk)
    facts = {"number": row.number}
    if row.state != Contract.State.DRAFT:
        raise checks.NotInState(_("Contract %(number)s is no draft any more. Its wording stays as it is.") % facts)
    if not (words := open_words(row, is_beside=is_beside)):
        raise NotARead(_("Nothing in this clause of contract %(number)s waits for a reader.") % facts)
    if not can_be_read(row, is_beside=is_beside):
        raise NotARead(
            _("This clause of contract %(number)s names no day and no number of days. Nobody can answer for it; "
              "agree on a day.") % facts
        )  # fmt: skip
    if has_written(row, by):
        raise NotARead(
            _("You have written contract %(number)s yourself. Somebody else has to read the clause.") % facts
        )
    reading = Reading.objects.create(
        contract=row,
        wording=_wording(row, is_beside),
        grounds=grounds,
        entered_at=clock.now(),
        entered_by=by.get_full_name() or by.get_username(),
    )
    audit.record(verb="contracts.clause_read", subject=row, by=by, after={"marked": words, "grounds": grounds})
    return reading


def can_be_read(contract: Contract, *, is_beside: bool = False) -> bool:
    """Does a day or a number of days stand in the clause? "Payment after sale" leaves nothing to be understood."""
    text, language = _wording(contract, is_beside), contract.language
    return language[:2].lower() in clauses.GRAMMARS and clauses.lint(text, language, is_beside=is_beside).names_a_day


def has_written(contract: Contract, by: Actor) -> bool:
    """Did this person write any of the contract down here?"""
    written = Entry.objects.filter(
        verb__in=WRITTEN_BY, subject_type=Contract._meta.label_lower, subject_key=str(contract.pk)
    )
    return written.filter(actor_key=by.get_username()).exists()


def _wording(contract: Contract, is_beside: bool) -> str:
    return contract.consignment_text if is_beside else contract.settlement_text
