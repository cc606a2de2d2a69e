"""Looking back: what was open, known or explained on a day is asked of days that have come."""

from datetime import date

from django.utils.translation import gettext as _

from common import clock
from common.refusals import WrongDay


class NotYet(WrongDay):
    """A day that has not come: there is nothing to look back on."""


def check(day: date) -> None:
    if day > clock.business_today():
        raise NotYet(_("This day has not come yet. Choose today or an earlier day."), day)
