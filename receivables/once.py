"""Doing what a form says once: a second sending of the same form does nothing and says the same."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.db import IntegrityError
from django.http import HttpRequest
from django.utils.translation import gettext as _

from common import clock, submissions
from common.again import again
from common.forms import add_refusal
from common.refusals import Refused
from staff.access import person

REMEMBERED = timedelta(days=1)


def once(request: HttpRequest, form: Any, verb: str, deed: Callable[[], str]) -> bool:
    """Do it, unless this very form was sent before; a refusal is shown on the form. True when it is done.

    Sent before with other words it asks: whoever got no answer may be correcting what was booked already.
    """
    key = submissions.key_of(form.cleaned_data)
    known = submissions.result_of(key)
    if known is None:
        before = submissions.said_otherwise(key, since=clock.now() - REMEMBERED)
        if before is not None:
            _ask(form, before)
            return False

        def whole() -> str:
            said = deed()
            submissions.done(key, actor_key=person(request).get_username(), verb=verb, result=said[:200])
            return said

        try:
            known = again(whole)
        except (Refused, IntegrityError) as error:
            known = submissions.result_of(key)  # the same form, a moment earlier
            if known is None and isinstance(error, Refused):
                add_refusal(form, error)
                return False
            if known is None:
                raise
    messages.success(request, known)
    return True


def _ask(form: Any, before: str) -> None:
    """Nothing is done, and the form goes out with a key of its own: sent once more, it is meant."""
    form.data = form.data.copy()
    form.data[form.add_prefix("key")] = uuid4().hex
    form.add_error(
        None,
        _("This form was already sent: “%(before)s” Nothing was booked now. If this is meant as well, send it again.")
        % {"before": before},
    )
