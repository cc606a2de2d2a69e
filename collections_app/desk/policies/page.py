"""The versions of the policy as rows for pages: each key with its meaning, and where versions differ."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from itertools import pairwise
from typing import Any

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from collections_app.policy import queries, words
from collections_app.policy.keys import BY_PATH, CATALOGUE, SECTIONS
from collections_app.policy.models import Version
from collections_app.policy.thresholds import Policy
from common.templatetags import ui
from receivables.queries import base_currency
from staff import queries as staff
from staff.models import Approval, Role

DECIDERS = (Role.MANAGER, Role.FINANCE, Role.ADMIN)


@dataclass(frozen=True, slots=True)
class VersionRow:
    """A version in a list. `number` 0: the defaults of the product, where no version is in force."""

    number: int
    title: str
    url: str
    state: str
    starts_on: date | None
    until: date | None  # the day on which the next one starts
    differs: int  # keys that are not as in force
    entered_at: datetime | None
    by: str
    is_simulated: bool


@dataclass(frozen=True, slots=True)
class VersionList:
    in_force: VersionRow
    coming: list[VersionRow]
    drafts: list[VersionRow]
    past: list[VersionRow]


def version_list(on: date) -> VersionList:
    found = queries.versions(on)
    in_force = found.in_force.policy if found.in_force else Policy()
    active = [*reversed(found.past), *([found.in_force] if found.in_force else []), *found.coming]
    until = {this.pk: after.starts_on for this, after in pairwise(active)}
    names = staff.names(version.activated_by or version.entered_by for version in [*active, *found.drafts])

    def row(version: Version) -> VersionRow:
        return VersionRow(
            number=version.pk,
            title=title_of(version),
            url=reverse("desk:policy-version", args=[version.pk]),
            state=str(version.get_state_display()),
            starts_on=version.starts_on,
            until=until.get(version.pk),
            differs=_differing(version.policy, in_force),
            entered_at=version.activated_at or version.entered_at,
            by=names.get(version.activated_by or version.entered_by, ""),
            is_simulated=version.state == Version.State.SIMULATED,
        )

    first = active[0].starts_on if active else None
    url = reverse("desk:policy-defaults")
    nobodys = VersionRow(0, _("Defaults of the product"), url, _("In force"), None, first, 0, None, "", False)
    return VersionList(
        in_force=row(found.in_force) if found.in_force else nobodys,
        coming=[row(version) for version in found.coming],
        drafts=[row(version) for version in found.drafts],
        past=[row(version) for version in found.past],
    )


def title_of(version: Version) -> str:
    return version.title or _("Version %(number)s") % {"number": version.pk}


def _differing(one: Policy, other: Policy) -> int:
    own = sum(one.segments.get(name) != other.segments.get(name) for name in {*one.segments, *other.segments})
    return own + sum(key.value_in(one) != key.value_in(other) for key in CATALOGUE)


@dataclass(frozen=True, slots=True)
class KeyRow:
    """One key: what it is, and its values. `is_changed`: not as in force on the day."""

    label: Any
    path: str
    meaning: Any
    default: str
    in_force: str
    here: str
    is_changed: bool
    is_default: bool


@dataclass(frozen=True, slots=True)
class SectionRows:
    name: str
    title: Any
    rows: list[KeyRow]
    changed: int


def sections(here: Policy, in_force: Policy) -> list[SectionRows]:
    found = []
    for section in SECTIONS:
        rows = [_row(key.path, here, in_force) for key in CATALOGUE if key.section == section]
        name = section.replace(".", "-") or "ageing"
        found.append(SectionRows(name, words.SECTIONS[section], rows, sum(row.is_changed for row in rows)))
    return found


def _row(path: str, here: Policy, in_force: Policy) -> KeyRow:
    key, said = BY_PATH[path], words.KEYS[path]
    value = key.value_in(here)
    return KeyRow(
        label=said.label,
        path=path,
        meaning=said.meaning,
        default=words.written(key, key.default),
        in_force=words.written(key, key.value_in(in_force)),
        here=words.written(key, value),
        is_changed=value != key.value_in(in_force),
        is_default=value == key.default,
    )


@dataclass(frozen=True, slots=True)
class OwnRow:
    """A value of a segment that differs from the general one. Empty: as in general."""

    segment: str
    section: Any
    label: Any
    path: str
    general: str
    in_force: str
    here: str
    is_changed: bool
    edit_url: str


def own_values(version: Version, in_force: Policy) -> list[OwnRow]:
    here, found = version.policy, []
    for name in sorted({*here.segments, *in_force.segments}):
        for key in CATALOGUE:
            own, was = (policy.segments.get(name, {}).get(key.section, {}).get(key.name) for policy in (here, in_force))
            if own is None and was is None:
                continue
            found.append(
                OwnRow(
                    segment=name,
                    section=words.SECTIONS[key.section],
                    label=words.KEYS[key.path].label,
                    path=key.path,
                    general=words.written(key, key.value_in(here)),
                    in_force="" if was is None else words.written(key, was),
                    here="" if own is None else words.written(key, own),
                    is_changed=own != was,
                    edit_url=segment_url(version, name),
                )
            )
    return found


@dataclass(frozen=True, slots=True)
class SegmentLink:
    name: str
    url: str
    is_current: bool
    own: int  # values of its own


def segment_links(version: Version, current: str, named: Iterable[str]) -> list[SegmentLink]:
    policy = version.policy
    return [
        SegmentLink(
            name,
            segment_url(version, name),
            name == current,
            sum(len(values) for values in policy.segments.get(name, {}).values()),
        )
        for name in sorted({*named, *policy.segments})
    ]


def segment_url(version: Version, name: str) -> str:
    return f"{reverse('desk:edit-policy', args=[version.pk])}?{urlencode({'segment': name})}"


@dataclass(frozen=True, slots=True)
class Limit:
    """Up to which amount a role may approve a kind of deed: as the policy says, or as the rights except it."""

    kind: Any
    by_role: Sequence[str]


def limits(on: date) -> list[Limit]:
    manager_up_to = Decimal(queries.in_force(on).approvals.manager_up_to)
    stated = {(row.role, row.kind): row.up_to for row in Approval.objects.all()}
    base = base_currency()

    def up_to(role: Role, kind: str) -> str:
        usual = manager_up_to if role == Role.MANAGER else None
        limit = stated.get((role, kind), usual)
        if limit is None:
            return _("any amount")
        return _("up to %(amount)s") % {"amount": ui.money_text(limit, base)} if limit else _("nothing")

    return [Limit(kind.label, [up_to(role, kind) for role in DECIDERS]) for kind in Approval.Kind]
