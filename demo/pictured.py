"""The five customers of Valencia that the pictures of the product show, as they stand this morning."""

from dataclasses import dataclass, replace
from datetime import date, time, timedelta
from decimal import Decimal

from common.money import ZERO
from demo.behaviour import Payer, on_a_weekday
from demo.cards import (
    ContactCard,
    CreditCard,
    ExcuseCard,
    LineCard,
    PaidCard,
    PartCard,
    Profile,
    PromiseCard,
    Sale,
    SiteCard,
    Story,
    TouchCard,
)
from demo.places import REGIONS

QUIET_DAYS = 120  # the generated history of these customers ends here; the pictured sales follow
TERM = 30
FIRST_BATCH = 13  # as the pictures count them


@dataclass(frozen=True, slots=True)
class PicturedSale:
    """An invoice due so many days from this morning (before it: negative), net 30 days from delivery."""

    due_in: int
    product: str
    quantity: int
    price: str
    invoice: str = ""
    delivery: str = ""
    paid: str = ""


@dataclass(frozen=True, slots=True)
class Picture:
    name: str
    channel: str
    street: str
    contact: str
    role: str
    salutation: str
    method: str
    hours: str
    sales: tuple[PicturedSale, ...]
    settlement_day: str = ""


PICTURES = (
    Picture(
        "Mercado Sol, S.L.", "supermarket", "Calle del Puerto 18", "Lucía Ortega", "owner", "Sra. Ortega",
        "two_deliveries", "10:00-12:00",
        (
            PicturedSale(-60, "AP-G25", 120, "27.00", "0871", "4410"),
            PicturedSale(-46, "EL-G75", 57, "22.20", "0903", "4466", paid="400.00"),
            PicturedSale(-25, "DS-STD", 1, "1074.60", "0948", "4521"),
            PicturedSale(6, "TO-G20", 109, "25.00", "0961", "4540"),
        ),
        settlement_day="weekly tue",
    ),
    Picture(
        "Bar Azul", "bar", "Calle San Vicente 41", "Pablo Soler", "owner", "Sr. Soler", "net", "11:00-13:00",
        (PicturedSale(-1, "BL-G20", 50, "23.60"),),
    ),
    Picture(
        "Supermercados Vega, S.A.", "supermarket", "Avenida del Mar 77", "Marta Ferrando", "finance", "Sra. Ferrando",
        "net", "12:00-14:00", (PicturedSale(0, "TO-G20", 98, "25.00"), PicturedSale(12, "CO-C33", 140, "21.50")),
    ),
    Picture(
        "Kiosko Central", "kiosk", "Plaza del Mercado 3", "Raúl Peris", "owner", "Sr. Peris", "net", "16:00-18:00",
        (PicturedSale(-190, "CO-C33", 40, "21.50"),),
    ),
    Picture(
        "Hotel Marina, S.L.", "hotel", "Paseo de la Ribera 12", "Elena Lozano", "signatory", "Sra. Lozano",
        "net", "17:00-18:00",
        (PicturedSale(-12, "GA-G20", 80, "24.50"), PicturedSale(9, "TO-G20", 60, "24.50")),
    ),
)  # fmt: skip


def of(profile: Profile) -> Picture | None:
    """The picture of this customer, if it is one of the first of Carmen's."""
    return PICTURES[profile.place] if profile.rep == 0 and profile.place < len(PICTURES) else None


def renamed(profile: Profile) -> Profile:
    picture = of(profile)
    if picture is None:
        return profile
    return replace(
        profile,
        name=picture.name,
        channel=picture.channel,
        method=picture.method,
        town=REGIONS[0].towns[0],
        payer=Payer.EXACT if profile.place == 0 else Payer.STEADY,  # until the pictured sales begin
    )


def paint(story: Story, picture: Picture, *, as_of: date, count: int) -> None:
    """Add the pictured sales (the first `count` of them) and what goes with them."""
    profile = story.profile
    story.sites = [_site(picture, story.sites[0])]
    opens, closes = (time.fromisoformat(part) for part in picture.hours.split("-"))
    story.contacts = [
        ContactCard(
            picture.contact, picture.role, "+34 600 555 031", picture.salutation, in_from=opens, in_until=closes
        )
    ]
    story.habits = [("hours", picture.hours), ("method", "transfer")]
    if picture.settlement_day:
        story.habits.append(("settlement day", picture.settlement_day))
    story.pays_by = "transfer"
    _contract(story, picture, as_of)
    for place, wanted in enumerate(picture.sales[:count]):
        batch = max(len(story.sales) + 1, FIRST_BATCH + place)
        story.sales.append(_sale(wanted, batch, profile, as_of))
    if profile.place == 0 and count == len(picture.sales):
        _talk_at_mercado_sol(story, as_of)
    if profile.place == 2:
        for number, amount in ((1, "64.50"), (2, "43.00")):
            issued_on = as_of - timedelta(20 + number)
            story.credit_notes.append(CreditCard(f"CN-{issued_on.year}-{number:04d}", Decimal(amount), issued_on))


def _site(picture: Picture, site: SiteCard) -> SiteCard:
    return replace(site, street=picture.street, postcode="46023" if "Puerto" in picture.street else site.postcode)


def _contract(story: Story, picture: Picture, as_of: date) -> None:
    """Net thirty days from delivery, or two deliveries with thirty days as the latest day."""
    two = picture.method == "two_deliveries"
    terms = {"max_days": TERM, "open_batches": 2} if two else {"days": TERM, "from": "delivery", "end_of_month": "none"}
    deal = story.deals[0]
    number = f"SC-{as_of.year - 2}-117" if two else deal.number
    known = {code for code, _ in deal.prices}
    prices = {wanted.product: Decimal(wanted.price) for wanted in picture.sales if wanted.product not in known}
    story.deals = [replace(deal, number=number, parameters=terms, prices=(*deal.prices, *prices.items()))]


def _sale(wanted: PicturedSale, batch: int, profile: Profile, as_of: date) -> Sale:
    due_on = as_of + timedelta(wanted.due_in)
    delivered_on = due_on - timedelta(TERM)
    amount = Decimal(wanted.price) * wanted.quantity
    number = wanted.invoice or f"09{profile.place}{batch % 10}"
    paid = (PaidCard(Decimal(wanted.paid), due_on + timedelta(3), "transfer"),) if wanted.paid else ()
    return Sale(
        deal=0,
        delivery=f"DN-{wanted.delivery or f'46{profile.place}{batch:02d}'}",
        batch=batch,
        asked_on=delivered_on - timedelta(2),
        delivered_on=delivered_on,
        lines=(LineCard(wanted.product, wanted.quantity, Decimal(wanted.price), amount),),
        invoice=f"INV-{delivered_on.year}-{number}",
        issued_on=delivered_on,
        amount=amount,
        parts=(PartCard(due_on, amount),),
        paid=paid,
    )


def _talk_at_mercado_sol(story: Story, as_of: date) -> None:
    """Three promises of which one was kept, and the goods that have not sold."""
    first = story.sales[-4]
    owner = story.contacts[0].name
    promised_on = on_a_weekday(as_of)
    story.promises.append(
        PromiseCard(first.invoice, 1, first.amount, as_of - timedelta(7), promised_on, "transfer", owner, is_open=True)
    )
    story.promises.append(
        PromiseCard(first.invoice, 1, first.amount, as_of - timedelta(40), as_of - timedelta(33), "transfer", owner)
    )
    settled = next((sale for sale in reversed(story.sales[:-4]) if sale.parts[-1].settled_on), None)
    if settled is not None and settled.amount > ZERO:
        day = settled.parts[-1].settled_on or as_of
        story.promises.append(
            PromiseCard(settled.invoice, 1, settled.amount, day - timedelta(3), day, "transfer", owner, kept_on=day)
        )
    story.excuses.append(ExcuseCard("not sold", "120 cases delivered, 38 left on the shelf.", as_of - timedelta(12)))
    story.touches.append(TouchCard("visit", True, as_of - timedelta(12), "Shelf counted with the owner."))
    story.touches.append(TouchCard("call", True, as_of - timedelta(7), "Promises the first batch."))
