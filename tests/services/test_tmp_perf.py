import time
from datetime import date
from decimal import Decimal
import pytest
from common import clock
from receivables import services
from receivables.models import Payment, JournalRow
from tests import factories as make
from django.db import connection

@pytest.mark.django_db
def test_perf():
    make.business(); c = make.customer()
    now = clock.now()
    def pays(n):
        Payment.objects.bulk_create([Payment(customer=c, amount=1, currency="EUR", method="transfer", received_on=date(2026,3,1), counts_on=date(2026,3,1), entered_at=now, unapplied_amount=1) for _ in range(n)], batch_size=1000)
    pays(100_000)
    t=time.time(); b=services.export_journal(up_to=date(2026,3,2), by=make.BY); print("first", time.time()-t, b.rows.count())
    if connection.vendor=="postgresql":
        connection.cursor().execute("ANALYZE")
    pays(100)
    t=time.time(); b=services.export_journal(up_to=date(2026,3,2), by=make.BY); print("second", time.time()-t, b.rows.count())
    t=time.time(); b=services.export_journal(up_to=date(2026,3,2), by=make.BY); print("third", time.time()-t, b)
