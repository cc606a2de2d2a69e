"""From a page of our own to PDF bytes. The renderer may fetch a fixed list of our own files, and nothing else.

WeasyPrint loads Pango when it is imported and fails where the machine has none, hence the late import. The style
sheet and the fonts are read once per process and family; collection of garbage is best done by hand in a batch.
"""

import atexit
import gc
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.utils.translation import gettext as _

from common.refusals import Refused

if TYPE_CHECKING:
    from weasyprint import CSS, Document
    from weasyprint.text.fonts import FontConfiguration

SCHEME = "payround:"  # the only addresses that a sheet may name, e.g. payround:inter-latin-400.woff2
STATIC = Path(settings.BASE_DIR) / "static"
LATIN = (
    "inter-latin-400.woff2",
    "inter-latin-700.woff2",
    "inter-latin-ext-400.woff2",
    "inter-latin-ext-700.woff2",
)
# Fixed weights, not the variable font of the pages: cutting one weight out of it costs 200 ms a letter.
FONTS = {"latin": LATIN, "chinese": (*LATIN, "noto-sans-sc-400.woff2", "noto-sans-sc-700.woff2")}
LETTER = "print-letter.css"
SHEETS = {
    "latin": ("print-fonts-latin.css", LETTER),
    "chinese": ("print-fonts-chinese.css", LETTER),
}
VETTED = frozenset(name for names in FONTS.values() for name in names)
OPTIONS: dict[str, Any] = {"pdf_variant": "pdf/a-3a", "pdf_tags": True}
COLLECTED_EVERY = 25  # letters between two collections of garbage


class CannotPrint(Refused):
    """The machine lacks the libraries of the renderer, or the renderer's fonts lack a character."""


class ForeignAddress(Exception):
    """A sheet named an address outside the fixed list: a defect of the sheet, or an attempt."""


@dataclass(frozen=True, slots=True)
class Laid:
    """A document laid out and not yet written: where its anchors fell, and how to write it."""

    document: "Document"

    def anchors(self) -> list[set[str]]:
        """The ids on each page."""
        return [set(page.anchors) for page in self.document.pages]

    def written(self) -> bytes:
        """PDF/A-3 with tags, the same bytes for the same sheet."""
        target = BytesIO()
        with _refusals_as_errors():
            self.document.write_pdf(target, **OPTIONS)
        return target.getvalue()


def is_possible() -> bool:
    """Does this machine have what the renderer needs?"""
    try:
        import weasyprint  # noqa: F401
    except OSError:
        return False
    return True


def lay_out(html: str, *, family: str, style: str = LETTER) -> Laid:
    """Lay out a whole page of HTML with one of our print styles and the fonts of a family, `latin` or `chinese`.

    Raises CannotPrint where the libraries are missing; an address outside the fixed list stops the letter.
    """
    try:
        from weasyprint import HTML
    except OSError as error:
        raise CannotPrint(
            _(
                "Letters cannot be printed on this machine: the library Pango is missing. Install it "
                "(apt install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0), then print again; "
                "numbers and contents are kept."
            )
        ) from error
    styles, fonts = _press(family, style)
    with _refusals_as_errors():
        document = HTML(string=html, url_fetcher=fetcher()).render(
            font_config=fonts, stylesheets=styles, presentational_hints=False, **OPTIONS
        )
    return Laid(document)


@contextmanager
def _refusals_as_errors() -> Iterator[None]:
    """The renderer's own stop is no Exception and would end a whole worker."""
    from weasyprint.urls import FatalURLFetchingError

    try:
        yield
    except FatalURLFetchingError as error:
        raise ForeignAddress(str(error)) from error


@cache
def _press(family: str, style: str) -> "tuple[list[CSS], FontConfiguration]":
    from weasyprint import CSS
    from weasyprint.text.fonts import FontConfiguration

    fonts = FontConfiguration()
    sheets = [
        CSS(
            string=(STATIC / "css" / name).read_text(encoding="utf-8"),
            font_config=fonts,
            url_fetcher=fetcher(),
        )
        for name in (*SHEETS[family][:-1], style)
    ]
    return sheets, fonts


atexit.register(_press.cache_clear)  # the renderer removes its copies of the fonts while it still can


@cache
def fetcher() -> Any:
    """Serves our vetted fonts from memory and refuses every other address, whatever its protocol."""
    from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

    class VettedFiles(URLFetcher):
        def fetch(self, url: str, headers: dict[str, str] | None = None) -> URLFetcherResponse:
            name = url.removeprefix(SCHEME)
            if not url.startswith(SCHEME) or name not in VETTED:
                raise FatalURLFetchingError(f"A letter may not fetch {url[:100]!r}.")
            content = (STATIC / "fonts" / name).read_bytes()
            return URLFetcherResponse(url, content, {"Content-Type": "font/woff2"})

    return VettedFiles(allowed_protocols=(), fail_on_errors=True)


@cache
def printable(family: str) -> frozenset[int]:
    """The code points for which the fonts of a family have a glyph."""
    from fontTools.ttLib import TTFont

    points: set[int] = set()
    for name in FONTS[family]:
        with TTFont(STATIC / "fonts" / name, lazy=True) as font:
            points.update(font.getBestCmap())
    return frozenset(points)


def missing_characters(text: str, *, family: str) -> str:
    """The characters of a text that would be printed as boxes, each once, in order."""
    known = printable(family)
    return "".join(dict.fromkeys(one for one in text if ord(one) not in known and one not in "\n\t"))


@contextmanager
def batch() -> Iterator[None]:
    """Print many: garbage is collected at the end of a batch of COLLECTED_EVERY, not in the middle of a sheet."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.collect()
        if was_on:
            gc.enable()


def batches(rows: Sequence[Any], size: int = COLLECTED_EVERY) -> Iterator[Sequence[Any]]:
    for at in range(0, len(rows), size):
        yield rows[at : at + size]
