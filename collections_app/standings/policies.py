"""When a policy may begin. A day is classified by one policy: its night, the board and every look at it agree."""

from datetime import date

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from audit.services import Actor
from collections_app.policy import services as policies
from collections_app.policy.models import Version
from collections_app.standings import services
from collections_app.standings.models import Night
from common import days
from common.templatetags import ui


def first_day(on: date) -> date:
    """The first day for which a version can be put in force: today or, where today's night has begun, tomorrow."""
    newest: date | None = Night.objects.aggregate(newest=Max("business_date"))["newest"]
    return on if newest is None else max(on, newest + days.ONE_DAY)


@transaction.atomic
def activate(*, version: Version, starts_on: date, on: date, by: Actor) -> Version:
    """In force from `starts_on`, whose night must not have begun: it would have been classified by two policies.

    No night begins meanwhile; one that waits reads the new version.
    """
    services.wait_alone()
    first = first_day(on)
    if on <= starts_on < first:
        raise policies.WrongStart(
            _("The night of %(day)s has gone by the policy in force then. Choose %(first)s or a later day.")
            % {"day": ui.day(first - days.ONE_DAY), "first": ui.day(first)},
            starts_on,
        )
    return policies.activate(version=version, starts_on=starts_on, on=on, by=by)
