"""What stands around the rows: the total on top, how fresh the figures are, what waits for somebody."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from collections_app.cases.models import Dispute
from collections_app.desk import position
from collections_app.desk.conversion import converter
from collections_app.desk.holds.reading import waiting_for as holds_to_decide
from collections_app.desk.scope import CHARGE, CREDIT, NO_REP, UNAPPLIED, Scope
from collections_app.gate.credit_services import DECIDES as CHECKS
from collections_app.standings.models import Night, StandingChoices
from collections_app.standings.words import bucket_word
from common.money import ZERO
from common.templatetags import ui
from customers.models import Customer
from receivables.models import Receipt
from staff.models import Role, User


@dataclass(frozen=True, slots=True)
class Totals:
    """The sum of the rows by currency, and in one currency (None: a rate is missing) where there are several."""

    by_currency: list[tuple[str, Decimal]]
    converted: Decimal | None
    currency: str
    is_converted: bool
    missing: list[str]
    rate_words: str
    count: int


def totals(scope: Scope, *, user: User, bounds: tuple[int, ...], stored: bool) -> Totals:
    """From the same groups as the board, so that a figure and its rows show the same sum."""
    found = position.groups(scope, user=user, bounds=bounds, stored=stored)
    into = converter(day=scope.as_of, currency=scope.currency)
    sums: dict[str, Decimal] = {}
    for group in found:
        sums[group.currency] = sums.get(group.currency, ZERO) + group.amount
    return Totals(
        by_currency=sorted(sums.items()),
        converted=into.total(found),
        currency=into.currency,
        is_converted=any(code != into.currency for code in sums),
        missing=into.missing(found),
        rate_words=said(into.used(sums)),
        count=sum(group.count for group in found),
    )


def looked_into(scope: Scope) -> list[str]:
    """The figure that was clicked, in words."""
    words = dict(StandingChoices.choices) | {CHARGE: _("Charges"), CREDIT: _("Credit notes"), UNAPPLIED: _("Unapplied")}
    found = [str(words.get(scope.standing, ""))]
    if scope.bucket:
        name = bucket_word(scope.bucket)
        found.append(_("%(bucket)s days late") % {"bucket": name} if scope.bucket[0].isdigit() else name)
    found.append(_("Late") if scope.late else "")
    found.append(_("Customer %(code)s") % {"code": scope.customer} if scope.customer else "")
    return [text for text in found if text]


@dataclass(frozen=True, slots=True)
class Freshness:
    """Which state of the books is shown, in a sentence; `now_url` where there is a fresher one."""

    text: str
    is_stale: bool
    now_url: str


def freshness(scope: Scope, *, night: Night | None, today: date) -> Freshness:
    if night is None:
        return Freshness(_("No night has run yet: standings are computed for this page."), False, "")
    moment = {"day": ui.day(night.business_date), "time": ui.clock(night.done_at)}
    if scope.as_of == night.business_date == today:
        return Freshness(_("Last night closed at %(time)s; money booked since is counted.") % moment, False, "")
    now_url = Scope(as_of=today, is_now=True).board_url
    if scope.as_of == night.business_date:
        text = _("This is the last closed night, of %(day)s at %(time)s; tonight's has not run yet.") % moment
        return Freshness(text, True, now_url)
    if scope.is_now or scope.as_of == today:
        text = _("This is now. The last night closed on %(day)s at %(time)s; standings are computed for this page.")
        return Freshness(text % moment, False, "")
    text = _("End of that day, from dated allocations and all that is known today.")
    return Freshness(text, False, reverse("desk:ageing"))


@dataclass(frozen=True, slots=True)
class Waiting:
    """Something that needs somebody: how many, what, where."""

    label: str
    text: str
    url: str
    link: str


def waiting(user: User, scope: Scope) -> list[Waiting]:
    found = []
    if user.role in (Role.FINANCE, Role.AUDITOR):
        count = Receipt.objects.filter(state=Receipt.State.PROVISIONAL).count()
        if count:
            text = ngettext("%(count)s receipt waits to be verified.", "%(count)s receipts wait to be verified.", count)
            found.append(
                Waiting(_("Field money"), text % {"count": count}, reverse("receivables:receipts"), _("Review"))
            )
    held = sum(batches.count() for batches in holds_to_decide(user)) if user.role in CHECKS else 0
    if held:
        text = ngettext("%(count)s batch awaits a decision.", "%(count)s batches await a decision.", held)
        found.append(Waiting(_("Holds"), text % {"count": held}, reverse("desk:holds"), _("Decide")))
    due = Dispute.objects.visible_to(user).filter(closed_on=None, review_on__lte=scope.as_of).count()
    if due:
        text = ngettext("%(count)s dispute is due for review.", "%(count)s disputes are due for review.", due)
        url = scope.narrowed(disputed="only").rows_url
        found.append(Waiting(_("Disputes"), text % {"count": due}, url, _("Show")))
    alone = Customer.objects.visible_to(user).filter(owner=None).count()
    if alone:
        text = ngettext("%(count)s customer has no rep.", "%(count)s customers have no rep.", alone)
        url = f"{reverse('desk:customers')}?rep={NO_REP}"
        found.append(Waiting(_("Customers"), text % {"count": alone}, url, _("Show")))
    return found


def said(pairs: Iterable[tuple[str, Any]]) -> str:
    """Rates in one line: `1 GBP = 1.19 (20 Nov 2026)`."""
    return " · ".join(f"1 {code} = {stated.rate.normalize():f} ({ui.day(stated.on)})" for code, stated in pairs)
