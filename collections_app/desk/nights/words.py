"""The steps of the night in words, in their order."""

from typing import Any

from django.utils.translation import gettext_lazy as _

STEPS: dict[str, Any] = {
    "promises": _("Promises settled"),
    "more time": _("Extensions and plans looked at"),
    "warnings": _("Early warnings computed"),
    "look": _("What can have changed looked up"),
    "classify": _("Due items classified"),
    "audit": _("Whole book audited"),
    "close": _("Night closed"),
    "totals": _("Totals counted"),
    "to do": _("Things to do opened"),
    "ladder": _("Supply ladder left by who settled"),
    "holds": _("Held goods looked at again"),
    "habits": _("Habits learned"),
    "before visits": _("Calls ahead and homework listed"),
    "plans": _("Rounds planned"),
    "check": _("Books checked"),
}
#: Steps that a night may do without: they are listed only where the night listed a piece of them.
NOT_ALWAYS = {"audit", "habits", "plans"}
