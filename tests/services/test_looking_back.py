"""Commands that look back refuse days that have not come, as the pages do, and say it once."""

import pytest
from django.core.management import CommandError, call_command

from common.console import JsonCommand
from tests import factories as make

pytestmark = pytest.mark.django_db
NOT_YET = "This day has not come yet. Choose today or an earlier day."
TODAY, TOMORROW = "2026-11-24", "2026-11-25"


@pytest.fixture
def item(db):
    make.business()
    return make.due_item(make.customer(code="C1"), 100, due_date=make.TODAY, number="A-1")


def words(command, tmp_path):
    return {
        "ageing": ["ageing"],
        "explain": ["explain", "A-1"],
        "statement": ["statement", "C1", "--out", str(tmp_path / "letter.pdf")],
    }[command]


@pytest.mark.parametrize("command", ["ageing", "explain", "statement"])
@pytest.mark.parametrize("asked", [["--as-of", TOMORROW], ["--known-on", TOMORROW], ["--as-of", "2027-01-01"]])
def test_a_day_that_has_not_come_is_refused_with_1(item, tmp_path, command, asked):
    with pytest.raises(CommandError) as refused:
        call_command(*words(command, tmp_path), *asked)

    assert (str(refused.value), refused.value.returncode) == (NOT_YET, 1)
    assert not list(tmp_path.iterdir())
    call_command(*words(command, tmp_path), "--as-of", TODAY, "--known-on", TODAY)


@pytest.mark.parametrize("command", ["check_books", "simulate_policy"])
def test_what_is_checked_or_tried_on_a_day_is_refused_before_it_has_come(item, tmp_path, command):
    file = tmp_path / "policy.toml"
    file.write_text("[thresholds]\nbad = 120\n")
    words = [command] if command == "check_books" else [command, str(file)]

    with pytest.raises(CommandError) as refused:
        call_command(*words, "--as-of", TOMORROW)

    assert (str(refused.value), refused.value.returncode) == (NOT_YET, 1)
    call_command(*words, "--as-of", TODAY)


@pytest.mark.parametrize("asked", [{"as_of": TOMORROW}, {"known_on": TOMORROW}])
def test_the_page_of_the_account_says_the_same_sentence(client, item, asked):
    client.force_login(make.finance())

    answer = client.get("/accounts/C1/", asked)

    assert answer.status_code == 422
    assert NOT_YET in answer.content.decode()


def test_a_statement_says_in_how_many_currencies_it_is(item, tmp_path, capsys):
    call_command(*words("statement", tmp_path))
    assert ": 1 currency, as of 2026-11-24" in capsys.readouterr().err

    make.due_item(item.customer, 5, due_date=make.TODAY, currency="USD")
    call_command(*words("statement", tmp_path))
    assert ": 2 currencies, as of" in capsys.readouterr().err


def test_a_command_that_finds_something_broken_ends_with_1_and_says_nothing_after_it(capsys):
    class Broken(JsonCommand):
        def answer(self, **options):
            return {"broken": 1}

        def is_broken(self, document):
            return True

    with pytest.raises(SystemExit) as ended:
        call_command(Broken(), "--json")

    assert ended.value.code == 1
    said = capsys.readouterr()
    assert (said.out.strip(), said.err) == ('{"broken": 1}', "")
