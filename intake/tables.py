import django_tables2 as tables
from django.utils.translation import gettext_lazy as _

NUMBER = {"th": {"class": "num"}, "td": {"class": "num"}}


class FileTable(tables.Table):
    """Files that came in, the newest first."""

    name = tables.Column(verbose_name=_("File"), linkify=lambda record: record.url)
    received_at = tables.DateTimeColumn(verbose_name=_("Received"), format="j M Y H:i")
    state = tables.Column(verbose_name=_("State"))
    profile = tables.Column(verbose_name=_("Profile"))
    received_by = tables.Column(verbose_name=_("By"))
    rows_read = tables.Column(accessor="rows", verbose_name=_("Rows"), attrs=NUMBER)
    added = tables.Column(verbose_name=_("Added"), attrs=NUMBER)
    settled = tables.Column(verbose_name=_("Settled"), attrs=NUMBER)
    unchanged = tables.Column(verbose_name=_("Unchanged"), attrs=NUMBER)
    refused = tables.Column(verbose_name=_("Refused"), attrs=NUMBER)

    class Meta:
        attrs = {"caption": _("Files that came in")}
        order_by = ("-received_at",)
        empty_text = _("No file has come in yet. Import your list of receivables and it is listed here.")
