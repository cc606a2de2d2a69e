"""The statement of an account as a sheet: open-item form, in the customer's language, an ageing line below."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from collections_app.letters import formats, recipients, sheet, texts
from collections_app.letters.accounts.queries import Account, InCurrency, OpenLine
from collections_app.letters.formats import Format
from collections_app.letters.sheet import Letterhead
from collections_app.letters.texts import Texts
from common import pdf
from common.refusals import Refused
from receivables import buckets


class NoLetterhead(Refused):
    """The business is not entered yet: nobody sends the statement."""


def to_pdf(account: Account) -> bytes:
    """The statement as PDF/A-3. Raises NoLetterhead, and CannotPrint where the machine cannot print."""
    found = sheet_of(account)
    html = render_to_string("print/statement.html", {"sheet": found})
    return pdf.lay_out(html, family=found["fonts"]).written()


def sheet_of(account: Account) -> dict[str, Any]:
    """Everything that the sheet prints, as text."""
    heads = recipients.letterheads()
    if not heads:
        raise NoLetterhead(_("Enter the business and its bank account first; they stand on the statement."))
    head = _head(heads, account)
    to = recipients.of_customer(account.customer, as_of=account.as_of)
    language = formats.spoken(account.customer.language)
    words, style = texts.of(language), formats.of(language, to.place.country)
    labels = words.labels()
    day = style.day(account.as_of)
    title = words.say("statement.title")
    return {
        "lang_tag": sheet.LANGUAGE_TAGS[language],
        "fonts": "chinese" if language == "zh-hans" else "latin",
        "author": head.name,
        "labels": labels,
        "title": f"{title} · {account.customer.code} · {head.name}",
        "running": " · ".join([head.name, title, f"{labels['customer']} {account.customer.code}"]),
        "page_before": labels["page_before"],
        "page_after": labels["page_after"],
        "subject": words.say("statement.subject", pay_by=day),
        "paragraph": words.say("statement.words" if account.currencies else "statement.nothing", pay_by=day),
        "balance": words.say("statement.balance"),
        "ageing": words.say("statement.ageing"),
        "tables": [_table(words, style, one, account.as_of) for one in account.currencies],
        "pay_to": [line for code in _codes(account) if code in heads for line in _account(labels, heads[code], code)],
        **sheet.heading(words, style, to, head, account.as_of),
    }


def _codes(account: Account) -> list[str]:
    return [one.currency for one in account.currencies]


def _head(heads: Mapping[str, Letterhead], account: Account) -> Letterhead:
    """Of the first currency in which we have an account; its bank stands in the footer."""
    return next((heads[code] for code in _codes(account) if code in heads), next(iter(heads.values())))


def _table(words: Texts, style: Format, one: InCurrency, as_of: date) -> dict[str, Any]:
    return {
        "currency": one.currency,
        "rows": [_row(words, style, line, one.currency, as_of) for line in (*one.items, *one.credits)],
        "balance": style.amount(one.balance, one.currency) if one.balance else formats.NOTHING,
        "buckets": [(_bucket(words, name), style.figure(amount, one.currency)) for name, amount in one.buckets],
    }


def _row(words: Texts, style: Format, line: OpenLine, currency: str, as_of: date) -> dict[str, str]:
    late = (as_of - line.due_date).days if line.due_date and line.open > 0 else 0
    names = {
        "credit note": f"{words.say('statement.credit')} {line.document}",
        "payment": f"{words.say('statement.unapplied')} {line.document}".strip(),
        "charge": f"{words.say('statement.charge')} {line.document}",
    }
    return {
        "document": names.get(line.kind, line.document),
        "delivery": line.delivery if line.kind == "due item" else "",
        "due": style.short_day(line.due_date) if line.due_date else formats.NOTHING,
        "days_late": str(late) if late > 0 else formats.NOTHING,
        "amount": style.figure(line.amount, currency),
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


def _account(labels: Mapping[str, str], head: Letterhead, currency: str) -> list[str]:
    return [
        f"{currency}: {head.bank_name}, {labels['iban']} {head.iban}"
        + (f", {labels['bic']} {head.bic}" if head.bic else "")
    ]
