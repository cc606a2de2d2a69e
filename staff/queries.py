"""Reading who did something (a trail keeps keys as text, pages show names), and who may approve what."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from audit.services import COMMAND, NIGHT
from staff.models import Approval, Role, User

SYSTEM: dict[str, Any] = {NIGHT.get_username(): _("The night"), COMMAND.get_username(): _("Command line")}


def names(keys: Iterable[str]) -> dict[str, str]:
    """The display name of each user name or system actor; a key that nobody has any more stands for itself."""
    wanted = set(keys)
    people = {user.get_username(): str(user) for user in User.objects.filter(username__in=wanted)}
    return {key: people.get(key) or str(SYSTEM.get(key, key)) for key in wanted}


ANY_AMOUNT = (Role.FINANCE, Role.ADMIN)
MANAGER_UP_TO = Decimal(5000)  # base currency


def may_approve(user: User, kind: str, amount_in_base: Decimal | None) -> bool:
    """May this person approve a deed of this kind and amount, in base currency?

    The row of role and kind decides; without one a manager may up to 5,000, finance and admin any amount, a rep none.
    An amount that cannot be told (None, a currency without a rate) only whoever may approve any. An auditor reads.
    """
    if user.role == Role.AUDITOR:
        return False
    stated = Approval.objects.filter(role=user.role, kind=kind).first()
    if stated is not None:
        return _is_within(amount_in_base, stated.up_to)
    if user.role in ANY_AMOUNT:
        return True
    return user.role == Role.MANAGER and _is_within(amount_in_base, MANAGER_UP_TO)


def _is_within(amount: Decimal | None, up_to: Decimal | None) -> bool:
    return up_to is None or (amount is not None and amount <= up_to)
