"""The page and the command for lists of open items: preview, tick, differences, JSON."""

import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.urls import reverse

from intake.models import Difference, File
from receivables.models import DueItem, Payment
from staff.models import Business
from tests import factories as make
from tests.intake.lists import FRIDAY, MONDAY, THURSDAY, TUESDAY, WEDNESDAY, came, left, rest
from tests.intake.made import LIST, listed, open_items

pytestmark = pytest.mark.usefixtures("on_a_tuesday")


@pytest.fixture
def profile(settings: Any, tmp_path: Path) -> Path:
    """A profile of this installation, found by its name."""
    settings.DATA_DIR = tmp_path
    folder = tmp_path / "profiles"
    folder.mkdir()
    path = folder / "morning.toml"
    path.write_text(LIST)
    return path


# --- the page -----------------------------------------------------------------------------------


@pytest.fixture
def clerk(client: Any, profile: Path) -> Any:
    client.force_login(make.finance("fiona"), backend="django.contrib.auth.backends.ModelBackend")
    return client


def sent(client: Any, *rows: str, on: date | None) -> Any:
    upload = SimpleUploadedFile("list.csv", open_items(*rows), content_type="text/csv")
    what = {"file": upload, "profile": "morning", "as_of": on.isoformat() if on else ""}
    return client.post(reverse("intake:upload"), what, follow=True)


def confirmed(client: Any, **ticks: str) -> Any:
    return client.post(reverse("intake:confirm", args=[File.objects.latest("pk").pk]), ticks, follow=True)


def test_the_preview_of_a_list_says_its_day_and_what_it_would_book(clerk):
    came(listed("1001"), *rest())

    page = sent(clerk, *rest(), on=TUESDAY).content.decode()

    assert "Open items of" in page
    assert "Reported by the ledger" in page
    assert not Payment.objects.exists()
    assert "Imported on" in confirmed(clerk).content.decode()
    assert (left("1001"), File.objects.latest("pk").as_of) == (0, TUESDAY)


def test_a_list_that_lost_too_much_needs_its_own_tick(clerk):
    came(*rest())

    page = sent(clerk, listed("R1"), on=TUESDAY).content.decode()
    without = confirmed(clerk)
    taken = confirmed(clerk, fall="on")

    assert "3 of 4 open items would be settled, more than 30 per cent." in page
    assert (without.status_code, "Tick this if the list is complete" in without.content.decode()) == (422, True)
    assert (taken.status_code, left("R2")) == (200, 0)


def test_a_list_that_lost_nothing_is_not_asked_about(clerk):
    assert "The list is complete" not in sent(clerk, *rest(), on=TUESDAY).content.decode()


def test_an_older_list_cannot_be_confirmed_on_the_page(clerk):
    came(*rest(), on=TUESDAY)

    page = sent(clerk, listed("1001"), *rest(), on=MONDAY).content.decode()

    assert "This list is of 16 Nov 2026, and one of 17 Nov 2026 is here already" in page
    assert "Import all rows" not in page
    assert confirmed(clerk).status_code == 422


def shown(clerk: Any) -> Difference:
    came(listed("1001"), *rest())
    came(*rest(), on=TUESDAY)
    sent(clerk, listed("1001", "80.00"), *rest(), on=WEDNESDAY)
    confirmed(clerk)
    return Difference.objects.get()


def test_a_difference_stands_on_its_files_page_and_in_the_list_and_is_accepted_there(clerk):
    found = shown(clerk)

    page = clerk.get(reverse("intake:file", args=[found.file.pk])).content.decode()
    listing = clerk.get(reverse("intake:differences")).content.decode()
    sheet = clerk.get(reverse("intake:differences"), {"export": "csv"}).content.decode("utf-8-sig")
    answer = clerk.post(reverse("intake:accept", args=[found.pk]), follow=True)

    assert "Larger open amount" in page
    assert reverse("intake:accept", args=[found.pk]) in page
    assert reverse("intake:difference", args=[found.pk]) in listing
    assert "2026-11-18,Alder Foods,1001,Larger open amount,€0.00,€80.00,To decide," in sheet
    assert "80.00 EUR of 1001 is open again." in answer.content.decode()
    assert left("1001") == 80
    assert "1001" not in clerk.get(reverse("intake:differences")).content.decode()
    assert "Larger open amount" in clerk.get(reverse("intake:differences"), {"state": "accepted"}).content.decode()


def test_a_difference_is_kept_and_a_second_click_says_that_it_is_decided(clerk):
    found = shown(clerk)
    address = reverse("intake:keep", args=[found.pk])

    first = clerk.post(address, follow=True).content.decode()
    second = clerk.post(address, follow=True).content.decode()

    assert "Our value of 1001 stays." in first
    assert "What differs at 1001 is decided already" in second
    assert left("1001") == 0


def test_the_page_of_a_difference_tells_both_values(clerk):
    came(listed("1001"), *rest())
    came(listed("1001", due="2026-12-15"), *rest(), on=TUESDAY)

    page = clerk.get(reverse("intake:difference", args=[Difference.objects.get().pk])).content.decode()

    assert "31 Oct 2026" in page
    assert "15 Dec 2026" in page
    assert "the agreed date stays" in page


# --- the command --------------------------------------------------------------------------------


def run(path: Path, *rows: str, on: date, capsys: Any, more: tuple[str, ...] = ()) -> tuple[int, Any]:
    path.write_bytes(open_items(*rows))
    words = [str(path), "--profile", "morning", "--as-of", on.isoformat(), "--json", *more]
    try:
        call_command("import_book", *words)
        code = 0
    except SystemExit as stopped:
        code = int(stopped.code or 0)
    return code, json.loads(capsys.readouterr().out)


def test_the_command_counts_what_a_list_settles_changes_and_leaves(profile, tmp_path, capsys):
    path = tmp_path / "list.csv"
    came(listed("1001"), listed("1002"), listed("1003"), *rest())
    item = DueItem.objects.get(invoice__number="1002")
    receipt = make.services.record_receipt(
        customer=item.customer, rep=make.rep(), method="cash", amount=Decimal(40), currency="EUR",
        lines=[(item.pk, Decimal(40))], received_on=MONDAY, key="k",
    )  # fmt: skip

    rows = (listed("1002", "60.00"), listed("1003", due="2026-12-24"), listed("1004"), *rest())
    code, found = run(path, *rows, on=TUESDAY, capsys=capsys)

    assert code == 0
    assert {key: found[key] for key in ("rows", "invoices_added", "settled", "changed", "unchanged")} == {
        "rows": 7,
        "invoices_added": 1,
        "settled": 1,
        "changed": 1,
        "unchanged": 4,
    }
    assert (found["as_of"], found["reported"], found["matched_receipts"], found["to_decide"]) == ("2026-11-17", 1, 1, 1)
    assert (found["receipts"], found["payments_added"]) == ([receipt.number], 2)
    assert found["differences"] == [
        {
            "number": "1003", "customer": "C1", "currency": "EUR", "line": 3, "what": "due date",
            "ours": "2026-10-31", "theirs": "2026-12-24",
        }
    ]  # fmt: skip
    again, same = run(path, *rows, on=TUESDAY, capsys=capsys)
    assert (again, same["unchanged"], same["already_imported"]) == (0, 8, True)


def test_the_command_refuses_a_large_fall_with_1_until_it_is_confirmed(profile, tmp_path, capsys):
    path = tmp_path / "list.csv"
    came(*rest())

    tried = run(path, listed("R1"), on=TUESDAY, capsys=capsys, more=("--dry-run",))
    refused = run(path, listed("R1"), on=TUESDAY, capsys=capsys)
    taken = run(path, listed("R1"), on=TUESDAY, capsys=capsys, more=("--confirm",))
    stale = run(path, *rest(), listed("1001"), on=MONDAY, capsys=capsys)
    empty = run(path, on=WEDNESDAY, capsys=capsys)

    assert [code for code, _ in (tried, refused, taken, stale, empty)] == [1, 1, 0, 1, 1]
    assert refused[1]["refused"].startswith("3 of 4 open items would be settled")
    assert (refused[1]["settled"], refused[1]["problems"], taken[1]["settled"]) == (0, [], 3)
    assert "Import the newest list" in stale[1]["refused"]
    assert empty[1]["refused"].startswith("The list is empty")


def test_a_day_that_is_none_is_a_wrong_call(profile, tmp_path):
    path = tmp_path / "list.csv"
    path.write_bytes(open_items(*rest()))

    with pytest.raises(CommandError) as refusal:
        call_command("import_book", str(path), "--profile", "morning", "--as-of", "soon")

    assert refusal.value.returncode != 0
    assert not File.objects.exists()


def test_a_receipt_that_cannot_be_verified_refuses_the_list_and_nothing_is_stored(profile, tmp_path, capsys):
    path = tmp_path / "list.csv"
    came(listed("1001", currency="USD"), *rest())
    item = DueItem.objects.get(invoice__number="1001")
    account = make.account("USD")
    make.services.record_receipt(
        customer=item.customer, rep=make.rep(), method="cash", amount=Decimal(100), currency="USD",
        lines=[(item.pk, Decimal(100))], received_on=MONDAY, key="k",
    )  # fmt: skip
    account.delete()  # closed meanwhile
    path.write_bytes(open_items(listed("1009"), *rest()))

    with pytest.raises(CommandError) as refusal:
        call_command("import_book", str(path), "--profile", "morning", "--as-of", "2026-11-17", "--json")

    assert refusal.value.returncode == 1
    assert json.loads(capsys.readouterr().out)["refused"].startswith("There is no bank account in USD.")
    assert (left("1001"), DueItem.objects.filter(invoice__number="1009").exists()) == (100, False)


# --- ageing before the take-over ----------------------------------------------------------------


def test_ageing_before_the_take_over_is_not_known(profile, capsys):
    came(listed("1001", "30.00"), *rest(), on=THURSDAY)

    with pytest.raises(CommandError) as refusal:
        call_command("ageing", "--as-of", "2026-11-18", "--json")
    assert refusal.value.returncode == 1
    assert "What was open on 18 Nov 2026 is not known: this book begins on 19 Nov 2026." in capsys.readouterr().out

    call_command("ageing", "--as-of", "2026-11-19", "--json")
    assert json.loads(capsys.readouterr().out)["totals"] == [{"currency": "EUR", "count": 5, "amount": "430.00"}]


def test_the_board_says_so_too(clerk):
    came(listed("1001", "30.00"), *rest(), on=THURSDAY)

    before = clerk.get(reverse("desk:ageing"), {"as_of": "2026-11-18"})
    after = clerk.get(reverse("desk:ageing"), {"as_of": FRIDAY.isoformat()})

    assert (before.status_code, after.status_code) == (422, 200)
    assert "this book begins on 19 Nov 2026" in before.content.decode()


def test_a_book_without_a_take_over_day_goes_back_as_far_as_it_goes(capsys):
    Business.objects.update(opening_on=None)

    call_command("ageing", "--as-of", "2001-01-01", "--json")

    assert json.loads(capsys.readouterr().out)["totals"] == []
