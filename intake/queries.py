"""Reading what is here already: customers and reps that a file names, files that came in before."""

from collections.abc import Iterable, Sequence
from datetime import date

from django.db.models import Max, Min

from customers.models import Customer
from intake.booked import chunks
from intake.models import Difference, File
from intake.report import from_json
from intake.shipped import Loaded
from receivables.models import Allocation, CreditNote, DueDateChange, Invoice, Payment, Receipt, Refund
from staff.models import Business, User

Moment = tuple[int | None, ...]


def moment() -> Moment:
    """The newest rows of the book: unchanged means that what was compared a moment ago still holds."""
    models = (Customer, Invoice, CreditNote, Payment, Allocation, Refund, DueDateChange)
    return (
        *(model.objects.aggregate(newest=Max("pk"))["newest"] for model in models),
        Receipt.objects.filter(state=Receipt.State.PROVISIONAL).count(),
        Difference.objects.exclude(state=Difference.State.OPEN).count(),
    )


def customer_keys(codes: Iterable[str]) -> dict[str, int]:
    return {
        code: key
        for some in chunks(codes)
        for code, key in Customer.objects.filter(code__in=some).values_list("code", "pk")
    }


def owners(usernames: Iterable[str]) -> dict[str, User]:
    """Reps by their name for signing in."""
    return {user.username: user for some in chunks(usernames) for user in User.objects.reps().filter(username__in=some)}


def stored(sha256: str, profile: Loaded, *, as_of: date | None = None) -> File | None:
    """The import of exactly this file by this profile, if any of its rows were stored.

    Two days may have the same list of open items: with `as_of`, only the import for that day is the same one.
    """
    found = File.objects.filter(
        sha256=sha256,
        profile=profile.name,
        profile_hash=profile.sha256,
        kind=profile.profile.kind,
        state=File.State.STORED,
    )
    if as_of is not None:
        found = found.filter(as_of=as_of)
    return found.order_by("-as_of").first()


def known(sha256: str, profile: Loaded, *, as_of: date | None = None) -> File | None:
    """The import that took all of exactly this file. Of one that took a part, the refused rows are tried again."""
    found = stored(sha256, profile, as_of=as_of)
    return found if found is not None and not from_json(found.report).refused_rows else None


def newest_snapshot(segments: Sequence[str]) -> date | None:
    """The day of the newest list that covers any of the same book."""
    lists = File.objects.snapshots().values_list("as_of", "covers")
    return max((day for day, covers in lists if day and _overlaps(covers, segments)), default=None)


def _overlaps(covers: Sequence[str], segments: Sequence[str]) -> bool:
    return not covers or not segments or bool(set(covers) & set(segments))


def first_snapshot() -> date | None:
    found: date | None = File.objects.snapshots().aggregate(first=Min("as_of"))["first"]
    return found


def opening_on() -> date | None:
    return Business.objects.order_by("pk").values_list("opening_on", flat=True).first()
