"""What a language must be able to say so that a payment clause can be judged: one pattern for each role.

The judgement (`contracts.clauses`) knows no language; the words of each language stand in `contracts/lexicon`, where a
translator can read and extend them. They are matched against plain text (`contracts.clause_text`): small letters, no
accents, single spaces, half-width punctuation, simplified characters.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

LEXICON = Path(__file__).parent / "lexicon"
LANGUAGES = ("en", "es", "zh")
SETTINGS = ("spaced", "base_comes_first", "numbers", "units")
BY_KIND = ("nouns", "phrases")
NEVER = re.compile(r"(?!)")


class Kind(StrEnum):
    """What the date hangs on instead of the calendar."""

    SALE = "sale"  # resale, sell-through, turnover of stock
    COLLECTION = "collection"  # money that somebody else owes the customer
    FUNDS = "funds"  # the customer's ability to pay
    SEASON = "season"  # season, harvest, festival, fair
    EVENT = "event"  # project, approval, or anything else that has no day
    REORDER = "reorder"  # the next order or delivery
    MONTH = "month"  # a month or year without its day
    VAGUE = "vague"  # soon, as usual, in due course
    AGREEMENT = "agreement"  # to be agreed
    DISCRETION = "discretion"  # when the customer sees fit
    ESTIMATE = "estimate"  # about, normally, between
    FIRST_DAY = "first_day"  # not before; and no last day
    NO_DATE = "no_date"  # nothing to count from


@dataclass(frozen=True, slots=True)
class Grammar:
    """The roles words play in a payment clause. A role a language has no words for never matches."""

    spaced: bool  # words are parted by spaces
    numbers: Mapping[str, int]
    units: Mapping[str, int]  # days, by how a unit begins
    base_comes_first: bool = False  # the base stands before the count: "货到后30天"

    # What is taken out before anything is read: it only looks elastic.
    harmless: re.Pattern[str] = NEVER  # "sales invoice", "after-sales service"
    regardless: re.Pattern[str] = NEVER  # "whether or not …": the rest of the phrase carries no weight
    unaffected: re.Pattern[str] = NEVER  # "… does not postpone": nor do the words before it

    # How a clause is divided.
    sentence_end: re.Pattern[str] = NEVER
    phrase_end: re.Pattern[str] = NEVER
    turn: re.Pattern[str] = NEVER  # another share or an alternative begins: "the rest", "or"
    rest: re.Pattern[str] = NEVER  # those turns that need a date of their own, after a share
    share: re.Pattern[str] = NEVER  # "30 %", "half"

    # What a sentence is about.
    pays: re.Pattern[str] = NEVER
    others: re.Pattern[str] = NEVER  # delivery, discount, warranty, complaint
    elsewhere: re.Pattern[str] = NEVER  # signing, inspecting, invoicing, meeting: their dates are no day of payment
    discounted: re.Pattern[str] = NEVER  # "discount if paid within 10 days": the day of a discount is nobody's due date
    late: re.Pattern[str] = NEVER  # what follows when it was not paid
    while_unpaid: re.Pattern[str] = NEVER  # "before payment": how long something else lasts, not when to pay

    # What a date follows from.
    date: re.Pattern[str] = NEVER  # a full calendar date
    day_of_year: re.Pattern[str] = NEVER  # "25 June", where the sentence says "every year"
    year_told: re.Pattern[str] = NEVER  # "20 January following": its year is that of the deliveries said beside it
    every_year: re.Pattern[str] = NEVER
    year_known: re.Pattern[str] = NEVER  # "invoiced on 1 June": an invoice has its year, and the days after it follow
    day: re.Pattern[str] = NEVER  # a settlement day
    at_once: re.Pattern[str] = NEVER  # in advance, on delivery, against documents
    period: re.Pattern[str] = NEVER  # "30 days"
    link: re.Pattern[str] = NEVER  # "after": from a count to its base
    ahead: re.Pattern[str] = NEVER  # where the base comes first it may still follow: "30天，自…起算"
    base: re.Pattern[str] = NEVER  # what may be counted from: invoice, delivery, receipt, …
    base_end: re.Pattern[str] = NEVER
    tie: re.Pattern[str] = NEVER  # "the *invoice* for the goods sold": what follows belongs to something dated
    tie_end: re.Pattern[str] = NEVER  # "and": what stood before it owns nothing behind it
    relative: re.Pattern[str] = NEVER  # "the loan *which* was applied for on 4 March": no beginning
    starts: re.Pattern[str] = NEVER  # "the 30 days begin when": what follows is the base of a count said elsewhere
    count: re.Pattern[str] = NEVER  # counting stock or reconciling accounts: a base only if it has its day
    taken_up: re.Pattern[str] = NEVER  # "which happens within 5 days": goes on about the words before it
    rhythm: re.Pattern[str] = NEVER  # "every 30 days": beside a count of stock its own day
    accepted: re.Pattern[str] = NEVER  # the goods approved or inspected, in the buyer's hand: a base only with a limit

    approved: re.Pattern[str] = NEVER  # an invoice approved: no base either, unless a limit is set for it

    # What bends a date.
    about_before: re.Pattern[str] = NEVER
    about_after: re.Pattern[str] = NEVER
    soon_before: re.Pattern[str] = NEVER  # "as soon as possible" before "on receipt": the wait only begins there
    soon_after: re.Pattern[str] = NEVER
    hedge: re.Pattern[str] = NEVER  # "normally", anywhere in a sentence about paying
    hedged_else: re.Pattern[str] = NEVER  # behind a hedge: "usually delivered", and nothing about the day
    hedged_means: re.Pattern[str] = NEVER  # behind a hedge: "usually by transfer", where no day stands behind it
    hedged_too: re.Pattern[str] = NEVER  # "usually delivered and paid": the hedge reaches over the "and"
    between: re.Pattern[str] = NEVER  # "30 to 60 days"
    floor_before: re.Pattern[str] = NEVER
    floor_after: re.Pattern[str] = NEVER
    since: re.Pattern[str] = NEVER  # "after" before a full date
    onward: re.Pattern[str] = NEVER  # "onwards" behind one
    series: re.Pattern[str] = NEVER  # "monthly instalments": the day after "from" is that of the first
    given: re.Pattern[str] = NEVER  # "delivered on", before a date that has passed or is another's
    given_after: re.Pattern[str] = NEVER
    cap_before: re.Pattern[str] = NEVER
    cap_after: re.Pattern[str] = NEVER
    first_of: re.Pattern[str] = NEVER  # "whichever is earlier"
    sooner: re.Pattern[str] = NEVER  # "if sold earlier", "may pay earlier": a later day stands anyway

    # What the calendar does not know.
    connector: re.Pattern[str] = NEVER  # "after", "as soon as", "provided": may stand far from its noun
    near_connector: re.Pattern[str] = NEVER  # "on", "from": stands close to it, and says less
    condition: re.Pattern[str] = NEVER  # "provided": holds even after a last day
    proviso: re.Pattern[str] = NEVER  # "provided that": whatever follows must happen first
    deemed: re.Pattern[str] = NEVER  # "deemed sold": beside it "more than 90 days" is a last day
    waits: re.Pattern[str] = NEVER  # "if not sold, the seller waits"
    fallback: re.Pattern[str] = NEVER  # "if not sold by then": what is due all the same
    of_goods: re.Pattern[str] = NEVER  # "deliveries made", before a season: says which goods, not when
    goods_sold: re.Pattern[str] = NEVER  # goods that are not due before they are sold
    unsettled: re.Pattern[str] = NEVER  # "on dates to be agreed": a day, and who is still to name it
    closes: re.Pattern[str] = NEVER  # what happens to unsold goods in the end
    nouns: Mapping[Kind, re.Pattern[str]] = field(default_factory=dict)  # elastic behind a connector
    phrases: Mapping[Kind, re.Pattern[str]] = field(default_factory=dict)  # elastic by themselves


@cache
def grammar_of(language: str) -> Grammar:
    """The grammar of "en", "es" or "zh"; "zh-hans" is zh."""
    code = language[:2].lower()
    if code not in LANGUAGES:
        raise ValueError(f"{language!r} is none of {', '.join(LANGUAGES)}")
    said: dict[str, Any] = {}
    for file in ("language", "structure", "dates", "bends", "elastic", "phrases"):
        said |= tomllib.loads((LEXICON / code / f"{file}.toml").read_text(encoding="utf-8"))
    pieces = _pieces(said.pop("pieces"))
    roles: dict[str, Any] = {}
    for name, role in said.items():
        if name in SETTINGS:
            roles[name] = role
        elif name in BY_KIND:
            roles[name] = {Kind(kind): _pattern(words, pieces) for kind, words in role.items()}
        else:
            roles[name] = _pattern(role, pieces)
    return Grammar(**roles)


def _pieces(said: Mapping[str, str]) -> dict[str, str]:
    """Parts that many patterns share ("{month}"); a piece may use those above it."""
    pieces: dict[str, str] = {}
    for name, text in said.items():
        pieces[f"{{{name}}}"] = _filled(text, pieces)
    return pieces


def _pattern(role: Mapping[str, list[str]], pieces: Mapping[str, str]) -> re.Pattern[str]:
    """`words` stand between word boundaries, `patterns` as they are."""
    words = "|".join(_filled(text, pieces) for text in role.get("words", ()))
    alternatives = [rf"\b(?:{words})\b"] if words else []
    alternatives += [_filled(text, pieces) for text in role.get("patterns", ())]
    return re.compile("|".join(alternatives))


def _filled(text: str, pieces: Mapping[str, str]) -> str:
    """Long lines are broken in the lexicon; a break and the indentation behind it mean nothing."""
    text = "".join(line.lstrip() for line in text.split("\n")) if "\n" in text else text
    for name, piece in pieces.items():
        text = text.replace(name, piece)
    return text
