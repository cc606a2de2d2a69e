"""E6: letters per CPU second, against the plain call of the renderer in the same run, and the growth of memory.

    .venv/bin/python -m benchmarks.letters [--letters 1000] [--json]

Needs no database: the letters are made from facts, as issuing freezes them.
"""

import argparse
import json
import os
import platform
import sys
import time
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

import django

django.setup()

from weasyprint import CSS, HTML  # noqa: E402
from weasyprint.text.fonts import FontConfiguration  # noqa: E402

from collections_app.letters import printing, sheet  # noqa: E402
from collections_app.letters.address import Person  # noqa: E402
from collections_app.letters.held import Held  # noqa: E402
from common import pdf  # noqa: E402
from common.postal import Place  # noqa: E402

AS_OF = date(2026, 11, 24)
WARM = 5  # letters printed before anything is measured
PLAIN = 40  # letters of the plain call: enough for its rate
FIRST_LOOK = 250  # letters after which memory is read first


def letter(number: int, *, items: int) -> dict[str, Any]:
    """A frozen letter with a few late items."""
    rows = [_item(number, place) for place in range(items)]
    content = SimpleNamespace(
        language="en",
        currency="EUR",
        held=Held(),
        items=rows,
        set_aside=[],
        level=1,
        total=sum((row.open_amount for row in rows), Decimal(0)),
    )
    place = Place("18 Strand Road", "BT1 3LA", "Belfast", "GB")
    to = sheet.Recipient(
        f"C{number:05d}",
        f"Harbour Stores {number} Ltd",
        place,
        Person("Aoife Doyle", "Ms"),
        "Carmen Ruiz",
        "",
        None,
        None,
    )
    head = sheet.Letterhead(
        name="Brightwater Drinks Ltd",
        tagline="Soft drinks and mineral water",
        place=Place("4 Quay Street", "T12 X8N6", "Cork", "IE"),
        country_name="Ireland",
        registration="Company no. 512 884",
        vat_id="IE 9812774T",
        phone="+353 21 555 0142",
        email="receivables@brightwater.example",
        contact="Niamh Byrne",
        bank_name="Allied Irish Banks",
        iban="IE29AIBK93115212345678",
        bic="AIBKIE2D",
        calendar="IE",
    )
    drafted = sheet.draft(content=content, to=to, head=head, as_of=AS_OF, pay_by=AS_OF + timedelta(days=10))
    drafted["fonts"] = "latin"
    return sheet.numbered(drafted, f"D1 2026-{number:04d}")


def _item(number: int, place: int) -> Any:
    amount = Decimal("1065.40") + number + place
    return SimpleNamespace(
        invoice=f"INV-{number:05d}-{place:02d}",
        position=1,
        parts=1,
        delivery=f"DN-{4000 + place}",
        batch=place + 1,
        due_on=AS_OF - timedelta(days=60 - place),
        days_late=60 - place,
        invoiced=amount,
        paid=Decimal(0),
        open_amount=amount,
        level=1,
        moves=True,
        last=None,
    )


def plain(frozen: dict[str, Any]) -> bytes:
    """The renderer as its manual shows it: style sheet and fonts read anew for every letter, the same output."""
    fonts = FontConfiguration()
    styles = [
        CSS(
            string=(pdf.STATIC / "css" / name).read_text(encoding="utf-8"), font_config=fonts, url_fetcher=pdf.fetcher()
        )
        for name in pdf.SHEETS["latin"]
    ]
    page = HTML(string=printing.html_of(frozen), url_fetcher=pdf.fetcher())
    content: bytes = page.write_pdf(stylesheets=styles, font_config=fonts, **pdf.OPTIONS)
    return content


def per_cpu_second(letters: list[dict[str, Any]], print_one: Callable[[dict[str, Any]], bytes]) -> float:
    started = time.process_time()
    for one in letters:
        print_one(one)
    return len(letters) / (time.process_time() - started)


def megabytes() -> float:
    """Resident memory of this process now."""
    with open("/proc/self/statm", encoding="ascii") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20


def measure(count: int, items: int) -> dict[str, Any]:
    letters = [letter(number, items=items) for number in range(1, count + 1)]
    for one in letters[:WARM]:
        printing.to_pdf(one)
    are_equal = plain(letters[0]) == printing.to_pdf(letters[0])
    plain_rate = per_cpu_second(letters[:PLAIN], plain)
    memory: dict[int, float] = {}
    started = time.process_time()
    printed = 0
    for some in pdf.batches(letters):
        with pdf.batch():
            for one in some:
                printing.to_pdf(one)
        printed += len(some)
        memory[printed] = megabytes()
    rate = count / (time.process_time() - started)
    first = memory[min(memory, key=lambda at: abs(at - FIRST_LOOK))]
    return {
        "letters": count,
        "items_per_letter": items,
        "letters_per_cpu_second": round(rate, 1),
        "plain_letters_per_cpu_second": round(plain_rate, 1),
        "ratio_to_plain": round(rate / plain_rate, 2),
        "outputs_equal": are_equal,
        "memory_growth_mb": round(memory[printed] - first, 1),
        "machine": {"python": platform.python_version(), "system": platform.platform(), "cpus": os.cpu_count()},
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--letters", type=int, default=1000)
    parser.add_argument("--items", type=int, default=3)
    parser.add_argument("--json", action="store_true")
    wanted = parser.parse_args()
    found = measure(wanted.letters, wanted.items)
    if wanted.json:
        json.dump(found, sys.stdout, indent=2)
        sys.stdout.write("\n")
        return
    for name, value in found.items():
        sys.stdout.write(f"{name}: {value}\n")


if __name__ == "__main__":
    main()
