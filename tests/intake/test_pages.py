"""The import page: upload, preview, decision, result; who may do it."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from common import clock
from intake import services
from intake.models import File
from receivables.models import Invoice
from tests import factories as make
from tests.web.exported import facts_of, lines_of

pytestmark = pytest.mark.django_db
GOOD = "Invoice,Customer,Date,Due date,Amount\n1,C1,2026-10-01,2026-10-31,1234.50\n"
BAD = GOOD + '2,C1,2026-10-01,soon,10\n3,"=1+1",2026-10-01,,10\n'


def sent(client: Any, content: str, name: str = "book.csv") -> Any:
    upload = SimpleUploadedFile(name, content.encode(), content_type="text/csv")
    return client.post(reverse("intake:upload"), {"file": upload, "profile": "generic"}, follow=True)


@pytest.fixture
def clerk(client):
    client.force_login(make.finance("fiona"), backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_a_file_is_looked_at_before_anything_is_stored(clerk):
    page = sent(clerk, GOOD).content.decode()

    assert "Nothing is stored yet" in page
    assert "1,234.50" in page
    assert "Import all rows" in page
    assert not Invoice.objects.exists()


def test_confirming_stores_the_rows_and_drops_the_content(clerk):
    sent(clerk, GOOD)
    file = File.objects.get()

    page = clerk.post(reverse("intake:confirm", args=[file.pk]), follow=True).content.decode()

    file.refresh_from_db()
    assert Invoice.objects.count() == 1
    assert (file.state, file.content, file.received_by) == ("stored", None, "fiona")
    assert "Imported on" in page


EARLY = "Invoice,Customer,Date,Due date,Amount\n" + "".join(
    f"{number},C1,2026-10-01,2026-09-{number:02d},10\n" for number in range(1, 24)
)


def test_equal_warnings_are_one_line_that_opens(clerk):
    page = sent(clerk, EARLY).content.decode()

    summary, rest = page.split("<summary>23 rows: ")[1].split("</details>")[0].split("</summary>")
    assert summary == "column &quot;Due date&quot;: before the invoice date 2026-10-01; taken as it is"
    assert rest.count("<li>") == 21 and "line 2, column" in rest and "and 3 more" in rest


def test_the_command_says_equal_warnings_once_with_their_first_lines(tmp_path, capsys):
    make.business()
    path = tmp_path / "early.csv"
    path.write_text(EARLY)

    call_command("import_book", str(path), "--profile", "generic", "--dry-run")

    said = [line for line in capsys.readouterr().err.splitlines() if line.startswith("Warning")]
    numbers = ", ".join(str(number) for number in range(2, 22))
    assert said == [
        'Warning: 23 rows: column "Due date": before the invoice date 2026-10-01; taken as it is '
        f"(lines {numbers} and 3 more)"
    ]


def test_a_file_names_the_person_who_imported_it(client):
    client.force_login(
        make.person("finance", "niamh", last_name="Byrne"), backend="django.contrib.auth.backends.ModelBackend"
    )
    sent(client, GOOD)

    page = client.post(reverse("intake:confirm", args=[File.objects.get().pk]), follow=True).content.decode()
    listed = client.get(reverse("intake:files")).content.decode()

    assert "by Niamh Byrne with profile" in page and "Niamh Byrne" in listed
    assert "niamh" not in page + listed


def test_the_good_rows_are_stored_only_by_an_explicit_tick(clerk):
    page = sent(clerk, BAD).content.decode()
    file = File.objects.get()
    confirm = reverse("intake:confirm", args=[file.pk])

    refused = clerk.post(confirm)
    taken = clerk.post(confirm, {"good_rows": "on"}, follow=True)

    assert "line 3, column &quot;Due date&quot;, value &quot;soon&quot;: not a date" in page
    assert (refused.status_code, "Import the good rows" in page) == (422, True)
    assert (taken.status_code, Invoice.objects.count()) == (200, 1)


def test_the_refused_rows_are_a_file_without_live_formulas_before_and_after(clerk):
    sent(clerk, BAD)
    file = File.objects.get()
    address = reverse("intake:refused_rows", args=[file.pk])

    before = clerk.get(address)
    clerk.post(reverse("intake:confirm", args=[file.pk]), {"good_rows": "on"})
    after = clerk.get(address)

    assert before.content == after.content
    assert before["Content-Disposition"] == 'attachment; filename="book.csv.refused.csv"'
    assert before["X-Content-Type-Options"] == "nosniff"
    rows = before.content.decode("utf-8-sig").splitlines()
    assert rows[0] == "Invoice,Customer,Date,Due date,Amount,problem"
    assert rows[2].startswith("3,'=1+1,2026-10-01,,10,")


def test_an_unreadable_file_offers_nothing_but_to_drop_it(clerk):
    page = sent(clerk, "", "empty.csv").content.decode()
    file = File.objects.get()

    clerk.post(reverse("intake:drop", args=[file.pk]))

    assert "the file is empty; export it again" in page
    assert "Import the good rows" not in page
    assert not File.objects.exists()


def test_the_same_file_again_leads_to_its_first_result(clerk):
    sent(clerk, GOOD)
    clerk.post(reverse("intake:confirm", args=[File.objects.get().pk]))

    page = sent(clerk, GOOD).content.decode()

    assert "imported already; nothing changed" in page
    assert File.objects.count() == 1


def test_confirming_a_file_twice_leads_to_its_result(clerk):
    sent(clerk, GOOD)
    file = File.objects.get()
    confirm = reverse("intake:confirm", args=[file.pk])

    clerk.post(confirm)
    again = clerk.post(confirm)

    assert (again.status_code, again["Location"]) == (302, reverse("intake:file", args=[file.pk]))
    assert Invoice.objects.count() == 1


def test_two_clicks_at_once_on_one_upload_store_it_once(clerk):
    sent(clerk, GOOD)
    late = File.objects.get()  # as the second click read it, before the first was done
    clerk.post(reverse("intake:confirm", args=[late.pk]))

    done = services.confirm(file=late, on=clock.business_today(), by=make.finance())

    assert (done.pk, done.state, Invoice.objects.count()) == (late.pk, "stored", 1)


def test_the_list_of_files_is_filtered_and_given_as_a_sheet(clerk):
    sent(clerk, GOOD, "first.csv")
    clerk.post(reverse("intake:confirm", args=[File.objects.get().pk]))
    sent(clerk, GOOD.replace("\n1,", "\n2,"), "second.csv")

    waiting = clerk.get(reverse("intake:files"), {"state": "waiting"}).content.decode()
    lists = clerk.get(reverse("intake:files"), {"mode": "snapshot"}).content.decode()
    sheet = clerk.get(reverse("intake:files"), {"state": "stored", "export": "csv"})
    workbook = clerk.get(reverse("intake:files"), {"export": "xlsx"})

    assert ("first.csv" in waiting, "second.csv" in waiting) == (False, True)
    assert "first.csv" not in lists
    assert facts_of(sheet) == {"As of": "2026-11-24", "State": "Imported"}
    [heading, row] = [",".join(line) for line in lines_of(sheet)[-2:]]
    assert heading == "File,Content,Open items of,Received,State,Profile,By,Rows,Added,Settled,Unchanged,Refused"
    assert row.startswith("first.csv,Receivables,,")
    assert row.endswith(",Imported,generic,Fiona,1,1,0,0,0")
    assert workbook["Content-Type"].endswith("spreadsheetml.sheet")


def test_a_file_above_10_mb_is_not_read(clerk, settings):
    settings.UPLOAD_LIMIT_BYTES = 50

    answer = sent(clerk, GOOD)

    assert (answer.status_code, File.objects.count()) == (422, 0)
    assert "larger than 10 MB" in answer.content.decode()


def test_the_list_of_files_asks_the_same_number_of_questions_at_any_length(clerk, django_assert_num_queries):
    sent(clerk, GOOD)
    with CaptureQueriesContext(connection) as asked:
        clerk.get(reverse("intake:files"))
        few = len(asked)
    for number in range(30):
        sent(clerk, GOOD.replace("\n1,", f"\n{number + 10},"))

    with django_assert_num_queries(few):
        page = clerk.get(reverse("intake:files")).content.decode()

    assert page.count("book.csv") == 31


ROLES = {
    "rep": (403, 403, 403, 403),
    "manager": (403, 403, 403, 403),
    "auditor": (200, 403, 200, 403),
    "finance": (200, 200, 200, 302),
    "admin": (200, 200, 200, 302),
}


@pytest.mark.parametrize("role", ROLES)
def test_files_are_the_business_of_finance(client, role):
    client.force_login(make.finance(), backend="django.contrib.auth.backends.ModelBackend")
    sent(client, GOOD)
    key = File.objects.get().pk
    client.force_login(make.person(role), backend="django.contrib.auth.backends.ModelBackend")

    answers = (
        client.get(reverse("intake:files")),
        client.get(reverse("intake:upload")),
        client.get(reverse("intake:file", args=[key])),
        client.post(reverse("intake:confirm", args=[key])),
    )

    assert tuple(answer.status_code for answer in answers) == ROLES[role]


def test_a_file_that_is_not_there_is_not_found(clerk):
    assert clerk.get(reverse("intake:file", args=[99])).status_code == 404
