"""Doing what a form says once: a second sending of the same form does nothing and says the same."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.db import IntegrityError
from django.http import HttpRequest

from common import submissions
from common.again import again
from common.refusals import Refused
from staff.access import person


def once(request: HttpRequest, form: Any, verb: str, deed: Callable[[], str]) -> bool:
    """Do it, unless this very form was sent before; a refusal is shown on the form. True when it is done."""
    key = submissions.key_of(form.cleaned_data)
    known = submissions.result_of(key)
    if known is None:

        def whole() -> str:
            said = deed()
            submissions.done(key, actor_key=person(request).get_username(), verb=verb, result=said[:200])
            return said

        try:
            known = again(whole)
        except (Refused, IntegrityError) as error:
            known = submissions.result_of(key)  # the same form, a moment earlier
            if known is None and isinstance(error, Refused):
                form.add_error(None, str(error))
                return False
            if known is None:
                raise
    messages.success(request, known)
    return True
