"""The statement of an account as a sheet: open-item form, in the customer's language, an ageing line below."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from collections_app.letters import formats, levels, payment_code, printing, recipients, sheet, texts
from collections_app.letters.accounts.queries import Account, InCurrency, OpenLine
from collections_app.letters.formats import Format
from collections_app.letters.sheet import Letterhead
from collections_app.letters.texts import Texts
from common.money import ZERO
from common.refusals import Refused
from receivables import buckets

MOST = levels.MOST_LINES
NAMES = {"credit note": "statement.credit", "payment": "statement.unapplied", "charge": "statement.charge"}


class NoLetterhead(Refused):
    """The business is not entered yet: nobody sends the statement."""


class Unprintable(Refused):
    """A sheet never prints boxes in the place of characters."""


def to_pdf(account: Account) -> bytes:
    """The statement as PDF/A-3. Raises NoLetterhead, Unprintable, and CannotPrint where the machine cannot print."""
    found = sheet_of(account)
    missing = printing.choose_fonts(found)
    if missing:
        raise Unprintable(
            _("The fonts of the letters lack characters of this customer (%(named)s)")
            % {"named": printing.named(missing)}
        )
    ids = [[row["id"] for row in table["rows"]] for table in found["tables"]]
    return printing.laid(lambda breaks: _html(found, breaks), ids, family=found["fonts"]).written()


def _html(found: dict[str, Any], breaks: Sequence[Sequence[int]]) -> str:
    tables = [
        {**table, "pages": printing.parts(table["rows"], cuts)}
        for table, cuts in zip(found["tables"], breaks, strict=True)
    ]
    return render_to_string("print/statement.html", {"sheet": {**found, "tables": tables}})


def sheet_of(account: Account) -> dict[str, Any]:
    """Everything that the sheet prints, as text."""
    heads = recipients.letterheads()
    if not heads:
        raise NoLetterhead(_("Enter the business and its bank account first; they stand on the statement."))
    codes = [one.currency for one in account.currencies]
    # Of the first currency in which we have an account; its bank stands in the footer.
    head = next((heads[code] for code in codes if code in heads), next(iter(heads.values())))
    to = recipients.of_customer(account.customer, as_of=account.as_of)
    language = formats.spoken(account.customer.language)
    words, style = texts.of(language), formats.of(language, to.place.country)
    labels = words.labels()
    day = style.day(account.as_of)
    title = words.say("statement.title")
    return {
        "language": language,
        "lang_tag": sheet.LANGUAGE_TAGS[language],
        "author": head.name,
        "labels": labels,
        "title": f"{title} · {account.customer.code} · {head.name}",
        "running": " · ".join([head.name, title, f"{labels['customer']} {account.customer.code}"]),
        "page_before": labels["page_before"],
        "page_after": labels["page_after"],
        "subject": words.say("statement.subject", pay_by=day),
        "paragraph": words.say("statement.words" if codes else "statement.nothing", pay_by=day),
        "ageing": words.say("statement.ageing"),
        "tables": [_table(words, style, one) for one in account.currencies],
        "pay_to": [_account(labels, heads[code], code) for code in codes if code in heads],
        **sheet.heading(words, style, to, head, account.as_of),
    }


def _table(words: Texts, style: Format, one: InCurrency) -> dict[str, Any]:
    """Open items, then what we hold; the lines and the rest come to the balance."""
    currency = one.currency
    upto = ZERO
    rows = []
    lines = (*one.items, *one.credits)
    for place, line in enumerate(lines, start=1):
        upto += line.open
        row = _row(words, style, line, currency)
        row |= {"id": f"{currency}-{place}", "upto": style.figure(upto, currency), "is_last": place == len(lines)}
        rows.append(row)
    rest = words.count("table.rest", style.plural(one.more), count=one.more) if one.more else ""
    return {
        "currency": currency,
        "is_long": True,
        "with_day": True,
        "before_open": 7,
        "rows": rows,
        "rest": {"words": rest, "open": style.figure(one.balance - upto, currency)} if rest else None,
        "pay_words": words.say("statement.balance"),
        "to_pay": style.amount(one.balance, currency) if one.balance else formats.NOTHING,
        "buckets": [[_bucket(words, name), style.figure(amount, currency)] for name, amount in one.buckets],
    }


def _row(words: Texts, style: Format, line: OpenLine, currency: str) -> dict[str, Any]:
    paper = line.document
    is_item = line.kind == "due item"
    return {
        "invoice": paper.number or formats.NOTHING,
        "day": style.short_day(paper.issued_on),
        "delivery": sheet.delivered(
            words, paper.delivery, batch=paper.batch, position=paper.position, parts=paper.parts
        )
        if is_item
        else words.say(NAMES[line.kind]),
        "due_on": style.short_day(line.due_date) if is_item and line.due_date else formats.NOTHING,
        "days_late": str(line.days_late) if line.days_late else formats.NOTHING,
        "invoiced": style.figure(line.amount, currency),
        "paid": style.figure(line.paid, currency),
        "open": style.figure(line.open, currency),
    }


def _bucket(words: Texts, name: str) -> str:
    named = {
        buckets.NOT_DUE: "statement.not_due",
        buckets.NO_DUE_DATE: "statement.no_due_date",
        buckets.CHARGES: "statement.charges",
        buckets.UNAPPLIED: "statement.unallocated",
    }
    if name in named:
        return words.say(named[name])
    return words.say("statement.over", days=int(name[:-1]) - 1) if name.endswith("+") else name.replace("-", "–")


def _account(labels: Mapping[str, str], head: Letterhead, currency: str) -> str:
    name = labels["iban"] if payment_code.is_iban(head.iban) else labels["account_number"]
    bic = f", {labels['bic']} {head.bic}" if head.bic else ""
    return f"{currency}: {head.bank_name}, {name} {payment_code.grouped(head.iban)}{bic}"
