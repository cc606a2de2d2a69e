"""Calls ahead in words."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from collections_app.visits.conduct import Quiet

QUIET: dict[str, Any] = {
    Quiet.SUNDAY: _("We begin no contact on a Sunday. Call on the next working day."),
    Quiet.HOLIDAY: _("We begin no contact on a public holiday. Call on the next working day."),
    Quiet.CONTACTS: _("Contacted often enough in the last seven days. Wait, unless the customer calls."),
}
