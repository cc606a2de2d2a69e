"""Buckets in the reader's language."""

from django.utils.translation import gettext as _

from receivables import buckets


def bucket_word(name: str) -> str:
    """A bucket as people read it: `1–30`, `over 180`."""
    words = {
        buckets.NOT_DUE: _("Not due"),
        buckets.NO_DUE_DATE: _("No due date"),
        buckets.UNAPPLIED: _("Unapplied"),
        buckets.CHARGES: _("Charges"),
        buckets.CREDIT_NOTES: _("Credit notes"),
    }
    if name in words:
        return words[name]
    if name.endswith("+"):
        return _("Over %(days)s") % {"days": int(name[:-1]) - 1}
    return name.replace("-", "–")
