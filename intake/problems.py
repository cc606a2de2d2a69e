"""What is wrong with a file, said so that a person finds the place and knows what to do."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

SHOWN = 200  # problems listed one by one; the rest is a number
OF_A_GROUP = 20  # rows of equal findings that are named
LONGEST_VALUE = 60
DAY = re.compile(r"(?: on)? \d{4}-\d{2}-\d{2}")


@dataclass(frozen=True, slots=True)
class Problem:
    """One finding. `line` is the physical line of the file (0: the file as a whole), `column` its own heading."""

    line: int
    column: str
    value: str | None
    problem: str

    @property
    def text(self) -> str:
        where = [f"line {self.line}"] if self.line else []
        if self.column:
            where.append(f'column "{self.column}"')
        if self.value is not None:
            where.append(f'value "{shortened(self.value)}"')
        return f"{', '.join(where)}: {self.problem}" if where else self.problem

    def as_json(self) -> dict[str, str | int | None]:
        return {"line": self.line, "column": self.column, "value": self.value, "problem": self.problem}


class FileRefused(Exception):
    """Nothing of the file can be read. Carries the one problem that says why."""

    def __init__(self, problem: str, *, line: int = 0, column: str = "", value: str | None = None) -> None:
        self.problem = Problem(line, column, value, problem)
        super().__init__(self.problem.text)


def shortened(value: str) -> str:
    """A value as it may be shown: invisible characters by their number, very long ones cut."""
    visible = "".join(c if c.isprintable() else f"<U+{ord(c):04X}>" for c in value[:LONGEST_VALUE])
    return visible if len(value) <= LONGEST_VALUE else f"{visible}…"


def in_order(problems: Sequence[Problem]) -> list[Problem]:
    return sorted(problems, key=lambda problem: problem.line)


@dataclass(frozen=True, slots=True)
class Group:
    """Findings that say the same of several rows; `first` are the words of the first of them."""

    problem: str
    count: int
    lines: tuple[int, ...]
    first: tuple[str, ...]

    @property
    def is_single(self) -> bool:
        return self.count == 1

    @property
    def more(self) -> int:
        return self.count - len(self.first)


def grouped(problems: Iterable[Problem]) -> list[Group]:
    """Equal findings together, in the order of the first of each. They are equal where only the day in them differs."""
    alike: dict[tuple[str, str], list[Problem]] = {}
    for problem in problems:
        alike.setdefault((problem.column, DAY.sub("", problem.problem)), []).append(problem)
    groups = []
    for (_column, common), found in alike.items():
        first = found[:OF_A_GROUP]
        said = found[0].problem if len({problem.problem for problem in found}) == 1 else common
        named = Problem(0, found[0].column, None, said).text
        groups.append(Group(named, len(found), tuple(one.line for one in first), tuple(one.text for one in first)))
    return groups
