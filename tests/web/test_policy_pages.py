"""The pages of the policy: versions, a draft by section and as text, what it would change, and putting it in force."""

import re
from dataclasses import replace
from datetime import timedelta
from html import unescape

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from collections_app.policy import document, queries
from collections_app.policy import services as policies
from collections_app.policy.models import Version
from collections_app.policy.thresholds import Policy
from tests import factories as make
from tests.web.exported import facts_of, lines_of

pytestmark = pytest.mark.django_db
TODAY = make.TODAY
STRICT = Policy().having("thresholds", bad=120)


@pytest.fixture(autouse=True)
def house(db):
    make.business()


@pytest.fixture
def maria(client):
    person = make.manager("maria")
    client.force_login(person)
    return person


def text_of(answer):
    page = answer.content.decode()
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page[page.index("<main") :])).split())


def fields_of(answer):
    """What the form of the page would send as it stands."""
    form = answer.context["form"]
    return {"key": form["key"].value()} | {
        name: form[name].value() for name in form.fields if name != "key" and form[name].value() not in (None, False)
    }


def late(amount=100, *, days=130, **values):
    customer = make.customer(**values)
    due_date = TODAY - timedelta(days=days)
    return make.due_item(customer, amount, due_date=due_date, issued_on=due_date)


def drafted(by, policy=STRICT, title="Stricter"):
    return policies.draft(policy=policy, title=title, by=by)


def in_force_from(day, by, policy=STRICT, title="Stricter"):
    version = make.policy_version(policy, by=by, title=title)
    return policies.activate(version=version, starts_on=day, on=TODAY, by=by)


# The list


def test_without_a_version_the_list_says_that_the_defaults_count(client, maria):
    said = text_of(client.get("/policy/"))

    assert "Defaults of the product" in said
    assert "No version was put in force yet" in said
    assert "No draft. A draft changes nothing until it is tried and put in force." in said


def test_the_list_parts_what_is_in_force_to_come_drafted_and_past(client, maria):
    in_force_from(TODAY, maria, title="First")
    in_force_from(TODAY + timedelta(days=5), maria, STRICT.having("gate", late_from=9), title="Second")
    drafted(maria, title="Third")

    versions = client.get("/policy/").context["versions"]

    assert versions.in_force.title == "First"
    assert versions.in_force.until == TODAY + timedelta(days=5)
    assert [(row.title, row.differs) for row in versions.coming] == [("Second", 1)]
    assert [(row.title, row.state) for row in versions.drafts] == [("Third", "Draft")]
    assert versions.past == []


def test_the_list_shows_who_may_approve_how_much(client, maria):
    said = text_of(client.get("/policy/"))

    assert "Extension or instalment plan up to €5,000.00 any amount any amount" in said


def test_a_new_draft_says_what_is_in_force(client, maria):
    in_force_from(TODAY, maria)

    answer = client.post("/policy/new/", {"key": "1", "title": "Next"}, follow=True)

    version = Version.objects.get(title="Next")
    assert (version.policy, version.state, version.starts_on) == (STRICT, "draft", None)
    assert answer.redirect_chain == [(f"/policy/{version.pk}/edit/", 302)]


def test_a_draft_sent_twice_is_one(client, maria):
    for _ in range(2):
        client.post("/policy/new/", {"key": "1", "title": "Next"})

    assert Version.objects.count() == 1


def test_a_draft_without_a_name_is_asked_for_it(client, maria):
    answer = client.post("/policy/new/", {"key": "1", "title": " "})

    assert (answer.status_code, Version.objects.count()) == (422, 0)
    assert "What is it for? This field is required." in text_of(answer)


# One version


def test_a_version_shows_every_key_beside_its_default_and_what_is_in_force(client, maria):
    version = drafted(maria)

    sections = client.get(f"/policy/{version.pk}/").context["sections"]

    rows = {row.path: row for section in sections for row in section.rows}
    assert len(rows) == len(document.CATALOGUE)
    bad = rows["thresholds.bad"]
    assert (bad.default, bad.in_force, bad.here, bad.is_changed) == ("180 days", "180 days", "120 days", True)
    assert not any(row.is_changed for path, row in rows.items() if path != "thresholds.bad")
    assert rows["planning.starts_at"].here == "09:00"
    assert rows["efforts.dormant.channel"].here == "look at the file"


def test_a_version_shows_what_differs_by_segment(client, maria):
    make.customer(segment="Key accounts")
    own = replace(Policy(), segments={"Key accounts": {"thresholds": {"bad": 240}}})

    [row] = client.get(f"/policy/{drafted(maria, own).pk}/").context["own"]

    assert (row.segment, row.path, row.general, row.here, row.in_force) == (
        *("Key accounts", "thresholds.bad"),
        *("180 days", "240 days", ""),
    )


def test_an_active_version_offers_no_change(client, maria):
    version = in_force_from(TODAY, maria)

    page = client.get(f"/policy/{version.pk}/").content.decode()

    assert "/edit/" not in page and "/discard/" not in page
    assert client.get(f"/policy/{version.pk}/edit/").status_code == 404
    assert client.get(f"/policy/{version.pk}/text/").status_code == 404


@pytest.mark.parametrize("person", [make.finance, make.auditor])
def test_whoever_may_only_read_sees_no_button_that_would_be_refused(client, maria, person):
    version = make.policy_version(by=maria)
    client.force_login(person())

    for address in ("/policy/", f"/policy/{version.pk}/", f"/policy/{version.pk}/try/"):
        page = client.get(address).content.decode()
        assert '<form class="form' not in page.split("<main")[1], address
    assert client.post(f"/policy/{version.pk}/try/", {"key": "1"}).status_code == 403


def test_a_draft_is_discarded(client, maria):
    version = drafted(maria)

    answer = client.post(f"/policy/{version.pk}/discard/", {"key": "1"}, follow=True)

    assert "The draft “Stricter” is discarded." in text_of(answer)
    assert not Version.objects.exists()


# A draft by section


def test_a_key_is_changed_in_its_section(client, maria):
    version = drafted(maria)
    sent = fields_of(client.get(f"/policy/{version.pk}/edit/"))

    answer = client.post(
        f"/policy/{version.pk}/edit/",
        sent | {"thresholds__quasi_bad": "45", "dunning__level_from": "1, 14; 30", "dunning__minimum": "7,50"},
        follow=True,
    )

    assert "The draft is saved." in text_of(answer)
    changed = STRICT.having("thresholds", quasi_bad=45).having("dunning", level_from=(1, 14, 30), minimum="7.50")
    assert Version.objects.get().policy == changed


@pytest.mark.parametrize("typed", ["0.5; 0.65; 0.7", "0,5; 0,65; 0,7", "0.5, 0.65, 0.7", "0.5 0.65 0.7"])
def test_the_chances_of_a_standing_are_changed_as_people_write_them(client, maria, typed):
    version = drafted(maria)
    sent = fields_of(client.get(f"/policy/{version.pk}/edit/"))

    client.post(f"/policy/{version.pk}/edit/", sent | {"worth__chance_overdue": typed})

    assert sent["worth__chance_overdue"] == "0.50; 0.54; 0.58"
    assert Version.objects.get().policy == STRICT.having("worth", chance_overdue=("0.5", "0.65", "0.7"))


def test_a_chance_that_cannot_be_stands_beside_its_field(client, maria):
    version = drafted(maria)
    sent = fields_of(client.get(f"/policy/{version.pk}/edit/"))

    answer = client.post(f"/policy/{version.pk}/edit/", sent | {"worth__chance_overdue": "0.5; much; 0.7"})

    assert {name: list(said) for name, said in answer.context["form"].errors.items()} == {
        "worth__chance_overdue": ["[0.5, much, 0.7]: expected 3 factors of 0.001 to 1, with three decimals at most."],
    }


def test_a_form_sent_as_it_stands_changes_nothing(client, maria):
    odd = STRICT.having("gate", automatic=False).having("planning", starts_at=510)
    version = drafted(maria, odd)

    client.post(f"/policy/{version.pk}/edit/", fields_of(client.get(f"/policy/{version.pk}/edit/")))

    assert Version.objects.get().policy == odd


def test_a_box_that_is_cleared_says_no(client, maria):
    version = drafted(maria)
    sent = fields_of(client.get(f"/policy/{version.pk}/edit/"))
    del sent["conduct__quiet_sunday"]

    client.post(f"/policy/{version.pk}/edit/", sent)

    assert Version.objects.get().policy.conduct.quiet_sunday is False


def test_each_problem_stands_beside_its_field_and_what_was_typed_stays(client, maria):
    version = drafted(maria)
    sent = fields_of(client.get(f"/policy/{version.pk}/edit/"))

    answer = client.post(
        f"/policy/{version.pk}/edit/",
        sent | {"thresholds__quasi_bad": "150", "gate__late_from": "soon", "buckets": "60, 30", "dunning__notice": ""},
    )

    assert (answer.status_code, Version.objects.get().policy) == (422, STRICT)
    assert {name: list(said) for name, said in answer.context["form"].errors.items()} == {
        "thresholds__quasi_bad": ["150 must be below “Bad from”, which is 120."],
        "gate__late_from": ["soon: expected a whole number of 1 to 3650."],
        "buckets": ["[60, 30]: expected 1 to 8 rising whole numbers of 1 to 3650."],
        "dunning__notice": ["This field is required."],
    }
    assert 'value="soon"' in answer.content.decode()


def test_a_segment_gets_values_of_its_own_and_an_empty_field_is_as_in_general(client, maria):
    make.customer(segment="Key accounts")
    version = drafted(maria)
    address = f"/policy/{version.pk}/edit/?segment=Key+accounts"
    page = client.get(address)
    assert "In general: 120 days." in text_of(page)

    client.post(address, {"key": "1", "thresholds__bad": "240", "efforts__quasi_bad__channel": "call"})

    own = {"thresholds": {"bad": 240}, "efforts.quasi_bad": {"channel": "call"}}
    assert Version.objects.get().policy == replace(STRICT, segments={"Key accounts": own})

    client.post(address, {"key": "2", "thresholds__bad": "240", "efforts__quasi_bad__channel": ""})

    assert Version.objects.get().policy.segments == {"Key accounts": {"thresholds": {"bad": 240}}}


def test_a_segment_that_collides_with_the_general_values_says_so(client, maria):
    make.customer(segment="Key accounts")
    version = drafted(maria)

    answer = client.post(f"/policy/{version.pk}/edit/?segment=Key+accounts", {"key": "1", "thresholds__bad": "30"})

    assert answer.status_code == 422
    assert "60 must be below" in text_of(answer)


def test_a_segment_that_nobody_has_is_no_page(client, maria):
    assert client.get(f"/policy/{drafted(maria).pk}/edit/?segment=Nobody").status_code == 404


# A draft as text


def test_a_text_changes_what_it_names(client, maria):
    version = drafted(maria)

    answer = client.post(
        f"/policy/{version.pk}/text/",
        {"key": "1", "text": "[thresholds]\r\nquasi_bad = 45\r\n[segments.Nobody.thresholds]\r\nbad = 90\r\n"},
        follow=True,
    )

    assert Version.objects.get().policy.thresholds == STRICT.having("thresholds", quasi_bad=45).thresholds
    assert "segments.Nobody: no customer has this segment yet." in text_of(answer)


def test_the_text_of_a_draft_sent_back_is_the_same_draft(client, maria):
    version = drafted(maria, replace(STRICT, segments={"Key “accounts”": {"thresholds": {"bad": 240}}}))
    before = Version.objects.get().document

    client.post(f"/policy/{version.pk}/text/", fields_of(client.get(f"/policy/{version.pk}/text/")))

    assert Version.objects.get().document == before


def test_a_file_counts_and_not_the_text(client, maria):
    version = drafted(maria)
    file = SimpleUploadedFile("policy.toml", b"\xef\xbb\xbf[thresholds]\nbad = 100\n")

    client.post(f"/policy/{version.pk}/text/", {"key": "1", "text": "[thresholds]\nbad = 99\n", "file": file})

    assert Version.objects.get().policy.thresholds.bad == 100


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"[thresholds]\nbad = 0\nworse = 1\n", "thresholds.bad = 0: expected a whole number of 3 to 3650."),
        (b"[thresholds]\nbad = 0\nworse = 1\n", "thresholds.worse = 1: the policy has no such key"),
        (b"bad bad", "The file is not TOML"),
        (b"\xff\xfe", "The file is not text in UTF-8."),
        (b"#" * 300_000, "this one is too large"),
    ],
)
def test_a_file_that_is_no_policy_is_refused_with_what_is_wrong(client, maria, content, said):
    version = drafted(maria)

    answer = client.post(
        f"/policy/{version.pk}/text/", {"key": "1", "text": "", "file": SimpleUploadedFile("p.toml", content)}
    )

    assert (answer.status_code, Version.objects.get().policy) == (422, STRICT)
    assert said in text_of(answer)


def test_the_file_of_a_version_is_what_the_text_reads(client, maria):
    answer = client.get(f"/policy/{drafted(maria).pk}/policy.toml")

    assert answer.content.decode() == document.as_toml(STRICT)
    assert 'filename="policy-' in answer["Content-Disposition"]


# What would change


def test_a_draft_that_nobody_tried_offers_the_try(client, maria):
    said = text_of(client.get(f"/policy/{drafted(maria).pk}/try/"))

    assert "Nobody has tried the draft as it stands now." in said
    assert "Put it in force" not in said


def test_a_try_shows_who_moves_where_and_offers_to_put_it_in_force(client, maria):
    carmen = make.rep("carmen")
    late("1240.50", owner=carmen, name="Mercearia Norte")
    late(80, days=10, owner=carmen)
    version = drafted(maria)

    answer = client.post(f"/policy/{version.pk}/try/", {"key": "1"}, follow=True)

    said = text_of(answer)
    assert "Tried on today's book. Nothing else was changed." in said
    outlook = answer.context["outlook"]
    [matrix] = outlook.matrices
    moved = {(row.standing, place): cell for row in matrix.rows for place, cell in enumerate(row.cells) if cell.count}
    assert {where: (cell.count, str(cell.amount)) for where, cell in moved.items()} == {
        ("quasi-bad", 3): (1, "1240.50"),
        ("overdue", 1): (1, "80.00"),
    }
    assert "Mercearia Norte Quasi-bad Bad 1 €1,240.50" in said
    assert "Carmen changed 2 0 1 1 1.5 0.5" in said
    assert "Put it in force" in said


def test_a_changed_draft_shows_no_old_try(client, maria):
    version = make.policy_version(by=maria)
    policies.revise(version=version, policy=STRICT.having("gate", late_from=9), title="Stricter", by=maria)

    answer = client.get(f"/policy/{version.pk}/try/")

    assert answer.context["outlook"] is None
    assert "Nobody has tried the draft as it stands now." in text_of(answer)


def test_a_manager_sees_the_sums_of_all_and_the_names_of_the_own_teams(client, maria):
    south = make.team("South")
    late(500, owner=make.rep("tom", team=south), name="Tienda Sur")
    late(100, owner=make.rep("carmen"), name="Mercearia Norte")
    version = make.policy_version(by=maria)

    outlook = client.get(f"/policy/{version.pk}/try/").context["outlook"]
    assert [row.name for row in outlook.movers] == ["Mercearia Norte"]
    assert ([row.name for row in outlook.lists], outlook.more_movers, outlook.more_changed) == (["Carmen"], 1, 1)
    assert str(outlook.matrices[0].whole.amount) == "600.00"

    page = client.get(f"/policy/{version.pk}/try/?export=csv").content.decode()
    assert "Mercearia Norte" in page and "Tienda Sur" not in page


def test_a_try_is_written_to_a_file_with_its_day(client, maria):
    late(100, owner=make.rep("carmen"), name="=1+1")
    version = make.policy_version(by=maria)

    answer = client.get(f"/policy/{version.pk}/try/?export=csv")

    assert facts_of(answer) == {"As of": "2026-11-24"}
    lines = lines_of(answer)
    assert ["thresholds.bad", "180", "120"] in lines
    assert ["EUR", "Bad", "0", "0.00", "1", "100.00"] in lines
    assert any("'=1+1" in line and "Quasi-bad" in line for line in lines)
    assert client.get(f"/policy/{version.pk}/try/?export=xlsx").content[:2] == b"PK"


def test_a_version_is_put_in_force_from_a_day(client, maria):
    version = make.policy_version(by=maria)
    day = TODAY + timedelta(days=7)

    answer = client.post(f"/policy/{version.pk}/activate/", {"key": "1", "starts_on": day.isoformat()}, follow=True)

    assert "In force from 1 Dec 2026 on." in text_of(answer)
    assert (queries.in_force(day), queries.in_force(TODAY)) == (STRICT, Policy())


@pytest.mark.parametrize(
    ("starts_on", "said"), [("2026-11-23", "A policy starts today or later"), ("", "This field is required.")]
)
def test_a_day_that_cannot_be_is_told_beside_its_field(client, maria, starts_on, said):
    version = make.policy_version(by=maria)

    answer = client.post(f"/policy/{version.pk}/activate/", {"key": "1", "starts_on": starts_on})

    assert answer.status_code == 422
    assert said in " ".join(answer.context["form"].errors["starts_on"])
    assert Version.objects.get().state == "simulated"


def test_a_draft_that_nobody_tried_is_not_put_in_force(client, maria):
    version = drafted(maria)

    answer = client.post(f"/policy/{version.pk}/activate/", {"key": "1", "starts_on": TODAY.isoformat()})

    assert (answer.status_code, queries.in_force(TODAY)) == (422, Policy())
    assert "Try this version first" in text_of(answer)


def test_the_try_of_an_active_version_stays_to_be_read(client, maria):
    version = in_force_from(TODAY, maria)

    answer = client.get(f"/policy/{version.pk}/try/")

    assert answer.context["outlook"] is not None
    assert answer.context["form"] is None and answer.context["try_form"] is None
