"""Exports of other systems come in by writing a profile alone."""

from datetime import date

import pytest

from intake import profile, shipped
from intake.profile import ProfileWrong
from tests.intake.made import LIST, PLAIN, made_profile, read

SAP = """
[file]
delimiter = "tab"
encoding = "cp1252"
heading_row = "find"
skip = [{ starts_with = ["*"] }]
[columns]
number = "Belegnummer"
customer_number = "Konto"
customer_name = "Name 1"
issued_on = "Belegdatum"
due_on = "Nettofälligkeit"
amount = "Betrag in Hauswährung"
debit_credit = "S/H"
type = "Belegart"
settled_on = "Ausgleichsdatum"
currency = "Währung"
[dates]
styles = ["DD.MM.YYYY"]
empty = ["00.00.0000"]
[amounts]
decimal = ","
trailing_minus = true
[customer_number]
width = 10
[types]
invoice = ["RV", "DR"]
credit_note = "DG"
skip = "DZ"
"""
SAP_FILE = """Debitoren Einzelposten\t\t\t\t\t\t\t\t\t

Konto\tName 1\tBelegnummer\tBelegart\tBelegdatum\tNettofälligkeit\tBetrag in Hauswährung\tS/H\tAusgleichsdatum\tWährung
4711\tMüller GmbH\t900001\tRV\t01.03.2026\t31.03.2026\t1.234,50\tS\t00.00.0000\tEUR
4711\tMüller GmbH\t900002\tDG\t02.03.2026\t02.03.2026\t34,50-\tS\t05.04.2026\tEUR
4711\tMüller GmbH\t900003\tDZ\t03.03.2026\t03.03.2026\t10,00\tH\t00.00.0000\tEUR
* Summe\t\t\t\t\t\t1.200,00\t\t\tEUR
"""

DATEV = """
[file]
delimiter = ";"
encoding = "cp1252"
heading_row = 2
[columns]
number = "Belegfeld 1"
customer_number = "Konto"
issued_on = "Belegdatum"
due_on = "Fälligkeit"
amount = "Umsatz (ohne Soll/Haben-Kz)"
debit_credit = "Soll/Haben-Kennzeichen"
currency = "WKZ Umsatz"
[defaults]
currency = "EUR"
[dates]
styles = ["DDMM", "DDMMYY"]
year = 2026
[amounts]
decimal = ","
"""
DATEV_FILE = """"EXTF";700;21;"Buchungsstapel"
Umsatz (ohne Soll/Haben-Kz);Soll/Haben-Kennzeichen;WKZ Umsatz;Konto;Belegdatum;Belegfeld 1;Fälligkeit
1190,00;"S";"";10001;0103;"RE-1";310326
119,00;"H";"";10001;0203;"GU-1";
"""

QUICKBOOKS = """
[file]
delimiter = ","
heading_row = "find"
fill_down = ["customer_name"]
skip = [{ starts_with = "Total" }, { column = "Num", empty = true }]
[columns]
number = "Num"
customer_name = "Customer"
issued_on = "Date"
due_on = "Due date"
amount = "Amount"
open_amount = "Open balance"
[constants]
currency = "USD"
[dates]
styles = ["M/D/YYYY"]
[open]
part_paid_on = "issued_on"
"""
QUICKBOOKS_FILE = """A/R Aging Detail,,,,,
"As of June 30, 2026",,,,,
Customer,Date,Num,Due date,Amount,Open balance
Acme Inc.,,,,,
,3/1/2026,1037,3/31/2026,"1,250.00","1,250.00"
,4/15/2026,1052,5/15/2026,300.00,120.00
Total for Acme Inc.,,,,"1,550.00","1,370.00"
TOTAL,,,,"1,550.00","1,370.00"
"""

SAGE = """
[file]
delimiter = ","
[columns]
number = "Ref"
customer_number = "A/C"
issued_on = "Date"
terms = "Terms"
amount = "Amount"
paid_amount = "Paid"
type = "Type"
[constants]
currency = "GBP"
[dates]
styles = ["DD/MM/YYYY"]
[types]
invoice = "SI"
credit_note = "SC"
skip = ["SA", "SP"]
[open]
closed_without_date = "due_on"
[terms]
"{days} days" = { method = "net" }
"EOM {days}" = { method = "net", end_of_month = "before" }
"thirds" = { method = "instalments", parts = [{ share = "0.5", days = 30 }, { share = "0.5", days = 60 }] }
"""
SAGE_FILE = """Type,A/C,Date,Ref,Terms,Amount,Paid
SI,ABB001,01/03/2026,1,30 days,500.00,500.00
SC,ABB001,05/03/2026,2,,50.00,0.00
SI,ABB001,05/03/2026,3,eom 10,70.00,0.00
SA,ABB001,06/03/2026,4,,100.00,0.00
SI,ABB001,01/03/2026,5,thirds,0.03,0.00
"""

ERPNEXT = """
[file]
delimiter = ","
skip = [{ column = "Voucher No", equals = "Total" }]
[columns]
number = "Voucher No"
customer_number = "Party"
issued_on = "Posting Date"
due_on = "Due Date"
amount = "Invoiced*"
open_amount = "Outstanding*"
status = "Status"
type = "Voucher Type"
[amounts]
currency_from_heading = true
thousands = [" ", "'"]
[types]
by = "sign"
skip = "Payment Entry"
[open]
rule = "status"
open = ["Overdue", "Unpaid", "Partly Paid", "Return"]
closed = "Paid"
skip = ["Cancelled", "Draft"]
closed_without_date = "issued_on"
part_paid_on = "due_on"
"""
ERPNEXT_FILE = """Posting Date,Party,Voucher Type,Voucher No,Due Date,Invoiced (CHF),Outstanding (CHF),Status
2026-01-05,Kiosk Uno,Sales Invoice,SINV-1,2026-02-04,1'200.00,1'200.00,Overdue
2026-01-06,Kiosk Uno,Sales Invoice,SINV-2,2026-02-05,1\u202f300.00,300.00,Partly Paid
2026-01-07,Kiosk Uno,Sales Invoice,SINV-3,2026-02-06,80.00,0.00,Paid
2026-01-08,Kiosk Uno,Sales Invoice,SINV-4,2026-02-07,-25.00,-25.00,Return
2026-01-09,Kiosk Uno,Sales Invoice,SINV-5,2026-02-08,99.00,99.00,Cancelled
2026-01-09,Kiosk Uno,Payment Entry,PAY-1,,-10.00,-10.00,Unpaid
,,,Total,,2555.00,1475.00,
"""

TWO_COLUMNS = """
[file]
delimiter = "|"
[columns]
customer_number = "Kunde"
issued_on = "Datum"
debit = "Soll"
credit = "Haben"
[documents]
number_parts = ["Beleg", "Zeile"]
[constants]
currency = "EUR"
[dates]
styles = ["D. MMM YYYY"]
months = "de"
[amounts]
decimal = "auto"
brackets = true
noise = ["EUR"]
"""
TWO_COLUMNS_FILE = """Kunde|Datum|Beleg|Zeile|Soll|Haben
221961396.0|3. März 2026|77|1|EUR 1.234,56|
221961396|24. Nov. 2026|77|2||50
221961396|24. Nov 2026|78|1|(12,5)|
"""

EXPORTS = {
    "SAP line items": (
        SAP,
        SAP_FILE,
        "cp1252",
        [
            ("invoice", "900001", "0000004711", "1234.50", "EUR", date(2026, 3, 31), "1234.50", None),
            ("credit_note", "900002", "0000004711", "34.50", "EUR", date(2026, 3, 2), "0", date(2026, 4, 5)),
        ],
        2,
    ),
    "DATEV batch": (
        DATEV,
        DATEV_FILE,
        "cp1252",
        [
            ("invoice", "RE-1", "10001", "1190.00", "EUR", date(2026, 3, 31), "1190.00", None),
            ("credit_note", "GU-1", "10001", "119.00", "EUR", None, "119.00", None),
        ],
        0,
    ),
    "QuickBooks ageing": (
        QUICKBOOKS,
        QUICKBOOKS_FILE,
        "utf-8",
        [
            ("invoice", "1037", "ACME INC.", "1250.00", "USD", date(2026, 3, 31), "1250.00", None),
            ("invoice", "1052", "ACME INC.", "300.00", "USD", date(2026, 5, 15), "120.00", date(2026, 4, 15)),
        ],
        3,
    ),
    "Sage transactions": (
        SAGE,
        SAGE_FILE,
        "utf-8",
        [
            ("invoice", "1", "ABB001", "500.00", "GBP", date(2026, 3, 31), "0", date(2026, 3, 31)),
            ("credit_note", "2", "ABB001", "50.00", "GBP", None, "50.00", None),
            ("invoice", "3", "ABB001", "70.00", "GBP", date(2026, 4, 10), "70.00", None),
            ("invoice", "5", "ABB001", "0.03", "GBP", date(2026, 3, 31), "0.03", None),
        ],
        1,
    ),
    "ERPNext receivables": (
        ERPNEXT,
        ERPNEXT_FILE,
        "utf-8",
        [
            ("invoice", "SINV-1", "KIOSK UNO", "1200.00", "CHF", date(2026, 2, 4), "1200.00", None),
            ("invoice", "SINV-2", "KIOSK UNO", "1300.00", "CHF", date(2026, 2, 5), "300.00", date(2026, 2, 5)),
            ("invoice", "SINV-3", "KIOSK UNO", "80.00", "CHF", date(2026, 2, 6), "0", date(2026, 1, 7)),
            ("credit_note", "SINV-4", "KIOSK UNO", "25.00", "CHF", date(2026, 2, 7), "25.00", None),
        ],
        3,
    ),
    "debit and credit columns": (
        TWO_COLUMNS,
        TWO_COLUMNS_FILE,
        "utf-8",
        [
            ("invoice", "77-1", "221961396", "1234.56", "EUR", None, "1234.56", None),
            ("credit_note", "77-2", "221961396", "50", "EUR", None, "50", None),
            ("credit_note", "78-1", "221961396", "12.5", "EUR", None, "12.5", None),
        ],
        0,
    ),
}


@pytest.mark.parametrize("system", EXPORTS)
def test_the_export_of_another_system_is_read_by_its_profile(system):
    source, text, encoding, expected, skipped = EXPORTS[system]

    taken = read(text.encode(encoding), by=made_profile(source=source))

    assert [problem.text for problem in taken.problems] == []
    assert [
        (d.kind, d.number, d.customer, str(d.amount), d.currency, d.due_on, str(d.open_amount), d.settled_on)
        for d in taken.documents
    ] == expected
    assert taken.skipped == skipped


def test_instalments_of_a_terms_code_add_up_to_the_invoice():
    taken = read(SAGE_FILE.encode(), by=made_profile(source=SAGE))

    assert [(str(part.amount), part.due_date) for part in taken.documents[-1].parts] == [
        ("0.02", date(2026, 3, 31)),
        ("0.01", date(2026, 4, 30)),
    ]


WRONG = {
    "no TOML": ("[columns", "not TOML: "),
    "an unknown key": ('[file]\ndelimeter = ";"', "file.delimeter: no such key; there are delimiter, "),
    "an unknown table": ("[colums]\n", "colums: no such key; there are amounts, "),
    "an unknown field": (PLAIN.replace("due_on", "due"), "columns.due: no such key; there are amount, "),
    "no amount": (PLAIN.replace('amount = "amount"\n', ""), "columns.amount: say which column holds the amount"),
    "no currency": (PLAIN.replace('currency = "currency"\n', ""), "columns.currency: say which column holds"),
    "an unknown encoding": (PLAIN + 'encoding = "utf-9"', "file.encoding: 'utf-9' is no encoding"),
    "a wrong choice": (PLAIN + '[amounts]\ndecimal = ";"', "amounts.decimal: ';' is none of ., ,, auto"),
    "a wrong type": (PLAIN + '[customer_number]\nwidth = "10"', "customer_number.width: expected int, got '10'"),
    "dates that cannot be told apart": (
        PLAIN + '[dates]\nstyles = ["DD/MM/YYYY", "MM/DD/YYYY"]',
        "dates.styles: DD/MM/YYYY and MM/DD/YYYY cannot be told apart; keep one",
    ),
    "a day of a list in a file that adds": (PLAIN + "[snapshot]\ncontrol_total = true", "snapshot: needs mode ="),
    "a list that does not say what is open": ('mode = "snapshot"\n' + PLAIN, "columns.open_amount: say which column"),
    "a list with two days": (
        LIST.replace("customer_name", "as_of") + '[snapshot]\nday_in_name = "YYYYMMDD"',
        "snapshot.day_in_name: the day stands in columns.as_of already; keep one",
    ),
    "a day in the name without a year": (LIST + '[snapshot]\nday_in_name = "DDMM"', "dates.styles: 'DDMM' needs YYYY"),
    "segments without a column": (
        LIST + '[snapshot]\nsegments = ["North"]',
        "snapshot.segments: needs columns.segment",
    ),
    "a total of some segments": (
        LIST.replace("customer_name", "segment") + '[snapshot]\nsegments = ["North"]\ncontrol_total = true',
        "snapshot.control_total: a list of some segments has no total",
    ),
    "terms without a due date": (
        PLAIN + '[terms]\nX = { method = "after sale" }',
        "terms.X: no due date follows from {'method': 'after sale'}",
    ),
}


@pytest.mark.parametrize("kind", WRONG)
def test_a_profile_that_cannot_mean_anything_says_which_key_is_wrong(kind):
    source, told = WRONG[kind]

    with pytest.raises(ProfileWrong) as refusal:
        profile.parse(source, name="wrong")

    assert str(refusal.value).startswith(told)


def test_every_profile_that_is_shipped_can_be_read():
    assert {"generic", "synthetic-clean", "synthetic-cp1250", "synthetic-messy"} <= set(shipped.names())
    assert sum(len(profiles) for _kind, profiles in shipped.choices()) == len(shipped.names())
