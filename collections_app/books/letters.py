"""Letters: I8, I9, I10."""

import hashlib
from collections.abc import Iterator

from django.db.models import Count, Max, Min

from collections_app.books.invariants import Invariant, looked
from collections_app.letters.models import Letter
from common.models import Series

AT_ONCE = 10  # letters: each brings its whole document along


def letter_numbers_have_no_gaps() -> Invariant:
    """I8: letters of a series and year are numbered 1..n."""
    return looked("I8 letter numbers without gaps", Letter.objects.count(), _gaps())


def _gaps() -> Iterator[str]:
    groups = Letter.objects.order_by().values("series", "year")
    for row in groups.annotate(count=Count("pk"), first=Min("number"), last=Max("number")):
        taken = Series.objects.filter(name=row["series"], year=row["year"]).values_list("last", flat=True).first()
        if row["first"] != 1 or row["last"] != row["count"] or taken != row["last"]:
            yield f"{row['series']} {row['year']}: {row['count']} letters, numbers {row['first']}–{row['last']}"


def letters_are_as_issued() -> Invariant:
    """I9: the stored bytes have the stored hash."""
    return looked("I9 letters as issued", Letter.objects.exclude(document=None).count(), _changed())


def _changed() -> Iterator[str]:
    """What a letter was rendered from stays where it is: it may be as long as the sheet."""
    rendered = Letter.objects.exclude(document=None).select_related("document").order_by("pk")
    named = ("series", "level", "year", "number", "sha256", "document", "document__content")
    for letter in rendered.only(*named).iterator(chunk_size=AT_ONCE):
        if letter.document and hashlib.sha256(letter.document.content).hexdigest() != letter.sha256:
            yield f"letter {letter.reference}: its bytes have changed"


def one_sending_each() -> Invariant:
    return Invariant("I10 one sending each", 0, [], "letters are not sent by this product yet")
