"""A customer with several late items, in each language: the letters that the tests of the sheet look at."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from unittest import mock

from collections_app.gate import services as gate
from collections_app.letters import services
from collections_app.letters.models import Letter
from contracts.models import Contract, Shipment
from customers.models import Customer
from tests import factories as make

AS_OF = date(2026, 11, 20)

PLACES: dict[str, dict[str, Any]] = {
    "en": {
        "name": "Harbour Stores Ltd",
        "street": "18 Strand Road",
        "postcode": "BT1 3LA",
        "city": "Belfast",
        "country": "GB",
    },
    "es": {
        "name": "Mercado Sol, S.L.",
        "street": "Calle del Puerto 18",
        "postcode": "46023",
        "city": "Valencia",
        "country": "ES",
    },
    "zh-hans": {
        "name": "上海明泉食品有限公司",
        "street": "徐汇区漕溪北路 88 号",
        "postcode": "200030",
        "city": "上海市",
        "country": "CN",
    },
}
PEOPLE = {"en": ("Aoife Doyle", "Ms"), "es": ("Lucía Ortega", "Sra."), "zh-hans": ("王立新", "王经理")}


def addressed(owner: Any = None, **values: Any) -> Customer:
    """A customer whom post reaches."""
    of = make.customer(owner, **values)
    make.site(of)
    return of


def buyer(language: str, *, items: int = 3, as_of: date = AS_OF, **values: Any) -> Customer:
    """A customer with a contract and deliveries; the second of its late invoices is part paid."""
    make.business(
        tagline="Soft drinks and mineral water",
        phone="+353 21 555 0142",
        registration="Company no. 512 884",
        vat_id="IE 9812774T",
    )
    place = PLACES[language].copy()
    of = make.customer(
        make.rep(phone="+34 600 555 019", last_name="Ruiz"), language=language, name=place.pop("name"), **values
    )
    make.site(of, **place)
    name, salutation = PEOPLE[language]
    make.contact(of, name=name, salutation=salutation, role="finance")
    contract = Contract.objects.create(
        customer=of,
        number="SC-2024-117",
        state="active",
        execution="signature",
        signed_on=date(2024, 3, 3),
        starts_on=date(2024, 3, 3),
        currency="EUR",
        settlement_clause="6.2",
        method="net",
        parameters={"days": 30, "from": "delivery"},
    )
    for place_in_row in range(items):
        delivered = as_of - timedelta(days=90 - place_in_row % 45)
        [shipment] = gate.take_over(
            shipments=[
                Shipment(
                    customer=of,
                    contract=contract,
                    number=f"DN-{of.pk}-{4410 + place_in_row}",
                    batch=13 + place_in_row,
                    state="delivered",
                    asked_on=delivered,
                    delivered_on=delivered,
                    currency="EUR",
                    amount=Decimal(100),
                )
            ],
            by=make.BY,
        )
        make.invoice(
            of,
            Decimal("1265.40") + place_in_row,
            number=f"INV-2026-{871 + place_in_row:04d}",
            issued_on=delivered,
            due_date=delivered + timedelta(days=30),
            shipment=shipment.pk,
            paid=[("400.00", as_of - timedelta(days=20))] if place_in_row == 1 else None,
        )
    return of


def letters_of(language: str, *, items: int = 3, level: int = 1) -> Letter:
    """The customer's letter of a level, printed; each was sent on its day, those before it were not answered."""
    of = buyer(language, items=items)
    day = AS_OF
    while True:
        with mock.patch("common.clock.business_today", return_value=day):
            run = services.issue(as_of=day, by=make.BY, customer=of)
        assert run is not None
        letter = run.letters.get()
        if letter.level == level:
            return services.render(letter)
        day = letter.pay_by + timedelta(days=15)
