"""The sentences of the templates for Babel, which reads Python alone: `make messages` needs no gettext."""

from collections.abc import Collection, Iterator, Mapping
from io import BytesIO
from typing import IO, Any

from babel.messages.extract import extract_python
from django.utils.translation.template import templatize


def extract(
    file: IO[bytes], keywords: Mapping[str, Any], comment_tags: Collection[str], options: Mapping[str, Any]
) -> Iterator[tuple[Any, ...]]:
    """Line, function, sentences and comments of every translated tag, as Babel wants them.

    Django turns the tags into calls of gettext and everything else into blind words. Indents go, as
    Python would refuse them; the numbers of the lines stay.
    """
    calls = templatize(file.read().decode())
    flat = "\n".join(line.lstrip() for line in calls.split("\n"))
    yield from extract_python(BytesIO(flat.encode()), keywords, comment_tags, options)  # type: ignore[arg-type]
