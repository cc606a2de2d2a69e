"""System checks: a map server or a map that is named, but not so that it can be used."""

from collections.abc import Sequence
from importlib.util import find_spec
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Warning, register

from collections_app.visits.matrices import PROFILES

SERVER_UNUSABLE = "visits.W001"
TILES_UNUSABLE = "visits.W002"
SCHEMES = ("http://", "https://")


@register
def map_server_can_be_asked(app_configs: Sequence[AppConfig] | None, **_: Any) -> list[CheckMessage]:
    if not settings.TRAVEL_URL:
        return []
    if not settings.TRAVEL_URL.startswith(SCHEMES):
        problem = "TRAVEL_URL is no address of http or https"
    elif settings.TRAVEL_PROVIDER not in PROFILES:
        problem = f"TRAVEL_PROVIDER is {settings.TRAVEL_PROVIDER or 'not set'}, expected {', '.join(PROFILES)}"
    elif find_spec("routingpy") is None:
        problem = "routingpy is not installed (extra `plan`)"
    else:
        return []
    return [
        Warning(
            f"The map server is not asked: {problem}.",
            hint="Travel times are counted from distance until this is set right; see docs/places.md.",
            id=SERVER_UNUSABLE,
        )
    ]


@register
def map_tiles_can_be_shown(app_configs: Sequence[AppConfig] | None, **_: Any) -> list[CheckMessage]:
    tiles = settings.MAP_TILES
    if not tiles or (tiles.startswith(SCHEMES) and all(part in tiles for part in ("{z}", "{x}", "{y}"))):
        return []
    return [
        Warning(
            "Maps have no pictures under them: MAP_TILES is no address with {z}, {x} and {y}.",
            hint="For example https://tiles.example/{z}/{x}/{y}.png; see docs/places.md.",
            id=TILES_UNUSABLE,
        )
    ]
