"""What the forms of a round say about times and ways, in the reader's language."""

from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from collections_app.visits import frames
from collections_app.visits.commitments import Why
from collections_app.visits.models import Stop
from collections_app.visits.plans.words import duration, kilometres, off_words
from common.templatetags.ui import clock

COMMITMENTS: dict[str, Any] = {
    Why.APPOINTMENT: gettext_lazy("Appointment"),
    Why.PINNED: gettext_lazy("Wanted for sure"),
    Why.PROMISE: gettext_lazy("Promised for this day"),
    Why.DUE: gettext_lazy("Due on this day"),
}


def commitment(stop: Stop) -> str:
    """What makes the visit a commitment; of an older plan only that it is one."""
    if not stop.is_commitment:
        return ""
    return str(COMMITMENTS.get(stop.card.get("commitment", ""), _("Commitment")))


def window(stop: Stop) -> str:
    """ "window 11:00–13:00": when the visit may be."""
    if stop.opens_at is None or stop.closes_at is None:
        return _("any time of the day")
    return _("window %(start)s–%(end)s") % {"start": clock(stop.opens_at), "end": clock(stop.closes_at)}


def hours(stop: Stop) -> str:
    """The window alone, "11:00–13:00"."""
    if stop.opens_at is None or stop.closes_at is None:
        return _("any time")
    return f"{clock(stop.opens_at)}–{clock(stop.closes_at)}"


def visit_times(stop: Stop) -> str:
    """From the arrival until he leaves, "11:02–11:27"."""
    if stop.arrive_at is None:
        return ""
    return f"{clock(stop.arrive_at)}–{clock(stop.leave_at)}" if stop.leave_at else clock(stop.arrive_at)


def way(minutes: int, length: Decimal | None) -> str:
    """ "12 min, 3.2 km"."""
    if not minutes and not length:
        return ""
    return f"{duration(minutes)}, {kilometres(length)}" if length else duration(minutes)


def off(code: str) -> str:
    """Why nobody drives on the day."""
    return _("Away on this day.") if code == frames.AWAY else off_words(code, None)


def working_time(frame: Any) -> str:
    """ "Working time 09:00–17:30, lunch 13:30–14:30"."""
    if "starts_at" not in frame or frame.get("off"):
        return ""
    hours = {"start": _minute(frame["starts_at"]), "end": _minute(frame["ends_at"])}
    if not frame.get("lunch"):
        return _("Working time %(start)s–%(end)s") % hours
    lunch_from, lunch_until = frame["lunch"]
    return _("Working time %(start)s–%(end)s, lunch %(lunch_from)s–%(lunch_until)s") % {
        **hours,
        "lunch_from": _minute(lunch_from),
        "lunch_until": _minute(lunch_until),
    }


def _minute(minute: int) -> str:
    return clock(frames.time_at(minute))
