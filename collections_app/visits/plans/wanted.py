"""What is wanted of a day: pins, skips and appointments of the customers that a person sees."""

from dataclasses import dataclass
from datetime import date, time

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from collections_app.visits import plan_rights as rights
from collections_app.visits.models import Appointment, Wish
from customers.models import Customer
from staff import queries as people
from staff.models import User


@dataclass(frozen=True, slots=True)
class WishLine:
    key: int
    said: str
    customer_name: str
    url: str
    because: str
    who: str
    may_withdraw: bool


@dataclass(frozen=True, slots=True)
class AppointmentLine:
    customer_name: str
    url: str
    starts_at: time
    ends_at: time
    with_whom: str
    note: str


def wishes_of(on: date, user: User) -> tuple[WishLine, ...]:
    """Of the customers that this person sees, and of the reps whose plans he does."""
    rows = list(
        wishes_visible_to(user).filter(on=on).select_related("customer", "rep").order_by("customer__name", "pk")
    )
    names = people.names(row.entered_by for row in rows)
    return tuple(
        WishLine(
            key=row.pk,
            said=_said(row),
            customer_name=row.customer.name,
            url=reverse("desk:customer", args=[row.customer.code]),
            because=row.because,
            who=_("wanted by %(name)s") % {"name": names[row.entered_by]},
            may_withdraw=user.role in rights.DECIDES
            or (user.role in rights.CHANGES and row.entered_by == user.get_username()),
        )
        for row in rows
    )


def _said(wish: Wish) -> str:
    """What is wanted, and who is to go where somebody is named."""
    if wish.rep is None:
        return str(wish.get_kind_display())
    return _("%(wish)s, by %(rep)s") % {"wish": wish.get_kind_display(), "rep": wish.rep}


def wishes_visible_to(user: User) -> QuerySet[Wish]:
    if user.sees_everything:
        return Wish.objects.all()
    return Wish.objects.filter(
        Q(customer__in=Customer.objects.visible_to(user)) | Q(rep__in=User.objects.visible_to(user))
    )


def appointments_of(on: date, user: User) -> tuple[AppointmentLine, ...]:
    rows = Appointment.objects.filter(
        on=on, cancelled_at=None, customer__in=Customer.objects.visible_to(user)
    ).select_related("customer")
    return tuple(
        AppointmentLine(
            customer_name=row.customer.name,
            url=reverse("desk:appointments", args=[row.customer.code]),
            starts_at=row.starts_at,
            ends_at=row.ends_at,
            with_whom=row.with_whom,
            note=row.note,
        )
        for row in rows.order_by("starts_at", "pk")
    )
