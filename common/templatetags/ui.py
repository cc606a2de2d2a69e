"""What every page prints alike: amounts, days, standings, icons and the small charts.

Amounts follow the active language, carry the true minus (U+2212) and show nothing owed as an en dash.
Charts are plain SVG attributes: the content security policy allows no inline style.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from babel import Locale
from babel.dates import format_date, format_time
from babel.numbers import format_currency, format_decimal, format_percent
from django import template
from django.template.base import Parser, Token
from django.template.context import Context
from django.template.loader_tags import BLOCK_CONTEXT_KEY
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from common import money as amounts

register = template.Library()

NOTHING = "–"
MINUS = "\u2212"
NO_BREAK = "\u00a0"
CODE_BEFORE_FIGURE = re.compile(r"([A-Z])(\d)")

# English pages serve a European business: "24 Nov 2026" and "US$", not "Nov 24, 2026" and "$".
LOCALES = {"en": "en_IE", "es": "es_ES", "zh-hans": "zh_Hans_CN"}
WEEKDAY = {"en": "EEE d MMM", "es": "EEE d MMM", "zh": "M月d日EEE"}
LONG_DAY = {"en": "EEEE d MMMM y", "es": "EEEE, d 'de' MMMM 'de' y", "zh": "y年M月d日EEEE"}

STANDINGS = {
    "unpaid": _("Unpaid"),
    "overdue": _("Overdue"),
    "quasi-bad": _("Quasi-bad"),
    "bad": _("Bad"),
    "dormant": _("Dormant"),
}


def active_locale() -> Locale:
    language = get_language() or "en"
    return Locale.parse(LOCALES.get(language, language.replace("-", "_")))


# Amounts


def written(amount: Decimal, currency: str, *, symbol: bool, digits: int | None = None) -> str:
    """An amount in the active language, rounded to the currency's minor unit, or to whole units with digits=0."""
    locale = active_locale()
    places = amounts.digits(currency) if digits is None else digits
    shown = amounts.whole(amount) if digits == 0 else amounts.rounded(amount, currency)
    if symbol:
        return with_symbol(shown, currency, places)
    return format_decimal(shown, format="#,##" + fraction(places), locale=locale).replace("-", MINUS)


def with_symbol(shown: Decimal, currency: str, places: int) -> str:
    locale = active_locale()
    pattern = locale.currency_formats["standard"].pattern.replace("0.00", fraction(places))
    text = format_currency(shown, currency, format=pattern, locale=locale, currency_digits=False)
    return CODE_BEFORE_FIGURE.sub(f"\\1{NO_BREAK}\\2", text).replace("-", MINUS)


def fraction(places: int) -> str:
    return "0." + "0" * places if places else "0"


@register.simple_tag
def money_text(amount: Decimal | int | None, currency: str, digits: int | None = None) -> str:
    """`€3,240.00` as plain text, for attributes and sentences; zero and None are an en dash."""
    if not amount:
        return NOTHING
    return written(Decimal(amount), currency, symbol=True, digits=digits)


@register.simple_tag
def money(amount: Decimal | int | None, currency: str, digits: int | None = None) -> SafeString:
    """An amount with its currency; zero and None are an en dash."""
    css = "money" if amount else "money money--none"
    return format_html('<span class="{}">{}</span>', css, money_text(amount, currency, digits))


@register.simple_tag
def price(amount: Decimal, currency: str) -> str:
    """The price of a unit, which may be finer than money: `€25.00`, `€0.1255`."""
    finest = -int(amount.normalize().as_tuple().exponent)
    return with_symbol(amount, currency, max(amounts.digits(currency), finest))


@register.simple_tag
def amount(amount: Decimal | int | None, currency: str, digits: int | None = None) -> SafeString:
    """An amount without its symbol, where the table names the currency once."""
    if not amount:
        return format_html('<span class="money money--none">{}</span>', NOTHING)
    text = written(Decimal(amount), currency, symbol=False, digits=digits)
    return format_html('<span class="money">{}</span>', text)


@register.simple_tag
def change(amount: Decimal | int | None, currency: str, good: str = "", digits: int | None = None) -> SafeString:
    """A change with its sign, coloured by whether it is good: `good` is "up", "down" or "" for no judgement."""
    if amount is None:
        return format_html('<span class="change">{}</span>', NOTHING)
    if not amount:
        return format_html('<span class="change">{}</span>', "±0")
    text = written(Decimal(amount), currency, symbol=False, digits=digits)
    sign = "+" if amount > 0 else ""
    return format_html('<span class="change{}">{}{}</span>', judged(amount > 0, good), sign, text)


def judged(is_up: bool, good: str) -> str:
    if not good:
        return ""
    return " change--good" if is_up == (good == "up") else " change--poor"


@register.filter
def percent(share: Decimal | None) -> str:
    """0.523 as `52.3%`; an undefined share is an en dash, never 0."""
    if share is None:
        return NOTHING
    pattern = active_locale().percent_formats[None].pattern.replace("0", "0.0")
    return format_percent(share, format=pattern, locale=active_locale()).replace("-", MINUS)


@register.filter
def whole_percent(share: Decimal | None) -> str:
    """0.523 as `52%`, for a label beside a drawing."""
    if share is None:
        return NOTHING
    return format_percent(share, locale=active_locale()).replace("-", MINUS)


@register.filter
def number(value: Decimal | int | None) -> str:
    """A count or a quantity: `12,408`, `2.5`; what is not known is an en dash."""
    if value is None or value == "":
        return NOTHING
    return format_decimal(value, format="#,##0.##########", locale=active_locale()).replace("-", MINUS)


@register.filter
def quantity(value: Decimal | int | None, unit: str) -> str:
    """36 × case: a unit is a free word of the trade, and nobody here knows its plural."""
    return f"{number(value)}\u00a0× {unit}"


# Days


@register.filter
def day(value: date | None) -> str:
    """24 Nov 2026."""
    return format_date(value, "medium", locale=active_locale()) if value else NOTHING


@register.filter
def weekday(value: date | None) -> str:
    """Tue 24 Nov."""
    return patterned(value, WEEKDAY)


@register.filter
def longday(value: date | None) -> str:
    """Tuesday 24 November 2026."""
    return patterned(value, LONG_DAY)


def patterned(value: date | None, patterns: Mapping[str, str]) -> str:
    if not value:
        return NOTHING
    locale = active_locale()
    return format_date(value, patterns.get(locale.language, "medium"), locale=locale)


@register.filter
def clock(value: time | datetime | None) -> str:
    """10:40, a moment in the business's time zone."""
    if value is None or value == "":
        return ""
    if isinstance(value, datetime) and timezone.is_aware(value):
        value = timezone.localtime(value)
    return format_time(value.time() if isinstance(value, datetime) else value, "HH:mm", locale=active_locale())


# Icons and standings


@register.simple_tag
def icon(name: str, css: str = "icon") -> SafeString:
    """A decorative symbol of the sprite; a word always stands beside it."""
    href = f"{static('icons/sprite.svg')}#{name}"
    return format_html('<svg class="{}" aria-hidden="true" focusable="false"><use href="{}"/></svg>', css, href)


@register.filter
def standing_slug(standing: Any) -> str:
    """The standing as part of a class name: `quasi-bad`."""
    code = getattr(standing, "value", standing)
    return str(code or "").lower().replace("_", "-").replace(" ", "-")


@register.filter
def good_way(standing: Any) -> str:
    """Less of a late standing is good; what is not due yet is not judged."""
    return "down" if standing_slug(standing) in STANDINGS and standing_slug(standing) != "unpaid" else ""


@register.filter
def standing_word(standing: Any) -> str:
    slug = standing_slug(standing)
    return str(STANDINGS.get(slug, slug))


@register.simple_tag
def standing_badge(standing: Any) -> SafeString:
    """Glyph, word and colour of a standing; nothing when there is none."""
    slug = standing_slug(standing)
    if slug not in STANDINGS:
        return SafeString("")
    glyph = icon(f"standing-{slug}", css="badge__glyph")
    return format_html('<span class="badge badge--{}">{}{}</span>', slug, glyph, STANDINGS[slug])


@register.filter
def get(mapping: Mapping[Any, Any] | None, key: Any) -> Any:
    return (mapping or {}).get(key, "")


# Charts. Widths are percentages of the drawing, so that patterns keep their grain at every size.


def width(share: Decimal) -> str:
    return f"{min(max(Decimal(share), Decimal(0)), Decimal(1)) * 100:.3f}%"


@register.simple_tag
def progress(done: Decimal, promised: Decimal = amounts.ZERO, label: str = "") -> SafeString:
    """Two shares between 0 and 1: what is in (solid) and what is promised on top (hatched)."""
    return format_html(
        '<svg class="progress" role="img" aria-label="{}"><rect class="progress__track" width="100%" height="100%"/>'
        '<rect class="progress__done" width="{}" height="100%"/>'
        '<rect x="{}" width="{}" height="100%" fill="url(#hatch)"/></svg>',
        label or gettext("Collected so far"),
        width(done),
        width(done),
        width(min(Decimal(promised), 1 - min(Decimal(done), Decimal(1)))),
    )


@register.simple_tag
def bar(share: Decimal | None, target: Decimal | None = None, label: str = "") -> SafeString:
    """One share between 0 and 1, with a line at its target."""
    line = ""
    if target is not None:
        line = format_html('<line class="bar__target" x1="{0}" x2="{0}" y1="0" y2="16"/>', width(target))
    return format_html(
        '<svg class="bar" role="img" aria-label="{}"><rect class="bar__track" y="4" width="100%" height="8"/>'
        '<rect class="bar__done" y="4" width="{}" height="8" rx="1"/>{}</svg>',
        label or percent(share),
        width(share or amounts.ZERO),
        line,
    )


@register.inclusion_tag("components/stacked_bar.html")
def stacked_bar(parts: Iterable[Any], label: str = "") -> dict[str, Any]:
    """Shares of the standings side by side. Each part has `standing`, `share` (0 to 1) and perhaps `url`."""
    drawn = [part for part in parts if part.share]
    pieces, before = [], amounts.ZERO
    for part in drawn:
        pieces.append(
            {
                "slug": standing_slug(part.standing),
                "word": standing_word(part.standing),
                "share": part.share,
                "url": getattr(part, "url", ""),
                "x": width(before),
                "width": width(part.share),
                "before": before,
            }
        )
        before += part.share
    place_labels(pieces)
    return {"pieces": pieces, "label": label or gettext("Receivables by standing")}


LABEL_DRAWING = Decimal(860)  # narrowest drawing on which labels stand under the bar; below it the legend takes over
LETTER = Decimal("6.6")


def place_labels(pieces: list[dict[str, Any]]) -> None:
    """Under its piece where there is room, else moved left of its neighbour, so that no two overlap."""
    limit = Decimal(1)
    for piece in reversed(pieces):
        letters = len(f"{piece['word']} {whole_percent(piece['share'])}") + 2
        start = min(piece["before"], limit - letters * LETTER / LABEL_DRAWING)
        piece["label_x"] = width(start)
        limit = max(start, amounts.ZERO)


@register.simple_tag
def words(*parts: Any) -> SafeString:
    """Short facts in one line, parted by a middle dot; empty ones are left out."""
    return format_html_join(f"{NO_BREAK}· ", "{}", ((part,) for part in parts if part not in (None, "")))


class SameBlock(template.Node):
    def __init__(self, name: str) -> None:
        self.name = name

    def render(self, context: Context) -> SafeString:
        block = context.render_context[BLOCK_CONTEXT_KEY].get_block(self.name)
        if block is None:
            return SafeString("")
        with context.push():
            return SafeString(block.nodelist.render(context))


@register.tag
def same_block(parser: Parser, token: Token) -> SameBlock:
    """Print a block a second time: the heading of a page is its title unless the page says otherwise."""
    _tag, name = token.split_contents()
    return SameBlock(name)
