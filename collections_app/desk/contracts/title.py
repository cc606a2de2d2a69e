"""Retention of title in words: whether it holds, and its entry in the register where the place keeps one."""

from django.utils.translation import gettext as _

from audit.models import Entry
from common.templatetags import ui
from contracts import execution
from contracts.models import Contract


def sentence(contract: Contract, place: str) -> str:
    words = {"title": contract.get_title_display(), "day": ui.day(contract.title_agreed_on)}
    if contract.title == Contract.Title.NONE:
        return _("No retention of title was agreed.")
    holds, why = execution.title_holds(
        contract.title, contract.title_agreed_on, None, contract.title_registered_on, place
    )
    if holds:
        return _("%(title)s: agreed on %(day)s, it holds for goods delivered from then on.") % words
    if why == "not registered":
        words["register"] = execution.REGISTERED[place]
        return _("%(title)s: it does not hold against others until it is registered (%(register)s).") % words
    return _("%(title)s: it does not hold.") % words


def register(contract: Contract, place: str) -> str:
    """Where the retained title has to stand; empty where nothing is retained or no register is asked for."""
    return execution.REGISTERED.get(place, "") if contract.title != Contract.Title.NONE else ""


def registered(contract: Contract) -> str:
    """Since when it stands in the register and under which entry; empty before."""
    if contract.title == Contract.Title.NONE or contract.title_registered_on is None:
        return ""
    facts = {"day": ui.day(contract.title_registered_on), "entry": _entry(contract)}
    if facts["entry"]:
        return _("Registered since %(day)s: %(entry)s.") % facts
    return _("Registered since %(day)s.") % facts


def _entry(contract: Contract) -> str:
    """Its number stands on the trail; a registration that came with a file or a draft has none."""
    rows = Entry.objects.filter(
        verb="contracts.title_registered", subject_type=Contract._meta.label_lower, subject_key=str(contract.pk)
    )
    newest = rows.order_by("-pk").first()
    return str(newest.after.get("entry", "")) if newest else ""
