"""Settlement days in the reader's words; the rules themselves are computed in `contracts.terms`."""

from collections.abc import Callable
from typing import Any

from babel.dates import get_day_names
from django.utils.translation import gettext as _

from common.days import WEEKDAYS
from common.templatetags.ui import active_locale

Words = dict[str, Callable[[], str]]
# By kind of rule: the day as a name (“weekly on Tuesday”), and as a sentence of who pays on it.
DAY: Words = {
    "weekly": lambda: _("weekly on %(day)s"),
    "monthly": lambda: _("monthly, day %(day)s"),
    "last-working-day": lambda: _("last working day of the month"),
    "1st": lambda: _("first %(day)s of the month"),
    "2nd": lambda: _("second %(day)s of the month"),
    "3rd": lambda: _("third %(day)s of the month"),
    "4th": lambda: _("fourth %(day)s of the month"),
}
PAYS: Words = {
    "weekly": lambda: _("Pays on %(day)s only"),
    "monthly": lambda: _("Pays on day %(day)s of the month"),
    "last-working-day": lambda: _("Pays on the last working day of the month"),
    "1st": lambda: _("Pays on the first %(day)s of the month"),
    "2nd": lambda: _("Pays on the second %(day)s of the month"),
    "3rd": lambda: _("Pays on the third %(day)s of the month"),
    "4th": lambda: _("Pays on the fourth %(day)s of the month"),
}


def settlement_day(rule: str) -> str:
    """ "weekly tue" as “weekly on Tuesday”; a rule in other words stands as it was said."""
    return _worded(rule, DAY) or rule


def pays_on(rule: str) -> str:
    """ "weekly tue" as “Pays on Tuesday only”; a rule in other words stands as it was said."""
    return _worded(rule, PAYS) or _("Pays on: %(rule)s") % {"rule": rule}


def _worded(rule: str, words: Words) -> str:
    kind, _space, when = rule.strip().lower().partition(" ")
    if kind not in words or (kind == "last-working-day") != (when == ""):
        return ""
    facts: dict[str, Any] = {"day": when}
    if kind not in ("monthly", "last-working-day"):
        if when[:3] not in WEEKDAYS:
            return ""
        facts["day"] = get_day_names("wide", locale=active_locale())[WEEKDAYS.index(when[:3])]
    return words[kind]() % facts
