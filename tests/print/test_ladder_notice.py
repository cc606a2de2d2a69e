"""The notice of a rung: every amount on it, the step that was decided and none after it, and nothing fetched."""

import re
from datetime import date, timedelta
from io import BytesIO

import pytest
from django.conf import settings
from pypdf import PdfReader

from collections_app.gate import ladder_conduct, ladder_notice, ladder_outlook, ladder_services
from collections_app.gate.ladder_rules import Rung
from collections_app.gate.models import LadderStep
from customers.models import Contact
from tests import factories as make
from tests.print.letters import PLACES

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("pango")]
TUESDAY = date(2026, 11, 24)
LANGUAGES = [code for code, _name in settings.LANGUAGES]


def in_breach(language="en", *, invoices=3, **values):
    """A customer with late invoices, deliveries of which a usual batch is known, a gift, and goods under title."""
    make.business(registration="Company no. 512 884", phone="+353 21 555 0142")
    place = PLACES[language].copy()
    customer = make.customer(
        make.rep(), code="C10482", language=language, country="IE", name=place.pop("name"), **values
    )
    make.site(customer, **place)
    make.contact(customer, name="Aoife Doyle", role=Contact.Kind.FINANCE)
    contract = make.contract(
        customer, number="SC-1", title="simple", title_agreed_on=date(2024, 1, 1), benefits_while_current=True
    )
    for place_in_row in range(invoices):
        day = TUESDAY - timedelta(days=170 - place_in_row)
        delivered = make.shipment(
            contract, [(make.product("COLA"), 9, 50), (make.product(), 6, 25)], asked_on=day, delivered_on=day
        )
        make.invoice(
            customer, "1265.40", number=f"INV-{place_in_row:04d}", issued_on=day, due_date=day + timedelta(days=30),
            shipment=delivered.pk, paid=[("65.40", day)],
        )  # fmt: skip
    return customer


def notice_of(customer, rung, **said):
    if rung > 1:
        make.ladder_step(customer, rung - 1)
    values = {"because": "Answers no call", "clause": "Clause 9.3", "lost_margin": None, "on": TUESDAY}
    return ladder_services.climb(customer=customer, rung=rung, by=make.finance(), **values | said)


def text_of(step):
    pages = PdfReader(BytesIO(bytes(step.notice.content))).pages
    return re.sub(r"\s+", " ", " ".join(page.extract_text() for page in pages).replace("\u00a0", " "))


def test_the_notice_says_what_is_late_what_we_do_on_what_ground_and_what_ends_it():
    step = notice_of(in_breach(), 3)
    text = text_of(step)

    for words in (
        "Some products are not delivered from 24 Nov 2026 on",
        "Clause 9.3",
        "Harbour Stores Ltd Attn Aoife Doyle 18 Strand Road Belfast BT1 3LA UNITED KINGDOM",
        "The invoices below are open with €3,600.00 together.",
        "The oldest has been late for 140 days.",
        "Please transfer the amount so that it arrives by Friday 4 December 2026.",
        "We deliver in smaller batches, of €300.00 at most.",
        "We give no new gifts, samples or rebates.",
        "What you have earned stays yours.",
        "Contract SC-1 grants them only while nothing is late.",
        "We do not deliver these products: Cola, Water.",
        "INV-0000 7 Jul 2026 140 1,200.00",
        "Amount to pay €3,600.00",
        "IE29AIBK93115212345678",
        "All of this ends by itself on the day on which nothing is late any more.",
        "If you dispute an invoice, tell us which one and why",
    ):
        assert words in text, words
    assert len(PdfReader(BytesIO(bytes(step.notice.content))).pages) == 1


@pytest.mark.parametrize(
    ("rung", "words"),
    [
        (1, ["Smaller deliveries from 24 Nov 2026 on"]),
        (2, ["No new gifts, samples or rebates from 24 Nov 2026 on"]),
        (4, ["Delivery only against payment in advance", "We deliver only what is paid in advance."]),
        (
            5,
            [
                "Please give back the goods of these deliveries",
                "of 7 Jun 2026 (€1,200.00)",
                "Whatever is paid by 4 Dec 2026 stays with you.",
            ],
        ),
        (
            6,
            ["Formal notice: please pay €3,600.00 by 4 Dec 2026", "4 Dec 2026 we put before the competent court"],
        ),
    ],
)
def test_each_rung_says_its_own_step(rung, words):
    text = text_of(notice_of(in_breach(), rung))

    assert not [one for one in words if one not in text]
    assert ladder_conduct.too_much(text, rung) == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("rung", list(Rung))
def test_no_notice_says_more_than_its_step_in_any_language(language, rung):
    customer = in_breach(language)
    step = LadderStep(customer=customer, rung=rung, clause="9.3", starts_on=TUESDAY)
    outlook = ladder_outlook.outlook(customer, rung, as_of=TUESDAY)

    sheet = ladder_notice.sheet_of(step, outlook, on=TUESDAY, pay_by=TUESDAY + timedelta(days=10))

    said = " ".join([sheet["subject"], *sheet["facts"], *sheet["measures"], *sheet["ending"], sheet["small"]])
    assert ladder_conduct.too_much(said, rung) == []
    assert sheet["lang_tag"].lower() == language


@pytest.mark.parametrize(("language", "amount"), [("es", "3.600,00 €"), ("zh-hans", "€3,600.00")])
def test_figures_and_names_are_written_in_the_language_of_the_customer(language, amount):
    text = text_of(notice_of(in_breach(language), 1))

    assert amount in text
    assert PLACES[language]["name"] in text
    if language == "zh-hans":
        assert "200030 上海市徐汇区漕溪北路 88 号 上海明泉食品有限公司 收件人" in text


def test_long_lists_end_with_the_sum_of_the_rest():
    text = text_of(notice_of(in_breach(invoices=15), 4))

    assert len(re.findall(r"INV-\d{4}", text)) == ladder_notice.MOST_LINES
    assert "3 more invoices 3,600.00" in text
    assert "Amount to pay €18,000.00" in text


def test_the_same_step_prints_the_same_bytes_and_fetches_nothing(monkeypatch):
    customer = in_breach()
    step = notice_of(customer, 2)
    outlook = ladder_outlook.outlook(customer, 2, as_of=TUESDAY)
    sheet = ladder_notice.sheet_of(step, outlook, on=TUESDAY, pay_by=TUESDAY + timedelta(days=10))

    assert ladder_notice.to_pdf(sheet) == bytes(step.notice.content)
    assert not PdfReader(BytesIO(bytes(step.notice.content))).attachments


@pytest.mark.parametrize("name", ['<img src="http://127.0.0.1/x">', "<link rel=attachment href=file:///etc/passwd>"])
def test_a_name_that_is_markup_is_printed_as_it_stands(name):
    customer = in_breach()
    type(customer).objects.update(name=name)
    step = notice_of(customer, 1)

    assert name.replace(" ", "") in text_of(step).replace(" ", "")
    assert not PdfReader(BytesIO(bytes(step.notice.content))).attachments


def test_a_name_that_the_fonts_cannot_print_leaves_the_step_without_its_notice():
    customer = in_breach()
    type(customer).objects.update(name="\U00013000 Ltd")

    step = notice_of(customer, 1)

    assert step.notice is None
    with pytest.raises(ladder_notice.Unprintable, match=r"U\+13000"):
        ladder_services.print_notice(step=step, on=TUESDAY, by=make.BY)
