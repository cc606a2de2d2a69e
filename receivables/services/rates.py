"""Stating what a currency is worth: of a day, from a source; said again it is corrected, and the row before stays."""

from datetime import date
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from audit import services as audit
from audit.services import Actor
from common import clock, days, money
from common.templatetags import ui
from receivables import queries
from receivables.models import Rate
from receivables.services import checks
from receivables.services.exchange import NotARate

DECIMALS = 10
LIMIT = Decimal(10) ** 10  # as many digits as the table holds


@transaction.atomic
def state_rate(*, currency: str, rate: Decimal, on: date, source: str, by: Actor) -> Rate:
    """One unit of the currency in the base currency on a day. The last word of a day counts.

    The same rate of the same source again adds nothing.
    """
    source = source.strip()
    _check(currency, rate, on, source)
    before = Rate.objects.filter(currency=currency, on=on).order_by("pk").last()
    if before is not None and (before.rate, before.source) == (rate, source):
        return before
    made = Rate.objects.create(
        currency=currency, on=on, rate=rate, source=source, entered_at=clock.now(), stated_by=by.get_username()
    )
    audit.record(
        verb="receivables.rate_stated" if before is None else "receivables.rate_corrected",
        subject=made,
        by=by,
        before=None if before is None else {"rate": f"{before.rate.normalize():f}", "source": before.source},
        after={"currency": currency, "on": on, "rate": f"{rate.normalize():f}", "source": source},
    )
    return made


def _check(currency: str, rate: Decimal, on: date, source: str) -> None:
    if not money.is_known(currency):
        raise NotARate(_("%(currency)s is not a currency code; expected one like USD.") % {"currency": currency})
    base = queries.base_currency()
    if currency == base:
        raise NotARate(_("%(currency)s is the base currency, and one of it is always one.") % {"currency": base})
    if not rate.is_finite() or not 0 < rate < LIMIT or not source or len(source) > 60:
        raise NotARate(_("State a rate above zero and where it is from."))
    if -int(rate.as_tuple().exponent) > DECIMALS:
        raise NotARate(_("A rate has at most %(digits)s decimals. Round it.") % {"digits": DECIMALS})
    if on < days.FIRST:
        raise checks.TooEarly(_("No book reaches as far as %(day)s. Check the day.") % {"day": ui.day(on)}, on)
    checks.check_day(on)
