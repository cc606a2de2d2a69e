"""Links that a phone opens by itself. Those to a place carry coordinates only, never a name or an amount."""

from collections.abc import Sequence


def call(phone: str) -> str:
    """`tel:` and the number; empty where there is none."""
    digits = "".join(sign for sign in phone if sign.isdigit() or sign == "+")
    return f"tel:{digits}" if digits else ""


def navigate(place: Sequence[str] | None) -> str:
    """For the map that the phone has. `place` as a stop's card keeps it: latitude and longitude."""
    return f"geo:{place[0]},{place[1]}?q={place[0]},{place[1]}" if place else ""


def on_the_map(place: Sequence[str] | None) -> str:
    """For phones without a map behind `geo:`."""
    return (
        f"https://www.openstreetmap.org/?mlat={place[0]}&mlon={place[1]}#map=17/{place[0]}/{place[1]}" if place else ""
    )
