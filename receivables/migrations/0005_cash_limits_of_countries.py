"""What countries allow in cash between businesses. Where a law forbids cash *from* an amount on, the row holds one
cent less: the most that may be taken."""

from datetime import date
from decimal import Decimal

from django.db import migrations

UNION = (
    "Regulation (EU) 2024/1624, article 80: at most 10,000 euro",
    "Official Journal of the European Union, 19 June 2024",
)
LIMITS = [
    (
        "ES", "999.99", "EUR", date(2021, 7, 11),
        "Ley 7/2012, art. 7, as amended by Ley 11/2021: no cash from 1,000 euro on",
        "Boletín Oficial del Estado, 10 July 2021",
    ),
    (
        "FR", "1000", "EUR", date(2015, 9, 1),
        "Code monétaire et financier, art. L112-6 and D112-3: at most 1,000 euro",
        "Décret 2015-741, Journal officiel, June 2015",
    ),
    (
        "IT", "4999.99", "EUR", date(2023, 1, 1),
        "D.Lgs. 231/2007, art. 49, as amended by L. 197/2022: no cash from 5,000 euro on",
        "Gazzetta Ufficiale, 29 December 2022",
    ),
    (
        "PT", "2999.99", "EUR", date(2017, 8, 23),
        "Lei Geral Tributária, art. 63-E (Lei 92/2017): no cash from 3,000 euro on",
        "Diário da República, 22 August 2017",
    ),
    (
        "BE", "3000", "EUR", date(2017, 10, 16),
        "Law of 18 September 2017, art. 67: at most 3,000 euro",
        "Moniteur belge, 6 October 2017",
    ),
    (
        "PL", "15000", "PLN", date(2018, 4, 30),
        "Prawo przedsiębiorców, art. 19: between businesses at most 15,000 zloty",
        "Dziennik Ustaw 2018, item 646",
    ),
    *((country, "10000", "EUR", date(2027, 7, 10), *UNION) for country in ("AT", "DE", "IE")),
]  # fmt: skip


def put(apps, schema_editor):
    limits = apps.get_model("receivables", "CashLimit").objects
    for country, amount, currency, starts_on, basis, source in LIMITS:
        limits.get_or_create(
            country=country,
            currency=currency,
            starts_on=starts_on,
            defaults={"amount": Decimal(amount), "basis": basis, "source": source},
        )


class Migration(migrations.Migration):
    dependencies = [("receivables", "0004_hand_in_sent_back")]
    operations = [migrations.RunPython(put, migrations.RunPython.noop)]
