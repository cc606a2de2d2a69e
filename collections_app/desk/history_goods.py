"""What the gate, the ladder and more time add to a customer's timeline: what left, what was kept and why, what was
decided against the rule. Each reads only as many rows as the page can need, and tells what came later on a day first.
"""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from collections_app.desk import wording
from collections_app.desk.events import Event
from collections_app.gate import ladder_words
from collections_app.gate.models import CauseChoices, GateOverride, Hold, LadderStep
from collections_app.gate.queries import cause_of
from common import clock
from common.days import ONE_DAY
from common.templatetags import ui
from contracts.models import Release, Shipment
from customers.models import Customer
from receivables.models import Extension, InstalmentPlan, MoreTime


def _shipment(row: Shipment) -> dict[str, Any]:
    return {"url": reverse("desk:shipment", args=[row.pk]), "amount": row.amount, "currency": row.currency}


# Goods


def goods(customer: Customer, upto: int) -> Iterable[Event]:
    """What left by the gate, what arrived and what came back; what was taken over arrived before the gate was kept."""
    rows = Shipment.objects.filter(customer=customer).select_related("contract", "release", "proof")
    for row in rows.filter(returned_on__isnull=False).order_by("-returned_on", "-pk")[:upto]:
        title = _("%(what)s taken back") % {"what": wording.delivery(row)}
        yield Event(row.returned_on or row.asked_on, "goods", "arrow-left", title, key=row.pk, **_shipment(row))
    for row in rows.filter(delivered_on__isnull=False).order_by("-delivered_on", "-pk")[:upto]:
        proof = getattr(row, "proof", None)
        text = _("Signed for by %(name)s") % {"name": proof.signed_by} if proof else ""
        title = _("%(what)s delivered") % {"what": wording.delivery(row)}
        yield Event(row.delivered_on or row.asked_on, "goods", "truck", title, text, key=row.pk, **_shipment(row))
    gone = rows.exclude(release__kind=Release.Kind.TAKEN_OVER).filter(release__isnull=False)
    for row in gone.order_by("-release__at", "-pk")[:upto]:
        if row.release is None:
            continue
        title = _("%(what)s released: %(ground)s") % {
            "what": wording.delivery(row),
            "ground": row.release.get_kind_display().lower(),
        }
        day = clock.business_day(row.release.at)
        yield Event(day, "goods", "check", title, who=row.release.by, key=row.pk, **_shipment(row))


# Holds


def holds(customer: Customer, upto: int) -> Iterable[Event]:
    """Put and gone, with what was let go against them. What is only observed has kept nothing."""
    rows = Hold.objects.filter(customer=customer, is_observed=False).select_related("shipment__contract")
    for hold in rows.filter(cleared_at__isnull=False).order_by("-cleared_at", "-pk")[:upto]:
        if hold.cleared_at is None:
            continue
        title = _("%(what)s no longer held: %(cause)s") % _named(hold)
        yield Event(clock.business_day(hold.cleared_at), "hold", "check", title, key=hold.pk, **_kept(hold))
    for hold in rows.order_by("-since_on", "-pk")[:upto]:
        title = _("%(what)s held: %(cause)s") % _named(hold)
        yield Event(hold.since_on, "hold", "box", title, cause_of(hold).sentence, key=hold.pk, **_kept(hold))
    overrides = GateOverride.objects.filter(customer=customer).select_related("shipment__contract")
    for row in overrides.order_by("-starts_on", "-pk")[:upto]:
        facts = {"what": wording.delivery(row.shipment), "day": ui.day(row.ends_before - ONE_DAY)}
        title = _("%(what)s may leave against the gate until %(day)s") % facts
        yield Event(row.starts_on, "hold", "flag", title, row.reason, who=row.by, key=row.pk, **_shipment(row.shipment))


def _named(hold: Hold) -> dict[str, str]:
    return {"what": wording.delivery(hold.shipment), "cause": str(CauseChoices(hold.cause).label).lower()}


def _kept(hold: Hold) -> dict[str, Any]:
    """With what settles it, where money does."""
    url = reverse("desk:shipment", args=[hold.shipment_id])
    return {"url": url, "amount": hold.amount, "currency": hold.currency}


# The supply ladder


def ladder(customer: Customer, upto: int) -> Iterable[Event]:
    """Each rung with who asked for it and who approved, and why it was left."""
    url = reverse("desk:ladder-of", args=[customer.code])
    rows = LadderStep.objects.filter(customer=customer)
    for step in rows.filter(left_on__isnull=False).order_by("-left_on", "-pk")[:upto]:
        title = _("Left rung %(rung)s") % {"rung": ladder_words.rung(step.rung)}
        text = ladder_words.left_because(step.left_because)
        yield Event(step.left_on or step.starts_on, "ladder", "check", title, text, url=url, key=step.pk)
    for step in rows.order_by("-starts_on", "-pk")[:upto]:
        title = _("On rung %(rung)s") % {"rung": ladder_words.rung(step.rung)}
        text = _("%(because)s. By %(clause)s.") % {"because": step.because.rstrip("."), "clause": step.clause}
        if step.asked_by != step.approved_by:
            text += " " + _("Approved by another person than asked for it.")
        yield Event(
            step.starts_on, "ladder", "flag", title, text, step.lost_margin, step.currency, url, step.approved_by,
            step.pk,
        )  # fmt: skip


# More time


def more_time(customer: Customer, upto: int) -> Iterable[Event]:
    """Extensions and plans: asked for, decided, and how they ended."""
    extensions = Extension.objects.filter(customer=customer).select_related("due_item__invoice")
    for row in extensions.order_by("-asked_on", "-pk")[:upto]:
        facts = {"number": row.due_item.invoice.number, "day": ui.day(row.until)}
        name = _("Extension of %(number)s to %(day)s") % facts
        url = reverse("receivables:extension", args=[row.pk])
        yield from _steps(row, name, url, row.due_item.amount, row.due_item.currency)
    for plan in InstalmentPlan.objects.filter(customer=customer).order_by("-asked_on", "-pk")[:upto]:
        yield from _steps(plan, _("Instalment plan"), reverse("receivables:plan", args=[plan.pk]), None, plan.currency)


def _steps(row: Extension | InstalmentPlan, name: str, url: str, amount: Any, currency: str) -> Iterable[Event]:
    def event(on: date, icon: str, words: str, text: str, who: str) -> Event:
        return Event(on, "time", icon, f"{name}: {words}", text, amount, currency, url, who, row.pk)

    if row.ended_on is not None and row.state in (MoreTime.KEPT, MoreTime.VOID):
        yield event(row.ended_on, "flag", str(row.get_state_display()).lower(), "", "")
    if row.decided_on is not None:
        is_granted = row.state != MoreTime.DECLINED
        words = _("granted") if is_granted else str(row.get_state_display()).lower()
        yield event(row.decided_on, "check" if is_granted else "flag", words, "", row.approved_by)
    yield event(row.asked_on, "list", _("asked for"), row.because, row.asked_by)
