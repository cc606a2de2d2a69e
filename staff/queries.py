"""Reading who did something (a trail keeps keys as text, pages show names), and who may approve what."""

from collections.abc import Collection, Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from audit.services import COMMAND, NIGHT
from staff import approving
from staff.models import Approval, Role, User

SYSTEM: dict[str, Any] = {
    NIGHT.get_username(): gettext_lazy("The night"),
    COMMAND.get_username(): gettext_lazy("Command line"),
}


def names(keys: Iterable[str]) -> dict[str, str]:
    """The display name of each user name or system actor; a key that nobody has any more stands for itself."""
    wanted = set(keys)
    people = {user.get_username(): str(user) for user in User.objects.filter(username__in=wanted)}
    return {key: people.get(key) or str(SYSTEM.get(key, key)) for key in wanted}


ANY_AMOUNT = (Role.FINANCE, Role.ADMIN)
ABOVE_A_MANAGER = (Role.FINANCE, Role.ADMIN)  # rising: who stands in for whom


def may_approve(
    user: User,
    kind: str,
    amount_in_base: Decimal | None,
    *,
    customers: Collection[int],
    on: date,
) -> bool:
    """May this person approve a deed of this kind and amount, in base currency, at these customers (keys)?

    The policy of the day comes first: it may want a higher role for customers in their standing. Then the row of role
    and kind decides; without one a manager may up to the policy's limit, finance and admin any amount, a rep none. An
    amount that cannot be told (None, a currency without a rate) only whoever may approve any. An auditor reads.
    """
    if user.role == Role.AUDITOR:
        return False
    terms = approving.terms(customers=customers, on=on)
    if not _is_high_enough(user.role, terms.least):
        return False
    stated = Approval.objects.filter(role=user.role, kind=kind).first()
    if stated is not None:
        return _is_within(amount_in_base, stated.up_to)
    if user.role in ANY_AMOUNT:
        return True
    return user.role == Role.MANAGER and _is_within(amount_in_base, terms.manager_up_to)


def who_decides_instead(user: User, *, customers: Collection[int], on: date) -> str:
    """A sentence on whom the policy has decide about these customers; empty where this person's role is high enough."""
    least = approving.terms(customers=customers, on=on).least
    if _is_high_enough(user.role, least):
        return ""
    if least == Role.FINANCE:
        return _("About a customer in this standing finance or an admin decides.")
    return _("About a customer in this standing an admin decides.")


def _is_high_enough(role: str, least: Role) -> bool:
    if least not in ABOVE_A_MANAGER:
        return True
    return role in ABOVE_A_MANAGER[ABOVE_A_MANAGER.index(least) :]


def _is_within(amount: Decimal | None, up_to: Decimal | None) -> bool:
    return up_to is None or (amount is not None and amount <= up_to)
