"""Who pays for an account."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.models import Customer
from staff.models import User


class PayerForm(forms.Form):
    payer = forms.CharField(
        label=gettext_lazy("Paid for by customer number"),
        max_length=40,
        required=False,
        help_text=gettext_lazy("Leave it empty if the account pays for itself."),
    )

    def __init__(self, data: Any = None, *, user: User, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.user = user

    def clean_payer(self) -> Customer | None:
        code = self.cleaned_data["payer"].strip()
        if not code:
            return None
        found = Customer.objects.visible_to(self.user).filter(code=code).first()
        if found is None:
            raise forms.ValidationError(
                _("There is no customer %(code)s. Look the number up in the list of customers.") % {"code": code}
            )
        return found
