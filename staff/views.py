"""Doors of people: sign in, sign out, how the pages look to oneself."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import views as auth
from django.contrib.auth.forms import AuthenticationForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from staff import access
from staff.forms import ProfileForm


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
    if request.method != "POST":
        return render(request, "staff/profile.html", {"form": form})
    if not form.is_valid():
        return render(request, "staff/profile.html", {"form": form}, status=422)
    form.save()
    with translation.override(person.language):
        messages.success(request, _("Saved."))
    answered = redirect("profile")
    _remember_language(answered, person.language)
    return answered


def _remember_language(answered: HttpResponse, language: str) -> None:
    answered.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        max_age=365 * 24 * 3600,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
    )
