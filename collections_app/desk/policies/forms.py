"""The policy as a form: one field a key. A form checks nothing that reading a policy checks."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from collections_app.policy import document, queries, reading, words
from collections_app.policy.keys import CATALOGUE, Key, Kind
from collections_app.policy.reading import Problem, Read
from collections_app.policy.thresholds import Policy
from collections_app.standings.policies import first_day
from common import clock
from common.forms import DayField, parse_amount
from receivables.forms import OnceForm

TITLE_LENGTH = 100
FILE_SIZE = 200_000  # a policy has a few kilobytes
WHOLE = re.compile(r"-?\d{1,12}")


class NewForm(OnceForm):
    """A draft of the policy in force, or of another version."""

    title = forms.CharField(
        label=gettext_lazy("What is it for?"),
        help_text=gettext_lazy("A short name, such as “Stricter from 2027”."),
        max_length=TITLE_LENGTH,
    )


class ActivateForm(OnceForm):
    starts_on = DayField(
        label=gettext_lazy("In force from"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        kwargs["initial"] = {"starts_on": first_day(clock.business_today())} | (kwargs.get("initial") or {})
        super().__init__(data, auto_id="activate_%s", **kwargs)


class DiscardForm(OnceForm):
    """The draft goes."""


class TryForm(OnceForm):
    """The draft is tried today."""


@dataclass(frozen=True, slots=True)
class Fieldset:
    """The fields of one section."""

    name: str
    title: Any
    fields: list[BoundField]


class PolicyForm(OnceForm):
    """Every key of a version; with a `segment` those that may differ there, and an empty field means: as in general."""

    title = forms.CharField(label=gettext_lazy("What is it for?"), max_length=TITLE_LENGTH)

    def __init__(self, data: Any = None, *, policy: Policy, title: str = "", segment: str = "", **kwargs: Any) -> None:
        self.policy, self.segment = policy, segment
        self.keys = [key for key in CATALOGUE if key.by_segment or not segment]
        self.own = policy.segments.get(segment, {})
        initial = {"title": title} | {name_of(key): self._shown(key) for key in self.keys}
        super().__init__(data, initial=initial, **kwargs)
        if segment:
            del self.fields["title"]
        for key in self.keys:
            self.fields[name_of(key)] = _field(key, policy, segment)

    def _shown(self, key: Key) -> Any:
        if self.segment:
            value = self.own.get(key.section, {}).get(key.name)
            return "" if value is None else _text(key, value)
        return _text(key, key.value_in(self.policy))

    @property
    def fieldsets(self) -> list[Fieldset]:
        sections = dict.fromkeys(key.section for key in self.keys)
        return [
            Fieldset(
                section.replace(".", "-") or "ageing",
                words.SECTIONS[section],
                [self[name_of(key)] for key in self.keys if key.section == section],
            )
            for section in sections
        ]

    def clean(self) -> dict[str, Any]:
        """The fields as one document, read as a file is; each problem stands beside its field."""
        said = super().clean() or self.cleaned_data
        given = [key for key in self.keys if said.get(name_of(key)) not in (None, "")]
        raw = _document([(key, _raw(key, said[name_of(key)])) for key in given])
        if self.segment:
            raw = {document.SEGMENTS: {self.segment: raw}}
        self.read = reading.read(raw, base=self.policy, segments=queries.segments())
        for problem in self.read.problems:
            self._say(problem)
        return said

    def _say(self, problem: Problem) -> None:
        name = name_of(problem.key) if problem.key else ""
        if name in self.fields and name not in self.errors:
            self.add_error(name, words.beside(problem))
        elif name not in self.fields:  # a segment's own value collides with what was changed here
            self.add_error(None, words.problem(problem))


class TextForm(OnceForm):
    """The policy as text: typed, pasted, or a file in its place."""

    text = forms.CharField(
        label=gettext_lazy("Policy as TOML"),
        widget=forms.Textarea(attrs={"rows": 24, "spellcheck": "false", "autocapitalize": "off", "wrap": "off"}),
        required=False,
        strip=False,
        max_length=FILE_SIZE,
    )
    file = forms.FileField(
        label=gettext_lazy("Or a file"),
        help_text=gettext_lazy("Where a file is chosen, it counts and not the text above."),
        required=False,
        widget=forms.FileInput(attrs={"accept": ".toml,text/plain"}),
    )

    def __init__(self, data: Any = None, files: Any = None, *, policy: Policy, **kwargs: Any) -> None:
        self.policy = policy
        super().__init__(data, files=files, initial={"text": document.as_toml(policy)}, **kwargs)

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        source = self._source(said)
        if source is None or self.errors:
            return said
        self.read: Read = reading.from_toml(source, base=self.policy, segments=queries.segments())
        for problem in self.read.problems:
            self.add_error("text", words.problem(problem))
        return said

    def _source(self, said: Mapping[str, Any]) -> str | None:
        file = said.get("file")
        if file is None:
            if not said.get("text", "").strip() and "text" not in self.errors:
                self.add_error("text", _("Write the policy, or choose a file."))
                return None
            return str(said.get("text", "")).replace("\r\n", "\n")
        if file.size > FILE_SIZE:
            self.add_error("file", _("A policy is a small file; this one is too large."))
            return None
        try:
            source = str(file.read().decode("utf-8-sig")).replace("\r\n", "\n")
        except UnicodeDecodeError:
            self.add_error("file", _("The file is not text in UTF-8. Save it so and send it again."))
            return None
        sent = {name: self.data.get(name) for name in self.data}
        self.data = sent | {"text": source}  # what was sent stands in the field with its problems
        return source


def name_of(key: Key) -> str:
    return key.path.replace(".", "__")


def _field(key: Key, policy: Policy, segment: str) -> forms.Field:
    said = words.KEYS[key.path]
    shared: dict[str, Any] = {"label": said.label, "help_text": _help(key, policy, segment), "required": not segment}
    if key.kind == Kind.YES_NO:
        return forms.BooleanField(label=said.label, help_text=said.meaning, required=False)
    if key.kind == Kind.WORD:
        empty = [("", _("as in general"))] if segment else []
        choices = [*empty, *((name, capfirst(words.CHOICES[name])) for name in key.choices)]
        return forms.ChoiceField(choices=choices, **shared)
    attrs = {"autocomplete": "off"}
    if key.kind == Kind.WHOLE:
        attrs["inputmode"] = "numeric"
    if key.kind in (Kind.AMOUNT, Kind.SHARE, Kind.FACTOR):
        attrs["inputmode"] = "decimal"
    if key.kind == Kind.TIME:
        attrs["type"] = "time"
    return forms.CharField(widget=forms.TextInput(attrs=attrs), max_length=60, **shared)


def _help(key: Key, policy: Policy, segment: str) -> str:
    """What it means; in which currency; for a segment what holds in general."""
    parts = [str(words.KEYS[key.path].meaning)]
    if key.kind == Kind.AMOUNT:
        parts.append(f"{capfirst(words.UNITS[key.unit])}.")
    if segment:
        parts.append(_("In general: %(value)s.") % {"value": words.written(key, key.value_in(policy))})
    return " ".join(parts)


def _text(key: Key, value: Any) -> Any:
    if key.kind == Kind.YES_NO:
        return value
    if key.kind == Kind.FACTORS:  # a comma may be before their decimals
        return "; ".join(value)
    return ", ".join(map(str, value)) if key.kind == Kind.STEPS else document.text_of(key, value)


def _raw(key: Key, said: Any) -> Any:
    """As a file would have it; what is no number stays text, and reading says so."""
    if key.kind == Kind.STEPS:
        return [_number(part) for part in re.split(r"[,;\s]+", said.strip()) if part]
    if key.kind == Kind.FACTORS:
        return [_exact(part) for part in re.split(r",?[;\s]+", said.strip().strip(",;")) if part]
    if key.kind == Kind.WHOLE:
        return _number(said.strip())
    if key.kind in (Kind.AMOUNT, Kind.SHARE, Kind.FACTOR):
        return _exact(said)
    return said


def _exact(text: str) -> Any:
    try:
        return parse_amount(text)
    except ValueError:
        return text


def _number(text: str) -> Any:
    return int(text) if WHOLE.fullmatch(text) else text


def _document(values: Sequence[tuple[Key, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in values:
        document.put(found, key.section, key.name, value)
    return found
