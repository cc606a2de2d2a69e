"""What a language must be able to say so that a payment clause can be judged: one pattern for each role.

The judgement itself (`contracts.clauses`) knows no language. All patterns are applied to plain text
(`contracts.clause_text`): small letters, no accents, single spaces, half-width punctuation, simplified characters.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


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
    FIRST_DAY = "first day"  # not before; and no last day
    NO_DATE = "no date"  # nothing to count from


def either(*alternatives: str) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{alternative})" for alternative in alternatives))


@dataclass(frozen=True, slots=True)
class Grammar:
    """The roles words play in a payment clause."""

    spaced: bool  # words are parted by spaces
    numbers: Mapping[str, int]
    units: Mapping[str, int]  # days, by how a unit begins

    # What is taken out before anything is read: it only looks elastic.
    harmless: re.Pattern[str]  # "sales invoice", "after-sales service"
    regardless: re.Pattern[str]  # "whether or not …": nothing in the rest of the phrase carries weight
    unaffected: re.Pattern[str]  # "… does not postpone": nor do the words before it

    # How a clause is divided.
    sentence_end: re.Pattern[str]
    phrase_end: re.Pattern[str]
    turn: re.Pattern[str]  # another share or an alternative begins: "the rest", "or"
    rest: re.Pattern[str]  # those turns that need a date of their own, after a share
    share: re.Pattern[str]  # "30 %", "half"

    # What a date follows from.
    date: re.Pattern[str]  # a full calendar date
    day_of_year: re.Pattern[str]  # "25 June", where the sentence says "every year"
    every_year: re.Pattern[str]
    day: re.Pattern[str]  # a settlement day
    at_once: re.Pattern[str]  # in advance, on delivery, against documents
    period: re.Pattern[str]  # "30 days"
    link: re.Pattern[str]  # "after": from the end of a period to what it counts from
    base: re.Pattern[str]  # what may be counted from: invoice, delivery, receipt, …
    count: re.Pattern[str]  # counting stock or reconciling accounts: a base only if it has its day
    base_end: re.Pattern[str]

    # What bends a date.
    about_before: re.Pattern[str]
    about_after: re.Pattern[str]
    hedge: re.Pattern[str]  # "normally", anywhere in a sentence about paying
    between: re.Pattern[str]  # "30 to 60 days"
    floor_before: re.Pattern[str]
    floor_after: re.Pattern[str]
    since: re.Pattern[str]  # "after" before a full date
    onward: re.Pattern[str]  # "onwards" behind one
    cap_before: re.Pattern[str]
    cap_after: re.Pattern[str]
    sooner: re.Pattern[str]  # "if sold earlier": then a later day stands anyway
    consigned: re.Pattern[str]  # goods that are not due before they are sold
    first_of: re.Pattern[str]  # "whichever is earlier"

    # What the calendar does not know.
    connector: re.Pattern[str]  # "after", "as soon as", "provided": may stand far from its noun
    near_connector: re.Pattern[str]  # "on", "from": stands close to it
    nouns: Mapping[Kind, re.Pattern[str]]  # elastic behind a connector
    phrases: Mapping[Kind, re.Pattern[str]]  # elastic by themselves
    proviso: re.Pattern[str]  # "provided that": whatever follows must happen first
    condition: re.Pattern[str]  # "provided": holds even after a latest date
    of_goods: re.Pattern[str]  # "deliveries made" directly before a season or month: says which goods, not when

    # What a sentence is about.
    pays: re.Pattern[str]
    others: re.Pattern[str]  # delivery, discount, warranty, complaint
    late: re.Pattern[str]  # what follows when it was not paid
    closes: re.Pattern[str]  # what happens to unsold goods in the end

    tie: re.Pattern[str]  # between a connector and its noun these say that the noun belongs to something dated
    tie_end: re.Pattern[str]  # "and": what stood before it owns nothing behind it
    base_comes_first: bool = False  # the base stands before the period ("货到后30天")
