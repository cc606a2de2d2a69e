"""The next working days, each with how much is planned on it and how much of that is approved."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from urllib.parse import urlencode

from django.db.models import Count, Q
from django.urls import reverse
from django.utils.translation import gettext as _

from collections_app.visits.models import LeftOut, Plan, Stop
from common import days
from common.columns import MoneySum
from common.money import ZERO
from staff.models import Business, User

DAYS = 10  # working days that the list looks ahead
VISITS = (Stop.State.PLANNED, Stop.State.DONE)


@dataclass(frozen=True, slots=True)
class DayRow:
    """A day of the list. `worth` in base currency."""

    on: date
    reps: int  # with a plan
    stops: int
    worth: Decimal
    left_out: int
    approved: int

    @property
    def url(self) -> str:
        return day_url(self.on)

    @property
    def state(self) -> str:
        if not self.reps:
            return _("Not planned yet")
        if self.approved == self.reps:
            return _("Approved")
        if self.approved:
            return _("%(approved)s of %(plans)s approved") % {"approved": self.approved, "plans": self.reps}
        return _("Proposed")


def day_url(on: date, team: str = "") -> str:
    query = f"?{urlencode({'team': team})}" if team else ""
    return reverse("visits:plans-of-day", args=[on.isoformat()]) + query


def days_ahead(*, user: User, today: date) -> list[DayRow]:
    """The next working days, and any other day within them for which there is a plan. Four statements."""
    calendar = Business.objects.values_list("calendar", flat=True).first() or ""
    wanted = [days.roll(today, calendar)]
    while len(wanted) < DAYS:
        wanted.append(days.add_working_days(wanted[-1], 1, calendar))
    plans = Plan.objects.visible_to(user).filter(on__range=(today, wanted[-1])).order_by()
    counted = {
        on: (count, approved)
        for on, count, approved in plans.values("on")
        .annotate(count=Count("pk"), approved=Count("pk", filter=Q(state=Plan.State.APPROVED)))
        .values_list("on", "count", "approved")
    }
    stops = Stop.objects.filter(plan__in=plans, state__in=VISITS).order_by()
    visits = {
        on: (count, worth)
        for on, count, worth in stops.values("plan__on")
        .annotate(count=Count("pk"), sum=MoneySum("worth"))
        .values_list("plan__on", "count", "sum")
    }
    out = dict(
        LeftOut.objects.filter(plan__in=plans)
        .order_by()
        .values("plan__on")
        .annotate(count=Count("pk"))
        .values_list("plan__on", "count")
    )
    rows = []
    for on in sorted({*wanted, *counted}):
        (reps, approved), (count, worth) = counted.get(on, (0, 0)), visits.get(on, (0, ZERO))
        rows.append(DayRow(on, reps, count, worth, out.get(on, 0), approved))
    return rows
