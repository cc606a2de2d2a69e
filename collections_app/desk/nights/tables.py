"""The columns of the list of nights."""

from decimal import Decimal
from typing import Any

import django_tables2 as tables
from django.template.defaultfilters import floatformat
from django.urls import reverse
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from collections_app.standings.models import Night
from common.tables import DayColumn, NumberColumn, TextColumn
from common.templatetags import ui
from common.templatetags.ui import NOTHING


def night_url(night: Night) -> str:
    return reverse("desk:night", args=[night.pk])


class NightsTable(tables.Table):
    business_date = DayColumn(verbose_name=_("Business date"), url=night_url)
    state = TextColumn(verbose_name=_("State"), accessor="done_at", empty_values=(), order_by="done_at")
    mode = TextColumn(verbose_name=_("Mode"), accessor="get_mode_display", order_by="mode")
    touched = NumberColumn(verbose_name=_("Due items looked at"))
    changed = NumberColumn(verbose_name=_("Changed"))
    work = NumberColumn(verbose_name=_("Seconds"))
    audit = TextColumn(verbose_name=_("Audit"), accessor="audited_at", empty_values=(), order_by="audit_found")
    check = TextColumn(verbose_name=_("Books"), accessor="check_broken", empty_values=(), order_by="check_broken")

    class Meta:
        attrs = {"caption": _("Nights")}
        default = NOTHING
        order_by = ("-business_date",)
        empty_text = _(
            "No night has run yet. The first one runs by itself at its time, or with manage.py run_nightly; then "
            "each has a row here, with its steps behind it."
        )

    def render_state(self, record: Any) -> str:
        if record.done_at is not None:
            return _now("Done at %(time)s") % {"time": ui.clock(record.done_at)}
        text = ngettext("%(done)s of %(count)s piece done", "%(done)s of %(count)s pieces done", record.pieces)
        return text % {"done": record.pieces_done, "count": record.pieces}

    def value_state(self, record: Any) -> str:
        return self.render_state(record)

    def render_work(self, value: int) -> str:
        return floatformat(self.value_work(value), 1)

    def value_work(self, value: int) -> Decimal:
        return round(Decimal(value) / 1000, 1)

    def render_audit(self, record: Any) -> str:
        if record.audited_at is None:
            return str(NOTHING)
        if not record.audit_found:
            return _now("no difference")
        text = ngettext("%(count)s row was wrong", "%(count)s rows were wrong", record.audit_found)
        return text % {"count": ui.number(record.audit_found)}

    def value_audit(self, record: Any) -> str:
        return "" if record.audited_at is None else self.render_audit(record)

    def render_check(self, record: Any) -> str:
        if record.check_broken is None:
            return _now("not checked")
        if not record.check_broken:
            return _now("every invariant holds")
        text = ngettext("%(count)s row breaks an invariant", "%(count)s rows break an invariant", record.check_broken)
        return text % {"count": ui.number(record.check_broken)}

    def value_check(self, record: Any) -> str:
        return self.render_check(record)
