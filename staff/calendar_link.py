"""The address under which a calendar reads a rep's visits: whoever has it needs no sign-in, until it is renewed.

A person keeps a random key; the address carries what is signed with it and with the installation's secret, so a copy of
the database opens no calendar. A new key ends every address given out before.
"""

import secrets

from django.db import transaction
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext as _

from audit import services as audit
from common.refusals import Refused
from staff.models import Role, User

SALT = "staff.calendar_link"
LONGEST = 100  # characters of a token that anybody looks at
DIGITS = 18  # of the number of a person in a token


class NoCalendar(Refused):
    """Only reps have visits."""


def token_of(rep: User) -> str:
    """What the address carries; empty where the rep has no link."""
    return f"{rep.pk}-{_signed(rep.pk, rep.calendar_key)}" if rep.calendar_key else ""


def owner_of(token: str) -> User | None:
    """Whose calendar it is; None for a token that is wrong, was renewed or belongs to somebody who left.

    A number that nobody has takes as long as a wrong signature.
    """
    number, _dash, signature = token[:LONGEST].partition("-")
    is_number = number.isascii() and number.isdecimal() and len(number) <= DIGITS
    key = int(number) if is_number else 0
    rep = User.objects.reps().exclude(calendar_key="").filter(pk=key).first()
    wanted = _signed(key, rep.calendar_key if rep else "")
    is_right = constant_time_compare(signature, wanted)
    return rep if rep is not None and is_right else None


@transaction.atomic
def renew(*, rep: User) -> str:
    """A new link of one's own; the old one shows nothing any more. Returns the token."""
    _check(rep)
    _set(rep, secrets.token_urlsafe(24))
    audit.record(verb="staff.calendar_link_renewed", subject=rep, by=rep)
    return token_of(rep)


@transaction.atomic
def close(*, rep: User) -> None:
    """Nobody reads the calendar any more."""
    _check(rep)
    _set(rep, "")
    audit.record(verb="staff.calendar_link_closed", subject=rep, by=rep)


def _check(rep: User) -> None:
    if rep.role != Role.REP:
        raise NoCalendar(_("Only reps have visits to show in a calendar."))


def _set(rep: User, key: str) -> None:
    User.objects.filter(pk=rep.pk).update(calendar_key=key)
    rep.calendar_key = key


def _signed(number: int, key: str) -> str:
    return salted_hmac(SALT, f"{number}:{key}", algorithm="sha256").hexdigest()
