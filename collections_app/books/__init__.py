"""`check_books`: every invariant that the tables can have, recomputed from the rows.

The database compares, and hands over the rows that are broken: memory does not grow with the book.
"""

from collections.abc import Callable
from datetime import date

from collections_app.books import amounts, dated, ledger, letters, standings
from collections_app.books.invariants import MOST, Invariant, Report
from collections_app.standings import stated
from receivables import contradictions

__all__ = ["MOST", "Invariant", "Report", "check"]


def check(*, as_of: date) -> Report:
    """Recompute every invariant. Reads only; amounts per currency."""
    totals = stated.look(as_of=as_of)
    checks: tuple[Callable[[], Invariant], ...] = (
        amounts.payments_cover_their_allocations,
        amounts.open_amounts_follow_from_rows,
        ledger.allocations_stay_in_the_family,
        lambda: ledger.everything_adds_up(as_of, totals),
        amounts.amounts_fit_their_currency,
        lambda: standings.standings_follow_from_the_rules(as_of),
        standings.age_never_improves_a_standing,
        letters.letter_numbers_have_no_gaps,
        letters.letters_are_as_issued,
        letters.one_sending_each,
        dated.trail_chain,
        dated.corrections_are_reversals,
        dated.due_dates_are_the_last_moved,
        dated.columns_say_what_runs,
    )
    seen = [Invariant(one.name, one.checked, one.broken, more=one.more) for one in contradictions.look(most=MOST)]
    return Report([*(one() for one in checks), *seen], totals.tied)
