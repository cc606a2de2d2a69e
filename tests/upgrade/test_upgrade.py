"""A database of every earlier version is brought up to date, and its books are still in order.

`python -m tests.upgrade.dump NAME` writes the dump of this version.
"""

import gzip
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
DUMPS = sorted(HERE.glob("*.sqlite.gz"))


def manage(folder: Path, *arguments: str) -> str:
    environment = {
        key: value for key, value in os.environ.items() if key not in {"DATABASE_URL", "DJANGO_SETTINGS_MODULE"}
    }
    environment |= {"PAYROUND_DATA_DIR": str(folder)}
    done = subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("dump", DUMPS, ids=lambda dump: dump.name)
def test_a_database_of_an_earlier_version_comes_up_to_date_with_its_books_in_order(dump, tmp_path):
    (tmp_path / "payround.sqlite3").write_bytes(gzip.decompress(dump.read_bytes()))
    expected = json.loads(dump.with_suffix("").with_suffix(".json").read_text())

    manage(tmp_path, "migrate", "--verbosity", "0")

    invariants = json.loads(manage(tmp_path, "check_books", "--as-of", expected["as_of"], "--json"))["invariants"]
    assert [one["name"] for one in invariants if one["broken"]] == []
    ageing = json.loads(manage(tmp_path, "ageing", "--as-of", expected["as_of"], "--json"))
    assert ageing["totals"] == expected["totals"]


def test_there_is_a_dump_to_upgrade():
    assert DUMPS
