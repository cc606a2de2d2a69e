"""The rows that were not taken, as a file to correct and send again with the same profile."""

import csv
import io
import re
from collections import defaultdict
from collections.abc import Iterable, Set

from intake import csv_file, reading
from intake.columns import REFUSED_COLUMN
from intake.problems import Problem
from intake.profile import Profile
from intake.xlsx_file import is_ours

LIVE = ("=", "+", "@", "\t", "\r", "-")


def name_of(name: str) -> str:
    return f"{name}.refused.csv"


def safe_name(name: str) -> str:
    """A name for a header: letters, digits, dots and dashes alone."""
    return re.sub(r"[^A-Za-z0-9._-]+", "_", name_of(name))


def as_csv(
    content: bytes, *, name: str, profile: Profile, outcome_problems: Iterable[Problem], lines: Set[int]
) -> bytes:
    """Heading, refused rows as the file has them, and what is wrong with each in a last column."""
    said: dict[int, list[str]] = defaultdict(list)
    for problem in outcome_problems:
        where = f"{problem.column}: " if problem.column else ""
        said[problem.line].append(where + problem.problem)
    shape = profile.file
    workbook = shape.format == "xlsx" or (shape.format == "auto" and is_ours(content, name))
    delimiter = {"auto": ",", "tab": "\t"}.get(shape.delimiter, shape.delimiter)
    if shape.delimiter == "auto" and not workbook:
        delimiter = csv_file.delimiter_of(csv_file.text_of(content, shape.encoding))
    heading, line = reading.heading_row(content, name=name, profile=profile)
    written = io.StringIO()
    if shape.heading_row != "find":
        written.write("\r\n" * (line - 1))  # the heading stays on its line
    rows = csv.writer(written, delimiter=delimiter, quotechar=shape.quote or '"')
    rows.writerow([*heading, REFUSED_COLUMN])
    for at, cells in reading.raw_rows(content, name=name, profile=profile, lines=set(lines)):
        padded = cells + [""] * (len(heading) - len(cells))
        rows.writerow(
            [
                *(_dead(cell) for cell in padded),
                _dead("; ".join(said[at]) or "not taken because of another row of the file"),
            ]
        )
    encoding = "utf-8-sig" if workbook or shape.encoding[0].lower() in {"utf-8", "utf8"} else shape.encoding[0]
    return written.getvalue().encode(encoding, errors="replace")


def _dead(cell: str) -> str:
    """A spreadsheet must not run it: a quote before anything that looks like a formula, numbers excepted."""
    if cell.startswith(LIVE) and not cell.lstrip("+-").replace(".", "").replace(",", "").replace(" ", "").isdigit():
        return f"'{cell}"
    return cell
