"""The house as docs/architecture.md draws it: every package on its floor, every import downwards."""

import ast
import re
import tomllib
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

from importlinter.cli import lint_imports
from packaging.version import Version

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
FLOORS = PROJECT["tool"]["importlinter"]["contracts"][0]["layers"]
BESIDE_THE_HOUSE = {"tests", "benchmarks"}


def modules() -> Iterator[Path]:
    for floor in FLOORS:
        yield from (ROOT / floor).rglob("*.py")


def test_every_package_at_the_top_is_a_floor() -> None:
    packages = {found.parent.name for found in ROOT.glob("*/__init__.py")} - BESIDE_THE_HOUSE
    assert packages == set(FLOORS)
    assert packages == set(PROJECT["tool"]["importlinter"]["root_packages"])
    assert packages == set(PROJECT["tool"]["setuptools"]["packages"])


def test_imports_go_down_the_floors_and_rooms_and_through_the_one_port() -> None:
    assert lint_imports(config_filename=str(ROOT / "pyproject.toml"), no_cache=True) == 0


def test_a_file_can_be_read_in_one_sitting() -> None:
    long = {str(path.relative_to(ROOT)): len(path.read_text().splitlines()) for path in modules()}
    assert {name: lines for name, lines in long.items() if lines >= 400 and "/migrations/" not in name} == {}


def test_rules_are_tested_without_a_database() -> None:
    """So that one database is enough for them."""
    asking = [
        path.name for path in (ROOT / "tests/rules").glob("*.py") if re.search(r"\bdjango_db|\bdb\b", path.read_text())
    ]
    assert asking == []


def test_a_function_lives_with_the_noun_it_is_about() -> None:
    nameless = {"utils", "helpers", "misc", "signals"}
    assert [path for path in modules() if nameless & {path.stem, path.parent.name}] == []


def test_the_clock_is_read_in_one_place() -> None:
    def reads_the_clock(path: Path) -> bool:
        calls = (node.func for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call))
        names = {ast.unparse(function) for function in calls}
        return bool(
            names & {"date.today", "datetime.now", "datetime.today", "datetime.utcnow", "timezone.now", "time.time"}
        )

    assert [path for path in modules() if reads_the_clock(path)] == [ROOT / "common" / "clock.py"]


def test_what_had_holes_is_new_enough() -> None:
    assert Version(version("Django")) >= Version("5.2.19")
    assert Version(version("weasyprint")) >= Version("70")
