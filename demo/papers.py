"""Signed papers of the sample: small PDF files, each with the number of what it is about, so that no two are alike."""

import hashlib
from collections.abc import Iterable

from common import clock
from common.models import Document

PDF = "application/pdf"
HEAD = b"%PDF-1.4\n"


def contract(number: str, day: str) -> Document:
    return _document(f"contract {number}.pdf", f"Supply contract {number}", f"Signed on {day}. Sample paper.")


def delivery_note(number: str, day: str) -> Document:
    return _document(f"delivery note {number}.pdf", f"Delivery note {number}", f"Received on {day}. Sample paper.")


def store(papers: Iterable[Document]) -> list[Document]:
    """In one statement: a book has thousands."""
    return Document.objects.bulk_create(papers, batch_size=500)


def _document(name: str, *lines: str) -> Document:
    content = _sheet(lines)
    sha256 = hashlib.sha256(content).hexdigest()
    return Document(name=name, content_type=PDF, content=content, sha256=sha256, stored_at=clock.now())


def _sheet(lines: Iterable[str]) -> bytes:
    """One page of plain lines, with the table of its objects as readers ask for it."""
    said = " ".join(f"({line}) Tj 0 -24 Td" for line in lines)
    stream = f"BT /F1 16 Tf 72 720 Td {said} ET".encode("ascii")
    objects = (
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 5 0 R/Resources<</Font<</F1 4 0 R>>>>>>",
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
        b"<</Length %d>>stream\n%s\nendstream" % (len(stream), stream),
    )
    body, places = HEAD, []
    for number, content in enumerate(objects, start=1):
        places.append(len(body))
        body += b"%d 0 obj%s endobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    end = b"trailer<</Size 6/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % len(body)
    return body + b"xref\n0 6\n0000000000 65535 f \n" + table + end
