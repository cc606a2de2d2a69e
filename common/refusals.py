"""A refusal says what, where and what next; it is shown to the person as it stands."""

from datetime import date


class Refused(Exception):
    """A verb that cannot be done as asked. Nothing was changed."""


class WrongDay(Refused):
    """A day that cannot be. With the `day` that was given, so that a form says it beside the field of that day."""

    def __init__(self, said: str, day: date | None = None) -> None:
        super().__init__(said)
        self.day = day
