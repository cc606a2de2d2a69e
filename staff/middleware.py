"""What is known of a person before a page is made."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation


def language_of_person(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Whoever is signed in reads the language of the profile, on every device; others what the browser asks for."""
    spoken = {code for code, _ in settings.LANGUAGES}

    def answer(request: HttpRequest) -> HttpResponse:
        person = request.user
        if person.is_authenticated and person.language in spoken:
            translation.activate(person.language)
            request.LANGUAGE_CODE = person.language
        return get_response(request)

    return answer
