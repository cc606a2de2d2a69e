"""Changing the policy: a draft is written, tried, and put in force from a day. An active version never changes."""

from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from audit import services as audit
from audit.services import Actor
from collections_app.policy import document, queries
from collections_app.policy.models import Simulation, Version
from collections_app.policy.thresholds import Policy
from common import clock, days
from common.refusals import Refused, WrongDay
from common.templatetags import ui
from staff.models import Role

DECIDES = (Role.MANAGER, Role.ADMIN)


class NoRight(Refused):
    """Only managers and admins change the policy."""


class IsActive(Refused):
    """An active version stays as it is."""


class NotSimulated(Refused):
    """Nobody has seen what exactly this version would change."""


class WrongStart(WrongDay):
    """A version starts today or later, and no two on one day."""


@transaction.atomic
def draft(*, policy: Policy, title: str, by: Actor) -> Version:
    """A new version that nothing follows yet."""
    _may(by)
    version = Version.objects.create(
        title=title.strip(),
        document=document.document_of(policy),
        entered_at=clock.now(),
        entered_by=by.get_username(),
    )
    audit.record(verb="policy.drafted", subject=version, by=by, after={"title": version.title})
    return version


@transaction.atomic
def revise(*, version: Version, policy: Policy, title: str, by: Actor) -> Version:
    """The draft says something else from now on. What was simulated of another document no longer counts for it."""
    _may(by)
    version = _changeable(version)
    changed = document.changes(version.policy, policy)
    renamed = version.title != title.strip()
    if not changed and not renamed:
        return version
    before = {path: was for path, was, _becomes in changed}
    after = {path: becomes for path, _was, becomes in changed}
    if renamed:
        before, after = before | {"title": version.title}, after | {"title": title.strip()}
    version.document, version.title = document.document_of(policy), title.strip()
    version.state = Version.State.SIMULATED if queries.simulation_of(version) else Version.State.DRAFT
    version.save(update_fields=["document", "title", "state"])
    audit.record(verb="policy.revised", subject=version, by=by, before=before, after=after)
    return version


@transaction.atomic
def keep_simulation(*, version: Version, digest: str, as_of: date, result: dict[str, Any], by: Actor) -> Simulation:
    """What exactly this document would change, kept with its version."""
    _may(by)
    version = _changeable(version)
    if version.digest != digest:
        raise NotSimulated(_("The draft was changed while it was tried. Try it again."))
    kept = Simulation.objects.create(
        version=version,
        as_of=as_of,
        digest=digest,
        result=result,
        entered_at=clock.now(),
        entered_by=by.get_username(),
    )
    Version.objects.filter(pk=version.pk, state=Version.State.DRAFT).update(state=Version.State.SIMULATED)
    audit.record(verb="policy.simulated", subject=version, by=by, after={"as_of": as_of, "digest": digest})
    return kept


@transaction.atomic
def activate(*, version: Version, starts_on: date, on: date, by: Actor) -> Version:
    """In force from `starts_on` until a later version starts. From now on it never changes.

    Which nights have been, `standings.policies.activate` knows, through which the pages come here.
    """
    _may(by)
    version = _changeable(version)
    if queries.simulation_of(version) is None:
        raise NotSimulated(_("Try this version first: nobody has seen what exactly it would change."))
    if starts_on < on:
        said = _("A policy starts today or later; past days stay as they were.")
        raise WrongStart(said, starts_on)
    if starts_on > days.LAST:
        raise WrongStart(_("A policy starts on a day up to %(last)s.") % {"last": ui.day(days.LAST)}, starts_on)
    taken = WrongStart(
        _("Another version starts on %(day)s. Choose another day.") % {"day": ui.day(starts_on)}, starts_on
    )
    if Version.objects.filter(state=Version.State.ACTIVE, starts_on=starts_on).exists():
        raise taken
    version.state, version.starts_on = Version.State.ACTIVE, starts_on
    version.activated_at, version.activated_by = clock.now(), by.get_username()
    try:
        with transaction.atomic():
            version.save(update_fields=["state", "starts_on", "activated_at", "activated_by"])
    except IntegrityError:  # somebody else's version, a moment earlier
        raise taken from None
    audit.record(
        verb="policy.activated", subject=version, by=by, after={"starts_on": starts_on, "digest": version.digest}
    )
    return version


@transaction.atomic
def discard(*, version: Version, by: Actor) -> None:
    """A draft that nobody needs goes, with what was tried of it; the trail keeps that it was there."""
    _may(by)
    version = _changeable(version)
    audit.record(
        verb="policy.discarded", subject=version, by=by, before={"title": version.title, "digest": version.digest}
    )
    version.simulations.all().delete()
    version.delete()


def _may(by: Actor) -> None:
    if getattr(by, "role", None) not in DECIDES:
        raise NoRight(_("Only a manager or an admin changes the policy."))


def _changeable(version: Version) -> Version:
    """The row under its lock, as it is now."""
    found = Version.objects.select_for_update().filter(pk=version.pk).first()
    if found is None:
        raise IsActive(_("This draft was discarded."))
    if found.state == Version.State.ACTIVE:
        raise IsActive(_("An active version never changes. Make a new one from it."))
    return found
