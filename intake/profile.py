"""A profile: what a file of one system looks like. A small TOML file; docs/profiles.md explains every key."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any

from common import money
from contracts import terms
from intake import values
from intake.agreed import fields as agreed
from intake.sections import (
    Amounts,
    CustomerNumber,
    Dates,
    DebitCredit,
    Documents,
    FileShape,
    OpenRule,
    Snapshot,
    Types,
    YesNo,
)

FIELDS = [
    "number",
    "customer_number",
    "customer_name",
    "issued_on",
    "due_on",
    "terms",
    "baseline_on",
    "amount",
    "debit",
    "credit",
    "open_amount",
    "paid_amount",
    "currency",
    "type",
    "status",
    "settled_on",
    "paid_on",
    "discount_until",
    "discount_days",
    "discount_percent",
    "vat_amount",
    "vat_percent",
    "debit_credit",
    "owner",
    "segment",
    "region",
    "country",
    "language",
    "vat_id",
    "channel",
    "as_of",
]
MODES = ("add", "snapshot")
RECEIVABLES = "receivables"
KINDS = (RECEIVABLES, *agreed.KINDS)
OF_RECEIVABLES = {"mode", "unknown_terms", "documents", "types", "debit_credit", "open", "snapshot", "terms", "owners"}


class ProfileWrong(ValueError):
    """The profile cannot be used; the message names the key and what it may be."""


@dataclass(frozen=True, slots=True)
class Profile:
    name: str
    title: str = ""
    kind: str = RECEIVABLES
    mode: str = "add"
    unknown_terms: str = "problem"
    file: FileShape = field(default_factory=FileShape)
    columns: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    constants: Mapping[str, str] = field(default_factory=dict)
    defaults: Mapping[str, str] = field(default_factory=dict)
    dates: Dates = field(default_factory=Dates)
    amounts: Amounts = field(default_factory=Amounts)
    customer_number: CustomerNumber = field(default_factory=CustomerNumber)
    documents: Documents = field(default_factory=Documents)
    types: Types = field(default_factory=Types)
    debit_credit: DebitCredit = field(default_factory=DebitCredit)
    open: OpenRule = field(default_factory=OpenRule)
    snapshot: Snapshot = field(default_factory=Snapshot)
    currencies: Mapping[str, str] = field(default_factory=dict)
    terms: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    owners: Mapping[str, str] = field(default_factory=dict)
    yes_no: YesNo = field(default_factory=YesNo)
    executions: Mapping[str, str] = field(default_factory=dict)
    titles: Mapping[str, str] = field(default_factory=dict)
    states: Mapping[str, str] = field(default_factory=dict)
    counters: Mapping[str, str] = field(default_factory=dict)
    consigned_titles: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_snapshot(self) -> bool:
        return self.mode == "snapshot"

    @property
    def fields(self) -> Sequence[str]:
        """What a column can hold in a file of this kind."""
        return FIELDS if self.kind == RECEIVABLES else agreed.KINDS[self.kind].fields

    def has(self, name: str) -> bool:
        return name in self.columns or name in self.constants


_SECTIONS: dict[str, type] = {
    "file": FileShape,
    "dates": Dates,
    "amounts": Amounts,
    "customer_number": CustomerNumber,
    "documents": Documents,
    "types": Types,
    "debit_credit": DebitCredit,
    "open": OpenRule,
    "snapshot": Snapshot,
    "yes_no": YesNo,
}
_CHOICES: dict[str, tuple[str, ...]] = {
    "kind": KINDS,
    "mode": MODES,
    "unknown_terms": ("problem", "ignore"),
    "file.format": ("auto", "csv", "xlsx"),
    "amounts.decimal": (".", ",", "auto"),
    "amounts.zero": ("problem", "skip"),
    "documents.unique_by": ("number", "customer"),
    "types.by": ("", "type", "sign"),
    "types.other": ("problem", "invoice", "skip"),
    "open.rule": ("", "status", "settled_on", "open_amount", "always"),
    "open.closed_without_date": ("problem", "due_on", "issued_on", "today"),
    "open.part_paid_on": ("today", "due_on", "issued_on", "problem"),
}


def parse(source: str, *, name: str, kind: str = "") -> Profile:
    """A profile from its TOML text. Raises ProfileWrong for anything it cannot mean.

    `kind` is what the file is said to hold; it counts where the profile does not say it itself.
    """
    try:
        read = tomllib.loads(source)
    except tomllib.TOMLDecodeError as error:
        raise ProfileWrong(f"not TOML: {error}") from error
    kind = read["kind"] = _value(read.get("kind") or kind or RECEIVABLES, "kind")
    simple = {"title", "kind", "mode", "unknown_terms"}
    words = {"constants", "defaults", "currencies", "owners", *agreed.WORDS}
    tables = {"columns", "terms", *words}
    _only_known(read, OF_RECEIVABLES | agreed.SHAPE if kind == RECEIVABLES else agreed.KINDS[kind].all_keys, "")
    for table in (tables | set(_SECTIONS)) & set(read):
        if not isinstance(read[table], dict):
            raise ProfileWrong(f"{table}: expected a table, [{table}]")
    found: dict[str, Any] = {key: _value(read[key], key) for key in simple & set(read)}
    found |= {key: _section(kind, read[key], key) for key, kind in _SECTIONS.items() if key in read}
    found["columns"] = {key: _words(value, f"columns.{key}") for key, value in read.get("columns", {}).items()}
    for table in words:
        found[table] = {str(key): str(value) for key, value in read.get(table, {}).items()}
    found["terms"] = read.get("terms", {})
    profile = Profile(name=name, **found)
    _check(profile)
    return profile


def _only_known(table: Mapping[str, Any], known: set[str], where: str) -> None:
    for key in table:
        if key not in known:
            raise ProfileWrong(f"{where}{key}: no such key; there are {', '.join(sorted(known))}")


def _section(kind: type, table: Mapping[str, Any], name: str) -> Any:
    shape = {part.name: part.default for part in fields(kind)}
    _only_known(table, set(shape), f"{name}.")
    return kind(**{key: _typed(value, shape[key], f"{name}.{key}") for key, value in table.items()})


def _typed(value: Any, default: Any, key: str) -> Any:
    if key in {"file.sheet", "file.heading_row"}:
        if isinstance(value, bool) or not isinstance(value, int | str):
            raise ProfileWrong(f"{key}: expected a number or a word")
        return value
    if key == "file.skip":
        return _skips(value)
    if isinstance(default, tuple):
        return _words(value, key)
    wanted = int if key == "dates.year" else type(default)
    if type(value) is not wanted:
        raise ProfileWrong(f"{key}: expected {wanted.__name__}, got {value!r}")
    return _value(value, key)


def _value(value: Any, key: str) -> Any:
    choices = _CHOICES.get(key)
    if choices and value not in choices:
        raise ProfileWrong(f"{key}: {value!r} is none of {', '.join(choice for choice in choices if choice)}")
    return value


def _words(value: Any, key: str) -> tuple[str, ...]:
    words = [value] if isinstance(value, str) else value
    if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
        raise ProfileWrong(f"{key}: expected a text or a list of texts")
    return tuple(words)


def _skips(value: Any) -> tuple[Mapping[str, Any], ...]:
    if not isinstance(value, list) or not all(isinstance(rule, dict) for rule in value):
        raise ProfileWrong('file.skip: expected a list of rules like { column = "Document", starts_with = "Total" }')
    rules = []
    for rule in value:
        _only_known(rule, {"column", "starts_with", "equals", "contains", "empty"}, "file.skip: ")
        tests = {
            key: _words(rule[key], f"file.skip.{key}") for key in ("starts_with", "equals", "contains") if key in rule
        }
        if not tests and rule.get("empty") is not True:
            raise ProfileWrong("file.skip: a rule needs starts_with, equals, contains or empty = true")
        if "empty" in rule and "column" not in rule:
            raise ProfileWrong("file.skip: empty = true needs a column")
        rules.append({"column": rule.get("column", ""), "empty": rule.get("empty", False), **tests})
    return tuple(rules)


def _check(profile: Profile) -> None:
    for table in ("columns", "constants", "defaults"):
        _only_known(getattr(profile, table), set(profile.fields), f"{table}.")
    if profile.kind == RECEIVABLES:
        _check_receivables(profile)
    else:
        _check_agreed(profile)
    if not profile.columns:
        raise ProfileWrong("columns: expected a table, [columns]")
    _check_words(profile)
    _check_dates(profile.dates)
    for code, meant in profile.terms.items():
        _check_terms(code, meant)
    for key in ("optional", "fill_down"):
        _only_known(dict.fromkeys(getattr(profile.file, key)), set(profile.columns), f"file.{key}: ")


def _check_receivables(profile: Profile) -> None:
    if not profile.has("number") and not profile.documents.number_parts:
        raise ProfileWrong("columns.number: say which column holds the invoice number")
    if not profile.has("customer_number") and not profile.has("customer_name"):
        raise ProfileWrong("columns.customer_number: say which column holds the customer's number or name")
    if not profile.has("issued_on"):
        raise ProfileWrong("columns.issued_on: say which column holds the invoice date")
    if not any(profile.has(name) for name in ("amount", "debit", "credit", "open_amount")):
        raise ProfileWrong("columns.amount: say which column holds the amount (or debit and credit, or open_amount)")
    if not _knows_currency(profile):
        raise ProfileWrong("columns.currency: say which column holds the currency, or set constants.currency")
    _check_snapshot(profile)


def _check_agreed(profile: Profile) -> None:
    for names, held in agreed.KINDS[profile.kind].needed:
        if not any(profile.has(name) for name in names) and not (names == ("currency",) and _knows_currency(profile)):
            raise ProfileWrong(f"columns.{names[0]}: say which column holds {held}")
    for table, known in agreed.WORDS.items():
        for word, ours in getattr(profile, table).items():
            if ours not in known:
                raise ProfileWrong(f"{table}.{word}: {ours!r} is none of {', '.join(known)}")


def _knows_currency(profile: Profile) -> bool:
    return profile.has("currency") or "currency" in profile.defaults or profile.amounts.currency_from_heading


def _check_words(profile: Profile) -> None:
    shape = profile.file
    if shape.delimiter not in {"auto", "tab"} and len(shape.delimiter) != 1:
        raise ProfileWrong('file.delimiter: expected one character, "tab" or "auto"')
    if len(shape.quote) > 1:
        raise ProfileWrong('file.quote: expected one character, or "" where nothing is quoted')
    if isinstance(shape.heading_row, str) and shape.heading_row != "find":
        raise ProfileWrong('file.heading_row: expected a line number or "find"')
    for name in shape.encoding:
        try:
            "".encode(name)
        except LookupError as error:
            raise ProfileWrong(f"file.encoding: {name!r} is no encoding") from error
    if profile.open.rule == "status" and not (profile.has("status") and (profile.open.open or profile.open.closed)):
        raise ProfileWrong("open.rule: status needs columns.status and the words open or closed")
    for word, code in profile.currencies.items():
        if not money.is_known(code):
            raise ProfileWrong(f"currencies.{word}: {code!r} is no currency code")


def _check_dates(dates: Dates) -> None:
    orders: dict[str, str] = {}
    for style in dates.styles:
        if not ("D" in style and "M" in style and ("YY" in style or dates.year)):
            raise ProfileWrong(f"dates.styles: {style!r} needs YYYY (or dates.year), MM and DD")
        shape = style.replace("YYYY", "#4").replace("MMM", "name").replace("DD", "#").replace("MM", "#")
        shape = shape.replace("D", "#").replace("M", "#")
        other = orders.setdefault(shape, style)
        if style.replace("DD", "D").replace("MM", "M") != other.replace("DD", "D").replace("MM", "M"):
            raise ProfileWrong(f"dates.styles: {other} and {style} cannot be told apart; keep one")
    try:
        values.month_names(dates.months)
    except Exception as error:  # babel has several ways to say so
        raise ProfileWrong(f"dates.months: {dates.months!r} is no language") from error


def _check_snapshot(profile: Profile) -> None:
    how = profile.snapshot
    if not profile.is_snapshot:
        if how != Snapshot() or profile.has("as_of"):
            raise ProfileWrong('snapshot: needs mode = "snapshot"')
        return
    if not profile.has("open_amount") and not profile.has("paid_amount"):
        raise ProfileWrong("columns.open_amount: say which column of the snapshot holds what is open (or paid_amount)")
    if profile.has("as_of") and how.day_in_name:
        raise ProfileWrong("snapshot.day_in_name: the day stands in columns.as_of already; keep one")
    if how.day_in_name:
        _check_dates(Dates(styles=(how.day_in_name,)))
    if how.segments and not profile.has("segment"):
        raise ProfileWrong("snapshot.segments: needs columns.segment or constants.segment")
    if how.segments and how.control_total:
        raise ProfileWrong("snapshot.control_total: a list of some segments has no total of the whole book")


def _check_terms(code: str, meant: Any) -> None:
    if not isinstance(meant, dict) or "method" not in meant:
        raise ProfileWrong(f'terms.{code}: expected values like {{ method = "net", days = 30 }}')
    parameters = {key: value for key, value in meant.items() if key != "method"}
    if "{days}" in code:
        parameters["days"] = 30
    if not terms.is_computable(meant["method"], parameters):
        raise ProfileWrong(f"terms.{code}: no due date follows from {meant}")
