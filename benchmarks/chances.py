"""V6: does what was learned of customers foretell later payments better than their own past rate?

    .venv/bin/python -m benchmarks.chances [FILE.csv ...] [--json]

Reads a list of invoices with the days on which they were due and paid: the shared made-up export, or any with the
columns of one of `COLUMNS` (public late-payment lists among them). Needs no database. Two questions are asked of
each list, and every figure is of the last third of the time, of which nothing was known when it was learned from:

- `askings`: the product's own. An item that is open on its due day, and on each later day on which a standing or band
  begins: is it paid within 14 days? By the rule of the product it says what would be used.
- `late`: of an invoice on the day of its issue: will it be paid after it was due, and more than 14 days after it was
  due? By the customer's own past rate, and by a logistic regression on its history.
"""

import argparse
import csv
import gzip
import json
import platform
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from math import log
from pathlib import Path
from typing import Any

import numpy as np

from collections_app.policy.thresholds import Policy
from collections_app.visits import chances
from collections_app.visits.chances import Asking
from collections_app.visits.worth import USUAL

SHARED = Path(__file__).resolve().parents[1] / "tests" / "data" / "ar-synthetic" / "clean.csv.gz"
COLUMNS = (
    {"customer": "cust_number", "issued": "posting_date", "due": "due_in_date", "paid": "clear_date",
     "amount": "total_open_amount"},
    {"customer": "customerID", "issued": "InvoiceDate", "due": "DueDate", "paid": "SettledDate",
     "amount": "InvoiceAmount"},
)  # fmt: skip
DAYS = ("%Y-%m-%d", "%Y%m%d", "%m/%d/%Y")
RIDGE = 1.0
RECENT = 4  # invoices


@dataclass(frozen=True, slots=True)
class Invoice:
    customer: str
    issued: date
    due: date
    paid: date | None
    amount: Decimal


def invoices(path: Path) -> list[Invoice]:
    opened = gzip.open if path.suffix == ".gz" else open
    with opened(path, "rt", encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    names = next(one for one in COLUMNS if set(one.values()) <= set(rows[0]))
    found = [
        Invoice(
            row[names["customer"]],
            _day(row[names["issued"]]),
            _day(row[names["due"]]),
            _day(row[names["paid"]]) if row[names["paid"]].strip() else None,
            Decimal(row[names["amount"]]),
        )
        for row in rows
    ]
    return [one for one in found if one.amount > 0]  # a credit note is not paid


def _day(text: str) -> date:
    for form in DAYS:
        try:
            return datetime.strptime(text.strip(), form).date()  # noqa: DTZ007  (a day, no moment)
        except ValueError:
            continue
    raise ValueError(text)


# The product's question


def askings(rows: Iterable[Invoice], until: date) -> Iterator[Asking]:
    numbers: dict[str, int] = defaultdict(lambda: len(numbers))
    days = chances.looked_at(Policy().thresholds)
    for row in rows:
        yield from chances.askings_of(numbers[row.customer], row.due, row.paid, until=until, days=days)


def of_the_product(rows: Sequence[Invoice], until: date) -> dict[str, Any]:
    judged = chances.judge(list(askings(rows, until)), USUAL.table)
    assert judged is not None, "too few outcomes to part into earlier and later ones"
    return {
        "outcomes": judged.outcomes,
        "later": judged.later,
        "strength": judged.strength,
        **{name: _figures(getattr(judged, name)) for name in ("learned", "own_rate", "table")},
        "uses": judged.uses.value,
    }


def _figures(found: chances.Figures) -> dict[str, float]:
    return {name: round(figure, 4) for name, figure in asdict(found).items()}


# Late or not


def of_late(rows: Sequence[Invoice], until: date, grace: timedelta) -> dict[str, Any]:
    """Of invoices whose answer is known. The regression is fitted on those known before the later ones begin."""
    known = sorted(
        (row for row in rows if row.due + grace < until), key=lambda row: (row.issued, row.due, row.customer)
    )
    late = [row.paid is None or row.paid > row.due + grace for row in known]
    histories = list(_histories(known, grace))
    place = len(known) * 2 // 3
    cut = known[place].issued
    answered = [_answered(row, grace) < cut for row in known[:place]]
    mean = sum(late[:place]) / place
    features = np.array([_features(row, past, mean) for row, past in zip(known, histories, strict=True)])
    centre, spread = features[:place].mean(axis=0), features[:place].std(axis=0) + 1e-9
    features = np.column_stack([np.ones(len(known)), (features - centre) / spread])
    weights = fitted(features[:place][answered], np.array(late[:place], dtype=float)[answered])
    foretold = (1 / (1 + np.exp(-features[place:] @ weights))).tolist()
    rates = [_rate(past, mean) for past in histories[place:]]
    return {
        "outcomes": len(known),
        "later": len(known) - place,
        "late_share": round(sum(late) / len(late), 4),
        "own_rate": _of(late[place:], rates),
        "logistic": _of(late[place:], foretold),
    }


def _answered(row: Invoice, grace: timedelta) -> date:
    """The first day on which it is known whether it is late."""
    last = row.due + grace
    return row.paid if row.paid is not None and row.paid <= last else last + timedelta(days=1)


def _histories(known: Sequence[Invoice], grace: timedelta) -> Iterator[list[tuple[bool, int]]]:
    """Per invoice: of each earlier one of its customer whose answer was known by then, whether it was late, and by how
    many days so far.
    """
    answers = sorted(known, key=lambda row: _answered(row, grace))
    past: dict[str, list[Invoice]] = defaultdict(list)
    told = 0
    for row in known:
        while told < len(answers) and _answered(answers[told], grace) < row.issued:
            past[answers[told].customer].append(answers[told])
            told += 1
        yield [
            (
                one.paid is None or one.paid > one.due + grace,
                (min(one.paid or row.issued, row.issued) - one.due).days,
            )
            for one in past[row.customer]
        ]


def _rate(past: Sequence[tuple[bool, int]], mean: float) -> float:
    return (sum(late for late, _days in past) + mean) / (len(past) + 1)


def _features(row: Invoice, past: Sequence[tuple[bool, int]], mean: float) -> list[float]:
    rate, recent = _rate(past, mean), _rate(past[-RECENT:], mean)
    days = [min(max(late, -30), 90) for _late, late in past]
    average = sum(days) / len(days) if days else 0.0
    return [
        log(rate / (1 - rate)),
        log(recent / (1 - recent)),
        average,
        log(len(past) + 1),
        log(float(row.amount) + 1),
        float((row.due - row.issued).days),
    ]


def fitted(features: np.ndarray, outcomes: np.ndarray) -> np.ndarray:
    """Logistic regression with a ridge, by Newton's steps."""
    weights = np.zeros(features.shape[1])
    ridge = RIDGE * np.eye(len(weights))
    ridge[0, 0] = 0
    for _ in range(25):
        chance = 1 / (1 + np.exp(-features @ weights))
        slope = features.T @ (chance - outcomes) + ridge @ weights
        curve = (features.T * (chance * (1 - chance))) @ features + ridge
        weights -= np.linalg.solve(curve, slope)
    return weights


def _of(outcomes: Sequence[bool], foretold: Sequence[float]) -> dict[str, float]:
    rows = [Asking(0, date.min, date.min, "", 0, paid) for paid in outcomes]
    return _figures(chances.figures(rows, foretold))


def measure(path: Path) -> dict[str, Any]:
    rows = invoices(path)
    until = max(max(row.issued, row.paid or row.issued) for row in rows)
    return {
        "file": path.name,
        "invoices": len(rows),
        "until": until.isoformat(),
        "askings": of_the_product(rows, until),
        "late": of_late(rows, until, timedelta(0)),
        "late_by_more_than_14_days": of_late(rows, until, chances.WITHIN),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="*", type=Path, default=[SHARED])
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    found = {"lists": [measure(path) for path in asked.files], "machine": platform.machine()}
    print(json.dumps(found, indent=None if asked.json else 1))


if __name__ == "__main__":
    main()
