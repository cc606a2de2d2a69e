"""The door to the copy of an invoice: shown in a tab, and the same rights as its page."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from collections_app.letters.copies import sheet
from common import clock
from common.refusals import Refused
from common.tables import file_name
from receivables.models import Invoice
from staff.access import person


@require_safe
def invoice_copy(request: HttpRequest, pk: int) -> HttpResponse:
    """Our record of the invoice as of today, printed anew each time: it is a copy and is stored nowhere."""
    seen = Invoice.objects.visible_to(person(request)).select_related("customer__owner", "shipment__contract")
    found = get_object_or_404(seen, pk=pk)
    today = clock.business_today()
    try:
        content = sheet.to_pdf(found, as_of=today)
    except Refused as refusal:
        return HttpResponse(str(refusal), status=409, content_type="text/plain; charset=utf-8")
    answered = HttpResponse(content, content_type="application/pdf")
    name = file_name(f"copy-{found.number}", as_of=today, filters={}, ending="pdf")
    answered.headers["Content-Disposition"] = f'inline; filename="{name}"'
    answered.headers["X-Content-Type-Options"] = "nosniff"
    return answered
