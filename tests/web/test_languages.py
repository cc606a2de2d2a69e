"""Everybody reads the product in the own language: every sentence is translated, and the pages speak it."""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from html import unescape
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import translation

from collections_app.visits import services as visits
from common import clock
from staff.models import User
from tests import factories as make

CATALOGUES = {"es": "es", "zh-hans": "zh_Hans"}
KEYWORDS = {
    **dict.fromkeys(("_", "_t", "gettext", "gettext_lazy")),
    **dict.fromkeys(("ngettext", "ngettext_lazy"), (1, 2)),
    **dict.fromkeys(("pgettext", "pgettext_lazy"), ((1, "c"), 2)),
    **dict.fromkeys(("npgettext", "npgettext_lazy"), ((1, "c"), 2, 3)),
}
PLACEHOLDER = re.compile(r"%\(\w+\)[\d.]*[a-z]|%%|%[sd]")


def catalogue(locale: str) -> Catalog:
    path = Path(settings.BASE_DIR) / "locale" / locale / "LC_MESSAGES" / "django.po"
    with path.open("rb") as file:
        return read_po(file, locale=locale)


def sentences(locale: str) -> list[Message]:
    return [message for message in catalogue(locale) if message.id]


def forms(message: Message) -> tuple[str, ...]:
    written = message.string
    return tuple(str(form or "") for form in (written if isinstance(written, list | tuple) else (written,)))


def key(context: str | None, text: str | list[str] | tuple[str, ...]) -> tuple[str, str]:
    return context or "", text if isinstance(text, str) else text[0]


@pytest.fixture(scope="module")
def marked() -> set[tuple[str, str]]:
    """Every sentence that the product marks for translation, as `make messages` finds them."""
    with (Path(settings.BASE_DIR) / "babel.cfg").open() as file:
        methods, options = parse_mapping_cfg(file)
    found = extract_from_dir(settings.BASE_DIR, methods, options, KEYWORDS)
    return {key(context, text) for _path, _line, text, _comments, context in found}


@pytest.mark.parametrize("locale", CATALOGUES.values())
def test_every_sentence_of_the_product_is_in_the_catalogue_and_no_other(
    locale: str, marked: set[tuple[str, str]]
) -> None:
    known = {key(message.context, message.id) for message in sentences(locale)}

    assert marked - known == set(), "run make messages, then translate what is new"
    assert known - marked == set(), "run make messages"


@pytest.mark.parametrize("locale", CATALOGUES.values())
def test_every_sentence_is_translated_in_all_its_forms(locale: str) -> None:
    plurals = catalogue(locale).num_plurals

    for message in sentences(locale):
        assert not message.fuzzy, message.id
        assert all(form.strip() for form in forms(message)), message.id
        assert len(forms(message)) == (plurals if message.pluralizable else 1), message.id


@pytest.mark.parametrize("locale", CATALOGUES.values())
def test_a_translation_has_the_facts_of_its_sentence(locale: str) -> None:
    for message in sentences(locale):
        said = (message.id,) if isinstance(message.id, str) else tuple(message.id)
        # The first form stands for one thing alone where a language has several, and for all where it has one.
        first = said[0] if len(forms(message)) > 1 else said[-1]
        for number, form in enumerate(forms(message)):
            facts = first if number == 0 else said[-1]
            assert sorted(PLACEHOLDER.findall(form)) == sorted(PLACEHOLDER.findall(facts)), form


def test_a_catalogue_stands_for_every_language_that_a_person_can_choose() -> None:
    assert {code for code, _name in settings.LANGUAGES} - {"en"} == set(CATALOGUES)


def test_chinese_sentences_end_in_full_width_punctuation() -> None:
    for message in sentences("zh_Hans"):
        for form in forms(message):
            assert not re.search(r"[\u4e00-\u9fff][,.;:?!(]", form), form


# Pages


@pytest.fixture(autouse=True)
def language_of_the_test_run() -> Iterator[None]:
    """A request leaves its language in the thread; the next test starts from English again."""
    with translation.override("en"):
        yield


def text_of(client: Client, url: str, **headers: str) -> str:
    answer = client.get(url, headers=headers)
    assert answer.status_code == 200
    return " ".join(unescape(answer.content.decode()).split())


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("asked", "lang", "heading"),
    [
        ("es-MX,es;q=0.9,en;q=0.5", "es", "Iniciar sesión"),
        ("zh-CN,zh;q=0.9", "zh-hans", "登录"),
        ("fr,en;q=0.5", "en", "Sign in"),
    ],
)
def test_the_sign_in_speaks_the_language_of_the_browser(client: Client, asked: str, lang: str, heading: str) -> None:
    page = text_of(client, reverse("login"), accept_language=asked)

    assert f'<html lang="{lang}"' in page
    assert re.search(rf"<h1[^>]*>\s*{heading}\s*</h1>", page)


@pytest.fixture
def tuesday(monkeypatch: pytest.MonkeyPatch) -> date:
    monkeypatch.setattr("common.clock.business_today", lambda: date(2026, 11, 24))
    return date(2026, 11, 24)


def rep_with_a_visit(language: str, *, on: date) -> User:
    make.business(calendar="ES")
    rep = make.rep("carmen", language=language)
    customer = make.customer(rep, name="Mercado Sol")
    make.site(customer)
    make.contact(customer)
    make.invoice(customer, "3240.00", due_date=on - timedelta(days=20), number="INV-0871")
    visits.plan_day(on=on, rep=rep, by=make.BY)
    return rep


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("es", ("Hoy", "Factura INV-0871 lleva 20 días de retraso", "Reclamar")),
        ("zh-hans", ("今天", "发票 INV-0871：已逾期 20 天", "催收金额")),
    ],
)
def test_today_speaks_the_language_of_the_rep(
    client: Client, tuesday: date, language: str, words: tuple[str, ...]
) -> None:
    client.force_login(rep_with_a_visit(language, on=tuesday))

    page = text_of(client, reverse("visits:today"), accept_language="en")

    assert f'<html lang="{language}"' in page
    for word in words:
        assert word in page


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("language", "title", "words"),
    [
        ("es", "Antigüedad", ("No vencido", "Vencido", "Dudoso", "Incobrable", "Inactivo", "Por moneda")),
        ("zh-hans", "账龄", ("未到期", "逾期", "准坏账", "坏账", "呆账", "按币种")),
    ],
)
def test_the_board_names_the_standings_in_the_language_of_the_reader(
    client: Client, language: str, title: str, words: tuple[str, ...]
) -> None:
    make.invoice(make.customer(), "100.00", due_date=clock.business_today() - timedelta(days=20))
    finance = make.person("finance", language=language)
    client.force_login(finance)

    page = text_of(client, reverse("desk:ageing"))

    assert f'<html lang="{language}"' in page
    assert re.search(rf"<h1[^>]*>\s*{title}\s*</h1>", page)
    for word in words:
        assert word in page


@pytest.mark.django_db
def test_a_language_chosen_in_the_profile_holds_from_the_next_page_on(client: Client) -> None:
    person = make.person("finance")
    client.force_login(person)

    client.post(reverse("profile"), {"language": "es", "theme": "system", "density": "comfortable"})

    assert '<html lang="es"' in text_of(client, reverse("profile"))
    client.post(reverse("logout"))
    assert '<html lang="es"' in text_of(client, reverse("login"))
