from django.db import models
from django.utils.translation import gettext_lazy as _


class PaymentMethod(models.TextChoices):
    """How customers pay."""

    CASH = "cash", _("Cash")
    TRANSFER = "transfer", _("Transfer")
    CHEQUE = "cheque", _("Cheque")
    BILL = "bill", _("Bill")
    DIRECT_DEBIT = "direct_debit", _("Direct debit")
    CARD = "card", _("Card")
    WALLET = "wallet", _("Wallet")


#: What stands in the column of a payment's method beside the ways in which customers pay: rows that we make.
OPENING = "opening", _("Opening entry")
EXCHANGE = "exchange", _("Currency exchange")
