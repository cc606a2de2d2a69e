"""The list of the supply ladder: who stands where, and who may be led one rung further, with what that would do."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.urls import reverse

from collections_app.gate import ladder, ladder_outlook, ladder_rules, ladder_words
from collections_app.gate.ladder_outlook import Outlook
from customers.models import Customer
from staff.models import User


@dataclass(frozen=True, slots=True)
class Line:
    """A customer on the ladder, or in breach. Amounts are in base currency."""

    pk: int
    name: str
    code: str
    rep: str
    standing: int
    stands_on: str
    since: date | None
    days_late: int | None
    late: Decimal | None
    next_rung: str  # empty: no step is proposed now
    would: str  # what the next step would do, or why none is proposed
    ground: str
    lost_margin: Decimal | None
    missing: tuple[str, ...]
    mode: str  # of the gate's cause
    base: str

    @property
    def url(self) -> str:
        return reverse("desk:ladder-of", args=[self.code])

    @property
    def is_proposed(self) -> bool:
        return bool(self.next_rung)

    @property
    def late_order(self) -> Decimal:
        """What is not defined comes after everything that is."""
        return self.late if self.late is not None else Decimal(-1)

    @property
    def lost_margin_order(self) -> Decimal:
        return self.lost_margin if self.lost_margin is not None else Decimal(-1)


@dataclass(frozen=True, slots=True)
class Totals:
    standing: int
    proposed: int
    missing: tuple[str, ...]
    unheld: tuple[str, ...]  # why the gate would hold nothing for some of them


def lines(*, user: User, as_of: date, margin: Decimal) -> list[Line]:
    """Proposed steps first, the longest late first; then who stands on a rung and stays there."""
    proposed = ladder_outlook.proposals(as_of=as_of, user=user)
    named = {one.customer.pk for one in proposed}
    steps = ladder.standings(None)
    others = Customer.objects.visible_to(user).filter(pk__in=steps.keys() - named).values_list("pk", flat=True)
    above = {key: ladder_rules.next_rung(steps[key].rung) or steps[key].rung for key in others}
    staying = ladder_outlook.longest_late_first(ladder_outlook.outlooks(above, as_of=as_of).values())
    return [_line(one, margin, is_proposed=True) for one in proposed] + [
        _line(one, margin, is_proposed=False) for one in staying
    ]


def _line(one: Outlook, margin: Decimal, *, is_proposed: bool) -> Line:
    customer, step = one.customer, one.step
    return Line(
        pk=customer.pk,
        name=customer.name,
        code=customer.code,
        rep=str(customer.owner) if customer.owner else "",
        standing=one.standing,
        stands_on=ladder_words.rung(one.standing),
        since=step.starts_on if step else None,
        days_late=one.breach.days_late or None,
        late=None if one.breach.missing else one.breach.late,
        next_rung=ladder_words.rung(one.rung) if is_proposed else "",
        would=" ".join(_said(one, is_proposed=is_proposed)),
        ground=ladder_words.clause(one) if is_proposed else step.clause if step else "",
        lost_margin=one.lost_margin(margin) if is_proposed else step.lost_margin if step else None,
        missing=one.breach.missing,
        mode=one.mode,
        base=one.base,
    )


def _said(one: Outlook, *, is_proposed: bool) -> list[str]:
    if one.rung == one.standing:  # there is no rung above
        return []
    lacks = [ladder_words.lack(lack, one.base) for lack in one.lacking]
    return [*ladder_words.would(one), *lacks] if is_proposed else lacks


def totals(lines: Sequence[Line]) -> Totals:
    return Totals(
        standing=sum(bool(line.standing) for line in lines),
        proposed=sum(line.is_proposed for line in lines),
        missing=tuple(sorted({code for line in lines for code in line.missing})),
        unheld=tuple(filter(None, (ladder_words.unheld(mode) for mode in sorted({line.mode for line in lines})))),
    )
