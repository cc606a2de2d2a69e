"""Searching by the number of one thing: its page, where exactly one of those that a person may see has it."""

from django.urls import reverse

from contracts.models import Contract, Shipment
from receivables.models import Invoice
from staff.models import User

PAGES = (
    ("desk:invoice", Invoice),
    ("desk:shipment", Shipment),
    ("desk:contract", Contract),
)


def page_of(number: str, *, user: User) -> str:
    """The address of the page; empty where nothing, or more than one thing, has this number."""
    number = number.strip()
    if not number:
        return ""
    found = [
        reverse(page, args=[key])
        for page, model in PAGES
        for key in model.objects.visible_to(user).filter(number__iexact=number).values_list("pk", flat=True)[:2]
    ]
    return found[0] if len(found) == 1 else ""
