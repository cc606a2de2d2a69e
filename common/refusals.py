"""A refusal says what, where and what next; it is shown to the person as it stands."""


class Refused(Exception):
    """A verb that cannot be done as asked. Nothing was changed."""
