"""Items with what explains their standing: what several tests of explanations share."""

from datetime import date, timedelta
from decimal import Decimal

from collections_app.cases import deciding
from collections_app.cases.models import EarlyWarning, Promise
from collections_app.standings.explaining import explain
from common import clock
from tests import factories as make

TUESDAY = date(2026, 11, 24)


def ago(days):
    return TUESDAY - timedelta(days=days)


def item_of(late, customer=None, *, issued=None, **values):
    due_date = None if late is None else ago(late)
    issued_on = issued or ago(max(late or 0, 0) + 30)
    return make.due_item(customer or make.customer(), 3200, due_date=due_date, issued_on=issued_on, **values)


def told(item, on=TUESDAY, **values):
    item.refresh_from_db()
    [found] = explain([item], as_of=on, **values)
    return found


def texts(found):
    return [said.text for said in found.facts]


def broken_promise(customer, on):
    return Promise.objects.create(
        customer=customer, amount=500, currency="EUR", made_on=on, promised_on=on, grace_until=on, state="broken",
        settled_on=on, settled_at=clock.now(), entered_at=clock.now(),
    )  # fmt: skip


def warned(customer, *, on, source="desk", **values):
    return EarlyWarning.objects.create(
        customer=customer, kind="closing", source=source, severity="severe", reported_on=on,
        expires_on=on + timedelta(days=60), note="shelves are empty", entered_at=clock.now(), **values,
    )  # fmt: skip


def refused(customer, *, on, answer="refused"):
    return deciding.record_confirmation(
        customer=customer, balance_on=on - timedelta(days=5), currency="EUR", amount=Decimal(3200), answer=answer,
        answered_on=on, answered_by="Lucía Ortega", note="knows of no delivery", by=make.BY,
    )  # fmt: skip


def override(item, standing="bad", *, last=9, by=None):
    return deciding.override_standing(
        due_item=item, standing=standing, because="Its shop burnt down", ends_before=TUESDAY + timedelta(days=last),
        on=TUESDAY, by=by or make.manager("maria"),
    )  # fmt: skip
