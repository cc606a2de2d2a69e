"""Customers whom nobody here knew before a file named them."""

from collections.abc import Iterable, Sequence

from common import clock
from customers import services as customers
from customers.models import Customer
from intake import queries, reading
from intake.documents import Document
from intake.problems import Problem
from intake.reading import Reading
from staff.models import User


def add(new: Sequence[Document], known: dict[str, int]) -> dict[str, int]:
    """Customers that nobody here knew, each under its most used spelling and with its owner if the file names one."""
    first: dict[str, Document] = {}
    for document in new:
        if document.customer not in known:
            first.setdefault(document.customer, document)
    if not first:
        return {}
    names = reading.common_name([document for document in new if document.customer in first])
    reps = queries.owners(document.owner for document in first.values() if document.owner)
    added = customers.add_many(
        [_customer(code, names[code], document, reps.get(document.owner)) for code, document in sorted(first.items())],
        owned_from=min(document.issued_on for document in first.values()),
    )
    return {customer.code: customer.pk for customer in added}


def _customer(code: str, name: str, document: Document, owner: User | None) -> Customer:
    return Customer(
        code=code,
        name=name[:200],
        owner=owner,
        segment=document.segment,
        channel=document.channel,
        region=document.region,
        language=document.language.lower() or "en",
        country=document.country.upper(),
        vat_id=document.vat_id,
        entered_at=clock.now(),
    )


def unknown_owners(new: Iterable[Document], read: Reading) -> list[Problem]:
    wanted: dict[str, Document] = {}
    for document in new:
        if document.owner:
            wanted.setdefault(document.owner, document)
    known = queries.owners(wanted)
    return [
        Problem(
            document.line,
            read.heading("owner"),
            owner,
            "no rep signs in by this name; the customer is added without an owner",
        )
        for owner, document in wanted.items()
        if owner not in known
    ]
