"""Which roles a page is for. Whoever lacks it gets a 403; another's object is a 404 by `visible_to`."""

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse

from staff.models import Role, User

View = Callable[..., HttpResponse]


def only_for(*roles: Role) -> Callable[[View], View]:
    """A page, or a deed, of these roles alone."""

    def decorate(view: View) -> View:
        @wraps(view)
        def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if getattr(request.user, "role", None) not in roles:
                raise PermissionDenied
            return view(request, *args, **kwargs)

        checked.roles = roles  # type: ignore[attr-defined]
        return checked

    return decorate


def person(request: HttpRequest) -> User:
    """Who is signed in. Every page but the public ones has somebody."""
    return cast(User, request.user)
