"""What is wrong with a file, said so that a person finds the place and knows what to do."""

from collections.abc import Sequence
from dataclasses import dataclass

SHOWN = 200  # problems listed one by one; the rest is a number
LONGEST_VALUE = 60


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
