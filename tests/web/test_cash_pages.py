"""The pages of cash: a rep counts and signs, finance signs and closes, numbers are made void."""

import io
import re
from datetime import date
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from common.models import Document
from receivables import services
from receivables.models import HandIn, Receipt, VoidNumber
from tests import factories as make

pytestmark = pytest.mark.django_db
FRIDAY, TUESDAY = date(2026, 11, 20), date(2026, 11, 24)


@pytest.fixture(autouse=True)
def tuesday(monkeypatch):
    monkeypatch.setattr("common.clock.business_today", lambda: TUESDAY)


@pytest.fixture
def rep(db):
    make.business(calendar="ES")
    return make.rep("carmen")


@pytest.fixture
def item(rep):
    return make.due_item(make.customer(rep, name="Mercado Sol"), 5000, due_date=date(2026, 10, 1))


def text_of(answer):
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


def hidden(answer):
    """What a page keeps in hidden fields, as its first form would send it."""
    main = answer.content.decode().split("<main", 1)[1]
    form = next(one for one in main.split("<form")[1:] if 'name="key"' in one).split("</form>")[0]
    return dict(re.findall(r'<input type="hidden" name="([^"]+)"(?: value="([^"]*)")?', form))


def count_page(client, currency="EUR"):
    return client.get(reverse("receivables:count-cash"), {"currency": currency})


def send(client, page, **values):
    kept = {name: value for name, value in hidden(page).items() if name != "csrfmiddlewaretoken"}
    return client.post(reverse("receivables:count-cash"), kept | values)


def photo(name="slip.jpg"):
    out = io.BytesIO()
    Image.new("RGB", (60, 40), "white").save(out, "JPEG")
    return SimpleUploadedFile(name, out.getvalue(), content_type="image/jpeg")


def test_a_rep_sees_what_is_carried_until_when_and_what_is_wrong(client, rep, item):
    make.receipt(item, 1500, rep=rep, received_on=FRIDAY)
    make.receipt(item, 600, rep=rep)
    make.receipt(item, 77, rep=make.rep())
    client.force_login(rep)

    said = text_of(client.get(reverse("receivables:cash")))

    for words in (
        "You carry more cash than the limit of €2,000.00. Hand it in now.",
        "€2,100.00 was to be handed in by Mon 23 Nov. Hand it in now.",
        "Hand in EUR",
        "Mercado Sol",
        "€1,500.00",
        "you may carry €2,000.00",
    ):
        assert words in said, words
    assert "€77.00" not in said


def test_the_strip_of_today_turns_to_the_warning_and_leads_to_the_hand_in(client, rep, item):
    client.force_login(rep)
    assert 'class="strip"></div>' in client.get(reverse("visits:today")).content.decode()

    make.receipt(item, 600, rep=rep, received_on=FRIDAY)
    page = client.get(reverse("visits:today"))

    assert "Cash you carry €600.00 Hand in" in text_of(page)
    assert "€600.00 was to be handed in by Mon 23 Nov. Hand it in now." in text_of(page)
    assert f'href="{reverse("receivables:cash")}"' in page.content.decode()


def test_finance_sees_every_rep_and_a_manager_the_own_team(client, rep, item):
    make.receipt(item, 2100, rep=rep, received_on=FRIDAY)
    other = make.rep("tom", team=make.team("South"))
    make.receipt(item, 77, rep=other)

    for person, sums in (
        (make.finance(), ("€2,100.00", "€77.00")),
        (make.manager(), ("€2,100.00",)),
        (make.manager(leads=make.team("South")), ("€77.00",)),
    ):
        client.force_login(person)
        said = text_of(client.get(reverse("receivables:cash")))
        assert {one for one in ("€2,100.00", "€77.00") if one in said} == set(sums)
    client.force_login(make.finance())
    page = client.get(reverse("receivables:cash")).content.decode()
    assert "late, over the limit" in page
    assert f"?state=&amp;in_hand=1&amp;rep={rep.pk}&amp;currency=EUR" in page


def test_the_amount_opens_the_receipts_that_add_up_to_it(client, rep, item):
    make.receipt(item, 100, rep=rep)
    make.receipt(item, 40, rep=rep, method="cheque")
    make.receipt(item, 77, rep=make.rep())
    client.force_login(make.finance())

    said = text_of(
        client.get(
            reverse("receivables:receipts"), {"state": "provisional", "in_hand": "1", "rep": rep.pk, "currency": "EUR"}
        )
    )

    assert ("€100.00" in said, "€40.00" in said, "€77.00" in said) == (True, False, False)


def test_count_review_and_signature_without_script(client, rep, item):
    make.receipt(item, 100, rep=rep)
    client.force_login(rep)

    form = count_page(client)
    assert "Your receipts come to €100.00" in text_of(form)
    review = send(client, form, n_50=1, n_20=2, n_10=1, slip_number="S-77", photo=photo())
    assert review.status_code == 200
    assert not HandIn.objects.exists(), "nothing is final before the signature"
    for words in ("€50.00 1 €50.00", "€20.00 2 €40.00", "Counted €100.00", "Difference –", "Photo kept", "S-77"):
        assert words in text_of(review), words

    done = send(client, review)

    hand_in = HandIn.objects.get()
    assert (done.status_code, done.url) == (302, reverse("receivables:hand-ins"))
    assert (hand_in.rep, hand_in.counted, hand_in.slip_number) == (rep, {"50": 1, "20": 2, "10": 1}, "S-77")
    assert hand_in.slip.content_type == "image/jpeg"
    again = send(client, review)
    assert (again.status_code, HandIn.objects.count()) == (302, 1), "a lost answer is no second hand-in"


def test_a_difference_asks_why_and_keeps_what_was_typed(client, rep, item):
    make.receipt(item, 100, rep=rep)
    client.force_login(rep)

    asked = send(client, count_page(client), n_50=1, n_20=2, slip_number="S-77", photo=photo())

    assert asked.status_code == 422
    assert "€90.00 is counted, the receipts say €100.00: €10.00 is missing." in text_of(asked)
    assert 'name="n_20" value="2"' in asked.content.decode()
    assert "A photo is kept already" in text_of(asked)
    review = send(
        client, asked, n_50=1, n_20=2, slip_number="S-77", difference_code="counterfeit", difference_note="A false ten"
    )
    assert "Counterfeit note: A false ten" in text_of(review)
    assert "Difference −€10.00" in text_of(review)
    send(client, review)
    hand_in = HandIn.objects.get()
    assert (hand_in.difference, hand_in.difference_code) == (Decimal(-10), "counterfeit")
    assert hand_in.slip is not None


def test_counting_again_goes_back_with_what_was_typed(client, rep, item):
    make.receipt(item, 100, rep=rep)
    client.force_login(rep)
    review = send(client, count_page(client), n_100=1, slip_number="S-77")
    make.receipt(item, 20, rep=rep)

    refused = send(client, review)
    assert refused.status_code == 422
    assert "Your receipts come to €120.00 now, not €100.00. Count again." in text_of(refused)
    again = send(client, refused, step="again")

    assert "Your receipts come to €120.00" in text_of(again)
    assert 'name="n_100" value="1"' in again.content.decode()
    send(client, send(client, again, n_100=1, n_20=1, slip_number="S-77", step="review"))
    assert HandIn.objects.get().counted_amount == Decimal(120)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"n_50": "two"}, "Enter a whole number"),
        ({"n_50": "-1"}, "greater than or equal to 0"),
        ({"n_50": "99999"}, "less than or equal to 9999"),
        ({}, "Nothing is counted"),
        ({"n_100": "1", "slip_number": ""}, "required"),
        ({"n_100": "1", "expected": "abc"}, "number"),
        ({"n_100": "1", "slip": "forged"}, "The photo is not there any more"),
        ({"n_100": "1", "photo": SimpleUploadedFile("slip.jpg", b"<script>")}, "This file is no photo"),
        ({"n_100": "1", "photo": SimpleUploadedFile("slip.jpg", b"x" * (5 * 1024 * 1024 + 1))}, "larger than 5 MB"),
    ],
)
def test_a_count_that_cannot_be_is_said_beside_its_field(client, rep, item, values, said):
    make.receipt(item, 100, rep=rep)
    client.force_login(rep)

    answer = send(client, count_page(client), **{"slip_number": "S-77"} | values)

    assert answer.status_code == 422
    assert said in text_of(answer)
    assert not HandIn.objects.exists()
    assert not Document.objects.exists()


def test_anothers_photo_cannot_be_slipped_in(client, rep, item):
    make.receipt(item, 100, rep=rep)
    other = make.rep()
    make.receipt(item, 50, rep=other)
    client.force_login(other)
    token = hidden(send(client, count_page(client), n_50=1, slip_number="S", photo=photo()))["slip"]
    client.force_login(rep)

    answer = send(client, count_page(client), n_100=1, slip_number="S-77", slip=token)

    assert answer.status_code == 422
    assert "The photo is not there any more" in text_of(answer)


@pytest.mark.parametrize("currency", ["EUR", "USD", "", "€€€"])
def test_who_carries_nothing_has_nothing_to_count(client, rep, currency):
    client.force_login(rep)

    assert count_page(client, currency).url == reverse("receivables:cash")


def post(client, name, hand_in, **values):
    page = client.get(reverse("receivables:hand-in", args=[hand_in.pk]))
    key = re.search(r'name="key" value="([^"]+)"', page.content.decode())
    return client.post(
        reverse(f"receivables:{name}", args=[hand_in.pk]), {"key": key.group(1) if key else "k"} | values
    )


def test_finance_signs_and_closes_with_the_banks_line(client, rep, item):
    receipt = make.receipt(item, 100, rep=rep)
    hand_in = make.hand_in(rep, {"50": 1, "20": 2}, difference_code="lost", difference_note="In the rain",
                           slip=make.photo())  # fmt: skip
    client.force_login(make.finance("niamh"))
    assert "1 hand-in waits for finance." in text_of(client.get(reverse("receivables:cash")))

    assert post(client, "receive", hand_in).status_code == 302
    refused = post(client, "close-hand-in", hand_in, reference="CASH 7", banked_on="2026-11-24", amount="85,00")
    assert refused.status_code == 422
    assert "The bank has €85.00, €90.00 was counted: €5.00 is missing." in text_of(refused)
    assert 'value="CASH 7"' in refused.content.decode()
    assert (
        post(client, "close-hand-in", hand_in, reference="CASH 7", banked_on="2026-11-24", amount="90.00").status_code
        == 302
    )

    receipt.refresh_from_db()
    said = text_of(client.get(reverse("receivables:hand-in", args=[hand_in.pk])))
    assert receipt.state == "verified"
    for words in ("On the bank account", "Lost or stolen: In the rain", "CASH 7", "Signed by finance Niamh", "−€10.00"):
        assert words in said, words
    assert "Sign the count" not in said
    picture = client.get(reverse("receivables:slip", args=[hand_in.pk]))
    assert (picture["Content-Type"], picture["X-Content-Type-Options"]) == ("image/jpeg", "nosniff")
    assert picture.content.startswith(b"\xff\xd8")


def test_finance_sends_a_wrong_count_back(client, rep, item):
    make.receipt(item, 100, rep=rep)
    hand_in = make.hand_in(rep)
    client.force_login(make.finance())

    assert post(client, "send-back", hand_in, because="").status_code == 422
    assert post(client, "send-back", hand_in, because="The slip says 90").status_code == 302

    assert Receipt.objects.cash_in_hand().count() == 1
    said = text_of(client.get(reverse("receivables:hand-in", args=[hand_in.pk])))
    assert "its receipts are in the rep's hand again" in said


def test_hand_ins_and_cash_are_lists_with_files(client, rep, item):
    make.receipt(item, 100, rep=rep)
    hand_in = make.hand_in(rep, {"50": 1}, difference_code="lost", difference_note="x", slip_number="=1+1")
    make.receipt(item, 60, rep=rep)
    client.force_login(make.finance())

    hand_ins = client.get(reverse("receivables:hand-ins"), {"difference": "1", "export": "csv"}).content.decode()
    cash = client.get(reverse("receivables:cash"), {"export": "csv"}).content.decode()

    assert f"'=1+1,{hand_in.handed_in_on}" in hand_ins
    assert ",100.00,50.00,-50.00,Lost or stolen," in hand_ins
    assert "Carmen,2026-11-24,2026-11-25,,1,60.00,60.00,EUR" in cash
    assert client.get(reverse("receivables:hand-ins"), {"export": "xlsx"}).content[:2] == b"PK"


def test_missing_numbers_stand_on_the_receipts_page_and_are_made_void(client, rep, item):
    make.receipt(item, 10, rep=rep, device="tab1", position=3)
    client.force_login(make.finance("niamh"))
    assert f"R{rep.pk}-tab1-0001 to R{rep.pk}-tab1-0002" in text_of(client.get(reverse("receivables:receipts")))

    number = f"R{rep.pk}-tab1-0001"
    form = client.get(reverse("receivables:void-number"), {"number": number})
    key = re.search(r'name="key" value="([^"]+)"', form.content.decode()).group(1)
    assert f'value="{number}"' in form.content.decode()
    for _twice in range(2):
        done = client.post(reverse("receivables:void-number"), {"key": key, "number": number, "because": "Torn"})
        assert done.url == reverse("receivables:numbers")

    assert VoidNumber.objects.get().voided_by == "niamh"
    said = text_of(client.get(reverse("receivables:numbers")))
    assert f"or for the reason. R{rep.pk}-tab1-0002 Make R{rep.pk}-tab1-0002 void" in said
    assert "Torn" in said


@pytest.mark.parametrize("number", ["other", "nonsense", "R99999-0001", "given", ""])
def test_a_rep_makes_only_free_numbers_of_the_own_series_void(client, rep, item, number):
    other = make.rep()
    make.receipt(item, 10, rep=other, position=2)
    given = make.receipt(item, 10, rep=rep)
    client.force_login(rep)
    text = {"other": f"R{other.pk}-0001", "given": given.number}.get(number, number)

    answer = client.post(reverse("receivables:void-number"), {"key": "k", "number": text, "because": "Torn"})

    assert answer.status_code == 422
    assert not VoidNumber.objects.exists()


def test_a_rep_sees_the_own_missing_numbers_alone(client, rep, item):
    make.receipt(item, 10, rep=rep, position=2)
    other = make.rep()
    make.receipt(item, 10, rep=other, position=2)
    client.force_login(rep)

    said = text_of(client.get(reverse("receivables:numbers")))

    assert (f"R{rep.pk}-0001" in said, f"R{other.pk}-0001" in said) == (True, False)


def test_the_page_of_a_receipt_says_that_its_cash_is_still_with_the_rep_until_it_is_handed_in(client, rep, item):
    receipt = make.receipt(item, 5, rep=rep)
    client.force_login(make.finance())
    services.verify_receipt(receipt=receipt, by=make.BY)
    carried = client.get(reverse("receivables:receipt", args=[receipt.pk])).content.decode()
    make.hand_in(rep)
    handed_in = client.get(reverse("receivables:receipt", args=[receipt.pk])).content.decode()

    said = "with the rep until it is handed in, verified or not"
    assert said in carried and said not in handed_in


@pytest.mark.parametrize("rows", [2, 30])
def test_the_pages_of_cash_ask_the_same_number_of_questions_at_any_size(
    client, rep, item, rows, django_assert_max_num_queries
):
    for _ in range(rows):
        one = make.rep()
        make.receipt(item, 5, rep=one)
        make.hand_in(one)
        make.receipt(item, 5, rep=one)
    client.force_login(make.finance())

    for name in ("cash", "hand-ins", "numbers"):
        with django_assert_max_num_queries(22):
            client.get(reverse(f"receivables:{name}"))
