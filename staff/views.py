"""Doors of people: sign in, sign out, how the pages look to oneself."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import views as auth
from django.contrib.auth.forms import AuthenticationForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from staff import access
from staff import calendar_link as calendars
from staff.forms import ProfileForm
from staff.models import Role, User


class SignIn(auth.LoginView):
    """The language of the person is remembered in a cookie, as the pages before signing in have no person."""

    template_name = "staff/login.html"
    redirect_authenticated_user = True

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        answered = super().form_valid(form)
        _remember_language(answered, form.get_user().language)
        return answered

    def form_invalid(self, form: AuthenticationForm) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form), status=422)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"next": self.get_redirect_url()}


@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: HttpRequest) -> HttpResponse:
    person = access.person(request)
    form = ProfileForm(request.POST or None, instance=person)
    page = {"form": form, "is_rep": person.role == Role.REP, **_calendar(request, person)}
    if request.method != "POST":
        return render(request, "staff/profile.html", page)
    if not form.is_valid():
        return render(request, "staff/profile.html", page, status=422)
    form.save()
    with translation.override(person.language):
        messages.success(request, _("Saved."))
    answered = redirect("profile")
    _remember_language(answered, person.language)
    return answered


@require_POST
@access.only_for(Role.REP)
def calendar_link(request: HttpRequest) -> HttpResponse:
    """A new link, or none any more."""
    person = access.person(request)
    if request.POST.get("close"):
        calendars.close(rep=person)
        messages.success(request, _("The link is closed. No calendar reads your visits any more."))
    else:
        calendars.renew(rep=person)
        messages.success(request, _("Here is your link. One that you had before shows nothing any more."))
    return redirect(f"{reverse('profile')}#calendar")


def _calendar(request: HttpRequest, person: User) -> dict[str, str]:
    """Where a calendar reads the person's visits, as an address and as one that a calendar opens by itself."""
    token = calendars.token_of(person)
    if not token:
        return {}
    address = request.build_absolute_uri(reverse("visits:calendar", args=[token]))
    return {"calendar_url": address, "subscribe_url": f"webcal://{address.partition('://')[2]}"}


def _remember_language(answered: HttpResponse, language: str) -> None:
    answered.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        max_age=365 * 24 * 3600,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
    )
