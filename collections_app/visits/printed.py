"""Lists of a round on paper, in the language of whoever prints them. The renderer fetches nothing.

They are what a rep has when the phone is dead: a character that no font has is printed as a question mark, and never
keeps a list from being printed.
"""

from collections.abc import Callable
from datetime import date
from typing import Any

from django.http import HttpResponse
from django.template.loader import render_to_string
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from collections_app.letters import printing
from collections_app.letters.formats import spoken
from collections_app.letters.sheet import LANGUAGE_TAGS
from common import pdf
from common.refusals import Refused
from common.tables import file_name

STYLE = "print-list.css"


def laid(template: str, sheet: dict[str, Any]) -> bytes:
    """PDF/A of a sheet: everything that it prints as text, under its own names. Raises CannotPrint."""
    language = spoken(get_language() or "en")
    draft = {"language": language, "lang_tag": LANGUAGE_TAGS[language], "page_words": _page_words(), **sheet}
    missing = printing.choose_fonts(draft)
    html = render_to_string(template, {"sheet": draft})
    printable = html.translate({ord(one): "?" for one in missing})
    return pdf.lay_out(printable, family=draft.get("fonts", "chinese"), style=STYLE).written()


def _page_words() -> list[str]:
    """What stands before, between and after the two numbers of "Page 2 of 5"."""
    said = _("Page %(page)s of %(pages)s") % {"page": "\n", "pages": "\n"}
    return [part.strip() for part in said.split("\n")]


def answer(write: Callable[[], bytes], *, name: str, on: date) -> HttpResponse:
    """Shown in a tab; where the machine cannot print, a sentence says what is missing."""
    try:
        content = write()
    except Refused as refusal:
        return HttpResponse(str(refusal), status=409, content_type="text/plain; charset=utf-8")
    answered = HttpResponse(content, content_type="application/pdf")
    called = file_name(name, as_of=on, filters={}, ending="pdf")
    answered.headers["Content-Disposition"] = f'inline; filename="{called}"'
    answered.headers["X-Content-Type-Options"] = "nosniff"
    return answered
