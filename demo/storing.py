"""A chunk of stories becomes rows: customers, contracts, deliveries, invoices with their money.

Customers, contracts, releases and all money go through the services of their floors. Sites, contacts, habits and
limits, and the counts of long ago, are written directly: no verb below stores them in bulk.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from audit.services import COMMAND
from collections_app.gate import services as gate
from common import clock
from contracts import services as contracts
from contracts.models import Contract, Count, CountLine, Method, PriceLine, Proof, Shipment, ShipmentLine
from customers import services as customers
from customers.models import Contact, Customer, Group, Habit, Limit, Site
from demo import agreements, papers
from demo.cards import Deal, Sale, Story
from demo.generator import NO_REP_AT
from demo.sales import HISTORY
from receivables import book
from receivables import services as receivables
from receivables.models import CreditNote, DueItem
from staff.models import User

BATCH = 1000
WITH_THE_DRIVER_AT = 9  # of twenty-three unpaid deliveries, one has no signed paper on file
NEVER_TOLD_AT = 20  # of forty-one customers of a rep, one never accepted the terms


@dataclass(slots=True)
class Told:
    """A story and the rows that stand for it so far."""

    story: Story
    customer: Customer
    site: Site | None = None
    contracts: list[Contract] | None = None


def add_customers(stories: Sequence[Story], *, reps: Sequence[User], former: User, as_of: date) -> list[Told]:
    """Customers with everything that is known about them; some were another rep's before."""
    added = customers.add_many([_customer(story, reps, former) for story in stories], owned_from=as_of - HISTORY)
    told = [Told(story, customer) for story, customer in zip(stories, added, strict=True)]
    for one in told:
        handed_on = one.story.taken_from_former_rep_on
        if handed_on and one.customer.owner_id == former.pk:
            customers.hand_to(customer=one.customer, rep=reps[one.story.profile.rep], on=handed_on, by=COMMAND)
    _describe(told, as_of)
    return told


def _customer(story: Story, reps: Sequence[User], former: User) -> Customer:
    profile = story.profile
    owner: User | None = former if story.taken_from_former_rep_on else reps[profile.rep]
    if profile.place % 60 == NO_REP_AT:
        owner = None
    return Customer(
        code=profile.code,
        name=profile.name,
        owner=owner,
        group=Group.objects.get_or_create(name=story.group)[0] if story.group else None,
        segment="key account" if profile.channel in ("supermarket", "dealer") else "trade",
        channel=profile.channel,
        region=profile.region.name,
        language=profile.region.language,
        country=profile.country,
        insolvent_on=story.insolvent_on,
        closed_on=story.closed_on,
        in_court_on=story.in_court_on,
        handed_over_on=story.handed_over_on,
        entered_at=clock.now(),
    )


def _describe(told: Sequence[Told], as_of: date) -> None:
    sites = [
        Site(
            customer=one.customer,
            name=card.name,
            street=card.street,
            postcode=card.postcode,
            city=card.city,
            country=one.customer.country,
            latitude=card.latitude,
            longitude=card.longitude,
            precision=Site.Precision.STREET,
            pays_here=card.pays_here,
            opens_at=card.opens_at,
            closes_at=card.closes_at,
        )
        for one in told
        for card in one.story.sites
    ]
    by_customer = {site.customer_id: site for site in Site.objects.bulk_create(sites, BATCH) if site.pays_here}
    for one in told:
        one.site = by_customer[one.customer.pk]
    stated_on = as_of - timedelta(300)
    Contact.objects.bulk_create(
        [
            Contact(
                customer=one.customer,
                name=card.name,
                role=card.role,
                phone=card.phone,
                email=card.email,
                salutation=card.salutation,
                source="told to the rep on a visit",
                in_from=card.in_from,
                in_until=card.in_until,
            )
            for one in told
            for card in one.story.contacts
        ],
        BATCH,
    )
    Habit.objects.bulk_create(
        [
            Habit(
                customer=one.customer,
                kind=kind,
                rule=rule,
                stated_by=one.story.contacts[0].name,
                stated_on=stated_on,
            )
            for one in told
            for kind, rule in one.story.habits
        ],
        BATCH,
    )
    Limit.objects.bulk_create(
        [
            Limit(
                customer=one.customer,
                amount=one.story.limit,
                currency=one.story.currency,
                starts_on=as_of - HISTORY,
            )
            for one in told
        ],
        BATCH,
    )


def sign_contracts(told: Sequence[Told], *, products: dict[str, int]) -> None:
    for one in told:
        one.contracts = [_agree(one, deal, products) for deal in one.story.deals]


def _agree(one: Told, deal: Deal, products: dict[str, int]) -> Contract:
    contract = Contract(
        customer=one.customer,
        number=deal.number,
        state=Contract.State.ACTIVE,
        **agreements.execution(deal, one.story.contacts[0].name),
        **agreements.clauses(deal, place=one.story.profile.place, country=one.story.profile.country),
        **_accepted(one, deal),
        starts_on=deal.signed_on,
        currency=one.story.currency,
        settlement_clause="6.2",
        method=deal.method,
        parameters=deal.parameters,
    )
    prices = [
        PriceLine(product_id=products[code], unit_price=price, starts_on=deal.signed_on) for code, price in deal.prices
    ]
    return contracts.agree(contract=contract, price_lines=prices, by=COMMAND)


def _accepted(one: Told, deal: Deal) -> dict[str, Any]:
    """Terms were told and accepted when the contract was signed; at a few customers somebody has to catch up."""
    if one.story.profile.place % 41 == NEVER_TOLD_AT:
        return {}
    return {"terms_accepted_on": deal.signed_on, "terms_accepted_by": one.story.contacts[0].name}


def deliver(told: Sequence[Told], *, products: dict[str, int]) -> dict[str, int]:
    """The deliveries of the past, taken over by the gate; returns their keys by number."""
    rows = [(one, sale) for one in told for sale in one.story.sales]
    shipments = gate.take_over(shipments=[_shipment(one, sale) for one, sale in rows], by=COMMAND)
    lines = ShipmentLine.objects.bulk_create(
        [
            ShipmentLine(
                shipment=shipment,
                product_id=products[line.product],
                quantity=line.quantity,
                unit_price=line.unit_price,
                amount=line.amount,
            )
            for shipment, (_one, sale) in zip(shipments, rows, strict=True)
            for line in sale.lines
        ],
        BATCH,
    )
    _prove(shipments, rows)
    sold = [(shipment, *row) for shipment, row in zip(shipments, rows, strict=True) if _is_consigned(row[0])]
    _count_as_sold(sold, lines)
    return {shipment.number: shipment.pk for shipment in shipments}


def _prove(shipments: Sequence[Shipment], rows: Sequence[tuple[Told, Sale]]) -> None:
    """Who took the goods. The signed paper of what is open is on file; a few are still with the driver."""
    owed = {
        shipment.number: papers.delivery_note(shipment.number, sale.delivered_on.isoformat())
        for place, (shipment, (_one, sale)) in enumerate(zip(shipments, rows, strict=True))
        if sum(paid.amount for paid in sale.paid) < sale.amount and place % 23 != WITH_THE_DRIVER_AT
    }
    notes = dict(zip(owed, papers.store(owed.values()), strict=True))
    contracts.record_goods(
        lines=[],
        proofs=[
            Proof(
                shipment=shipment,
                signed_by=one.story.contacts[-1].name,
                signed_on=sale.delivered_on,
                document=notes.get(shipment.number),
                entered_at=clock.now(),
                entered_by=COMMAND.get_username(),
            )
            for shipment, (one, sale) in zip(shipments, rows, strict=True)
        ],
    )


def _is_consigned(one: Told) -> bool:
    return one.story.profile.method == Method.CONSIGNMENT


def _count_as_sold(rows: Sequence[tuple[Shipment, Told, Sale]], lines: Sequence[ShipmentLine]) -> None:
    """What was consigned and billed had been counted first: all of it was sold by the day of the invoice."""
    counts = Count.objects.bulk_create(
        [
            Count(
                shipment=shipment,
                counted_on=sale.issued_on,
                counted_by=one.story.contacts[0].name,
                entered_at=clock.now(),
                entered_by=COMMAND.get_username(),
            )
            for shipment, one, sale in rows
        ],
        BATCH,
    )
    by_shipment = {count.shipment_id: count for count in counts}
    nothing = {"returned": 0, "on_hand": 0, "lost": 0}
    CountLine.objects.bulk_create(
        [
            CountLine(
                count=by_shipment[line.shipment_id], line=line, delivered=line.quantity, sold=line.quantity, **nothing
            )
            for line in lines
            if line.shipment_id in by_shipment
        ],
        BATCH,
    )


def _shipment(one: Told, sale: Sale) -> Shipment:
    contract = one.contracts[sale.deal] if one.contracts and sale.deal is not None else None
    return Shipment(
        customer=one.customer,
        contract=contract,
        site=one.site,
        number=sale.delivery,
        batch=sale.batch,
        asked_on=sale.asked_on,
        delivered_on=sale.delivered_on,
        currency=one.story.currency,
        amount=sale.amount,
    )


def book_sales(told: Sequence[Told], *, shipments: dict[str, int], as_of: date) -> None:
    """Invoices, credit notes and the money that came, each on its own day."""
    rows = book.Book(
        invoices=[_invoice(one, sale, shipments) for one in told for sale in one.story.sales],
        credit_notes=[
            book.NewCreditNote(
                customer=one.customer.pk,
                number=card.number,
                amount=card.amount,
                currency=one.story.currency,
                issued_on=card.issued_on,
                due_date=card.issued_on,
                refunded_on=card.refunded_on,
            )
            for one in told
            for card in one.story.credit_notes
        ],
    )
    receivables.record_book(rows=rows, on=as_of, by=COMMAND)


def _invoice(one: Told, sale: Sale, shipments: dict[str, int]) -> book.NewInvoice:
    return book.NewInvoice(
        customer=one.customer.pk,
        number=sale.invoice,
        amount=sale.amount,
        currency=one.story.currency,
        issued_on=sale.issued_on,
        parts=tuple(
            book.Part(part.due_on, part.amount, part.discount_until, part.discount_share) for part in sale.parts
        ),
        paid=tuple(book.Paid(paid.amount, paid.on, paid.method) for paid in sale.paid),
        terms_text="" if sale.deal is not None else "NET30",
        shipment=shipments[sale.delivery],
    )


def settle_from_credit(told: Sequence[Told], items: dict[tuple[int, str, int], DueItem]) -> None:
    """The credit notes that settle an invoice which is still open."""
    for one in told:
        for card in one.story.credit_notes:
            if card.settles:
                item = items[one.customer.pk, card.settles, 1]
                note = CreditNote.objects.get(customer=one.customer, number=card.number)
                receivables.allocate(source=note, lines=[(item.pk, card.amount)], on=card.issued_on, by=COMMAND)
