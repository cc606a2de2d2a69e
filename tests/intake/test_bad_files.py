"""Every kind of bad file, with exactly what the person is told."""

import codecs
import io
import time
import tracemalloc
import zipfile
from datetime import date, datetime

import pytest
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from intake import csv_file, sheet
from tests.intake import made
from tests.intake.made import GOOD, HEADING, lying_bomb, made_profile, problems, read, repacked, workbook

BOMB = "the workbook unpacks to far more than it should; it is refused unread. Save it again, or as CSV"
ALL = '"invoice", "customer", "name", "date", "due date", "amount", "currency", "paid on"'

FILES = {
    "an empty file": (b"", "the file is empty; export it again"),
    "only spaces": (b" \n \n", "the file is empty; export it again"),
    "a heading and nothing else": (made.csv_file(), "line 1: a heading and no rows; there is nothing to import"),
    "a column missing": (
        made.csv_file("1,2", heading="invoice,customer"),
        'line 1: no such column: "name", "date", "due date", "amount", "currency", "paid on"; '
        'the headings are "invoice", "customer"',
    ),
    "a heading twice": (
        made.csv_file(GOOD + ",7", heading=HEADING + ",Amount"),
        'line 1, column "amount": this heading stands twice; rename or delete one',
    ),
    "another delimiter": (
        made.csv_file(GOOD.replace(",", ";"), heading=HEADING.replace(",", ";")),
        'line 1: the columns are separated by ";", the profile says ","; choose another profile',
    ),
    "a row too short": (
        made.csv_file(GOOD, "1002,C1,Alder Foods"),
        "line 3: 3 cells where the heading has 8; quote a cell that holds the delimiter",
    ),
    "a row too long": (
        made.csv_file(GOOD.replace("Alder Foods", "Alder, Foods")),
        "line 2: 9 cells where the heading has 8; quote a cell that holds the delimiter",
    ),
    "a quote never closed": (
        made.csv_file(GOOD, '1002,C1,"Alder Foods,2026-10-01,2026-10-31,120.50,EUR,', GOOD),
        "line 3: a quote is opened here and never closed; close it, or double a quote inside a cell",
    ),
    "text after a closing quote": (
        made.csv_file(GOOD, '1002,C1,"Alder" Foods,2026-10-01,2026-10-31,1.00,EUR,'),
        "line 3: text follows a closing quote; double a quote inside a cell",
    ),
    "a NUL byte": (
        made.csv_file(GOOD, "1002,C1,Al\0der,2026-10-01,2026-10-31,1.00,EUR,"),
        "line 3: contains a NUL byte; export the file again",
    ),
    "UTF-16": (
        made.csv_file(GOOD).decode().encode("utf-16"),
        'the file is UTF-16; save it as CSV UTF-8, or set encoding = "utf-16" in the profile',
    ),
    "UTF-16 without its mark": (
        made.csv_file(GOOD).decode().encode("utf-16-le"),
        'the file is UTF-16; save it as CSV UTF-8, or set encoding = "utf-16" in the profile',
    ),
    "letters of another encoding": (
        made.csv_file(GOOD) + "1002,C1,Café,2026-10-01,2026-10-31,1.00,EUR,\n".encode("latin-1"),
        'line 3: byte 0xE9 is not "utf-8" as the profile says; '
        "save the file as UTF-8, or choose a profile with its encoding",
    ),
    "Chinese letters of GB18030": (
        made.csv_file(GOOD) + "1002,C1,上海,2026-10-01,2026-10-31,1.00,EUR,\n".encode("gb18030"),
        'line 3: byte 0xC9 is not "utf-8" as the profile says; '
        "save the file as UTF-8, or choose a profile with its encoding",
    ),
    "a cell beyond 1 MB": (
        made.csv_file(GOOD, "1002,C1," + "x" * 1_100_000 + ",2026-10-01,2026-10-31,1.00,EUR,"),
        "line 3: a cell is longer than 1 MB; a quote may be opened here and never closed",
    ),
    "a number twice with other values": (
        made.csv_file(GOOD, GOOD.replace("120.50", "121.50")),
        'line 3, column "amount", value "121.50": number 1001 is on line 2 already, '
        'there with "120.50"; keep one of them',
    ),
    "a formula": (
        made.csv_file(GOOD.replace("Alder Foods", "=cmd|'/c calc'!A1")),
        'line 2, column "name", value "=cmd|\'/c calc\'!A1": a formula, not a value; export the values',
    ),
    "an invisible character": (
        made.csv_file(GOOD.replace("Alder", "Al\u202eder")),
        'line 2, column "name", value "Al<U+202E>der Foods": contains the invisible character U+202E; delete it',
    ),
}


@pytest.mark.parametrize("kind", FILES)
def test_a_bad_csv_file_is_told_by_its_line_and_column(kind):
    content, told = FILES[kind]

    assert problems(content) == [told]


VALUES = {
    "due date": [
        ("31.02.2026", "not a date; expected YYYY-MM-DD"),
        ("2026-02-31", "not a date; expected YYYY-MM-DD"),
        ("0000-00-00", "not a date; expected YYYY-MM-DD"),
        ("NA", "not a date; expected YYYY-MM-DD"),
        ("soon", "not a date; expected YYYY-MM-DD"),
        ("45474", "not a date; expected YYYY-MM-DD"),
        ("2924-01-01", "a date outside 1970 to 2099; check it"),
    ],
    "amount": [
        ("", "empty; a document needs its amount"),
        ("1.2OO", "not a number; expected one like 1234.56"),
        ("NaN", "not a number; expected one like 1234.56"),
        ("Infinity", "not a number; expected one like 1234.56"),
        ("1e400", "not a number; expected one like 1234.56"),
        ("1234.567", "more decimals than EUR has (2)"),
        ("1.234.56", "not a number; expected one like 1234.56"),
        ("0.00", "zero; a document has an amount"),
        ("1000000000000", "an amount of a million million or more; check it"),
    ],
    "currency": [
        ("", "empty; an amount needs its currency"),
        ("XQZ", "not a currency code; expected one like EUR"),
        ("Euro", "not a currency code; expected one like EUR"),
    ],
    "invoice": [("", "empty; a document needs its number")],
    "date": [("", "empty; a document needs its date")],
    "customer": [
        ("", "empty; whose document is it?"),
        ("2.2E+08", "a number in scientific notation, its digits are lost; format the column as text and export again"),
    ],
    "paid on": [("2031-01-01", "after 2026-11-24; money counts from the day it arrived")],
}


@pytest.mark.parametrize(("column", "value", "told"), [(c, *case) for c, cases in VALUES.items() for case in cases])
def test_a_value_that_cannot_be_read_is_told_with_what_was_expected(column, value, told):
    cells = GOOD.split(",")
    cells[HEADING.split(",").index(column)] = value

    assert problems(made.csv_file(",".join(cells))) == [f'line 2, column "{column}", value "{value}": {told}']


def test_every_problem_of_a_file_is_told_at_once():
    content = made.csv_file(GOOD, "1002,,x,2026-13-01,,1,EUR,", "1003,C1,x,2026-10-01,,x,EURO,")

    assert [(p.line, p.column) for p in read(content).problems] == [
        (3, "customer"),
        (3, "date"),
        (4, "amount"),
        (4, "currency"),
    ]


def test_the_line_is_the_one_in_the_file_though_cells_hold_line_breaks():
    content = made.csv_file(
        '1001,C1,"Alder\r\nFoods",2026-10-01,2026-10-31,1.00,EUR,',
        "",
        "1002,C1,Alder,x,2026-10-31,1.00,EUR,",
        newline="\r\n",
    )

    assert [problem.line for problem in read(content).problems] == [5]
    assert read(content).documents[0].name == "Alder Foods"


def test_a_byte_order_mark_is_no_part_of_the_first_heading():
    assert problems(codecs.BOM_UTF8 + made.csv_file(GOOD)) == []


def test_a_file_of_utf_8_is_not_read_as_another_encoding():
    content = made.csv_file(GOOD.replace("Alder", "Ärger"))

    assert problems(content, by=made_profile('encoding = "cp1250"')) == [
        'the file is UTF-8, but the profile says encoding = "cp1250"; choose another profile'
    ]


def test_more_rows_than_the_limit_are_refused(monkeypatch):
    monkeypatch.setattr(csv_file, "MOST_ROWS", 1_000)
    rows = [GOOD.replace("1001", str(number)) for number in range(1_001)]

    assert sheet.MOST_ROWS == 1_000_000
    assert problems(made.csv_file(*rows[:-1])) == []
    assert problems(made.csv_file(*rows)) == ["line 1002: more than 1,000 rows; cut the file into several"]


def test_a_column_that_the_profile_does_not_know_is_said_and_not_read():
    warnings = read(
        made.csv_file(GOOD + ",hello", heading=HEADING + ",note"), by=made_profile("ignore_columns = []")
    ).warnings

    assert [w.text for w in warnings] == [
        'line 1, column "note": the profile does not know this column; it is not read'
    ]


def test_a_due_date_before_the_invoice_date_is_taken_with_a_warning():
    taken = read(made.csv_file(GOOD.replace("2026-10-31", "2026-09-30")))

    assert [document.due_on for document in taken.documents] == [date(2026, 9, 30)]
    assert [w.text for w in taken.warnings] == [
        'line 2, column "due date", value "2026-09-30": before the invoice date 2026-10-01; taken as it is'
    ]


# --- workbooks ----------------------------------------------------------------------------------

ROW = ["1001", "C1", "Alder Foods", date(2026, 10, 1), date(2026, 10, 31), 120.5, "EUR", None]
OLE = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600)


def bomb(entries: int, size: int) -> bytes:
    saved = io.BytesIO()
    with zipfile.ZipFile(saved, "w", zipfile.ZIP_DEFLATED) as package:
        for number in range(entries):
            package.writestr(f"xl/worksheets/sheet{number}.xml", bytes(size))
    return saved.getvalue()


def sheet_xml(content: bytes, old: str, new: str) -> bytes:
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        xml = package.read("xl/worksheets/sheet1.xml").decode()
    assert old in xml
    return repacked(content, {"xl/worksheets/sheet1.xml": xml.replace(old, new).encode()})


WORKBOOKS = {
    "not a zip": (b"invoice;customer\n1;2\n", "not an XLSX workbook: it is no zip file. Save it as .xlsx or CSV"),
    "cut in two": (workbook(ROW)[:-400], "not an XLSX workbook: it is no zip file. Save it as .xlsx or CSV"),
    "one part of 60 MB": (bomb(1, 60 * 1024 * 1024), BOMB),
    "a ratio above 100": (bomb(1, 2 * 1024 * 1024), BOMB),
    "201 parts": (bomb(201, 10), BOMB),
    "a directory that lies": (lying_bomb(workbook(ROW)), BOMB),
    "encrypted": (
        OLE + "EncryptedPackage".encode("utf-16-le"),
        "the workbook is protected by a password; save it without one",
    ),
    "an xls renamed": (OLE, "this is an old .xls workbook, whatever its name says; save it as .xlsx or CSV"),
    "macros": (
        repacked(workbook(ROW), {"xl/vbaProject.bin": b"x"}),
        "the workbook holds macros; save it as .xlsx without macros, or as CSV",
    ),
    "a zip of something else": (
        repacked(bomb(1, 10), {"a.txt": b"x"}),
        "not an XLSX workbook; save it as .xlsx or CSV",
    ),
    "a DOCTYPE": (
        sheet_xml(workbook(ROW), "<worksheet", '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><worksheet'),
        "the workbook holds a DOCTYPE, which no spreadsheet program writes; it is refused unread",
    ),
    "a cell at the end of the world": (
        sheet_xml(workbook(ROW), 'r="A2"', 'r="XFD900000"'),
        "the sheet reaches to row 900000, column 16384; delete its empty rows and columns, or save it as CSV",
    ),
}


@pytest.mark.parametrize("kind", WORKBOOKS)
def test_a_bad_workbook_is_refused_at_once_and_says_why(kind):
    content, told = WORKBOOKS[kind]
    tracemalloc.start()
    started = time.perf_counter()

    said = problems(content, name="book.xlsx")

    seconds, (_, peak) = time.perf_counter() - started, tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert said == [told]
    assert seconds < 1
    assert peak < 50 * 1024 * 1024


@pytest.mark.parametrize("epoch", [None, CALENDAR_MAC_1904])
def test_a_date_cell_of_a_workbook_is_a_date_in_both_of_its_calendars(epoch):
    taken = read(workbook([*ROW[:3], datetime(2026, 10, 1), *ROW[4:]], epoch=epoch), name="book.xlsx")  # noqa: DTZ001

    assert taken.problems == []
    assert [(d.issued_on, d.due_on, str(d.amount)) for d in taken.documents] == [
        (date(2026, 10, 1), date(2026, 10, 31), "120.5")
    ]


def test_a_bare_number_in_a_date_column_of_a_workbook_is_no_date():
    assert problems(workbook([*ROW[:4], 46326, *ROW[5:]]), name="book.xlsx") == [
        'line 2, column "due date", value "46326": not a date; expected YYYY-MM-DD'
    ]


def test_a_formula_whose_result_was_never_stored_is_a_problem():
    assert problems(workbook([*ROW[:5], "=100+20.5", *ROW[6:]]), name="book.xlsx") == [
        'line 2, column "amount", value "formula without a stored value": '
        "a formula without a stored value; open and save the file in a spreadsheet program"
    ]


def test_the_dust_of_binary_numbers_in_a_workbook_never_reaches_an_amount():
    taken = read(workbook([*ROW[:5], 0.1 + 0.2, *ROW[6:]]), name="book.xlsx")

    assert [str(document.amount) for document in taken.documents] == ["0.3"]


def test_a_headings_list_names_what_the_file_has():
    assert problems(made.csv_file("1", heading="Rechnung"))[0].endswith('the headings are "Rechnung"')
    assert ALL.count(",") == HEADING.count(",")
