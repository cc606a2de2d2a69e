"""Files as they come in, made in a line or two: good ones, and one for each way of being bad."""

import io
import struct
import zipfile
import zlib
from datetime import date
from typing import Any

from openpyxl import Workbook

from intake import profile, reading
from intake.profile import Profile
from intake.reading import Reading

TODAY = date(2026, 11, 24)
HEADING = "invoice,customer,name,date,due date,amount,currency,paid on"
GOOD = "1001,C1,Alder Foods,2026-10-01,2026-10-31,120.50,EUR,"

PLAIN = """
[columns]
number = "invoice"
customer_number = "customer"
customer_name = "name"
issued_on = "date"
due_on = "due date"
amount = "amount"
currency = "currency"
settled_on = "paid on"
[file]
delimiter = ","
"""

LIST_HEADING = "invoice,customer,name,date,due date,amount,open,currency"
LIST = """
mode = "snapshot"
[columns]
number = "invoice"
customer_number = "customer"
customer_name = "name"
issued_on = "date"
due_on = "due date"
amount = "amount"
open_amount = "open"
currency = "currency"
[file]
delimiter = ","
"""


def made_profile(extra: str = "", source: str = PLAIN) -> Profile:
    return profile.parse(source + extra, name="made")


def csv_file(*rows: str, heading: str = HEADING, newline: str = "\n") -> bytes:
    return newline.join((heading, *rows, "")).encode()


def open_items(*rows: str) -> bytes:
    """A ledger's full list of open items."""
    return csv_file(*rows, heading=LIST_HEADING)


def listed(
    number: str,
    left: str = "100.00",
    *,
    amount: str = "100.00",
    customer: str = "C1",
    date: str = "2026-10-01",
    due: str = "2026-10-31",
    currency: str = "EUR",
) -> str:
    """One row of such a list."""
    return f"{number},{customer},Alder Foods,{date},{due},{amount},{left},{currency}"


def read(content: bytes, *, name: str = "book.csv", by: Profile | None = None) -> Reading:
    return reading.read(content, name=name, profile=by or made_profile(), today=TODAY)


def problems(content: bytes, **how: Any) -> list[str]:
    return [problem.text for problem in read(content, **how).problems]


def workbook(*rows: list[Any], heading: str = HEADING, epoch: Any = None) -> bytes:
    book = Workbook()
    if epoch is not None:
        book.epoch = epoch
    sheet = book.active
    assert sheet is not None
    sheet.append(heading.split(","))
    for row in rows:
        sheet.append(row)
    saved = io.BytesIO()
    book.save(saved)
    return saved.getvalue()


def repacked(content: bytes, changes: dict[str, bytes]) -> bytes:
    """The same package with parts added or replaced."""
    saved = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(saved, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.namelist():
            if entry not in changes:
                new.writestr(entry, old.read(entry))
        for name, data in changes.items():
            new.writestr(name, data)
    return saved.getvalue()


def lying_bomb(good: bytes) -> bytes:
    """A package whose directory says that a part is small, while it unpacks to 200 MB."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = b"".join(packer.compress(bytes(1024 * 1024)) for _ in range(200)) + packer.flush()
    content = bytearray(repacked(good, {"xl/media/a.bin": b"x"}))
    name = b"xl/media/a.bin"
    with zipfile.ZipFile(io.BytesIO(bytes(content))) as package:
        directory_at = package.start_dir
    local = struct.pack("<4s5H3I2H", b"PK\3\4", 20, 0, 8, 0, 33, 0, len(packed), 1000, len(name), 0) + name + packed
    entry = content.index(b"PK\1\2", directory_at)
    while bytes(content[entry + 46 : entry + 46 + len(name)]) != name:
        entry = content.index(b"PK\1\2", entry + 4)
    struct.pack_into("<H", content, entry + 10, 8)
    struct.pack_into("<II", content, entry + 20, len(packed), 1000)
    struct.pack_into("<I", content, entry + 42, directory_at)
    end = content.rindex(b"PK\5\6")
    struct.pack_into("<I", content, end + 16, directory_at + len(local))
    return bytes(content[:directory_at]) + local + bytes(content[directory_at:])
