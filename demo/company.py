"""The sample company: its letterhead, where customers pay to, what it sells, at which rates it converts."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

LETTERHEAD = {
    "name": "Brightwater Drinks Ltd",
    "tagline": "Soft drinks and mineral water",
    "street": "4 Quay Street",
    "postcode": "T12 X8N6",
    "city": "Cork",
    "country": "IE",
    "registration": "Company no. 512 884",
    "vat_id": "IE 9812774T",
    "phone": "+353 21 555 0142",
    "email": "receivables@brightwater.example",
    "contact_name": "Niamh Byrne",
    "base_currency": "EUR",
    "calendar": "IE",
    "latitude": Decimal("51.898500"),
    "longitude": Decimal("-8.471900"),
}

BANK_ACCOUNTS = (
    ("EUR", "Allied Irish Banks", "IE29 AIBK 9311 5212 3456 78", "AIBKIE2D"),
    ("GBP", "Allied Irish Banks (sterling account)", "IE02 AIBK 9311 5212 3456 79", "AIBKIE2D"),
    ("USD", "Allied Irish Banks (dollar account)", "IE72 AIBK 9311 5212 3456 80", "AIBKIE2D"),
)

# One unit in euro: the middle around which the sample rates move a little from month to month.
MIDDLE_RATES = {"GBP": Decimal("1.1640"), "USD": Decimal("0.9180")}
RATE_STEPS = (0, 4, 9, 6, -3, -8, -5, 2, 7, 3, -6, -2)  # ten-thousandths, a year of months
RATE_SOURCE = "sample rates, in the manner of the ECB"


@dataclass(frozen=True, slots=True)
class Good:
    """A product and its list price per unit, in euro."""

    code: str
    name: str
    price: Decimal
    unit: str = "case"


GOODS = (
    Good("BW-S05", "Brightwater still 24 × 0.5 l", Decimal("9.60")),
    Good("BW-S15", "Brightwater still 12 × 1.5 l", Decimal("8.40")),
    Good("BW-P05", "Brightwater sparkling 24 × 0.5 l", Decimal("10.20")),
    Good("BW-P10", "Brightwater sparkling 12 × 1.0 l glass", Decimal("14.90")),
    Good("BW-G33", "Brightwater table glass 24 × 0.33 l", Decimal("16.80")),
    Good("OR-C33", "Quay orange 24 × 0.33 l can", Decimal("18.30")),
    Good("LE-C33", "Quay lemon 24 × 0.33 l can", Decimal("18.30")),
    Good("CO-C33", "Harbour cola 24 × 0.33 l can", Decimal("21.50")),
    Good("CO-Z33", "Harbour cola zero 24 × 0.33 l can", Decimal("21.50")),
    Good("CO-P20", "Harbour cola 6 × 2.0 l", Decimal("12.70")),
    Good("TO-G20", "Lee tonic 24 × 0.2 l glass", Decimal("24.50")),
    Good("GA-G20", "Lee ginger ale 24 × 0.2 l glass", Decimal("24.50")),
    Good("BL-G20", "Lee bitter lemon 24 × 0.2 l glass", Decimal("23.60")),
    Good("IT-P05", "Peach iced tea 12 × 0.5 l", Decimal("13.20")),
    Good("IT-L05", "Lemon iced tea 12 × 0.5 l", Decimal("13.20")),
    Good("AP-G25", "Orchard apple juice 24 × 0.25 l glass", Decimal("27.00")),
    Good("OJ-G25", "Orchard orange juice 24 × 0.25 l glass", Decimal("29.40")),
    Good("EL-G75", "Elderflower pressé 6 × 0.75 l", Decimal("22.20")),
    Good("SP-P05", "Isotonic grapefruit 12 × 0.5 l", Decimal("15.60")),
    Good("KD-C15", "Kids' apple spritzer 18 × 0.2 l", Decimal("11.80")),
    Good("FT-T30", "Fountain syrup cola 10 l", Decimal("38.00"), "box"),
    Good("FT-L30", "Fountain syrup lemon 10 l", Decimal("36.50"), "box"),
    Good("DS-STD", "Display stand", Decimal("1074.60"), "piece"),
)

STAND = "DS-STD"  # sold once in a while, never part of a price list
PRICE_FACTORS = {"EUR": Decimal("1.00"), "GBP": Decimal("0.88"), "USD": Decimal("1.12")}


def rates(*, since: date, until: date) -> list[tuple[str, date, Decimal]]:
    """A rate for each foreign currency on the first of each month of the period, and on its last day."""
    first = since.replace(day=1)
    days = [first]
    while days[-1] < until:
        days.append((days[-1] + timedelta(days=32)).replace(day=1))
    wanted = sorted({day for day in days if day <= until} | {until})
    return [
        (currency, day, _rate(currency, middle, day)) for currency, middle in MIDDLE_RATES.items() for day in wanted
    ]


def _rate(currency: str, middle: Decimal, day: date) -> Decimal:
    step = RATE_STEPS[(day.month + len(currency) * ord(currency[0])) % len(RATE_STEPS)]
    yearly = day.year % 3 - 1
    return middle + Decimal(step * 10 + yearly * 60) / Decimal(10_000)
