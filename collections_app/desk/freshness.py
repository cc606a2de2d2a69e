"""Which state of the books a page shows, in a sentence, and the way to another one."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date

from django.db.models import Count
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from collections_app.desk import of_night
from collections_app.desk.position import Reading
from collections_app.desk.scope import KNOWN_THEN, KNOWN_TODAY, Scope
from collections_app.desk.sources import of_customer
from collections_app.standings.models import Night
from common.columns import MoneySum
from common.templatetags import ui
from receivables.models import Payment
from staff.models import User

Address = Callable[[Scope], str]


@dataclass(frozen=True, slots=True)
class Freshness:
    """Sentences about what is shown; `url` leads to the same figures in another state, if there is one."""

    texts: list[str]
    url: str = ""
    link: str = ""


def freshness(
    scope: Scope, *, reading: Reading, last: Night | None, today: date, user: User, address: Address
) -> Freshness:
    if reading.night is not None:
        return _of_night(scope, reading.night, last, today, user, address)
    if last is None:
        return Freshness([_("No night has run yet: standings are computed for this page.")])
    if scope.as_of == today and not scope.known:
        return _of_now(scope, last, reading, address)
    if scope.known == KNOWN_THEN:
        text = _("End of that day, by what had been entered until then.")
    else:
        moment = {"day": ui.day(last.business_date), "time": ui.clock(last.done_at)}
        if scope.as_of == last.business_date and not scope.known:
            text = _("This is the last closed night, of %(day)s at %(time)s; tonight's has not run yet.") % moment
            return Freshness([text], address(_now(scope, today)), _("Show now"))
        text = _("End of that day, from dated allocations and all that is known today.")
    return Freshness([text], *_back(scope, address))


def _of_night(scope: Scope, night: Night, last: Night | None, today: date, user: User, address: Address) -> Freshness:
    texts = [_("Night of %(day)s, known until %(moment)s.") % {"day": ui.day(scope.as_of), "moment": _moment(night)}]
    texts.append(_booked_since(scope, night, user))
    if scope.as_of == today:
        return Freshness(texts, address(_now(scope, today)), _("Count now"))
    if last is not None and night.pk == last.pk:
        texts.append(_("It is the last one: tonight's has not run yet."))
        return Freshness(texts, address(_now(scope, today)), _("Count now"))
    return Freshness(texts, address(scope.narrowed(known=KNOWN_TODAY)), _("Count that day with all that is known now"))


def _moment(night: Night) -> str:
    time = ui.clock(night.known_until)
    day = ui.day(night.known_until)
    return time if day == ui.day(night.business_date) else f"{day} {time}"


def _booked_since(scope: Scope, night: Night, user: User) -> str:
    """How many payments the night did not know, and for how much."""
    since = Payment.objects.visible_to(user).filter(entered_at__gte=night.known_until, reverses=None, reversed_by=None)
    since = since.filter(of_customer(scope)).order_by("currency")
    found = list(since.values_list("currency").annotate(n=Count("pk"), total=MoneySum("amount")))
    if not found:
        return _("No payment has been booked since.")
    count = sum(n for _currency, n, _total in found)
    text = ngettext(
        "Since then %(count)s payment has been booked: %(sums)s.",
        "Since then %(count)s payments have been booked: %(sums)s.",
        count,
    )
    sums = ", ".join(ui.money_text(total, currency) for currency, _n, total in found)
    return text % {"count": ui.number(count), "sums": sums}


def _of_now(scope: Scope, last: Night, reading: Reading, address: Address) -> Freshness:
    moment = {"day": ui.day(last.business_date), "time": ui.clock(last.done_at or last.classified_at)}
    if reading.is_present:
        texts = [_("Last night closed at %(time)s; money booked since is counted.") % moment]
    else:
        text = _("This is now. The last night closed on %(day)s at %(time)s; standings are computed for this page.")
        texts = [text % moment]
    if scope.customer:
        return Freshness(texts)
    if scope.is_now and of_night.readable(last.business_date) is not None:
        back = replace(scope, is_now=False, as_of=last.business_date)
        return Freshness(texts, address(back), _("Show the last night"))
    return Freshness(texts)


def _back(scope: Scope, address: Address) -> tuple[str, str]:
    """To the night of the day, where it is stored and the page shows something else."""
    if scope.known and of_night.readable(scope.as_of) is not None:
        return address(scope.narrowed(known="")), _("Show the night of that day")
    return "", ""


def _now(scope: Scope, today: date) -> Scope:
    return replace(scope, is_now=True, as_of=today)
