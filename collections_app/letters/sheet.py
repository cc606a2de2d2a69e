"""The frozen input of a letter: everything that its sheet prints, in words and figures, and the facts behind them.

Pure: from the proposal and the facts of customer and business to plain values that JSON can keep.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Protocol

from collections_app.letters import address, formats, levels, payment_code, texts
from collections_app.letters.address import Person
from collections_app.letters.formats import Format
from collections_app.letters.texts import Texts
from common import money, postal
from common.money import ZERO
from common.postal import Place

VERSION = 1
LONG_FROM = 11  # rows from which an item takes one line, in columns of its own
MOST_SET_ASIDE = 12
MOST_NAMED = 12  # credit notes in a sentence
NO_BREAK = "\u00a0"
LANGUAGE_TAGS = {"en": "en", "es": "es", "zh-hans": "zh-Hans"}


@dataclass(frozen=True, slots=True)
class Letterhead:
    """Who writes: the business, and the account of the letter's currency."""

    name: str
    tagline: str
    place: Place
    country_name: str
    registration: str
    vat_id: str
    phone: str
    email: str
    contact: str
    bank_name: str
    iban: str
    bic: str
    calendar: str


@dataclass(frozen=True, slots=True)
class Agreement:
    """The contract on which the items rest."""

    number: str
    signed_on: date | None = None
    clause: str = ""
    method: str = ""
    days: int | None = None
    counted_from: str = ""


@dataclass(frozen=True, slots=True)
class Credited:
    """What has come in on the items of the letter: one payment as a whole, or several with the last day."""

    amount: Decimal
    last_on: date
    is_one_payment: bool


@dataclass(frozen=True, slots=True)
class Recipient:
    """Who is written to. `person` is a finance, owner or legal contact, never another."""

    code: str
    name: str
    place: Place
    person: Person
    rep: str
    rep_phone: str
    agreement: Agreement | None
    credited: Credited | None


class Line(Protocol):
    """What the sheet needs of a due item (`queries.Item`)."""

    invoice: str
    position: int
    parts: int
    delivery: str
    batch: int | None
    due_on: date
    days_late: int
    invoiced: Decimal
    paid: Decimal
    open_amount: Decimal
    level: int
    moves: bool
    last: levels.Earlier | None


class Content(Protocol):
    """What the sheet needs of a proposal (`queries.Proposed`)."""

    @property
    def language(self) -> str: ...
    @property
    def currency(self) -> str: ...
    @property
    def held(self) -> Any: ...
    @property
    def items(self) -> Sequence[Any]: ...
    @property
    def set_aside(self) -> Sequence[Any]: ...
    @property
    def level(self) -> int: ...
    @property
    def total(self) -> Decimal: ...


def draft(*, content: Content, to: Recipient, head: Letterhead, as_of: date, pay_by: date) -> dict[str, Any]:
    """The letter without its number."""
    words = texts.of(content.language)
    style = formats.of(content.language, to.place.country)
    labels = words.labels()
    amount = style.amount(content.total, content.currency)
    review_on = levels.review_on(pay_by=pay_by, calendar=head.calendar)
    return {
        "version": VERSION,
        "language": content.language,
        "lang_tag": LANGUAGE_TAGS[content.language],
        "author": head.name,
        "labels": labels,
        "level": content.level,
        "title": words.say(f"title.{content.level}"),
        **heading(words, style, to, head, as_of),
        "subject": words.say(f"subject.{content.level}", amount=amount, pay_by=style.day(pay_by)),
        "basis": _basis(words, style, to.agreement),
        "salutation": _salutation(words, to.person),
        "paragraph": _paragraph(words, style, content, to, pay_by),
        "table": _table(words, style, content),
        "set_aside": _set_aside(words, style, content),
        "box": _box(words, style, content, head, pay_by, amount),
        "closing": words.say(
            f"closing.{content.level}", review_on=style.day(review_on), contact=head.contact or head.name
        ),
        "small": words.say(f"small.{content.level}"),
        "greeting": [text for name, text in words.sentences.items() if name.startswith("greeting.")],
        "signer": head.contact,
        "seal": {"company": head.name, "words": labels["seal"], "day": style.day(as_of)} if labels["seal"] else None,
        "page_before": labels["page_before"],
        "page_after": labels["page_after"],
        "customer": to.code,
        "facts": _facts(content, as_of, pay_by),
    }


def heading(words: Texts, style: Format, to: Recipient, head: Letterhead, as_of: date) -> dict[str, Any]:
    """Who writes, to whom, of which day, and the legal footer: the frame of every sheet."""
    labels = words.labels()
    return {
        "brand": {"name": head.name, "tagline": " · ".join(part for part in (head.tagline, head.place.city) if part)},
        "return_line": postal.return_line(company=head.name, place=head.place, country_name=head.country_name),
        "address": _address(words, to, head),
        "info": _info(labels, style, to, head, as_of),
        "footer": _footer(labels, head),
    }


def numbered(unnumbered: dict[str, Any], reference: str) -> dict[str, Any]:
    """The frozen letter: the number stands in the information block, the title, the running line and the box."""
    labels = unnumbered["labels"]
    info = [[label, reference if label == labels["our_reference"] else value] for label, value in unnumbered["info"]]
    customer = f"{labels['customer']} {unnumbered['customer']}"
    return {
        **unnumbered,
        "reference": reference,
        "info": info,
        "running": " · ".join([unnumbered["author"], unnumbered["title"], reference, customer]),
        "title": f"{reference} · {unnumbered['title']} · {unnumbered['author']}",
        "box": {**unnumbered["box"], "reference": f"{unnumbered['customer']} {reference}"},
    }


def _address(words: Texts, to: Recipient, head: Letterhead) -> list[str]:
    attention = words.say("attention.line", person=to.person.name) if to.person.name else ""
    return postal.lines(
        company=to.name,
        attention=attention,
        place=to.place,
        sender_country=head.place.country,
        language=words.language,
    )


def _info(labels: dict[str, str], style: Format, to: Recipient, head: Letterhead, as_of: date) -> list[list[str]]:
    rows = [
        [labels["date"], style.info_day(as_of)],
        [labels["customer"], to.code],
        [labels["our_reference"], ""],
        [labels["contact"], head.contact],
        [labels["phone"], head.phone],
        [labels["rep"], to.rep],
        ["", to.rep_phone if to.rep else ""],
    ]
    return [row for row in rows if row[1] or row[0] == labels["our_reference"]]


def _basis(words: Texts, style: Format, agreement: Agreement | None) -> str:
    """Under which contract, and what it says; as much of it as is known."""
    if agreement is None:
        return ""
    if agreement.signed_on is None:
        return words.say("basis.contract", contract=agreement.number)
    fields = {"contract": agreement.number, "contract_on": style.day(agreement.signed_on)}
    if not agreement.clause:
        return words.say("basis.contract_of", **fields)
    term = f"basis.{agreement.method}_{agreement.counted_from}"
    if term in words.sentences and agreement.days is not None:
        return words.say(term, clause=agreement.clause, days=agreement.days, **fields)
    return words.say("basis.contract_clause", clause=agreement.clause, **fields)


def _salutation(words: Texts, person: Person) -> str:
    greeted = address.greeted(person, words.language)
    return words.say(f"salutation.{address.manner(greeted)}", person=greeted)


def _paragraph(words: Texts, style: Format, content: Content, to: Recipient, pay_by: date) -> str:
    """Earlier letters, what is open, what has come in: whole sentences, each only where it is true."""
    reminded = [item for item in content.items if item.moves and item.level == content.level and item.last]
    days = sorted({item.last.sent_on for item in reminded})
    invoices = len({item.invoice for item in content.items})
    said = []
    if days:
        earlier = style.listed([style.day(day) for day in days])
        said.append(words.count("earlier", style.plural(len(days)), earlier=earlier))
    said.append(words.count(f"open.{content.level}", style.plural(invoices), count=invoices, pay_by=style.day(pay_by)))
    if days and len(reminded) < len(content.items):
        said.append(words.say("facts.mixed"))
    if to.credited is not None:
        fields = {
            "paid": style.amount(to.credited.amount, content.currency),
            "paid_on": style.day(to.credited.last_on),
        }
        said.append(words.say("facts.paid_once" if to.credited.is_one_payment else "facts.paid_often", **fields))
    said += _held(words, style, content)
    return "".join(said) if words.language == "zh-hans" else " ".join(said)


def _held(words: Texts, style: Format, content: Content) -> list[str]:
    """Money without an invoice and free credit notes are different things, each with its own sentence."""
    held, said = content.held, []
    if held.unapplied_amount:
        said.append(words.say("facts.unapplied", unapplied=style.amount(held.unapplied_amount, content.currency)))
    if held.credit_notes:
        count = len(held.credit_notes)
        named = style.listed(held.credit_notes) if count <= MOST_NAMED else ""
        said.append(
            words.count(
                "facts.credit_notes" if named else "facts.credit_notes_many",
                style.plural(count),
                credit_notes=named,
                count=count,
                amount=style.amount(held.credit_amount, content.currency),
            )
        )
    return said


def _table(words: Texts, style: Format, content: Content) -> dict[str, Any]:
    shown, beyond = content.items[: levels.MOST_LINES], content.items[levels.MOST_LINES :]
    currency = content.currency
    is_long = len(content.items) >= LONG_FROM
    is_mixed = len({item.level for item in content.items if item.moves} | {0 for i in content.items if not i.moves}) > 1
    with_aside = any(item.invoiced - item.paid != item.open_amount for item in shown)
    upto = ZERO
    rows = []
    for place, item in enumerate(shown, start=1):
        upto += item.open_amount
        row = _row(words, style, item, currency, with_reminder=is_mixed)
        if with_aside:
            row["aside"] = style.figure(item.invoiced - item.paid - item.open_amount, currency)
        row |= {"id": f"r{place}", "upto": style.figure(upto, currency), "is_last": place == len(shown)}
        rows.append(row)
    rest = sum((item.open_amount for item in beyond), ZERO)
    invoices = len({item.invoice for item in content.items})
    return {
        "currency": currency,
        "is_long": is_long,
        "with_aside": with_aside,  # a column without which invoiced − paid would not come to what is asked for
        "before_open": (6 if is_long else 4) + with_aside,
        "rows": rows,
        "rest": {
            "words": words.count("table.rest", style.plural(len(beyond)), count=len(beyond)),
            "open": style.figure(rest, currency),
        }
        if beyond
        else None,
        "total_words": words.count("table.total", style.plural(invoices), count=invoices),
        "total": style.figure(content.total, currency),
        "to_pay": style.amount(content.total, currency),
    }


def delivered(words: Texts, number: str, *, batch: int | None, position: int, parts: int) -> str:
    """ "DN-4611 · batch 13 · part 1 of 2": a line may end between the parts, never inside one."""
    said = [number] if number else []
    if batch is not None:
        said.append(words.say("table.batch", count=batch))
    if parts > 1:
        said.append(words.say("table.part", count=position, days=parts))
    return f" ·{NO_BREAK}".join(part.replace(" ", NO_BREAK) for part in said)


def _row(words: Texts, style: Format, item: Line, currency: str, *, with_reminder: bool) -> dict[str, Any]:
    reminded = with_reminder and item.last is not None
    return {
        "invoice": item.invoice,
        "delivery": delivered(words, item.delivery, batch=item.batch, position=item.position, parts=item.parts),
        "due_on": style.short_day(item.due_on),
        "late": words.count("table.days_late", style.plural(item.days_late), count=item.days_late),
        "days_late": str(item.days_late),
        "reminded": words.say("table.reminded", earlier=style.short_day(item.last.sent_on))
        if reminded and item.last
        else "",
        "invoiced": style.figure(item.invoiced, currency),
        "paid": style.figure(item.paid, currency),
        "open": style.figure(item.open_amount, currency),
    }


def _set_aside(words: Texts, style: Format, content: Content) -> list[str]:
    return [
        words.say(
            f"set_aside.{one.kind if one.kind != 'promised' or one.until else 'other'}",
            invoice=one.invoice,
            amount=style.amount(one.amount, content.currency),
            until=style.day(one.until) if one.until else "",
        )
        for one in content.set_aside[:MOST_SET_ASIDE]
    ]


def _box(words: Texts, style: Format, content: Content, head: Letterhead, pay_by: date, amount: str) -> dict[str, Any]:
    labels = words.labels()
    is_iban = payment_code.is_iban(head.iban)
    account = [
        [labels["account"], head.name],
        [labels["iban"] if is_iban else labels["account_number"], payment_code.grouped(head.iban)],
    ]
    if head.bic:
        account.append([labels["bic"], head.bic])
    return {
        "amount": amount,
        "arrive_by": words.say("pay.arrive_by", pay_by=style.weekday(pay_by)),
        "account": account,
        "payee": {"name": head.name, "iban": head.iban, "bic": head.bic},
    }


def _footer(labels: dict[str, str], head: Letterhead) -> list[list[str]]:
    town = f"{head.place.city} {head.place.postcode}".strip()
    where = ", ".join(part for part in (head.place.street, town, head.country_name) if part)
    legal = " · ".join(
        part for part in (head.registration, f"{labels['vat']} {head.vat_id}" if head.vat_id else "") if part
    )
    name = labels["iban"] if payment_code.is_iban(head.iban) else labels["account_number"]
    columns = [
        [head.name, where, legal],
        [
            f"{labels['bank']} {head.bank_name}",
            f"{name} {payment_code.grouped(head.iban)}",
            f"{labels['bic']} {head.bic}" if head.bic else "",
        ],
        [f"{labels['questions']} {head.contact}".strip(), head.phone, head.email],
    ]
    return [[line for line in column if line] for column in columns]


def _facts(content: Content, as_of: date, pay_by: date) -> dict[str, Any]:
    """The same letter for machines: days as ISO dates, amounts with the digits of the currency."""
    currency = content.currency
    return {
        "as_of": as_of.isoformat(),
        "pay_by": pay_by.isoformat(),
        "currency": currency,
        "total": money.as_text(content.total, currency),
        "items": [
            {
                "invoice": item.invoice,
                "due_on": item.due_on.isoformat(),
                "open": money.as_text(item.open_amount, currency),
                "days_late": item.days_late,
                "level": item.level,
            }
            for item in content.items
        ],
    }
