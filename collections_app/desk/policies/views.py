"""Doors of the policy: its versions, one of them, changing a draft, trying it, and putting it in force."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from collections_app.desk.migration.page import piece_rows
from collections_app.desk.migration.tables import PiecesTable
from collections_app.desk.navigation import DESK
from collections_app.desk.policies import moved, page, simulation
from collections_app.desk.policies import outlook as outlooks
from collections_app.desk.policies.forms import ActivateForm, DiscardForm, NewForm, PolicyForm, TextForm, TryForm
from collections_app.policy import document, queries, services, words
from collections_app.policy.models import Version
from collections_app.policy.services import DECIDES
from collections_app.policy.thresholds import Policy
from collections_app.standings import policies
from common import clock
from common.lists import EXPORTS, answer, as_file, exports
from common.money import ZERO
from common.templatetags import ui
from receivables.once import once
from staff import queries as staff
from staff.access import only_for, person

PLAIN = "text/plain; charset=utf-8"


@require_safe
@only_for(*DESK)
def policy(request: HttpRequest) -> HttpResponse:
    """Every version: in force, to come, drafts, and those whose place another one took."""
    return _list(request, NewForm())


@require_POST
@only_for(*DECIDES)
def new_policy(request: HttpRequest) -> HttpResponse:
    """A draft that says what is in force now."""
    form, made = NewForm(request.POST), {}

    def deed() -> str:
        said = queries.in_force(clock.business_today())
        made["pk"] = services.draft(policy=said, title=form.cleaned_data["title"], by=person(request)).pk
        return _("The draft says what is in force now. Change it, then try it.")

    if form.is_valid() and once(request, form, "policy.drafted", deed):
        return redirect("desk:edit-policy", made["pk"]) if made else redirect("desk:policy")
    return _list(request, form, status=422)


def _list(request: HttpRequest, form: NewForm, status: int = 200) -> HttpResponse:
    today = clock.business_today()
    context = {
        "versions": page.version_list(today),
        "limits": page.limits(clock.business_today()),
        "deciders": [role.label for role in page.DECIDERS],
        "form": form,
        "may_change": person(request).role in DECIDES,
        "as_of": today,
    }
    return render(request, "desk/policy.html", context, status=status)


@require_safe
@only_for(*DESK)
def version(request: HttpRequest, pk: int) -> HttpResponse:
    """Every key of a version, beside its default and what is in force."""
    return _version(request, get_object_or_404(Version, pk=pk), DiscardForm())


@require_safe
@only_for(*DESK)
def defaults(request: HttpRequest) -> HttpResponse:
    """Every key as the product has it: what counts until a version is put in force."""
    context = {"sections": page.sections(Policy(), Policy()), "as_of": clock.business_today()}
    return render(request, "desk/policy_defaults.html", context)


def _version(request: HttpRequest, found: Version, form: DiscardForm, status: int = 200) -> HttpResponse:
    user, today = person(request), clock.business_today()
    here, in_force = found.policy, queries.in_force(today)
    current = queries.version_in_force(today)
    context = {
        **_heading(found),
        "sections": page.sections(here, in_force),
        "own": page.own_values(found, in_force),
        "is_in_force": current is not None and current.pk == found.pk,
        "is_draft": found.state != Version.State.ACTIVE,
        "may_change": user.role in DECIDES,
        "may_edit": user.role in DECIDES and found.state != Version.State.ACTIVE,
        "form": form,
        "as_of": today,
    }
    return render(request, "desk/policy_version.html", context, status=status)


def _heading(found: Version) -> dict[str, Any]:
    by = found.activated_by or found.entered_by
    return {"version": found, "title": page.title_of(found), "by": staff.names([by]).get(by, "")}


@require_http_methods(["GET", "HEAD", "POST"])
@only_for(*DECIDES)
def edit_policy(request: HttpRequest, pk: int) -> HttpResponse:
    """The keys of a draft by section, or with `segment` those that differ for it."""
    found, segment = _draft(pk), request.GET.get("segment", "")
    named = queries.segments()
    if segment and segment not in {*named, *found.policy.segments}:
        raise Http404
    form = PolicyForm(policy=found.policy, title=found.title, segment=segment)
    if request.method == "POST":
        form = PolicyForm(request.POST, policy=found.policy, title=found.title, segment=segment)
        if form.is_valid() and once(request, form, "policy.revised", lambda: _revise(request, found, form)):
            return redirect("desk:policy-version", found.pk)
    context = {
        **_heading(found),
        "form": form,
        "segment": segment,
        "segments": page.segment_links(found, segment, named),
        "general_url": reverse("desk:edit-policy", args=[found.pk]),
    }
    return render(request, "desk/edit_policy.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@only_for(*DECIDES)
def policy_text(request: HttpRequest, pk: int) -> HttpResponse:
    """The same as text: typed, pasted or sent as a file."""
    found = _draft(pk)
    form = TextForm(policy=found.policy)
    if request.method == "POST":
        form = TextForm(request.POST, request.FILES, policy=found.policy)
        if form.is_valid() and once(request, form, "policy.revised", lambda: _revise(request, found, form)):
            for warning in form.read.warnings:
                messages.warning(request, words.problem(warning))
            return redirect("desk:policy-version", found.pk)
    context = {**_heading(found), "form": form}
    return render(request, "desk/policy_text.html", context, status=422 if form.errors else 200)


def _revise(request: HttpRequest, found: Version, form: PolicyForm | TextForm) -> str:
    title = form.cleaned_data.get("title", found.title)
    services.revise(version=found, policy=form.read.policy, title=title, by=person(request))
    return _("The draft is saved. Try it to see what it would change.")


def _draft(pk: int) -> Version:
    return get_object_or_404(Version.objects.exclude(state=Version.State.ACTIVE), pk=pk)


@require_safe
@only_for(*DESK)
def policy_file(request: HttpRequest, pk: int) -> HttpResponse:
    """A version as a file that `simulate_policy` and the page of text read."""
    found = get_object_or_404(Version, pk=pk)
    answered = HttpResponse(document.as_toml(found.policy), content_type=PLAIN)
    answered.headers["Content-Disposition"] = f'attachment; filename="policy-{found.pk}.toml"'
    return answered


@require_http_methods(["GET", "HEAD", "POST"])
@only_for(*DESK)
def try_policy(request: HttpRequest, pk: int) -> HttpResponse:
    """What a version would change; with `export` as a file. POST tries a draft on today's book."""
    found = get_object_or_404(Version, pk=pk)
    if request.method == "POST":
        return _try(request, found)
    return _outlook(request, found, ActivateForm())


@only_for(*DECIDES)
def _try(request: HttpRequest, found: Version) -> HttpResponse:
    form = TryForm(request.POST)

    def deed() -> str:
        simulation.simulate(version=found, as_of=clock.business_today(), by=person(request))
        return _("Tried on today's book. Nothing else was changed.")

    if form.is_valid() and once(request, form, "policy.simulated", deed):
        return redirect("desk:try-policy", found.pk)
    return _outlook(request, found, ActivateForm(), try_form=form, status=422)


@require_safe
@only_for(*DESK)
def policy_items(request: HttpRequest, pk: int) -> HttpResponse:
    """The due items behind a figure of the try, with the same sum on top."""
    found = get_object_or_404(Version, pk=pk)
    kept, form = queries.simulation_of(found), moved.MovedForm(request.GET)
    if kept is None or not form.is_valid():
        return redirect("desk:try-policy", found.pk)
    said = form.cleaned_data
    items = moved.items(kept, user=person(request), **said)
    total = sum((one.amount for one in items), ZERO)
    tried = moved.counted(kept, **said)
    context = {
        **_heading(found),
        "total": total,
        "currency": said["currency"],
        "count": len(items),
        "differs": tried != (len(items), total),
        "tried_count": tried[0],
        "tried_amount": tried[1],
        "clear_url": "",
    }
    return answer(
        request,
        table=PiecesTable(piece_rows(items)),
        form=form,
        template="desk/policy_items.html",
        name=f"policy-{found.pk}-items",
        title=_("Due items of a move"),
        as_of=kept.as_of,
        context=context,
    )


@require_POST
@only_for(*DECIDES)
def activate_policy(request: HttpRequest, pk: int) -> HttpResponse:
    found, form = get_object_or_404(Version, pk=pk), ActivateForm(request.POST)

    def deed() -> str:
        starts_on = form.cleaned_data["starts_on"]
        policies.activate(version=found, starts_on=starts_on, on=clock.business_today(), by=person(request))
        return _("In force from %(day)s on.") % {"day": ui.day(starts_on)}

    if form.is_valid() and once(request, form, "policy.activated", deed):
        return redirect("desk:policy-version", found.pk)
    return _outlook(request, found, form, status=422)


def _outlook(
    request: HttpRequest, found: Version, form: ActivateForm, try_form: TryForm | None = None, status: int = 200
) -> HttpResponse:
    user = person(request)
    kept = queries.simulation_of(found)
    looked = outlooks.outlook(kept, user=user) if kept else None
    kind = request.GET.get("export", "")
    if looked and kind in EXPORTS:
        name = f"policy-{found.pk}"
        return as_file(kind, outlooks.blocks(looked), form=forms.Form(), name=name, as_of=looked.as_of)
    is_draft, may_change = found.state != Version.State.ACTIVE, user.role in DECIDES
    context = {
        **_heading(found),
        "outlook": looked,
        "tried_at": kept.entered_at if kept else None,
        "tried_by": staff.names([kept.entered_by]).get(kept.entered_by, "") if kept else "",
        "exports": exports(request) if kept else [],
        "form": form if kept and is_draft and may_change else None,
        "refused": form if form.errors and not (kept and is_draft) else None,
        "try_form": (try_form or TryForm()) if is_draft and may_change else None,
    }
    return render(request, "desk/try_policy.html", context, status=status)


@require_POST
@only_for(*DECIDES)
def discard_policy(request: HttpRequest, pk: int) -> HttpResponse:
    found, form = get_object_or_404(Version, pk=pk), DiscardForm(request.POST)

    def deed() -> str:
        services.discard(version=found, by=person(request))
        return _("The draft “%(title)s” is discarded.") % {"title": page.title_of(found)}

    if form.is_valid() and once(request, form, "policy.discarded", deed):
        return redirect("desk:policy")
    return _version(request, found, form, status=422)
