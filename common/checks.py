"""System checks: what this machine lacks, said before somebody needs it."""

import ctypes
import sys
from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.core.checks import CheckMessage, Warning, register

LIBRARIES_MISSING = "common.W001"
LIBRARIES = (
    "libgobject-2.0.so.0",
    "libpango-1.0.so.0",
    "libpangoft2-1.0.so.0",
    "libharfbuzz.so.0",
    "libfontconfig.so.1",
)


@register
def letters_can_be_printed(app_configs: Sequence[AppConfig] | None, **_: Any) -> list[CheckMessage]:
    """WeasyPrint loads Pango when it is imported and raises OSError where the machine has none."""
    problem = "" if _are_there(LIBRARIES) else _problem_of_weasyprint()
    if not problem:
        return []
    return [
        Warning(
            f"Letters cannot be printed: a system library is missing ({problem}).",
            hint=(
                "Install Pango, e.g. `apt install libpango-1.0-0 libpangoft2-1.0-0 "
                "libharfbuzz-subset0` or `brew install pango`. Everything else works without it."
            ),
            id=LIBRARIES_MISSING,
        )
    ]


def _are_there(names: Sequence[str]) -> bool:
    """A quick yes for Linux: importing WeasyPrint would cost every command most of a second."""
    if sys.platform != "linux":
        return False
    try:
        for name in names:
            ctypes.CDLL(name)
    except OSError:
        return False
    return True


def _problem_of_weasyprint() -> str:
    """The first line of what WeasyPrint says, or nothing if it can work."""
    try:
        import weasyprint  # noqa: F401
    except OSError as error:
        return str(error).partition("\n")[0] or "unnamed"
    return ""
