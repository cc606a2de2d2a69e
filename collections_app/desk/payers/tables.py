"""The accounts of a payer as a file."""

import django_tables2 as tables
from django.utils.translation import gettext_lazy as _

from common.tables import MoneyColumn, TextColumn


class AccountsTable(tables.Table):
    name = TextColumn(verbose_name=_("Account"))
    code = TextColumn(verbose_name=_("Code"))
    open = MoneyColumn(verbose_name=_("Open"))
    credit = MoneyColumn(verbose_name=_("Credit and unapplied"))
    amount = MoneyColumn(verbose_name=_("Balance"))
    currency = TextColumn(verbose_name=_("Currency"))
