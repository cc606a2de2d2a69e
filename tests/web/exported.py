"""Files that a list gives: what stands on top of one, and its rows."""

import csv
import io

from django.http import HttpResponse


def lines_of(answer: HttpResponse) -> list[list[str]]:
    return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))


def facts_of(answer: HttpResponse) -> dict[str, str]:
    """What the file is about: its day and filters."""
    lines = lines_of(answer)
    return {line[0]: line[1] for line in lines[: lines.index([])]}


def rows_of(answer: HttpResponse) -> list[dict[str, str]]:
    """The rows of the list, by their headings."""
    lines = lines_of(answer)
    heading, *rows = lines[lines.index([]) + 1 :]
    return [dict(zip(heading, row, strict=True)) for row in rows]
