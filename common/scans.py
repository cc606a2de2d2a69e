"""Signed papers that people send: PDF, JPEG or PNG, kept byte for byte, because their hash is what proves them."""

from typing import Any

from django import forms
from django.http import HttpResponse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common import documents
from common.models import Document

LARGEST = 10 * 1024 * 1024  # bytes
LONGEST_NAME = 200
KINDS = {b"%PDF-": "application/pdf", b"\xff\xd8\xff": "image/jpeg", b"\x89PNG\r\n\x1a\n": "image/png"}
ENDINGS = ".pdf,.jpg,.jpeg,.png,application/pdf,image/jpeg,image/png"


def kind_of(start: bytes) -> str:
    """By its first bytes, whatever its name says; empty where it is none of ours."""
    return next((kind for sign, kind in KINDS.items() if start.startswith(sign)), "")


class ScanField(forms.FileField):
    """A signed paper. It is looked at by its first bytes and never opened here."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.FileInput(attrs={"accept": ENDINGS}))
        kwargs.setdefault("help_text", gettext_lazy("PDF, JPEG or PNG, at most 10 MB."))
        super().__init__(**kwargs)

    def clean(self, data: Any, initial: Any = None) -> Any:
        file = super().clean(data, initial)
        if not file:
            return file
        if file.size > LARGEST:
            raise forms.ValidationError(_("The file is larger than 10 MB. Scan it again with a lower resolution."))
        if not kind_of(file.read(8)):
            raise forms.ValidationError(_("This file is no PDF, JPEG or PNG. Choose one of these."))
        file.seek(0)
        return file


def store(file: Any) -> Document:
    """Keep what the field took."""
    content = file.read()
    return documents.store(content, name=file.name[-LONGEST_NAME:], content_type=kind_of(content[:8]))


def as_download(document: Document) -> HttpResponse:
    """Handed over as a file and never shown as a page of ours, whatever is in it."""
    answered = HttpResponse(bytes(document.content), content_type=document.content_type)
    answered.headers["Content-Disposition"] = content_disposition_header(True, document.name) or "attachment"
    answered.headers["X-Content-Type-Options"] = "nosniff"
    return answered
