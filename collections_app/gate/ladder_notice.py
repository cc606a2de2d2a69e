"""The letter of a rung: what is late, what we do from now on, on what ground, and what ends it. In the customer's
language, to the company at its business address; it says the step that was decided and none after it.
"""

from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from collections_app.gate import ladder
from collections_app.gate.ladder import LateItem
from collections_app.gate.ladder_outlook import Outlook
from collections_app.gate.ladder_rules import Rung
from collections_app.gate.models import LadderStep
from common import pdf, postal
from common.money import ZERO
from common.postal import Place
from common.refusals import Refused
from common.templatetags import ui
from customers import addressed
from customers.models import Customer
from staff.models import BankAccount, Business

MOST_LINES = 12  # invoices of a currency that the letter lists; the rest stands in one line with its sum
PAGE = {"en": ("Page", ""), "es": ("Página", ""), "zh-hans": ("第", "页")}
SEAL = {"zh-hans": "盖章处"}  # where a seal is customary
TAGS = {"en": "en", "es": "es", "zh-hans": "zh-Hans"}


class NoLetterhead(Refused):
    """Nobody is named who sends the letter."""


class Unprintable(Refused):
    """A sheet never prints boxes in the place of characters."""


def spoken(customer: Customer) -> str:
    """The language of the letter: the customer's where we have one, else English."""
    try:
        return translation.get_supported_language_variant(customer.language.lower().replace("_", "-"))
    except LookupError:
        return "en"


def to_pdf(sheet: dict[str, Any]) -> bytes:
    """PDF/A-3, the same bytes for the same sheet. Raises Unprintable, or CannotPrint where the machine cannot print."""
    html = render_to_string("print/ladder_notice.html", {"sheet": sheet})
    for family in ("chinese",) if sheet["language"] == "zh-hans" else ("latin", "chinese"):
        missing = pdf.missing_characters(html, family=family)
        if not missing:
            return pdf.lay_out(html, family=family).written()
    named = ", ".join(f"U+{ord(one):04X}" for one in missing[:5])
    raise Unprintable(_("The fonts of the letters lack characters of this customer (%(named)s)") % {"named": named})


def sheet_of(step: LadderStep, outlook: Outlook, *, on: date, pay_by: date) -> dict[str, Any]:
    """Everything that the letter prints, as text."""
    business = Business.objects.order_by("pk").first()
    if business is None:
        raise NoLetterhead(_("Enter the business first; it stands on the notice as its sender."))
    language = spoken(outlook.customer)
    with translation.override(language):
        return _sheet(step, outlook, business, language, on=on, pay_by=pay_by)


def _sheet(
    step: LadderStep, outlook: Outlook, business: Business, language: str, *, on: date, pay_by: date
) -> dict[str, Any]:
    late = ladder.late_items(outlook.customer, as_of=on)
    sums = _sums(late)
    total = " + ".join(ui.money_text(amount, currency) for currency, amount in sums.items())
    subject = SUBJECTS[Rung(step.rung)]() % {"day": ui.day(step.starts_on), "amount": total, "until": ui.day(pay_by)}
    before, after = PAGE[language]
    return {
        "language": language,
        "lang_tag": TAGS[language],
        "author": business.name,
        "title": f"{subject} · {business.name}",
        "running": " · ".join([business.name, outlook.customer.code, ui.day(on)]),
        "page_before": before,
        "page_after": after,
        "brand": {"name": business.name, "tagline": " · ".join(filter(None, (business.tagline, business.city)))},
        "return_line": postal.return_line(
            company=business.name, place=_place(business), country_name=postal.country_name(business.country)
        ),
        "address": _address(outlook.customer, business, language, on),
        "labels": {
            "invoice": _("Invoice"),
            "due_date": _("Due date"),
            "days_late": _("Days late"),
            "open": _("Open"),
            "to_pay": _("Amount to pay"),
            "please_pay": _("Please pay"),
            "reference": _("Reference"),
        },
        "reference": f"{outlook.customer.code} {on.isoformat()}",
        "info": _info(outlook.customer, business, on),
        "subject": subject,
        "basis": step.clause,
        "salutation": _("Dear Sir or Madam,"),
        "facts": _facts(late, total, pay_by),
        "measures": measures(outlook, step, pay_by),
        "tables": [_table(late, currency, amount) for currency, amount in sums.items()],
        "accounts": _accounts(sums),
        "ending": [
            _("All of this ends by itself on the day on which nothing is late any more."),
            _("If you dispute an invoice, tell us which one and why: until it is answered we do not count it as late."),
        ],
        "small": _("Paid in the last three days? Then please disregard this and tell us the day of your transfer."),
        "greeting": _("Yours sincerely"),
        "signer": business.contact_name,
        "seal": {"company": business.name, "words": SEAL[language], "day": ui.day(on)} if language in SEAL else None,
        "footer": _footer(business),
    }


# What it says

SUBJECTS: dict[Rung, Callable[[], str]] = {
    Rung.SMALLER_BATCHES: lambda: _("Smaller deliveries from %(day)s on"),
    Rung.NO_NEW_BENEFITS: lambda: _("No new gifts, samples or rebates from %(day)s on"),
    Rung.BEST_SELLERS_WITHHELD: lambda: _("Some products are not delivered from %(day)s on"),
    Rung.NO_SUPPLY: lambda: _("Delivery only against payment in advance from %(day)s on"),
    Rung.RETURN_OF_GOODS: lambda: _("Return of goods that are not paid"),
    Rung.COURT_FILE: lambda: _("Formal notice: please pay %(amount)s by %(until)s"),
}


def _facts(late: Sequence[LateItem], total: str, pay_by: date) -> list[str]:
    invoices = len({row.item.invoice_id for row in late})
    days = max((row.days_late for row in late), default=0)
    open_now = ngettext(
        "The invoice below is open with %(total)s.", "The invoices below are open with %(total)s together.", invoices
    ) % {"total": total}
    oldest = ngettext("It has been late for %(days)d day.", "The oldest has been late for %(days)d days.", days)
    asked = _("Please transfer the amount so that it arrives by %(day)s.") % {"day": ui.longday(pay_by)}
    return [open_now, oldest % {"days": days}, asked]


def measures(outlook: Outlook, step: LadderStep, pay_by: date) -> list[str]:
    """What we do from the first day of the rung on: all that is in force, and nothing that is not decided."""
    rung = Rung(step.rung)
    if rung >= Rung.NO_SUPPLY:
        return [_("We deliver only what is paid in advance."), *_beyond_supply(rung, outlook, pay_by)]
    found = _smaller(outlook)
    if rung >= Rung.NO_NEW_BENEFITS:
        found.append(_("We give no new gifts, samples or rebates."))
        if outlook.agreed.benefits:
            contract = {"number": outlook.agreed.benefits}
            found.append(_("Contract %(number)s grants them only while nothing is late.") % contract)
        found.append(_("What you have earned stays yours."))
    if rung >= Rung.BEST_SELLERS_WITHHELD and outlook.best_sellers:
        found.append(_("We do not deliver these products: %(names)s.") % {"names": ", ".join(outlook.best_sellers)})
    return found


def _smaller(outlook: Outlook) -> list[str]:
    largest = [ui.money_text(one.largest, currency) for currency, one in outlook.usual.items() if one.largest]
    if not largest:
        return [_("We deliver in smaller batches.")]
    return [_("We deliver in smaller batches, of %(amounts)s at most.") % {"amounts": " / ".join(largest)}]


def _beyond_supply(rung: Rung, outlook: Outlook, pay_by: date) -> list[str]:
    if rung == Rung.RETURN_OF_GOODS:
        return [
            _goods(outlook),
            _("Call us to agree on a day for it. Whatever is paid by %(day)s stays with you.")
            % {"day": ui.day(pay_by)},
        ]
    if rung == Rung.COURT_FILE:
        return [
            _("This is our formal notice. What is open after %(day)s we put before the competent court.")
            % {"day": ui.day(pay_by)}
        ]
    return []


def _goods(outlook: Outlook) -> str:
    """Which goods are asked back: those of ours, else those that the customer consented to return."""
    if not outlook.agreed.goods:
        return _("Please give back the goods that you have agreed to return.")
    named = [
        _("%(number)s of %(day)s (%(amount)s)")
        % {
            "number": goods.number,
            "day": ui.day(goods.delivered_on),
            "amount": ui.money_text(goods.open, goods.currency),
        }
        for goods in outlook.agreed.goods
    ]
    return _("Please give back the goods of these deliveries, which are not paid: %(named)s.") % {
        "named": ", ".join(named)
    }


def _sums(late: Sequence[LateItem]) -> dict[str, Decimal]:
    found: dict[str, Decimal] = {}
    for row in late:
        found[row.item.currency] = found.get(row.item.currency, ZERO) + row.left
    return found


def _table(late: Sequence[LateItem], currency: str, total: Decimal) -> dict[str, Any]:
    own = [row for row in late if row.item.currency == currency]
    rest = own[MOST_LINES:]
    more = ngettext("%(count)d more invoice", "%(count)d more invoices", len(rest)) % {"count": len(rest)}
    return {
        "currency": currency,
        "rows": [
            {
                "invoice": row.item.invoice.number,
                "due_on": ui.day(row.item.due_date),
                "days_late": str(row.days_late),
                "open": ui.written(row.left, currency, symbol=False),
            }
            for row in own[:MOST_LINES]
        ],
        "rest": {"words": more, "open": ui.written(sum((row.left for row in rest), ZERO), currency, symbol=False)}
        if rest
        else None,
        "total": ui.money_text(total, currency),
    }


# Who writes to whom


def _address(customer: Customer, business: Business, language: str, on: date) -> list[str]:
    contact = addressed.contact(customer, on)
    return postal.lines(
        company=customer.name,
        attention=_("Attn %(person)s") % {"person": contact.name} if contact else "",
        place=addressed.place(customer),
        sender_country=business.country,
        language=language,
    )


def _place(business: Business) -> Place:
    return Place(business.street, business.postcode, business.city, business.country)


def _info(customer: Customer, business: Business, on: date) -> list[tuple[str, str]]:
    rows = [
        (_("Date"), ui.day(on)),
        (_("Customer"), customer.code),
        (_("Contact"), business.contact_name),
        (_("Phone"), business.phone),
        (_("Rep"), str(customer.owner) if customer.owner else ""),
    ]
    return [row for row in rows if row[1]]


def _accounts(sums: dict[str, Decimal]) -> list[tuple[str, str]]:
    """Where each currency is paid to; one without an account of ours is left out."""
    ours = {account.currency: account for account in BankAccount.objects.order_by("pk")}
    return [
        (ui.money_text(amount, currency), " · ".join(filter(None, (held.bank_name, held.iban, held.bic))))
        for currency, amount in sums.items()
        if (held := ours.get(currency))
    ]


def _footer(business: Business) -> list[list[str]]:
    town = f"{business.city} {business.postcode}".strip()
    where = ", ".join(filter(None, (business.street, town, postal.country_name(business.country))))
    columns = [
        [business.name, where, " · ".join(filter(None, (business.registration, business.vat_id)))],
        [business.contact_name, business.phone, business.email],
    ]
    return [[line for line in column if line] for column in columns]
