"""How long a book of N rows takes to import, how long it holds the write lock, how much memory it needs.

    .venv/bin/python -m benchmarks.intake --rows 50000 --json

Works in a folder of its own and leaves the installation alone.
"""

import argparse
import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path

FIRST_DAY = date(2022, 1, 1)


def write_file(path: Path, rows: int) -> None:
    """A believable book: one customer for 25 documents, nine of ten settled, three of a hundred credit notes."""
    dice = random.Random(20240630)
    with path.open("w", encoding="utf-8") as file:
        file.write("invoice number,customer number,customer name,invoice date,due date,amount,currency,settled on\n")
        for number in range(rows):
            customer = dice.randrange(max(1, rows // 25))
            issued = FIRST_DAY + timedelta(days=dice.randrange(900))
            due = issued + timedelta(days=30)
            settled = (due + timedelta(days=dice.randrange(-10, 60))).isoformat() if dice.random() < 0.9 else ""
            amount = f"{dice.randrange(100, 900000) / 100:.2f}"
            sign = "-" if dice.random() < 0.03 else ""
            file.write(
                f"B{number:07d},{customer:08d},Customer {customer},{issued},{due},{sign}{amount},EUR,{settled}\n"
            )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=50_000)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--inside", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.inside:
        print(json.dumps(measure(Path(options.inside))))
        return
    with tempfile.TemporaryDirectory(prefix="payround-benchmark-") as folder:
        path = Path(folder) / "book.csv"
        write_file(path, options.rows)
        environment = {**os.environ, "PAYROUND_DATA_DIR": folder, "DJANGO_SETTINGS_MODULE": "config.settings"}
        environment.pop("DATABASE_URL", None)
        done = subprocess.run(  # noqa: S603  our own interpreter and module
            [sys.executable, "-m", "benchmarks.intake", "--inside", str(path)],
            env=environment,
            check=True,
            capture_output=True,
            text=True,
        )
    result = {"rows": options.rows} | json.loads(done.stdout.splitlines()[-1])
    print(json.dumps(result) if options.json else "\n".join(f"{key}: {value}" for key, value in result.items()))


def measure(path: Path) -> dict[str, object]:
    import django

    django.setup()
    from django.core.management import call_command

    from common import clock
    from intake import services, shipped

    call_command("migrate", verbosity=0)
    content, profile = path.read_bytes(), shipped.by_name("generic")
    seconds = []
    with timed_lock() as held:
        for _ in range(2):
            started = time.perf_counter()
            report = services.store(
                content=content, name=path.name, profile=profile, on=clock.business_today(), by=services.audit.COMMAND
            ).report
            seconds.append(time.perf_counter() - started)
    return {
        "seconds": round(seconds[0], 2),
        "again_seconds": round(seconds[1], 2),
        "write_lock_seconds": round(max(held)[0], 2),
        "write_lock_cpu_seconds": round(max(held)[1], 2),
        "peak_megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        "unchanged": report.unchanged,
    }


@contextmanager
def timed_lock() -> Iterator[list[tuple[float, float]]]:
    """How long each transaction of the import stayed open: on SQLite it holds the write lock all the while."""
    from intake import services

    held = [(0.0, 0.0)]
    inside = services._store

    def timed(*args: object, **kwargs: object) -> object:
        started, working = time.perf_counter(), time.process_time()
        try:
            return inside(*args, **kwargs)  # type: ignore[arg-type]
        finally:
            held.append((time.perf_counter() - started, time.process_time() - working))

    services._store = timed  # type: ignore[assignment]
    try:
        yield held
    finally:
        services._store = inside


if __name__ == "__main__":
    main()
