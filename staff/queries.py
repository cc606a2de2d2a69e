"""Reading who did something: a trail keeps keys as text, pages show names."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext_lazy as _

from audit.services import COMMAND, NIGHT
from staff.models import User

SYSTEM: dict[str, Any] = {NIGHT.get_username(): _("The night"), COMMAND.get_username(): _("Command line")}


def names(keys: Iterable[str]) -> dict[str, str]:
    """The display name of each user name or system actor; a key that nobody has any more stands for itself."""
    wanted = set(keys)
    people = {user.get_username(): str(user) for user in User.objects.filter(username__in=wanted)}
    return {key: people.get(key) or str(SYSTEM.get(key, key)) for key in wanted}
