"""Verbs of the supply ladder: one rung up, with its ground and its letter; down by a person; off it by payment."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from audit import services as audit
from audit.services import Actor, SystemActor
from collections_app.gate import (
    ladder,
    ladder_asking,
    ladder_conduct,
    ladder_notice,
    ladder_outlook,
    ladder_rules,
    ladder_words,
    services,
)
from collections_app.gate.ladder_notice import NoLetterhead, Unprintable
from collections_app.gate.ladder_outlook import Outlook
from collections_app.gate.ladder_rules import Lack, Rung
from collections_app.gate.models import LadderStep
from collections_app.policy import queries as policies
from common import clock, documents
from common.money import ZERO
from common.pdf import CannotPrint
from common.refusals import Refused
from common.tables import file_name
from common.templatetags import ui
from customers import queries as families
from customers import services as customers
from customers.models import Customer
from staff import queries as staff
from staff.models import Approval, Role, User

DECIDES = (Role.MANAGER, Role.FINANCE, Role.ADMIN)
SKIPS = (Role.MANAGER, Role.ADMIN)  # may ask to leave out a rung, and approve what another asked for
LONGEST = LadderStep._meta.get_field("clause").max_length or 0
LONGEST_REASON = LadderStep._meta.get_field("left_because").max_length or 0


class NotOpen(Refused):
    """A precondition of the rung is not met, or the customer stands there already."""


class NotApproved(Refused):
    """The right is missing: for so costly a step, or for leaving out a rung."""


class NotGrounded(Refused):
    """The reason or the clause is missing, or the words would say more than was decided."""


class NotStanding(Refused):
    """The customer stands on no rung, or on none from which this leads."""


class AlreadyPrinted(Refused):
    """A notice is printed once; a second print is the stored file."""


# Up


@transaction.atomic
def ask(*, customer: Customer, rung: int, because: str, clause: str, on: date, by: User, consent: str = "") -> None:
    """Somebody wants rungs left out. Nothing moves until another person takes the step."""
    because, clause = because.strip(), _stated(clause.strip(), consent.strip())
    _check_words(because, clause, rung)
    _lock(customer)
    outlook = ladder_outlook.outlook(customer, rung, as_of=on)
    _check_open(outlook, has_consent=bool(consent.strip()), on=on)
    _check_may_skip(outlook, by)
    audit.record(
        verb=ladder_asking.ASKED,
        subject=customer,
        by=by,
        before={"rung": outlook.standing},
        after={"rung": rung, "because": because, "clause": clause},
    )


def climb(
    *,
    customer: Customer,
    rung: int,
    because: str,
    clause: str,
    lost_margin: Decimal | None,
    on: date,
    by: User,
    asked_by: Actor | None = None,
    consent: str = "",
) -> LadderStep:
    """Lead a customer in breach up to a rung, usually the next one. From this day on the gate keeps what it forbids.

    A step that leaves out rungs was asked for before (`ask`), by another person than the one who takes it now.
    `lost_margin` is what the step is expected to cost us a month, in base currency; whoever approves it needs the
    right for so much. `consent` says who of the customer agreed to give goods back, and when. A machine that cannot
    print leaves the step without its notice, until `print_notice` is done.
    """
    with transaction.atomic():
        step = _stand_on(
            customer=customer,
            rung=rung,
            because=because.strip(),
            clause=_stated(clause.strip(), consent.strip()),
            lost_margin=lost_margin,
            on=on,
            by=by,
            asked_by=asked_by or by,
            has_consent=bool(consent.strip()),
        )
    try:
        return print_notice(step=step, on=on, by=by)
    except (CannotPrint, NoLetterhead, Unprintable):
        return step


def _stated(clause: str, consent: str) -> str:
    if not consent:
        return clause
    values = {"clause": clause, "consent": consent}
    return _("%(clause)s; consent: %(consent)s") % values if clause else _("Consent: %(consent)s") % values


def _stand_on(
    *,
    customer: Customer,
    rung: int,
    because: str,
    clause: str,
    lost_margin: Decimal | None,
    on: date,
    by: User,
    asked_by: Actor,
    has_consent: bool,
) -> LadderStep:
    _check_words(because, clause, rung)
    _lock(customer)
    outlook = ladder_outlook.outlook(customer, rung, as_of=on)
    _check_open(outlook, has_consent=has_consent, on=on)
    _check_right(outlook, lost_margin, on, by)
    if outlook.skipped:
        asked_by = _asker(outlook, by)
    LadderStep.objects.filter(customer=customer, left_on=None).update(left_on=on, left_because=ladder_words.NEXT)
    step = LadderStep.objects.create(
        customer=customer,
        rung=rung,
        because=because,
        clause=clause,
        lost_margin=lost_margin,
        currency=outlook.base if lost_margin is not None else "",
        asked_by=asked_by.get_username(),
        approved_by=by.get_username(),
        starts_on=on,
        entered_at=clock.now(),
    )
    audit.record(
        verb="gate.ladder_climbed",
        subject=step,
        by=by,
        before={"rung": outlook.standing},
        after={
            "customer": customer.code,
            "rung": rung,
            "skipped": ", ".join(str(one) for one in outlook.skipped),
            "because": because,
            "clause": clause,
            "lost_margin": lost_margin,
        },
    )
    services.look_again(customers=[customer.pk], on=on, by=by)
    return step


def _check_words(because: str, clause: str, rung: int) -> None:
    if rung not in list(Rung):
        raise NotOpen(_("The ladder has no rung %(rung)s.") % {"rung": rung})
    if not because:
        raise NotGrounded(_("Say why this step is taken now."))
    if not clause:
        raise NotGrounded(_("Name the clause or the right that allows this step; the notice tells the customer."))
    if len(clause) > LONGEST or len(because) > LONGEST:
        raise NotGrounded(_("Reason and clause have %(count)s letters each at most.") % {"count": LONGEST})
    wrong = ladder_conduct.too_much(clause, rung)
    if wrong:
        raise NotGrounded(
            _("The notice may not say “%(words)s” on this rung. Word the clause without it.")
            % {"words": "”, “".join(wrong)}
        )


def _check_open(outlook: Outlook, *, has_consent: bool, on: date) -> None:
    _check_day(outlook.step, on)
    if outlook.rung <= outlook.standing:
        raise NotOpen(
            _("The customer stands on rung %(rung)s already. Nothing was changed.")
            % {"rung": ladder_words.rung(outlook.standing)}
        )
    lacking = [one for one in outlook.lacking if not (one.kind is Lack.NO_TITLE and has_consent)]
    if lacking:
        raise NotOpen(" ".join(ladder_words.lack(one, outlook.base) for one in lacking))


def _check_right(outlook: Outlook, lost_margin: Decimal | None, on: date, by: User) -> None:
    if lost_margin is not None and lost_margin < ZERO:
        raise NotGrounded(_("The expected loss of margin is zero or more."))
    whose = [outlook.customer.pk]
    if not staff.may_approve(by, Approval.Kind.LADDER, lost_margin, customers=whose, on=on):
        raise NotApproved(
            staff.who_decides_instead(by, customers=whose, on=on)
            or _("Your role may not approve a step that costs so much. Ask somebody who may.")
        )
    _check_may_skip(outlook, by)


def _check_may_skip(outlook: Outlook, by: User) -> None:
    if outlook.skipped and by.role not in SKIPS:
        raise NotApproved(
            _("This would leave out %(rungs)s. Only a manager or an admin may skip a rung.")
            % {"rungs": _left_out(outlook)}
        )


def _left_out(outlook: Outlook) -> str:
    return ", ".join(ladder_words.rung(one) for one in outlook.skipped)


def _asker(outlook: Outlook, by: User) -> Actor:
    """Who asked for the rungs to be left out; never the one who approves it."""
    asked = ladder_asking.of(outlook.customer, outlook.rung)
    if asked is None:
        raise NotApproved(
            _("This would leave out %(rungs)s. Ask for it first: another manager or admin approves it.")
            % {"rungs": _left_out(outlook)}
        )
    if asked.by == by.get_username():
        raise NotApproved(
            _("You asked to leave out %(rungs)s yourself. Another manager or admin approves it.")
            % {"rungs": _left_out(outlook)}
        )
    return SystemActor(asked.by, asked.name)


def _check_day(standing: LadderStep | None, on: date) -> None:
    if standing is not None and on < standing.starts_on:
        raise NotStanding(
            _("The customer stands on its rung since %(day)s. Choose no earlier day.")
            % {"day": ui.day(standing.starts_on)}
        )


def _lock(customer: Customer) -> None:
    customers.lock(families.family(customer))


def print_notice(*, step: LadderStep, on: date, by: Actor) -> LadderStep:
    """Print the letter of a step and keep it; it says what is late on this day and gives the time of the policy.

    Printed first and stored then, so that nobody waits for the printer. Raises CannotPrint, NoLetterhead or
    Unprintable; the step stands all the same.
    """
    row = _without_notice(step)
    outlook = ladder_outlook.outlook(row.customer, row.rung, as_of=on)
    pay_by = ladder_rules.pay_by(on, policies.in_force(on).dunning.notice)
    content = ladder_notice.to_pdf(ladder_notice.sheet_of(row, outlook, on=on, pay_by=pay_by))
    name = file_name(f"notice-{row.customer.code}-rung-{row.rung}", as_of=on, filters={}, ending="pdf")
    with transaction.atomic():
        customers.lock([row.customer_id])
        row = _without_notice(step)
        row.notice = documents.store(content, name=name, content_type="application/pdf")
        row.save(update_fields=["notice"])
        audit.record(
            verb="gate.ladder_noticed", subject=row, by=by, after={"sha256": row.notice.sha256, "pay_by": pay_by}
        )
    return row


def _without_notice(step: LadderStep) -> LadderStep:
    row = LadderStep.objects.select_related("customer__owner").get(pk=step.pk)
    if row.notice_id is not None:
        raise AlreadyPrinted(_("The notice of this step is printed already; open the stored one."))
    if row.left_on is not None:
        raise NotStanding(
            _("This step was left on %(day)s; its notice is not sent any more.") % {"day": ui.day(row.left_on)}
        )
    return row


# Down


@transaction.atomic
def step_down(*, customer: Customer, because: str, on: date, by: User, rung: int = 0) -> LadderStep | None:
    """A person leads the customer down to a lower rung, or (0) off the ladder. What was held for it may leave again."""
    because = because.strip()
    if not because:
        raise NotGrounded(_("Say why the customer is led down."))
    if len(because) > LONGEST_REASON:
        raise NotGrounded(_("The reason has %(count)s letters at most.") % {"count": LONGEST_REASON})
    _lock(customer)
    standing = ladder.standing_on(customer)
    if standing is None:
        raise NotStanding(_("The customer stands on no rung. Nothing was changed."))
    _check_day(standing, on)
    if not 0 <= rung < standing.rung:
        raise NotStanding(_("Choose a rung below %(rung)s.") % {"rung": ladder_words.rung(standing.rung)})
    if not staff.may_approve(by, Approval.Kind.LADDER, ZERO, customers=[customer.pk], on=on):
        raise NotApproved(
            staff.who_decides_instead(by, customers=[customer.pk], on=on)
            or _("Your role may not lead a customer down the ladder. Ask somebody who may.")
        )
    LadderStep.objects.filter(pk=standing.pk).update(left_on=on, left_because=because)
    lower = _lower(standing, rung, because, on, by) if rung else None
    audit.record(
        verb="gate.ladder_stepped_down",
        subject=standing,
        by=by,
        before={"rung": standing.rung},
        after={"customer": customer.code, "rung": rung, "because": because},
    )
    services.look_again(customers=[customer.pk], on=on, by=by)
    return lower


def _lower(standing: LadderStep, rung: int, because: str, on: date, by: User) -> LadderStep:
    """On the ground on which the customer stood there before, else on that of the rung it leaves."""
    before = LadderStep.objects.filter(customer=standing.customer_id, rung=rung).order_by("-pk").first() or standing
    return LadderStep.objects.create(
        customer_id=standing.customer_id,
        rung=rung,
        because=because,
        clause=before.clause,
        asked_by=by.get_username(),
        approved_by=by.get_username(),
        starts_on=on,
        entered_at=clock.now(),
    )


def leave_settled(*, customers: Iterable[int], on: date, by: Actor) -> set[int]:
    """Whoever of these customers (locked by the caller) owes nothing late and undisputed any more leaves the ladder,
    whatever the rung. Whether money, a credit, a write-off or an extension did it makes no difference.

    In the caller's transaction, before the held goods are looked at again. Run twice it changes nothing more.
    Returns the customers that left.
    """
    steps = {
        step.customer_id: step
        for step in LadderStep.objects.filter(customer__in=set(customers), left_on=None, starts_on__lte=on)
    }
    if not steps:
        return set()
    left = set()
    for key in sorted(ladder.settled(steps.keys(), on=on)):
        step = steps[key]
        if LadderStep.objects.filter(pk=step.pk, left_on=None).update(left_on=on, left_because=ladder_words.SETTLED):
            left.add(key)
            audit.record(verb="gate.ladder_left", subject=step, by=by, before={"rung": step.rung}, after={"on": on})
    return left


def leave_all_settled(*, on: date, by: Actor) -> int:
    """The night's step: everybody on the ladder, because days and decisions have passed. One transaction a customer.

    Returns how many left.
    """
    standing = LadderStep.objects.filter(left_on=None).order_by("customer").values_list("customer", flat=True)
    left = 0
    for key in list(standing):
        with transaction.atomic():
            customers.lock([key])
            left += len(leave_settled(customers=[key], on=on, by=by))
    return left
