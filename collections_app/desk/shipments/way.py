"""A shipment's way as a timeline, oldest first: asked, held, released by whom, delivered, billed, returned."""

from collections.abc import Iterable
from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _

from collections_app.desk.events import Event
from collections_app.gate import keeping
from collections_app.gate.models import CauseChoices, CreditCheck, GateOverride, Hold
from collections_app.gate.queries import cause_of
from common import clock
from common.days import ONE_DAY
from common.money import ZERO
from common.templatetags import ui
from contracts.models import Count, Release, Shipment
from staff import queries as staff


def way(shipment: Shipment) -> list[Event]:
    """Ten statements. The shipment comes with its release, proof and split."""
    holds = list(Hold.objects.filter(shipment=shipment).order_by("entered_at", "pk"))
    overrides = list(GateOverride.objects.filter(shipment=shipment).order_by("pk"))
    checks = list(CreditCheck.objects.filter(shipment=shipment).exclude(answer=""))
    actors = [row.by for row in overrides] + [check.decided_by for check in checks]
    names = staff.names([*actors, shipment.release.by] if shipment.release else actors)
    found = [
        *_asked(shipment),
        *_held(holds),
        *(
            Event(
                on=check.decided_on or check.asked_on,
                kind="check",
                icon="scale",
                title=_("Credit check: %(answer)s") % {"answer": check.get_answer_display().lower()},
                text=check.note,
                who=names[check.decided_by],
            )
            for check in checks
        ),
        *_kept(shipment),
        *(
            Event(
                on=row.starts_on,
                kind="override",
                icon="flag",
                title=_("Override until %(day)s") % {"day": ui.day(row.ends_before - ONE_DAY)},
                text=row.reason,
                who=names[row.by],
            )
            for row in overrides
        ),
        *_released(shipment, names),
        *_delivered(shipment),
        *_counted(shipment),
        *_billed(shipment),
        *_returned(shipment),
    ]
    return sorted(found, key=lambda event: event.on)


def _asked(shipment: Shipment) -> Iterable[Event]:
    text = _("Asked neither for price nor for terms.") if shipment.without_questions else ""
    yield Event(shipment.asked_on, "asked", "list", _("Asked for"), text, shipment.amount, shipment.currency)
    if shipment.split_from is not None:
        title = _("Split off from %(number)s") % {"number": shipment.split_from.number}
        yield Event(shipment.asked_on, "split", "box", title, url=_page(shipment.split_from))
    for rest in shipment.rests.order_by("pk"):
        title = _("The rest waits as %(number)s") % {"number": rest.number}
        yield Event(rest.asked_on, "split", "box", title, "", rest.amount, rest.currency, _page(rest))


def _page(shipment: Shipment) -> str:
    return reverse("desk:shipment", args=[shipment.pk])


def _held(holds: Iterable[Hold]) -> Iterable[Event]:
    for hold in holds:
        name = CauseChoices(hold.cause).label
        title = _("Would be held: %(cause)s") if hold.is_observed else _("Held: %(cause)s")
        text = cause_of(hold).sentence
        if hold.cleared_at is not None:
            gone = {"text": text, "day": ui.day(clock.business_day(hold.cleared_at))}
            text = _("%(text)s Until %(day)s.") % gone
        yield Event(hold.since_on, "held", "box", title % {"cause": str(name).lower()}, text)


def _kept(shipment: Shipment) -> Iterable[Event]:
    kept = keeping.kept([shipment.pk]).get(shipment.pk)
    if kept is not None:
        yield Event(clock.business_day(kept.at), "kept", "box", _("Kept on hold"), kept.reason, who=kept.by)


def _released(shipment: Shipment, names: dict[str, str]) -> Iterable[Event]:
    release = shipment.release
    if release is None:
        return
    if release.kind == Release.Kind.TAKEN_OVER:
        text = _("It left before the gate was kept here.")
        yield Event(clock.business_day(release.at), "released", "file", _("Taken over"), text, who=names[release.by])
        return
    answer = release.answer
    observed = [CauseChoices(cause["cause"]).label for cause in answer.get("causes", ()) if cause.get("observed")]
    text = str(answer.get("override") or "")
    if not text and observed:
        text = _("Observed, so not held: %(causes)s.") % {"causes": ", ".join(str(name).lower() for name in observed)}
    title = _("Released: %(ground)s") % {"ground": release.get_kind_display().lower()}
    yield Event(clock.business_day(release.at), "released", "check", title, text, who=names[release.by])


def _delivered(shipment: Shipment) -> Iterable[Event]:
    if shipment.delivered_on is None:
        return
    proof = getattr(shipment, "proof", None)
    text, url = "", ""
    if proof is not None:
        text = _("Signed for by %(name)s on %(day)s.") % {"name": proof.signed_by, "day": ui.day(proof.signed_on)}
        url = reverse("desk:proof-file", args=[shipment.pk]) if proof.document_id else ""
    yield Event(shipment.delivered_on, "delivered", "truck", _("Delivered"), text, url=url)
    for receipt in shipment.receipts.order_by("pk"):
        title = _("Receipt %(number)s") % {"number": receipt.number}
        text = str(receipt.get_state_display())
        yield Event(receipt.received_on, "receipt", "cash", title, text, receipt.amount, receipt.currency)


def _counted(shipment: Shipment) -> Iterable[Event]:
    for count in Count.objects.filter(shipment=shipment).prefetch_related("lines").order_by("counted_on"):
        lines = list(count.lines.all())
        figures = {
            name: ui.number(sum((getattr(line, name) for line in lines), ZERO))
            for name in ("sold", "returned", "on_hand", "lost")
        }
        text = _("%(sold)s sold, %(returned)s returned, %(on_hand)s on hand, %(lost)s lost.") % figures
        who = _("confirmed by %(name)s") % {"name": count.counted_by} if count.counted_by else ""
        yield Event(count.counted_on, "counted", "list", _("Counted"), text, who=who)


def _billed(shipment: Shipment) -> Iterable[Event]:
    for invoice in shipment.invoices.prefetch_related("due_items").order_by("pk"):
        days: list[date] = sorted(item.due_date for item in invoice.due_items.all() if item.due_date)
        text = _("Due on %(days)s.") % {"days": ", ".join(map(ui.day, days))}
        title = _("Invoice %(number)s") % {"number": invoice.number}
        url = reverse("desk:invoice", args=[invoice.pk])
        yield Event(
            invoice.issued_on, "invoice", "file", title, text if days else "", invoice.amount, invoice.currency, url
        )


def _returned(shipment: Shipment) -> Iterable[Event]:
    if shipment.returned_on is not None:
        yield Event(shipment.returned_on, "returned", "arrow-left", _("Taken back"))
