"""What has been going on in the office of the sample company in the last weeks, done by its own people."""

from datetime import date

from common import clock
from demo.lately import agreed, books, family, goods, known, market, money, rounds, seen, time_given
from demo.lately.shelf import Shelf


def go_on(as_of: date) -> None:
    """One thing of every kind, as far as the book is large enough for it; each in its own transaction.

    More time is given in a book of today alone: what follows money looks at it by the clock, and it would have run out.
    """
    given = (*time_given.DEEDS, *rounds.TODAY) if as_of == clock.business_today() else ()
    known_by_now = known.DEEDS if as_of <= clock.business_today() else ()
    shelf = Shelf(as_of)
    traded = (*agreed.DEEDS, *goods.DEEDS, *market.DEEDS, *given)
    office = (*traded, *money.DEEDS, *family.DEEDS, *books.DEEDS, *known_by_now, *rounds.STATED)
    for deed in (*office, *seen.DEEDS):
        deed(shelf)
