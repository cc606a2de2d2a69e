"""The ageing board: everything its page prints, as frozen rows with a link behind every figure."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

from django.utils.translation import gettext as _

from collections_app.cases.models import Promise
from collections_app.desk import measures, position, tied
from collections_app.desk.conversion import Converter, converter
from collections_app.desk.panels import BarPart, Board, Cell, CurrencyRow, Headline, Matrix, MatrixRow, RepRow, Tie
from collections_app.desk.position import Reading
from collections_app.desk.scope import (
    CHARGE,
    CREDIT,
    NO_REP,
    NOT_LATE_ONLY,
    OTHERS,
    UNAPPLIED,
    UNCLASSIFIED,
    Scope,
)
from collections_app.desk.sources import OWN_BUCKETS, Group, of_customer
from collections_app.policy import queries as policy
from collections_app.standings import tie
from collections_app.standings.models import StandingChoices
from collections_app.standings.tie import Tie as Compared
from collections_app.standings.words import bucket_word
from common import days
from common.columns import MoneySum
from common.money import ZERO
from receivables import buckets as ageing_buckets
from receivables.models import ControlTotal, Invoice
from staff.models import Business, User

Test = Callable[[Group], bool]


@dataclass(frozen=True, slots=True)
class Sums:
    """Groups of a board with the currency in which they are shown."""

    groups: list[Group]
    into: Converter

    def where(self, test: Test) -> list[Group]:
        return [group for group in self.groups if test(group)]

    def total(self, test: Test = lambda group: True) -> Decimal | None:
        return self.into.total(self.where(test))


def board(scope: Scope, *, user: User, bounds: tuple[int, ...], reading: Reading, month_ago: date | None) -> Board:
    """Everything on one day. `month_ago` is compared with; None where the books do not reach back."""
    into = converter(day=scope.as_of, currency=scope.currency)
    now = Sums(position.groups(scope, user=user, bounds=bounds, reading=reading), into)
    before = Sums(_groups_then(scope, month_ago, user, bounds), into) if month_ago is not None else None
    used = into.used(group.currency for group in now.groups)
    promises = _promises(scope, user)
    currencies = _currencies(now, scope)
    ties, tie_note = _ties(currencies, scope, user)
    return Board(
        scope=scope,
        currency=into.currency,
        is_converted=bool(used) or bool(into.missing(now.groups)),
        rates=used,
        missing=into.missing(now.groups),
        compared_with=month_ago,
        headline=_headline(now, before, scope, user, promises[None], month_ago),
        parts=_parts(now, scope),
        matrix=_matrix(now, before, scope, bounds),
        currencies=currencies,
        reps=_reps(now, scope, promises),
        rep_total=_rep_row(_("Total"), now.groups, now, scope, promises[None]),
        ties=ties,
        tie_note=tie_note,
        is_empty=not now.groups,
    )


def _groups_then(scope: Scope, day: date, user: User, bounds: tuple[int, ...]) -> list[Group]:
    """From the night of that day, where one was stored. Only standings and lateness are compared, so that the
    buckets may be those of that day's policy, whatever is asked for.
    """
    then = replace(scope, as_of=day, is_now=False)
    reading = position.reading_of(then)
    if reading.night is not None:
        bounds = tuple(policy.in_force(day).buckets)
    return position.groups(then, user=user, bounds=bounds, reading=reading)


def compared_day(as_of: date) -> date | None:
    """The same day of last month (or its end), if the books go back that far."""
    month = as_of.replace(day=1) - timedelta(days=1)
    before: date = days.in_month(month.year, month.month, as_of.day)
    business = Business.objects.order_by("pk").first()
    if business is None or business.opening_on is None:
        return before
    return before if before >= business.opening_on else None


def _has(standing: str | None, bucket: str | None = None) -> Test:
    """Groups of a standing and bucket; None means any."""
    return lambda group: standing in (None, group.standing) and bucket in (None, group.bucket)


def _is_item(group: Group) -> bool:
    return group.is_item


def _is_late(group: Group) -> bool:
    return group.is_late


def _less(one: Decimal | None, other: Decimal | None) -> Decimal | None:
    return None if one is None or other is None else one - other


def _share(part: Decimal | None, whole: Decimal | None) -> Decimal | None:
    return None if part is None or whole is None else measures.share(part, whole)


def _headline(
    now: Sums, before: Sums | None, scope: Scope, user: User, promises: tuple[int, int], month_ago: date | None
) -> Headline:
    total, late = now.total(), now.total(_is_late)
    late_share = _share(late, now.total(_is_item))
    then_total = before.total() if before else None
    then_share = _share(before.total(_is_late), before.total(_is_item)) if before else None
    quarter = _sales(scope, user, scope.as_of - timedelta(days=measures.SALES_DAYS), now.into)
    sales = effectiveness = None
    if total is not None and late is not None:
        if quarter is not None:
            sales = measures.days_sales(receivables=total, not_due=total - late, sales=quarter)
        month = _sales(scope, user, month_ago, now.into) if month_ago and then_total is not None else None
        if month is not None and then_total is not None:
            effectiveness = measures.effectiveness(
                opening=then_total, sales=month, closing=total, closing_not_due=total - late
            )
    kept, promised = promises
    return Headline(
        receivables=total,
        change=_less(total, then_total),
        late=Cell(late, scope.narrowed(late="1").rows_url),
        late_share=late_share,
        late_change=_less(late_share, then_share),
        sales=sales,
        effectiveness=effectiveness,
        kept=kept,
        promised=promised,
        kept_share=measures.share(Decimal(kept), Decimal(promised)),
    )


def _sales(scope: Scope, user: User, after: date, into: Converter) -> Decimal | None:
    """What was invoiced after a day up to the day of the board, in the shown currency."""
    found = Invoice.objects.visible_to(user).filter(issued_on__gt=after, issued_on__lte=scope.as_of)
    found = found.filter(of_customer(scope))
    total = ZERO
    for currency, amount in found.order_by().values_list("currency").annotate(total=MoneySum("amount")):
        converted = into.of(amount, currency)
        if converted is None:
            return None
        total += converted
    return total


def _promises(scope: Scope, user: User) -> dict[int | None, tuple[int, int]]:
    """By rep, and under None for all: promises kept, and promises whose last day fell in the last 30 days."""
    since = scope.as_of - timedelta(days=30)
    found = Promise.objects.visible_to(user).filter(promised_on__gt=since, promised_on__lte=scope.as_of)
    found = found.filter(of_customer(scope)).exclude(state=Promise.State.WITHDRAWN)
    counts: dict[int | None, tuple[int, int]] = {None: (0, 0)}
    for rep, state, settled_on in found.values_list("customer__owner", "state", "settled_on"):
        is_kept = state == Promise.State.KEPT and settled_on is not None and settled_on <= scope.as_of
        for key in {rep, None}:
            kept, due = counts.get(key, (0, 0))
            counts[key] = (kept + is_kept, due + 1)
    return counts


def _parts(now: Sums, scope: Scope) -> list[BarPart]:
    whole = now.total(_is_item)
    found = []
    for standing in StandingChoices.values:
        share = _share(now.total(_has(standing)), whole)
        if share:
            found.append(BarPart(standing, share, scope.narrowed(standing=standing).rows_url))
    return found


def _matrix(now: Sums, before: Sums | None, scope: Scope, bounds: tuple[int, ...]) -> Matrix:
    used = {group.bucket for group in now.groups}
    rare = (ageing_buckets.NO_DUE_DATE, *OWN_BUCKETS)
    names = [name for name in (*ageing_buckets.names(bounds), *OWN_BUCKETS) if name not in rare or name in used]
    labels = {
        UNCLASSIFIED: _("Not classified yet"),
        CHARGE: _("Charges"),
        CREDIT: _("Credit notes"),
        UNAPPLIED: _("Unapplied"),
    }
    known = {group.standing for group in now.groups}
    rows = [_matrix_row(standing, "", names, now, before, scope) for standing in StandingChoices.values]
    rows += [_matrix_row(name, label, names, now, before, scope) for name, label in labels.items() if name in known]
    return Matrix(
        caption=_("Receivables by standing and days late"),
        currency=now.into.currency,
        buckets=[bucket_word(name) for name in names],
        rows=rows,
        total=_matrix_row(None, _("Total"), names, now, before, scope),
        has_share=True,
        has_change=before is not None,
    )


def _matrix_row(
    standing: str | None, label: str, names: list[str], now: Sums, before: Sums | None, scope: Scope
) -> MatrixRow:
    """A row of the matrix; without a standing the total row."""

    of_row = _has(standing)
    narrow = scope.narrowed(standing=standing) if standing else scope
    cells = [
        Cell(
            now.total(_has(standing, name)),
            narrow.narrowed(bucket=name).rows_url,
        )
        for name in names
    ]
    total = now.total(of_row)
    is_credit = standing in (CREDIT, UNAPPLIED)
    part = now.total(_is_item) if standing is None else total
    return MatrixRow(
        standing=standing if standing in StandingChoices.values else "",
        label=label,
        cells=cells,
        total=Cell(total, narrow.rows_url),
        share=None if is_credit else _share(part, now.total(_is_item)),
        change=_less(total, before.total(of_row)) if before else None,
    )


def _currencies(now: Sums, scope: Scope) -> list[CurrencyRow]:
    found = []
    for currency in sorted({group.currency for group in now.groups}):
        own = [group for group in now.groups if group.currency == currency]
        late = _sum(group for group in own if group.is_late)
        narrow = scope.narrowed(currency=currency)
        rate = now.into.rates.get(currency)
        found.append(
            CurrencyRow(
                currency=currency,
                url=narrow.rows_url,
                count=sum(group.count for group in own),
                amount=_sum(own),
                late=Cell(late, narrow.narrowed(late="1").rows_url),
                late_share=measures.share(late, _sum(group for group in own if group.is_item)),
                credit=Cell(
                    _sum(group for group in own if not group.is_item), narrow.narrowed(standing=OTHERS).rows_url
                ),
                converted=now.into.total(own) if rate else None,
                rate=f"{rate.rate.normalize():f}" if rate and currency != now.into.currency else "",
            )
        )
    return found


def _ties(currencies: list[CurrencyRow], scope: Scope, user: User) -> tuple[list[Tie], str]:
    """Ours against the control totals of the day, or a sentence why a total that is stated is not compared."""
    stated = dict(ControlTotal.objects.filter(on=scope.as_of).order_by("currency").values_list("currency", "amount"))
    why_not = _not_compared(scope, user)
    if why_not:
        return [], why_not if stated else ""
    ours = {row.currency: row.amount for row in currencies}
    wanted = {code: amount for code, amount in stated.items() if scope.currency in ("", code)}
    differences = {code: ours.get(code, ZERO) - amount for code, amount in wanted.items()}
    found = tie.explanations(on=scope.as_of, differences=differences)
    ties = [
        tied.row(Compared(code, scope.as_of, ours.get(code, ZERO), amount, found[code]))
        for code, amount in wanted.items()
    ]
    if ties:
        return ties, ""
    return [], _("No control total of the general ledger is stated for this day.")


def _not_compared(scope: Scope, user: User) -> str:
    if not user.sees_everything:
        return _("The general ledger's total is of the whole book; you see your teams' part of it.")
    if scope.is_filtered:
        return _("The general ledger's total is of the whole book: it is compared when no filter is set.")
    return ""


def _sum(groups: Iterable[Group]) -> Decimal:
    """Of one currency."""
    return sum((group.amount for group in groups), ZERO)


def _reps(now: Sums, scope: Scope, promises: dict[int | None, tuple[int, int]]) -> list[RepRow]:
    """By name, so that it is a tool and not a pillory; customers without a rep last."""
    people = {person.pk: person for person in User.objects.filter(pk__in={group.rep for group in now.groups})}
    found = []
    for key in sorted(people, key=lambda key: str(people[key])):
        narrow = scope.narrowed(rep=people[key].username)
        own = [group for group in now.groups if group.rep == key]
        found.append(_rep_row(str(people[key]), own, now, narrow, promises.get(key, (0, 0))))
    nobody = [group for group in now.groups if group.rep is None]
    if nobody:
        found.append(_rep_row(_("No rep assigned"), nobody, now, scope.narrowed(rep=NO_REP), (0, 0)))
    return found


def _rep_row(name: str, own: list[Group], now: Sums, narrow: Scope, promises: tuple[int, int]) -> RepRow:
    sums = Sums(own, now.into)
    late = sums.total(_is_late)
    in_time = sums.total(lambda group: group.is_item and not group.is_late)
    kept, due = promises
    return RepRow(
        name=name,
        total=Cell(sums.total(), narrow.rows_url),
        late=Cell(late, narrow.narrowed(late="1").rows_url),
        late_share=_share(late, sums.total(_is_item)),
        in_time=Cell(in_time, narrow.narrowed(late=NOT_LATE_ONLY).rows_url),
        oldest=_oldest(own, narrow.as_of),
        oldest_url=f"{narrow.narrowed(late='1').rows_url}&sort=due_date",
        promises=f"{kept}/{due}" if due else "",
    )


def _oldest(own: Iterable[Group], as_of: date) -> str:
    """How late the oldest item is: in days, or the bucket where an early night stored no more."""
    late = [group for group in own if group.is_late]
    if not late:
        return ""
    days_late = [(as_of - group.oldest).days for group in late if group.oldest]
    if days_late:
        return _("%(days)s d") % {"days": max(days_late)}
    first_day = {group.bucket: int(group.bucket.rstrip("+").split("-")[0]) for group in late}
    return _("%(days)s d") % {"days": bucket_word(max(first_day, key=first_day.__getitem__))}
