"""A column that names people."""

from typing import Any

from django.utils.encoding import force_str

from common.tables import TextColumn
from staff import queries
from staff.models import User


class WhoColumn(TextColumn):
    """Who did it: the row keeps a user name or the key of a system actor, the list shows the display name.

    Read once a table, for its rows and for a file alike: the people of a business are few.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.names: dict[str, str] | None = None

    def named(self, key: str) -> str:
        if self.names is None:
            self.names = queries.names([*User.objects.values_list("username", flat=True), *queries.SYSTEM])
        return self.names.get(key, key)

    def render(self, value: Any, record: Any) -> Any:
        return super().render(self.named(value), record)

    def value(self, value: Any, **_: Any) -> Any:
        return force_str(self.named(value))
