"""What is said about a rep's day on the manager's page: how full it is, and how it differs from the one before."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from babel.numbers import format_decimal
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from collections_app.visits import frames
from collections_app.visits.plans.load import Difference, Load, named
from collections_app.visits.sentences import joined
from common.templatetags.ui import active_locale, day, money_text
from staff.models import Absence

MOST = 5  # names in a sentence

PARTS: dict[str, Any] = {
    "visiting": gettext_lazy("Visiting"),
    "driving": gettext_lazy("Driving"),
    "waiting": gettext_lazy("Waiting"),
    "free": gettext_lazy("Free"),
}


def duration(minutes: int) -> str:
    """ "3 h 20 min", "45 min"."""
    hours, rest = divmod(minutes, 60)
    if not hours:
        return _("%(minutes)s min") % {"minutes": rest}
    if not rest:
        return _("%(hours)s h") % {"hours": hours}
    return _("%(hours)s h %(minutes)02d min") % {"hours": hours, "minutes": rest}


def kilometres(length: Decimal) -> str:
    return _("%(kilometres)s km") % {"kilometres": format_decimal(length, format="#,##0.#", locale=active_locale())}


def load_words(load: Load) -> str:
    """Everything that the bar shows, for whoever does not see it."""
    parts = [f"{PARTS[name]} {duration(minutes)}" for name, minutes in load.parts if minutes]
    if load.over:
        parts.append(over_words(load))
    return ", ".join(parts)


def over_words(load: Load) -> str:
    return _("%(minutes)s more than the working time") % {"minutes": duration(load.over)} if load.over else ""


def off_words(off: str, away: Absence | None) -> str:
    """Why nobody drives that day, and who stands in."""
    if off == frames.AWAY and away is not None:
        said = {"last": day(away.ends_before - date.resolution), "deputy": away.deputy}
        if away.deputy is not None:
            return _("Away until %(last)s; %(deputy)s stands in.") % said
        return _("Away until %(last)s; nobody stands in.") % said
    words = {
        frames.DAY_OFF: _("A day off."),
        frames.FREE: _("Does not work on this weekday."),
        frames.NO_TIME: _("The working time of this weekday ends before it starts."),
    }
    return words.get(off, "")


def compared(found: Difference, base: str) -> str:
    """ "2 stops more, €640.00 more worth, 12 km less"."""
    return ", ".join(part for part in (_stops(found.stops), _worth(found.worth, base), _way(found.kilometres)) if part)


def _stops(more: int) -> str:
    if not more:
        return _("as many stops")
    if more > 0:
        return ngettext("%(count)s stop more", "%(count)s stops more", more) % {"count": more}
    return ngettext("%(count)s stop fewer", "%(count)s stops fewer", -more) % {"count": -more}


def _worth(more: Decimal, base: str) -> str:
    if not more:
        return ""
    text = {"amount": money_text(abs(more), base)}
    return _("%(amount)s more worth") % text if more > 0 else _("%(amount)s less worth") % text


def _way(more: Decimal) -> str:
    if not more:
        return ""
    text = {"way": kilometres(abs(more))}
    return _("%(way)s more") % text if more > 0 else _("%(way)s less") % text


def who(keys: tuple[int, ...], names: Mapping[int, str]) -> str:
    """ "Bar Sol, Casa Luna and 3 more"."""
    first, more = named(keys, names, MOST)
    if not more:
        return joined(first)
    return ngettext("%(names)s and %(more)s more", "%(names)s and %(more)s more", more) % {
        "names": ", ".join(first),
        "more": more,
    }
