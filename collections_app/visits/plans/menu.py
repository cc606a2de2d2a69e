"""What may be changed about one stop, as its page offers it."""

from dataclasses import dataclass
from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _

from collections_app.visits import plan_rights as rights
from collections_app.visits.models import Appointment, Stop, Wish
from collections_app.visits.plans.ahead import day_url
from common.templatetags.ui import clock as time_words
from customers.models import Customer
from staff import queries as people
from staff.models import User


@dataclass(frozen=True, slots=True)
class Menu:
    """Addresses are empty where there is nothing to do, or not for this person."""

    said: str  # why it is skipped or pinned, and by whom
    appointment: str
    is_locked: bool
    skip_url: str
    lock_url: str
    unlock_url: str
    withdraw_url: str
    appointments_url: str
    plans_url: str


def menu_of(stop: Stop, *, user: User, today: date) -> Menu:
    """Three statements. `stop` comes with its plan, rep and customer."""
    on = stop.plan.on
    may_change = user.role in rights.CHANGES and on >= today and rights.may_change(user, stop.plan.rep)
    is_open = may_change and stop.state == Stop.State.PLANNED
    wish = Wish.objects.filter(customer=stop.customer_id, on=on).select_related("rep").first()
    decides = user.role in rights.DECIDES or (wish is not None and wish.entered_by == user.get_username())
    sees = Customer.objects.visible_to(user).filter(pk=stop.customer_id).exists()
    return Menu(
        said=_said(wish),
        appointment=_appointment(stop, on),
        is_locked=stop.is_locked,
        skip_url=reverse("visits:skip", args=[stop.pk]) if is_open else "",
        lock_url=reverse("visits:lock", args=[stop.pk]) if is_open and not stop.is_locked else "",
        unlock_url=reverse("visits:unlock", args=[stop.pk]) if is_open and stop.is_locked else "",
        withdraw_url=reverse("visits:withdraw", args=[wish.pk]) if wish and may_change and decides else "",
        appointments_url=reverse("desk:appointments", args=[stop.customer.code]) if sees else "",
        plans_url=day_url(on),
    )


def _said(wish: Wish | None) -> str:
    """ "Do not visit on this day: closed today (Carmen)"."""
    if wish is None:
        return ""
    named = {
        "kind": wish.get_kind_display(),
        "because": wish.because,
        "who": people.names([wish.entered_by])[wish.entered_by],
    }
    return _("%(kind)s: %(because)s (%(who)s)") % named if wish.because else _("%(kind)s (%(who)s)") % named


def _appointment(stop: Stop, on: date) -> str:
    row = Appointment.objects.filter(customer=stop.customer_id, on=on, cancelled_at=None).first()
    if row is None:
        return ""
    times = {"first": time_words(row.starts_at), "last": time_words(row.ends_at), "name": row.with_whom}
    if row.with_whom:
        return _("Appointment with %(name)s, %(first)s to %(last)s") % times
    return _("Appointment, %(first)s to %(last)s") % times
