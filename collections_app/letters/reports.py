"""A run of letters for machines and folders: its JSON, and its files."""

import os
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any, cast

from collections_app.letters.models import Run
from collections_app.letters.queries import LeftOutRow
from common import money
from common.models import Document


def issued(run: Run | None, left_out: Iterable[LeftOutRow]) -> dict[str, Any]:
    """The letters of a run with their items; amounts as text with the digits of the currency, days as ISO dates."""
    letters: Iterable[Any] = [] if run is None else run.letters.select_related("customer").order_by("number")
    refused: Iterable[Any] = left_out if run is None else run.left_out.select_related("customer").order_by("pk")
    return {
        "run": None if run is None else run.pk,
        "letters": [
            {
                "customer": letter.customer.code,
                "currency": letter.currency,
                "language": letter.frozen["lang_tag"],
                "level": letter.level,
                "items": letter.frozen["facts"]["items"],
                "interest": money.as_text(money.ZERO, letter.currency),
                "fee": money.as_text(money.ZERO, letter.currency),
                "total": letter.frozen["facts"]["total"],
                "pay_by": letter.frozen["facts"]["pay_by"],
                "number": letter.reference,
                "sha256": letter.sha256 or None,
            }
            for letter in letters
        ],
        "left_out": [
            {
                "customer": row.customer_code if isinstance(row, LeftOutRow) else row.customer.code,
                "currency": row.currency,
                "amount": money.as_text(row.amount, row.currency),
                "reason": row.reason,
                "returns_on": row.returns_on.isoformat() if row.returns_on else None,
            }
            for row in refused
        ],
    }


def write_files(run: Run, folder: Path) -> list[Path]:
    """The stored bytes of every printed letter, one file each, complete or not there at all."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for letter in run.letters.exclude(document=None).select_related("document").order_by("number"):
        document = cast(Document, letter.document)
        target = folder / document.name
        with tempfile.NamedTemporaryFile(dir=folder, delete=False) as file:
            file.write(bytes(document.content))
            file.flush()
            os.fsync(file.fileno())
        Path(file.name).replace(target)
        target.chmod(0o644)
        written.append(target)
    return written
