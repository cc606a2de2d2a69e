"""The ageing board as a file: each currency by standing and bucket, and each rep, in the money in which it is owed."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from collections_app.desk.scope import CHARGE, CREDIT, UNAPPLIED, UNCLASSIFIED
from collections_app.desk.sources import OWN_BUCKETS, Group
from collections_app.standings.models import StandingChoices
from collections_app.standings.words import bucket_word
from common import money
from common.money import ZERO
from common.templatetags import ui
from receivables import buckets as ageing_buckets
from staff.models import User

Rows = list[list[Any]]
STANDINGS = (*StandingChoices.values, UNCLASSIFIED, CHARGE, CREDIT, UNAPPLIED)


def blocks(groups: Sequence[Group], *, bounds: tuple[int, ...]) -> list[tuple[str, Rows]]:
    """Amounts are never converted here, so that each adds up to the rows behind it."""
    names = [*ageing_buckets.names(bounds), *OWN_BUCKETS]
    return [
        (_("By standing"), _by_standing(groups, names)),
        (_("By rep"), _by_rep(groups, names)),
    ]


def _by_standing(groups: Sequence[Group], names: Sequence[str]) -> Rows:
    rows: Rows = [[_("Currency"), _("Standing"), *map(bucket_word, names), _("Total"), _("Items")]]
    for currency in _currencies(groups):
        own = [group for group in groups if group.currency == currency]
        for standing in STANDINGS:
            part = [group for group in own if group.standing == standing]
            if part:
                rows.append([currency, _standing_word(standing), *_sums(part, names, currency), _count(part)])
        rows.append([currency, _("Total"), *_sums(own, names, currency), _count(own)])
    return rows


def _by_rep(groups: Sequence[Group], names: Sequence[str]) -> Rows:
    """By name, as on the board; customers without a rep come last."""
    rows: Rows = [[_("Rep"), _("Currency"), *map(bucket_word, names), _("Total"), _("Of which late"), _("Items")]]
    people = {person.pk: str(person) for person in User.objects.filter(pk__in={group.rep for group in groups})}
    ordered: list[int | None] = sorted(people, key=lambda key: people[key])
    for rep in [*ordered, None]:
        of_rep = [group for group in groups if group.rep == rep]
        for currency in _currencies(of_rep):
            own = [group for group in of_rep if group.currency == currency]
            late = _sum([group for group in own if group.is_late], currency)
            name = people[rep] if rep is not None else _("No rep assigned")
            rows.append([name, currency, *_sums(own, names, currency), late, _count(own)])
    return rows


def _currencies(groups: Sequence[Group]) -> list[str]:
    return sorted({group.currency for group in groups})


def _sums(groups: Sequence[Group], names: Sequence[str], currency: str) -> list[Decimal]:
    """One amount a bucket, and the total."""
    parts = [_sum([group for group in groups if group.bucket == name], currency) for name in names]
    return [*parts, _sum(groups, currency)]


def _sum(groups: Sequence[Group], currency: str) -> Decimal:
    return money.rounded(sum((group.amount for group in groups), ZERO), currency)


def _count(groups: Sequence[Group]) -> int:
    return sum(group.count for group in groups)


def _standing_word(standing: str) -> str:
    words = {
        UNCLASSIFIED: _("Not classified yet"),
        CHARGE: _("Charges"),
        CREDIT: _("Credit notes"),
        UNAPPLIED: _("Unapplied"),
    }
    return words.get(standing) or ui.standing_word(standing)
