"""How figures and days are written in a letter: by its language and the country it goes to."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from babel import Locale, UnknownLocaleError
from babel.dates import format_date
from babel.lists import format_list
from babel.numbers import format_decimal

from common import money

LANGUAGES = ("en", "es", "zh-hans")
NOTHING = "–"
MINUS = "\u2212"

# An English letter from Europe says 24 Nov 2026 whoever reads it; Spanish figures differ by country.
FIXED_LOCALES = {"en": "en", "zh-hans": "zh_Hans_CN"}
HOME_LOCALES = {"es": "es_ES"}
LONG_DAY = {"en": "d MMMM y", "es": "d 'de' MMMM 'de' y", "zh": "y年M月d日"}
WEEKDAY = {"en": "EEEE, d MMMM y", "es": "EEEE d 'de' MMMM 'de' y", "zh": "y年M月d日"}
SHORT_DAY = {"en": "d MMM y", "es": "d MMM y", "zh": "y-MM-dd"}
CODE_FIRST = {"en", "zh"}


def spoken(language: str) -> str:
    """The language of the letter: the wanted one where there are texts in it, else English."""
    wanted = language.lower().replace("_", "-")
    if wanted in LANGUAGES:
        return wanted
    family = wanted.split("-")[0]
    return {"zh": "zh-hans", "es": "es"}.get(family, "en")


@dataclass(frozen=True, slots=True)
class Format:
    """The writing of one letter. Amounts carry the code of their currency, days are written out."""

    locale: Locale

    @property
    def language(self) -> str:
        return self.locale.language

    def figure(self, amount: Decimal, currency: str) -> str:
        """`5,254.38` with the digits of the currency; zero is an en dash."""
        if not amount:
            return NOTHING
        places = money.digits(currency)
        pattern = "#,##0." + "0" * places if places else "#,##0"
        text = format_decimal(money.rounded(amount, currency), format=pattern, locale=self.locale)
        return text.replace("-", MINUS)

    def number(self, value: Decimal, least: int = 0) -> str:
        """A quantity or a unit price with as many decimals as it has, and `least` of them at the least."""
        pattern = f"#,##0.{'0' * least}{'#' * (10 - least)}"
        return format_decimal(value, format=pattern, locale=self.locale)

    def amount(self, amount: Decimal, currency: str) -> str:
        """`EUR 5,254.38` or `5.254,38 EUR`, by language. The space does not break."""
        figure = self.figure(amount, currency)
        return f"{currency}\u00a0{figure}" if self.language in CODE_FIRST else f"{figure}\u00a0{currency}"

    def day(self, day: date) -> str:
        """4 December 2026 · 4 de diciembre de 2026 · 2026年12月4日."""
        return format_date(day, LONG_DAY[self.language], locale=self.locale)

    def weekday(self, day: date) -> str:
        """Friday, 4 December 2026. Chinese letters name no weekday."""
        return format_date(day, WEEKDAY[self.language], locale=self.locale)

    def short_day(self, day: date) -> str:
        """25 Sep 2026 · 25 sep 2026 · 2026-09-25, for tables."""
        return format_date(day, SHORT_DAY[self.language], locale=self.locale)

    def info_day(self, day: date) -> str:
        return self.day(day) if self.language == "zh" else self.short_day(day)

    def listed(self, words: Sequence[str]) -> str:
        """3 November and 10 November."""
        return format_list(list(words), locale=self.locale)

    def plural(self, count: int) -> str:
        return self.locale.plural_form(count)


def of(language: str, country: str) -> Format:
    """The writing for a language of the letters and the country (ISO 3166) that the letter goes to."""
    if language in FIXED_LOCALES:
        return Format(Locale.parse(FIXED_LOCALES[language]))
    try:
        return Format(Locale.parse(f"{language}_{country.upper()}"))
    except (UnknownLocaleError, ValueError):
        return Format(Locale.parse(HOME_LOCALES[language]))
