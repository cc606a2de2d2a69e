"""What a board or list looks at: a day and filters, read from the address and written back into every link."""

from dataclasses import dataclass, fields, replace
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

CHARGE = "charges"
CREDIT = "credit"
UNAPPLIED = "unapplied"
OTHERS = "others"  # the three together: what is not a due item
UNCLASSIFIED = "unclassified"  # came with a large file a moment ago
NO_REP = "none"
NOT_LATE_ONLY = "0"
KNOWN_TODAY, KNOWN_THEN = "today", "then"


@dataclass(frozen=True, slots=True)
class Scope:
    """Filters of the board and of the rows behind it. Empty text means: all."""

    as_of: date
    is_now: bool = False  # live standings of today instead of the last closed night
    known: str = ""  # "today": counted with all that is known today, not as the night had it; "then": until that day
    currency: str = ""
    team: str = ""  # key
    rep: str = ""  # user name, or "none"
    region: str = ""
    channel: str = ""
    segment: str = ""
    disputed: str = ""  # "" with, "without" or "only" the disputed amounts
    standing: str = ""  # a standing, "charges", "credit" or "unapplied", or "others" for these three
    bucket: str = ""
    buckets: str = ""  # bounds in days late such as "15,45"; empty: those of the policy
    due: str = ""  # "original": aged by the due date first agreed; empty: by the one in force
    late: str = ""  # "1": due items that are late; "0": those that are not
    customer: str = ""  # code
    q: str = ""

    def narrowed(self, **changes: str) -> "Scope":
        values: dict[str, Any] = dict(changes)
        return replace(self, **values)

    @property
    def query(self) -> str:
        """The same scope as the address says it: a link sent to a colleague shows the same figures."""
        pairs = [("now", "1") if self.is_now else ("as_of", self.as_of.isoformat())]
        pairs += [
            (field.name, getattr(self, field.name))
            for field in fields(self)
            if field.name not in ("as_of", "is_now") and getattr(self, field.name)
        ]
        return urlencode(pairs)

    @property
    def due_column(self) -> str:
        return "agreed_due_date" if self.due else "due_date"

    @property
    def rows_url(self) -> str:
        return f"{reverse('desk:receivables')}?{self.query}"

    @property
    def board_url(self) -> str:
        return f"{reverse('desk:ageing')}?{self.query}"

    @property
    def is_filtered(self) -> bool:
        return any((self.team, self.rep, self.region, self.channel, self.segment, self.disputed, self.customer, self.q))
