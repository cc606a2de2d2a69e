"""Writes a small database of this version beside this file: `python -m tests.upgrade.dump part-01`."""

import gzip
import json
import sqlite3
import sys
import tempfile
from pathlib import Path

from tests.upgrade.test_upgrade import HERE, manage

AS_OF = "2026-11-20"


def main(name: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        manage(place, "migrate", "--verbosity", "0")
        manage(place, "seed_demo", "--customers", "12", "--invoices", "150", "--as-of", AS_OF)
        manage(place, "run_nightly", "--as-of", AS_OF)
        manage(place, "issue_letters", "--as-of", AS_OF)
        totals = json.loads(manage(place, "ageing", "--as-of", AS_OF, "--json"))["totals"]
        with sqlite3.connect(place / "payround.sqlite3") as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.execute("VACUUM")
        connection.close()
        (HERE / f"{name}.sqlite.gz").write_bytes(gzip.compress((place / "payround.sqlite3").read_bytes(), mtime=0))
    (HERE / f"{name}.json").write_text(json.dumps({"as_of": AS_OF, "totals": totals}, indent=1) + "\n")


if __name__ == "__main__":
    main(sys.argv[1])
