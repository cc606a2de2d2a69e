"""Whose law holds for a customer: that of its country, else that of ours."""

from customers.models import Customer
from staff.models import Business


def our_place() -> str:
    return Business.objects.order_by("pk").values_list("country", flat=True).first() or ""


def place_of(customer: Customer) -> str:
    return customer.country or our_place()
