"""The whole sample book as stories, one customer after the other: pure, and the same for the same seed and day."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, time, timedelta
from decimal import Decimal
from random import Random

from common import money
from demo import agreements, behaviour, cases, names, pictured, sales
from demo.behaviour import Payer
from demo.cards import ContactCard, CreditCard, Profile, SiteCard, Story
from demo.places import region_of
from demo.sales import HISTORY, Numbers

FIRST_CODE = 10482
IN_OFFICE = ((9, 17), (9, 18), (10, 18), (9, 13), (15, 18), (9, 17))  # hours of whoever pays
SIZES = ((1, 2, 3, 5, 9), (30, 30, 20, 14, 6))  # how busy a customer is, and how often that occurs
NO_REP_AT = 47  # of sixty customers of a region, one is without a rep
# Of three hundred customers, by index: a slow payer each in two regions, a bad one each in two others.
FAILURES = {42: "insolvent_on", 73: "closed_on", 134: "in_court_on", 27: "handed_over_on"}
NEWCOMERS = {(0, 23): 50, (1, 18): 42}  # by rep and place: days since their first order
FIRST_ORDER = (2, 13)  # has a contract, and never bought
SETTLEMENT_DAYS = ("weekly mon", "weekly tue", "weekly wed", "weekly thu", "weekly fri", "monthly 25")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What was asked for. `as_of` is this morning: nothing in the book is later, but due dates and promises."""

    customers: int
    invoices: int
    reps: int
    seed: int
    as_of: date


def stories(wanted: Wanted) -> Iterator[Story]:
    """Customers in the order of their codes. Only one is in memory at a time."""
    weights = [_weight(wanted, index) for index in range(wanted.customers)]
    whole, upto, numbers, book = sum(weights), 0, Numbers(wanted.invoices), names.NameBook()
    for index, weight in enumerate(weights):
        before, upto = upto, upto + weight
        count = wanted.invoices * upto // whole - wanted.invoices * before // whole
        yield _story(wanted, index, count, numbers, book)


def _weight(wanted: Wanted, index: int) -> int:
    where = (index % wanted.reps, index // wanted.reps)
    if where in NEWCOMERS or where == FIRST_ORDER:
        return int(where in NEWCOMERS)
    weight: int = Random(f"{wanted.seed}:size:{index}").choices(*SIZES)[0]
    return weight


def _story(wanted: Wanted, index: int, count: int, numbers: Numbers, book: names.NameBook) -> Story:
    rng = Random(f"{wanted.seed}:{index}")
    as_of = wanted.as_of
    profile = _profile(wanted, index, rng, book)
    story = Story(profile, pays_by=_pays_by(profile, rng))
    _fail(story, as_of)
    _settle_in(story, rng, as_of=as_of)
    picture = pictured.of(profile)
    extra = min(count, len(picture.sales)) if picture else 0
    until = behaviour.active_until(profile.payer, as_of=as_of, rng=rng)
    until = min(day for day in (until, story.insolvent_on, story.closed_on, story.in_court_on) if day)
    if profile.method == "consignment":
        until -= timedelta(sales.COUNTED_WITHIN)
    if picture:
        until = as_of - timedelta(pictured.QUIET_DAYS)
    since = as_of - _history(profile) + timedelta(10)
    days = sales.delivery_days(count - extra, rng, since=since, until=until)
    money_until = min(day for day in (as_of, story.insolvent_on, story.closed_on, story.in_court_on) if day)
    story.sales = sales.sell(profile, story.deals, days, rng, as_of=money_until, numbers=numbers, pays_by=story.pays_by)
    if picture:
        pictured.paint(story, picture, as_of=as_of, count=extra)
    else:
        cases.tell(story, rng, as_of=as_of)
    _credit(story, rng, as_of=as_of, numbers=numbers)
    return story


def _history(profile: Profile) -> timedelta:
    """How long ago the first order was, or could have been."""
    new_for = NEWCOMERS.get((profile.rep, profile.place))
    return timedelta(new_for) if new_for else HISTORY


def _profile(wanted: Wanted, index: int, rng: Random, book: names.NameBook) -> Profile:
    rep, place = index % wanted.reps, index // wanted.reps
    region = region_of(rep)
    town = region.towns[0] if rng.randint(1, 10) <= 5 else rng.choice(region.towns)
    name, channel = book.shop(rng, region.country, town.name)
    payer = behaviour.ROTA[place % len(behaviour.ROTA)]
    method = agreements.METHODS[(place + rep * 5) % len(agreements.METHODS)]
    if method in agreements.AT_ONCE and payer in (Payer.BAD, Payer.DORMANT, Payer.DETERIORATING, Payer.SLOW):
        method = "net"  # who pays late gets no goods against cash in this book, but owes
    profile = Profile(
        index=index, rep=rep, place=place, region=region, town=town, payer=payer, code=f"C{FIRST_CODE + index}",
        name=name, channel=channel, method=method, country=region.country,
    )  # fmt: skip
    return pictured.renamed(profile)


def _pays_by(profile: Profile, rng: Random) -> str:
    if profile.method == "cash_on_delivery" or (profile.channel == "kiosk" and rng.randint(1, 2) == 1):
        return "cash"
    usual = {
        "ES": ("transfer", "transfer", "direct_debit", "bill", "card"),
        "PT": ("transfer", "transfer", "transfer", "direct_debit", "cheque"),
        "CN": ("transfer",),
    }
    return rng.choice(usual.get(profile.country, ("transfer", "transfer", "transfer", "cheque", "direct_debit")))


def _fail(story: Story, as_of: date) -> None:
    """Of three hundred customers one each became insolvent, closed, is in court, or with a lawyer."""
    profile = story.profile
    if pictured.of(profile) or (profile.rep, profile.place) in (*NEWCOMERS, FIRST_ORDER):
        return
    kind = FAILURES.get(profile.index % 300)
    if kind:
        setattr(story, kind, as_of - timedelta(40 + profile.index % 60))


def _settle_in(story: Story, rng: Random, *, as_of: date) -> None:
    """Address, people, habits, contract: what was known before the first delivery."""
    profile = story.profile
    story.sites = [_site(profile, rng, pays_here=True)]
    if rng.randint(1, 100) <= 12:
        story.sites.append(_site(profile, rng, pays_here=False))
    story.contacts = _contacts(profile, rng)
    began = as_of - _history(profile) - timedelta(rng.randint(5, 90))
    if profile.place % 37 != 31 or profile.method != "net":  # a few were taken over without a contract
        number = f"SC-{began.year}-{profile.index + 118:03d}"
        story.deals = [agreements.deal(profile, rng, signed_on=began, number=number)]
    rule = str(story.deals[0].parameters.get("rule", "")) if story.deals else ""
    if rng.randint(1, 10) <= (6 if rule else 2):
        story.habits.append(("settlement day", rule or rng.choice(SETTLEMENT_DAYS)))
    story.habits.append(("method", story.pays_by))
    if rng.randint(1, 10) <= 3:
        story.habits.append(("hours", rng.choice(("10:00-12:00", "09:30-11:30", "15:00-17:00", "11:00-13:00"))))
    if rng.randint(1, 10) == 1:
        story.habits.append(("taboo", rng.choice(("weekly mon", "monthly 1"))))
    if profile.country == "CN":
        story.habits.append(("invoice type", rng.choice(("增值税专用发票", "普通发票"))))
    story.limit = Decimal(sales.ORDERS[profile.channel] * 12 // 100 * 100)
    if profile.place % 13 == 6 and region_of(profile.rep).country == "ES":
        story.taken_from_former_rep_on = as_of - timedelta(420)
    if profile.place in (13, 14, 15) and profile.rep < 4:
        story.group = f"{profile.region.name} {('hostelería', 'hospitality', '连锁', 'inns')[profile.rep]}"


def _site(profile: Profile, rng: Random, *, pays_here: bool) -> SiteCard:
    town = profile.town if pays_here else rng.choice(profile.region.towns)
    opens = rng.choice((8, 9, 9, 10))
    return SiteCard(
        street=names.street(rng, profile.country),
        postcode=names.postcode(rng, town.postcode),
        city=town.name,
        latitude=town.latitude + Decimal(rng.randint(-70, 70)) / 10_000,
        longitude=town.longitude + Decimal(rng.randint(-70, 70)) / 10_000,
        pays_here=pays_here,
        opens_at=time(opens),
        closes_at=time(opens + 9),
        name="" if pays_here else "Store",
    )


def _contacts(profile: Profile, rng: Random) -> list[ContactCard]:
    """The one who signs payments first; larger shops have somebody for the books."""
    found = []
    mail = f"accounts@c{profile.index + FIRST_CODE}.example"
    roles = ["owner" if profile.channel in ("kiosk", "bar", "shop") else "signatory"]
    if profile.channel in ("supermarket", "dealer", "hotel", "restaurant"):
        roles.append("finance")
    if rng.randint(1, 3) == 1:
        roles.append("counter")
    for role in roles:
        name, greeting = names.person(rng, profile.country)
        start, until = rng.choice(IN_OFFICE)
        found.append(
            ContactCard(
                name=name,
                role=role,
                phone=names.phone(rng, profile.country),
                salutation=greeting,
                email=mail if role == "finance" else "",
                in_from=time(start),
                in_until=time(until),
            )
        )
    return found


def _credit(story: Story, rng: Random, *, as_of: date, numbers: Numbers) -> None:
    """Credit notes: most were paid out, some settle an open invoice, some are still free."""
    open_sales = {sale.invoice for sale in story.sales if any(part.settled_on is None for part in sale.parts)}
    cased = {card.invoice for card in story.promises} | {card.invoice for card in story.disputes}
    cased |= {card.invoice for card in story.receipts}
    for sale in story.sales:
        if rng.randint(1, 100) > 2 or pictured.of(story.profile):
            continue
        amount = money.rounded(sale.amount * rng.randint(4, 15) / 100, story.currency)
        issued_on = sale.delivered_on + timedelta(rng.randint(3, 25))
        if amount <= 0 or issued_on > as_of or issued_on < sale.issued_on:
            continue
        refunded_on = issued_on + timedelta(rng.randint(10, 60))
        settles = sale.invoice if sale.invoice in open_sales - cased and len(sale.parts) == 1 else ""
        if settles and cases.open_amount(sale, 1) <= amount:
            settles = ""
        is_free = settles or refunded_on > as_of or story.profile.payer is Payer.DORMANT
        story.credit_notes.append(
            CreditCard(numbers.take("CN", issued_on), amount, issued_on, None if is_free else refunded_on, settles)
        )
