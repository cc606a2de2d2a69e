"""One timeline of a customer: bills, money, promises, disputes, excuses, contacts, letters, goods, holds, the ladder,
more time, and what people know and decided, newest first."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from collections_app.cases.models import ContactMade, Dispute, Excuse, Promise
from collections_app.desk import history_facts as facts
from collections_app.desk import history_goods as goods
from collections_app.desk.events import Event
from collections_app.letters.models import Letter
from common.templatetags import ui
from customers.models import Customer
from receivables.models import CreditNote, Invoice, Payment, Receipt
from staff import queries as people

PER_PAGE = 25
CHANNELS = {
    "visit": gettext_lazy("Visit"),
    "call": gettext_lazy("Call"),
    "letter": gettext_lazy("Letter"),
    "mail": gettext_lazy("E-mail"),
}


@dataclass(frozen=True, slots=True)
class HistoryPage:
    """A page of the timeline. `previous` and `next` are page numbers, 0 where there is none."""

    events: list[Event]
    kind: str
    number: int
    previous: int
    next: int


def history(customer: Customer, *, kind: str = "", page: int = 1) -> HistoryPage:
    """Newest first; of each source only as many rows are read as the page can need."""
    upto = page * PER_PAGE + 1
    found: list[Event] = []
    for name, (_label, read) in KINDS.items():
        if kind in ("", name):
            found += read(customer, upto)
    found.sort(key=lambda event: (event.on, event.kind, event.key), reverse=True)
    shown = _named(found[(page - 1) * PER_PAGE : page * PER_PAGE])
    return HistoryPage(shown, kind, page, page - 1, page + 1 if len(found) > page * PER_PAGE else 0)


def _named(events: list[Event]) -> list[Event]:
    """Rows keep user names and keys of system actors; people read names."""
    names = people.names(event.who for event in events)
    return [replace(event, who=names[event.who]) for event in events]


def _invoices(customer: Customer, upto: int) -> Iterable[Event]:
    for row in Invoice.objects.filter(customer=customer).order_by("-issued_on", "-pk")[:upto]:
        title = _("Invoice %(number)s") % {"number": row.number}
        url = reverse("desk:invoice", args=[row.pk])
        yield Event(row.issued_on, "invoice", "file", title, "", row.amount, row.currency, url, "", row.pk)


def _payments(customer: Customer, upto: int) -> Iterable[Event]:
    for row in Payment.objects.filter(customer=customer).order_by("-counts_on", "-pk")[:upto]:
        title = (
            _("Payment taken back")
            if row.reverses_id
            else _("Payment, %(method)s") % {"method": row.get_method_display().lower()}
        )
        yield Event(row.counts_on, "payment", "coins", title, row.reference, row.amount, row.currency, "", "", row.pk)
    for note in CreditNote.objects.filter(customer=customer).order_by("-issued_on", "-pk")[:upto]:
        title = _("Credit note %(number)s") % {"number": note.number}
        yield Event(note.issued_on, "payment", "file", title, "", -note.amount, note.currency, "", "", note.pk)
    for receipt in (
        Receipt.objects.filter(customer=customer).select_related("rep").order_by("-received_on", "-pk")[:upto]
    ):
        title = _("Receipt %(number)s") % {"number": receipt.number}
        text = receipt.get_state_display()
        yield Event(
            receipt.received_on,
            "payment",
            "cash",
            title,
            text,
            receipt.amount,
            receipt.currency,
            "",
            receipt.rep.get_username(),
            receipt.pk,
        )


def _promises(customer: Customer, upto: int) -> Iterable[Event]:
    for row in Promise.objects.filter(customer=customer).order_by("-made_on", "-pk")[:upto]:
        title = _("Promise to pay by %(day)s: %(state)s") % {
            "day": ui.day(row.promised_on),
            "state": row.get_state_display().lower(),
        }
        yield Event(
            row.made_on,
            "promise",
            "handshake",
            title,
            row.promised_by,
            row.amount,
            row.currency,
            "",
            row.entered_by,
            row.pk,
        )


def _disputes(customer: Customer, upto: int) -> Iterable[Event]:
    rows = Dispute.objects.filter(customer=customer).select_related("due_item__invoice").order_by("-opened_on", "-pk")
    for row in rows[:upto]:
        title = _("Dispute of %(invoice)s: %(reason)s") % {
            "invoice": row.due_item.invoice.number,
            "reason": row.get_reason_display().lower(),
        }
        text = row.note or (_("Closed on %(day)s") % {"day": ui.day(row.closed_on)} if row.closed_on else "")
        url = reverse("desk:invoice", args=[row.due_item.invoice_id])
        yield Event(row.opened_on, "dispute", "scale", title, text, row.amount, row.due_item.currency, url, "", row.pk)


def _excuses(customer: Customer, upto: int) -> Iterable[Event]:
    for row in Excuse.objects.filter(customer=customer).order_by("-said_on", "-pk")[:upto]:
        yield Event(row.said_on, "excuse", "message", row.get_kind_display(), row.note, who=row.entered_by, key=row.pk)


def _contacts(customer: Customer, upto: int) -> Iterable[Event]:
    for row in ContactMade.objects.filter(customer=customer).order_by("-made_on", "-pk")[:upto]:
        channel = str(CHANNELS.get(row.channel, row.channel))
        title = channel if row.reached else _("%(channel)s, nobody reached") % {"channel": channel}
        yield Event(
            row.made_on,
            "contact",
            "phone" if row.channel == "call" else "user",
            title,
            row.note,
            who=row.entered_by,
            key=row.pk,
        )


def _letters(customer: Customer, upto: int) -> Iterable[Event]:
    for row in Letter.objects.filter(customer=customer).select_related("run").order_by("-run__as_of", "-pk")[:upto]:
        title = _("Dunning letter %(reference)s, level %(level)s") % {"reference": row.reference, "level": row.level}
        yield Event(
            row.run.as_of,
            "letter",
            "mail",
            title,
            "",
            row.total_amount,
            row.currency,
            letter_url(row),
            row.run.issued_by,
            row.pk,
        )


def letter_url(letter: Letter) -> str:
    """The PDF of a letter, where its pages are installed and it is rendered."""
    try:
        return reverse("letters:letter", args=[letter.pk]) if letter.rendered_at else ""
    except NoReverseMatch:
        return ""


Reader = Callable[[Customer, int], Iterable[Event]]
KINDS: dict[str, tuple[Any, Reader]] = {
    "invoice": (gettext_lazy("Invoices"), _invoices),
    "payment": (gettext_lazy("Money"), _payments),
    "promise": (gettext_lazy("Promises"), _promises),
    "dispute": (gettext_lazy("Disputes"), _disputes),
    "excuse": (gettext_lazy("Excuses"), _excuses),
    "contact": (gettext_lazy("Contacts"), _contacts),
    "letter": (gettext_lazy("Letters"), _letters),
    "goods": (gettext_lazy("Goods"), goods.goods),
    "hold": (gettext_lazy("Holds"), goods.holds),
    "ladder": (gettext_lazy("Supply ladder"), goods.ladder),
    "time": (gettext_lazy("More time"), goods.more_time),
    "condition": (gettext_lazy("What befell it"), facts.conditions),
    "override": (gettext_lazy("Standings decided"), facts.overrides),
    "confirmation": (gettext_lazy("Balances"), facts.confirmations),
    "warning": (gettext_lazy("Early warnings"), facts.warnings),
}
