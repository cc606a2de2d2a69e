"""What stands around the rows: the total on top, what waits for somebody."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from collections_app.cases.models import Dispute
from collections_app.desk import position
from collections_app.desk.conversion import converter
from collections_app.desk.holds.reading import waiting_for as holds_to_decide
from collections_app.desk.navigation import DECIDES as WRITES_OFF
from collections_app.desk.navigation import numbers, write_offs_to_decide
from collections_app.desk.position import Reading
from collections_app.desk.scope import CHARGE, CREDIT, NO_REP, NOT_LATE_ONLY, OTHERS, UNAPPLIED, Scope
from collections_app.gate import ladder_asking
from collections_app.gate.credit_services import DECIDES as CHECKS
from collections_app.gate.ladder_services import SKIPS
from collections_app.standings.models import StandingChoices
from collections_app.standings.words import bucket_word
from common.money import ZERO
from common.templatetags import ui
from customers.models import Customer
from receivables.models import MoreTime, Receipt
from receivables.more_time.pages import DECIDES as GRANTS
from receivables.more_time.pages import waiting_for as more_time_to_decide
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


def totals(scope: Scope, *, user: User, bounds: tuple[int, ...], reading: Reading) -> Totals:
    """From the same groups as the board, so that a figure and its rows show the same sum."""
    found = position.groups(scope, user=user, bounds=bounds, reading=reading)
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
    words = dict(StandingChoices.choices) | {
        CHARGE: _("Charges"),
        CREDIT: _("Credit notes"),
        UNAPPLIED: _("Unapplied"),
        OTHERS: _("Credit, unapplied, charges"),
    }
    found = [str(words.get(scope.standing, ""))]
    if scope.bucket:
        name = bucket_word(scope.bucket)
        found.append(_("%(bucket)s days late") % {"bucket": name} if scope.bucket[0].isdigit() else name)
    found.append({"": "", NOT_LATE_ONLY: _("Not late")}.get(scope.late, _("Late")))
    found.append(_("Customer %(code)s") % {"code": scope.customer} if scope.customer else "")
    return [text for text in found if text]


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
    held, extensions, plans, given_up = _counted(user)
    if held:
        text = ngettext("%(count)s batch awaits a decision.", "%(count)s batches await a decision.", held)
        found.append(Waiting(_("Holds"), text % {"count": held}, reverse("desk:holds"), _("Decide")))
    found += _to_approve(user, extensions, plans, given_up)
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


def _counted(user: User) -> tuple[int, int, int, int]:
    """Holds, extensions, plans and write-offs that this person decides: one statement for all of them."""
    groups: list[Sequence[QuerySet[Any]]] = [
        holds_to_decide(user) if user.role in CHECKS else [],
        *([rows] for rows in (more_time_to_decide(user) if user.role in GRANTS else [])),
        *([] if user.role in GRANTS else [[], []]),
        write_offs_to_decide(user) if user.role in WRITES_OFF else [],
    ]
    counts = iter(numbers([rows for group in groups for rows in group]))
    held, extensions, plans, given_up = (sum(next(counts) for _rows in group) for group in groups)
    return held, extensions, plans, given_up


def _to_approve(user: User, extensions: int, plans: int, given_up: int) -> list[Waiting]:
    """What others have asked for: the same rows as the column of links counts."""
    found = []
    url = f"{reverse('receivables:more-time')}?state={MoreTime.ASKED}"
    if extensions:
        text = ngettext("%(count)s extension awaits a decision.", "%(count)s extensions await a decision.", extensions)
        found.append(Waiting(_("Extensions"), text % {"count": extensions}, f"{url}&kind=extension", _("Decide")))
    if plans:
        text = ngettext(
            "%(count)s instalment plan awaits a decision.", "%(count)s instalment plans await a decision.", plans
        )
        found.append(Waiting(_("Instalment plans"), text % {"count": plans}, f"{url}&kind=plan", _("Decide")))
    steps = ladder_asking.waiting_for(user) if user.role in SKIPS else []
    if steps:
        text = ngettext(
            "%(count)s step of the supply ladder awaits approval.",
            "%(count)s steps of the supply ladder await approval.",
            len(steps),
        )
        rung = ladder_asking.asked([steps[0].pk])[steps[0].pk].rung
        url = f"{reverse('desk:ladder-of', args=[steps[0].code])}?rung={rung}"
        found.append(Waiting(_("Supply ladder"), text % {"count": len(steps)}, url, _("Decide")))
    if given_up:
        text = ngettext("%(count)s write-off awaits a decision.", "%(count)s write-offs await a decision.", given_up)
        found.append(
            Waiting(_("Write-offs"), text % {"count": given_up}, reverse("receivables:write-offs"), _("Decide"))
        )
    return found


def said(pairs: Iterable[tuple[str, Any]]) -> str:
    """Rates in one line: `1 GBP = 1.19 (20 Nov 2026)`."""
    return " · ".join(f"1 {code} = {stated.rate.normalize():f} ({ui.day(stated.on)})" for code, stated in pairs)
