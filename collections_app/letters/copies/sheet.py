"""What our books hold of an invoice as a sheet, marked as a copy: its goods where they are known, what is due, what is
open. In the customer's language; it is no invoice, and the original of an imported one lies in the company's ledger.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from collections_app.letters import formats, printing, recipients, sheet, texts
from collections_app.letters.formats import Format
from collections_app.letters.sheet import Letterhead, Recipient
from collections_app.letters.texts import Texts
from common.money import ZERO
from common.refusals import Refused
from contracts.models import ShipmentLine
from receivables.models import DueItem, Invoice

PRICE_PLACES = 2  # at least; an agreed price may be finer than money


class NoLetterhead(Refused):
    """The business is not entered yet: nobody sends the copy."""


class Unprintable(Refused):
    """A sheet never prints boxes in the place of characters."""


def to_pdf(invoice: Invoice, *, as_of: date) -> bytes:
    """The copy as PDF/A-3. Raises NoLetterhead, Unprintable, and CannotPrint where the machine cannot print."""
    found = sheet_of(invoice, as_of=as_of)
    missing = printing.choose_fonts(found)
    if missing:
        raise Unprintable(
            _("The fonts of the letters lack characters of this customer (%(named)s)")
            % {"named": printing.named(missing)}
        )
    html = render_to_string("print/invoice_copy.html", {"sheet": found})
    return printing.laid(lambda _breaks: html, [], family=found["fonts"]).written()


def sheet_of(invoice: Invoice, *, as_of: date) -> dict[str, Any]:
    """Everything that the sheet prints, as text. What is open is what is open now."""
    heads = recipients.letterheads()
    if not heads:
        raise NoLetterhead(_("Enter the business and its bank account first; they stand on the copy."))
    head = heads.get(invoice.currency) or next(iter(heads.values()))
    to = recipients.of_customer(invoice.customer, as_of=as_of)
    language = formats.spoken(invoice.customer.language)
    words, style = texts.of(language), formats.of(language, to.place.country)
    labels = words.labels()
    title = words.say("copy.title", invoice=invoice.number)
    lines = _lines(invoice)
    heading = sheet.heading(words, style, to, head, as_of)
    return {
        "language": language,
        "lang_tag": sheet.LANGUAGE_TAGS[language],
        "author": head.name,
        "labels": labels,
        "words": {name: words.say(f"copy.{name}") for name in ("product", "quantity", "price", "amount", "settled")},
        "mark": words.say("copy.mark"),
        "title": f"{title} · {head.name}",
        "running": " · ".join([head.name, title, f"{labels['customer']} {to.code}"]),
        "page_before": labels["page_before"],
        "page_after": labels["page_after"],
        "subject": words.say("copy.subject", invoice=invoice.number, day=style.day(invoice.issued_on)),
        "paragraph": _paragraph(words, style, invoice, lines, as_of),
        "currency": invoice.currency,
        "goods": _goods(words, style, invoice, lines) if lines else None,
        "due": _due(words, style, invoice, as_of),
        **heading,
        "info": _info(words, style, invoice, to, head, as_of),
    }


def _lines(invoice: Invoice) -> list[ShipmentLine]:
    """The goods that the invoice bills. Where they do not come to its amount they are not its lines: goods on
    consignment are billed as they are counted, and an imported invoice may bill more than the delivery."""
    if invoice.shipment is None:
        return []
    lines = list(invoice.shipment.lines.select_related("product").order_by("pk"))
    net = sum((line.amount for line in lines), ZERO)
    return lines if net in (invoice.amount, invoice.amount - (invoice.vat_amount or ZERO)) else []


def _info(
    words: Texts, style: Format, invoice: Invoice, to: Recipient, head: Letterhead, as_of: date
) -> list[list[str]]:
    labels, shipment = words.labels(), invoice.shipment
    delivered_on = shipment.delivered_on if shipment else None
    rows = [
        [labels["date"], style.info_day(as_of)],
        [labels["customer"], to.code],
        [labels["invoice"], invoice.number],
        [words.say("copy.issued"), style.info_day(invoice.issued_on)],
        [labels["delivery"], _delivery(words, invoice)],
        [words.say("copy.delivered"), style.info_day(delivered_on) if delivered_on else ""],
        [words.say("copy.contract"), shipment.contract.number if shipment and shipment.contract else ""],
        [labels["contact"], head.contact],
        [labels["phone"], head.phone],
    ]
    return [row for row in rows if row[1]]


def _delivery(words: Texts, invoice: Invoice) -> str:
    shipment = invoice.shipment
    return sheet.delivered(words, shipment.number, batch=shipment.batch, position=1, parts=1) if shipment else ""


def _paragraph(words: Texts, style: Format, invoice: Invoice, lines: Sequence[ShipmentLine], as_of: date) -> list[str]:
    """What this paper is, and where the rest of it stands."""
    found = [words.say("copy.words", day=style.day(as_of))]
    if lines:
        return found
    if invoice.made_here and invoice.shipment is not None:
        return [*found, words.say("copy.counted", delivery=invoice.shipment.number)]
    return [*found, words.say("copy.original")]


def _goods(words: Texts, style: Format, invoice: Invoice, lines: Sequence[ShipmentLine]) -> dict[str, Any]:
    currency, tax = invoice.currency, invoice.vat_amount
    net = sum((line.amount for line in lines), ZERO)
    sums = [[words.say("copy.tax"), style.figure(tax, currency)]] if tax else []
    if net != invoice.amount:
        sums = [[words.say("copy.goods"), style.figure(net, currency)], *sums]
    return {
        "rows": [
            {
                "product": line.product.name,
                "code": line.product.code,
                "quantity": f"{style.number(line.quantity)}{sheet.NO_BREAK}× {line.product.unit}",
                "price": style.number(line.unit_price, least=PRICE_PLACES),
                "amount": style.figure(line.amount, currency),
            }
            for line in lines
        ],
        "sums": sums,
        "total_words": words.say("copy.total"),
        "total": style.amount(invoice.amount, currency),
    }


def _due(words: Texts, style: Format, invoice: Invoice, as_of: date) -> dict[str, Any]:
    items = list(invoice.due_items.order_by("position"))
    still_open = sum((item.open_amount for item in items), ZERO)
    currency = invoice.currency
    return {
        "rows": [_item(words, style, item, len(items), currency) for item in items],
        "whole_words": words.say("copy.total"),
        "whole": style.figure(invoice.amount, currency),
        "total_words": words.say("copy.open", day=style.day(as_of)),
        "total": style.amount(still_open, currency) if still_open else words.say("copy.nothing"),
    }


def _item(words: Texts, style: Format, item: DueItem, parts: int, currency: str) -> dict[str, str]:
    agreed = item.agreed_due_date
    was_moved = agreed is not None and agreed != item.due_date
    return {
        "part": sheet.delivered(words, item.invoice.number, batch=None, position=item.position, parts=parts),
        "due_on": style.short_day(item.due_date) if item.due_date else formats.NOTHING,
        "agreed": words.say("copy.agreed", day=style.short_day(agreed)) if agreed and was_moved else "",
        "amount": style.figure(item.amount, currency),
        "settled": style.figure(item.amount - item.open_amount, currency),
        "open": style.figure(item.open_amount, currency),
    }
