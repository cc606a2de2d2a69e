"""Whatever comes in: rows or problems, never anything else, and never for long."""

import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.intake.made import GOOD, csv_file, made_profile, read, workbook
from tests.intake.test_bad_files import ROW

BOOK = csv_file(*(GOOD.replace("1001", str(number)) for number in range(20)))
SHEET = workbook(*([str(number), *ROW[1:]] for number in range(20)))
LENIENT = made_profile(
    'heading_row = "find"\n[amounts]\ndecimal = "auto"\nbrackets = true\n[dates]\nstyles = ["D.M.YY"]'
)


@st.composite
def damaged(draw: st.DrawFn, content: bytes) -> bytes:
    """A good file with a few bytes changed, cut out or put in."""
    changed = bytearray(content)
    for _ in range(draw(st.integers(1, 6))):
        at = draw(st.integers(0, len(changed)))
        changed[at : at + draw(st.integers(0, 40))] = draw(st.binary(max_size=12))
    return bytes(changed)


@pytest.mark.parametrize("name", ["book.csv", "book.xlsx"])
@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_a_damaged_file_gives_rows_or_problems(name, data):
    good = SHEET if name.endswith("xlsx") else BOOK
    content = data.draw(st.one_of(damaged(good), st.binary(max_size=400)))
    started = time.perf_counter()

    found = read(content, name=name, by=LENIENT if data.draw(st.booleans()) else None)

    assert found.documents or found.problems or found.skipped
    assert time.perf_counter() - started < 2
