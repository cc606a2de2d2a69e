"""Who may change whose plan, and on which days a customer may be put on one. Asked by every verb of the plan."""

from datetime import date

from django.utils.translation import gettext as _

from collections_app.policy import queries as policy
from collections_app.visits import permitted, profiles, sentences
from collections_app.visits.frames import AWAY, DAY_OFF, Frame, frames
from collections_app.visits.models import Stop
from common.refusals import Refused, WrongDay
from common.templatetags.ui import day as day_words
from common.templatetags.ui import weekday
from customers import queries as owing
from customers.models import Condition, Customer, Ownership
from staff.models import Absence, Business, Role, User

CHANGES = (Role.REP, Role.MANAGER, Role.ADMIN)  # a rep his own day, a manager those of his teams
DECIDES = (Role.MANAGER, Role.ADMIN)  # who moves a stop to another rep and approves


class NotYourPlan(Refused):
    """The plan of somebody else, or the customer of somebody else."""


class DayIsOver(WrongDay):
    """What happened on a past day is logged, not planned."""


class NotVisited(Refused):
    """Nobody visits a customer that is closed, insolvent, handed over or assigned."""


class NotPlanned(Refused):
    """The stop was visited, skipped or settled meanwhile, or its plan was made again without it."""


class NotOnThisDay(WrongDay):
    """A day off, a day on which the rep is away, or one on which the customer must not be visited."""


class ToBeConfirmed(WrongDay):
    """Unusual, and done when it is confirmed."""


def may_change(user: User, rep: User) -> bool:
    """A rep his own plan, a manager those of his teams, an admin all of them."""
    if user.role == Role.ADMIN:
        return True
    return user.role in CHANGES and User.objects.visible_to(user).filter(pk=rep.pk).exists()


def check_plan_of(rep: User, by: User) -> None:
    if not may_change(by, rep):
        raise NotYourPlan(_("This is %(name)s's plan. Ask %(name)s or a manager of the team.") % {"name": rep})


def check_decides(rep: User, by: User) -> None:
    if by.role not in DECIDES:
        raise NotYourPlan(_("Only a manager of the team decides that. Ask your manager."))
    check_plan_of(rep, by)


def check_day(on: date, today: date) -> None:
    if on < today:
        raise DayIsOver(_("%(day)s is over. Choose today or a later day.") % {"day": day_words(on)}, on)


def check_sees(customer: Customer, by: User) -> None:
    if by.role not in CHANGES or not Customer.objects.visible_to(by).filter(pk=customer.pk).exists():
        raise NotYourPlan(_("%(customer)s is not among your customers. Ask a manager.") % {"customer": customer.name})


def check_customer(customer: Customer, on: date, by: User) -> None:
    """One's own to see, and visited at all on that day."""
    check_sees(customer, by)
    befallen = (
        Condition.objects.filter(
            owing.runs(on), customer=customer, kind__in=(*owing.IN_OTHER_HANDS, Condition.Kind.CLOSED)
        )
        .order_by("starts_on", "pk")
        .first()
    )
    if befallen is not None:
        raise NotVisited(
            _("%(customer)s is not visited: %(what)s since %(day)s. Its page says who sees to it.")
            % {
                "customer": customer.name,
                "what": str(befallen.get_kind_display()).lower(),
                "day": day_words(befallen.starts_on),
            }
        )


def planned(stop: Stop) -> Stop:
    """The stop as it stands now, which nobody has visited, skipped or settled."""
    found = Stop.objects.select_related("plan__rep", "customer").filter(pk=stop.pk, state=Stop.State.PLANNED).first()
    if found is None or found.outcomes.exists():
        raise NotPlanned(
            _("The visit to %(customer)s is not planned any more. Open the plan again to see it as it is now.")
            % {"customer": stop.customer.name}
        )
    return found


def visitor_on(customer: Customer, on: date) -> User | None:
    """Who visits the customer that day unless somebody else is named: the owner, or who stands in for him."""
    owned = Ownership.objects.on(on).filter(customer=customer).select_related("rep").first()
    if owned is None:
        return None
    away = Absence.objects.on(on).filter(rep=owned.rep).select_related("deputy").first()
    return away.deputy if away is not None and away.deputy is not None else owned.rep


def frame_on(rep: User, on: date) -> Frame:
    business = Business.objects.first() or Business()
    return frames([rep], [on], rules=policy.in_force(on), business=business)[rep.pk, on]


def check_works(rep: User, frame: Frame) -> None:
    """A rep who is away visits nobody, and a day off is kept free."""
    named = {"name": rep, "day": weekday(frame.on)}
    if frame.off == AWAY:
        raise NotOnThisDay(_("%(name)s is away on %(day)s. Choose another rep, or another day.") % named, frame.on)
    if frame.off == DAY_OFF:
        raise NotOnThisDay(
            _("%(day)s is a day off. Choose a working day, or make an appointment if the customer asked for that day.")
            % named,
            frame.on,
        )
    if frame.off:
        raise NotOnThisDay(
            _("%(name)s does not work on %(day)s. Choose another day, or change the working time first.") % named,
            frame.on,
        )


def closed_on(customer: Customer, on: date) -> str:
    """Why the customer must not be visited on that day, as a sentence; empty where it may. Days on which it does not
    pay are no such reason: whoever wants a visit knows.
    """
    business = Business.objects.first() or Business()
    [profile] = profiles.profiles(on=on, customers=[customer]).values()
    closed = permitted.on_day(on, profile.stated, country=business.calendar, is_commitment=True).closed
    return sentences.left_out({"because": closed}) if closed else ""
