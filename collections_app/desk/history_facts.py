"""What people know and decide adds to a customer's timeline: what has befallen it, standings against the rules, its
answers to balances, early warnings. Each with who and why; what came later on a day is told first.
"""

from collections.abc import Iterable
from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _

from collections_app.cases import warning_words
from collections_app.cases.models import Confirmation, EarlyWarning, StandingOverride
from collections_app.desk import wording
from collections_app.desk.events import Event
from common import clock
from common.templatetags import ui
from customers.models import Condition, Customer

# What has befallen it


def conditions(customer: Customer, upto: int) -> Iterable[Event]:
    """Each with its begin and its end. One that ended on its first day has never been."""
    rows = Condition.objects.filter(customer=customer)
    for row in rows.filter(ends_before__isnull=False).order_by("-ends_before", "-pk")[:upto]:
        words = _("%(what)s: it has never been") if row.ends_before == row.starts_on else _("%(what)s: over")
        title = words % {"what": row.get_kind_display()}
        yield Event(row.ends_before or row.starts_on, "condition", "check", title, who=row.ended_by, key=row.pk)
    for row in rows.order_by("-starts_on", "-pk")[:upto]:
        parts = [row.reference]
        if row.register_by:
            parts.append(_("Claims are registered by %(day)s") % {"day": ui.day(row.register_by)})
        text = " · ".join(filter(None, parts))
        title = str(row.get_kind_display())
        yield Event(row.starts_on, "condition", "flag", title, text, who=row.entered_by, key=row.pk)


# Standings against the rules


def overrides(customer: Customer, upto: int) -> Iterable[Event]:
    """On the day on which it was decided, which may be before it counts."""
    rows = StandingOverride.objects.filter(customer=customer).select_related("due_item__invoice")
    for row in rows.filter(lifted_at__isnull=False).order_by("-lifted_at", "-pk")[:upto]:
        title = _("%(invoice)s follows the rules again") % {"invoice": row.due_item.invoice.number}
        day = clock.business_day(row.lifted_at or row.entered_at)
        yield Event(day, "override", "check", title, who=row.lifted_by, key=row.pk, url=_invoice_url(row))
    for row in rows.order_by("-entered_at", "-pk")[:upto]:
        title = _("%(invoice)s counts as %(standing)s, %(period)s") % {
            "invoice": row.due_item.invoice.number,
            "standing": str(ui.standing_word(row.standing)).lower(),
            "period": wording.period(row.starts_on, row.ends_before),
        }
        day = clock.business_day(row.entered_at)
        yield Event(day, "override", "flag", title, row.because, who=row.entered_by, key=row.pk, url=_invoice_url(row))


def _invoice_url(row: StandingOverride) -> str:
    return reverse("desk:invoice", args=[row.due_item.invoice_id])


# Answers to balances


def confirmations(customer: Customer, upto: int) -> Iterable[Event]:
    for row in Confirmation.objects.filter(customer=customer).order_by("-answered_on", "-pk")[:upto]:
        title = _("Balance of %(day)s: %(answer)s") % {
            "day": ui.day(row.balance_on),
            "answer": str(row.get_answer_display()).lower(),
        }
        theirs = None
        if row.their_amount is not None:
            named = {"amount": ui.written(row.their_amount, row.currency, symbol=True)}
            theirs = _("They have %(amount)s") % named
        parts = (row.answered_by, _("Signed") if row.is_signed else "", theirs, row.note)
        yield Event(
            row.answered_on, "confirmation", "scale", title, " · ".join(filter(None, parts)), row.amount, row.currency,
            who=row.entered_by, key=row.pk,
        )  # fmt: skip


# Early warnings


def warnings(customer: Customer, upto: int) -> Iterable[Event]:
    """Raised, confirmed by a second source, dismissed."""
    rows = EarlyWarning.objects.filter(customer=customer)
    for row in rows.filter(dismissed_on__isnull=False).order_by("-dismissed_on", "-pk")[:upto]:
        day = row.dismissed_on or row.reported_on
        yield _warning(row, day, "x", _("Dismissed: %(warning)s"), row.dismissed_because, row.dismissed_by)
    for row in rows.filter(seconded_on__isnull=False).order_by("-seconded_on", "-pk")[:upto]:
        day = row.seconded_on or row.reported_on
        yield _warning(row, day, "check", _("Confirmed: %(warning)s"), "", row.seconded_by)
    for row in rows.order_by("-reported_on", "-pk")[:upto]:
        sentence = warning_words.sentence(row.kind, row.evidence, source=row.source)
        text = " · ".join(filter(None, (str(row.get_severity_display()), sentence, row.note)))
        yield _warning(row, row.reported_on, "alert", "%(warning)s", text, row.entered_by)


def _warning(row: EarlyWarning, on: date, icon: str, title: str, text: str, who: str) -> Event:
    url = reverse("desk:warning", args=[row.pk])
    named = title % {"warning": row.get_kind_display()}
    return Event(on, "warning", icon, named, text, url=url, who=who, key=row.pk)
