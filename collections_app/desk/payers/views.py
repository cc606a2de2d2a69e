"""Door of the payer of an account: finance names it, everybody in the office sees what they owe together."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from collections_app.desk.payers.forms import PayerForm
from collections_app.desk.payers.reading import together
from collections_app.desk.payers.tables import AccountsTable
from common import clock
from common.lists import exports, file_of
from common.refusals import Refused
from customers import services
from customers.models import Customer
from staff.access import only_for, person
from staff.models import Role

READS = (Role.FINANCE, Role.AUDITOR, Role.ADMIN)


@require_http_methods(["GET", "HEAD", "POST"])
@only_for(*READS)
def payer(request: HttpRequest, code: str) -> HttpResponse:
    user, today = person(request), clock.business_today()
    seen = Customer.objects.visible_to(user).select_related("payer", "group")
    found = get_object_or_404(seen, code=code)
    form = PayerForm(user=user, initial={"payer": found.payer.code if found.payer else ""})
    status = 200
    if request.method == "POST":
        if user.role != Role.FINANCE:
            raise PermissionDenied
        form, status = PayerForm(request.POST, user=user), 422
        if form.is_valid():
            try:
                services.set_payer(customer=found, payer=form.cleaned_data["payer"], on=today, by=user)
            except Refused as refusal:
                form.add_error("payer", str(refusal))
            else:
                messages.success(request, _said(found))
                return redirect("desk:payer", code=found.code)
        found = seen.get(pk=found.pk)
    accounts = together(found, as_of=today)
    block = _("Accounts that %(name)s pays for") % {"name": accounts.payer.name}, AccountsTable(accounts.accounts)
    if file := file_of(request, block, name=f"accounts-{accounts.payer.code}", as_of=today):
        return file
    page = {
        "customer": found,
        "together": accounts,
        "exports": exports(request),
        "form": form,
        "may_change": user.role == Role.FINANCE,
        "as_of": today,
    }
    return render(request, "desk/payer.html", page, status=status)


def _said(customer: Customer) -> str:
    if customer.payer is None:
        return _("%(name)s pays for itself.") % {"name": customer.name}
    return _("%(payer)s pays for %(name)s from now on.") % {"payer": customer.payer.name, "name": customer.name}
