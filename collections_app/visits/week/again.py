"""The verb of the week: what is left of it is planned anew, as one."""

from datetime import date

from django.utils.translation import gettext as _

from collections_app.visits import plan_rights as rights
from collections_app.visits import services, wishes
from collections_app.visits.models import Plan
from collections_app.visits.week.reading import WEEK, monday_of
from common.days import ONE_DAY
from common.refusals import Refused
from staff.models import User


class NothingToPlan(Refused):
    """No day of the week is left on which the rep works."""


def plan_week(*, rep: User, on: date, today: date, by: User) -> list[Plan]:
    """The working days of this week of the rep, from today on. Worth is weighed over all of them at once, so a customer
    is visited on its best day. What is done or locked stays.

    Refuses other people's plans, past weeks, and one without a working day left.
    """
    rights.check_plan_of(rep, by)
    monday = monday_of(on)
    wanted = [monday + number * ONE_DAY for number in range(WEEK)]
    rights.check_day(wanted[-1], today)
    planned = set(Plan.objects.filter(rep=rep, on__in=wanted).values_list("on", flat=True))
    days = [day for day in wanted if day >= today and (day in planned or not rights.frame_on(rep, day).off)]
    if not days:
        raise NothingToPlan(
            _("%(name)s does not work on any day left of this week. Choose another week.") % {"name": rep}
        )
    return services.plan_round(on=days, reps=[rep], by=by, not_before=wishes.now_on(days[0]))
