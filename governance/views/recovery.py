"""For stewards: whose passkeys are which, and what to do when one is lost or stolen."""

from functools import partial

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from governance.actions import charters, recovery, stolen
from governance.errors import GovernanceError
from governance.forms import ReasonForm, ReplaceForm, StolenForm
from governance.listing import Filter, Sort, exactly, listing
from governance.mail import send_way_back_notice
from governance.models import Membership
from governance.queries import members_of
from governance.queries.recovery import PersonStanding, standings_of, stopped_in
from governance.rules import CommunityRole, Verb
from governance.views.visitor import community_for, user_of

_ROLES = [
    (CommunityRole.STEWARD.value, gettext_lazy("stewards")),
    (CommunityRole.CONVENOR.value, gettext_lazy("convenors")),
    (CommunityRole.CUSTODIAN.value, gettext_lazy("custodians")),
    (CommunityRole.OBSERVER.value, gettext_lazy("observers")),
]


@require_safe
def passkeys(request: HttpRequest, slug: str) -> HttpResponse:
    community = community_for(request, slug, Verb.MEND_PASSKEYS)
    found = listing(
        request,
        members_of(community),
        search=["shown_name__icontains"],
        filters=[Filter("role", gettext_lazy("Role"), _ROLES, exactly("role"))],
        sorts=[
            Sort("name", gettext_lazy("By name"), ("shown_name", "pk")),
            Sort("newest", gettext_lazy("Newest first"), ("-since", "-pk")),
        ],
    )
    context = {
        "community": community,
        "listing": found,
        "rows": standings_of(community, list(found.page)),
        "stopped": stopped_in(community),
        "own": user_of(request).pk,
    }
    return render(request, "governance/passkeys.html", context)


@never_cache
@require_http_methods(["GET", "POST"])
def way_back_new(request: HttpRequest, slug: str, membership_id: int) -> HttpResponse:
    """Ask, then make the link. It is shown on this one answer only."""
    person = _person(request, slug, membership_id)
    context = {"person": person.membership, "hours": recovery.HOURS}
    if request.method == "POST":
        try:
            link, token = recovery.issue(membership_id, actor=user_of(request))
        except GovernanceError as refusal:
            messages.error(request, str(refusal))
            return HttpResponseRedirect(_passkeys(slug))
        context["link"] = settings.KINHOLD_ORIGIN + reverse("governance:way-back", args=[token])
        if not send_way_back_notice(link.user):
            messages.warning(request, _("The mail that tells her of it could not be sent."))
    return render(request, "governance/way_back_new.html", context)


@require_http_methods(["GET", "POST"])
def way_back_take_back(request: HttpRequest, slug: str, membership_id: int) -> HttpResponse:
    person = _person(request, slug, membership_id)
    if request.method == "POST":
        try:
            recovery.take_back(membership_id, actor=user_of(request))
        except GovernanceError as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("The link works no more."))
        return HttpResponseRedirect(_passkeys(slug))
    context = {
        "title": _("Take the way back of {name} back").format(name=person.membership.shown_name),
        "text": _("The link that was made for her opens nothing any more. You can make a new one."),
        "cancel_url": _passkeys(slug),
    }
    return render(request, "governance/passkey_confirm.html", context)


@require_http_methods(["GET", "POST"])
def passkey_replace(request: HttpRequest, slug: str, membership_id: int) -> HttpResponse:
    """Choose a steward's passkeys for the next charter, and put that charter to the stewards."""
    person = _person(request, slug, membership_id)
    form = ReplaceForm(request.POST or None, held=person.on_account)
    if form.is_valid():
        try:
            charter = charters.draft_replacement(
                community_id=person.membership.community_id,
                actor=user_of(request),
                membership_id=membership_id,
                credential_ids=form.chosen(),
            )
        except GovernanceError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The charter is put to the stewards. Each signs it below."))
            return HttpResponseRedirect(reverse("governance:charter", args=[slug, charter.pk]))
    return _page(request, "governance/passkey_replace.html", person, form)


@require_http_methods(["GET", "POST"])
def passkey_stolen(request: HttpRequest, slug: str, membership_id: int) -> HttpResponse:
    """Say what will happen, ask why, then stop the passkey."""
    person = _person(request, slug, membership_id)
    form = StolenForm(request.POST or None, named=person.to_report)
    if form.is_valid():
        act = partial(
            stolen.report,
            membership_id,
            form.chosen(),
            reason=form.cleaned_data["reason"],
            keep_session=request.session.session_key,
        )
        try:
            act(actor=user_of(request))
        except GovernanceError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The passkey is stopped. Now put a charter without it."))
            return HttpResponseRedirect(_passkeys(slug))
    return _page(request, "governance/passkey_stolen.html", person, form)


@require_http_methods(["GET", "POST"])
def passkey_undo(request: HttpRequest, slug: str, stop_id: int) -> HttpResponse:
    community = community_for(request, slug, Verb.MEND_PASSKEYS)
    stopped = get_object_or_404(stopped_in(community), pk=stop_id)
    form = ReasonForm(request.POST or None)
    if form.is_valid():
        try:
            stolen.undo(stop_id, actor=user_of(request), reason=form.cleaned_data["reason"])
        except GovernanceError as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("The report is undone. The passkey signs again."))
        return HttpResponseRedirect(_passkeys(slug))
    context = {
        "title": _("Undo the report on a passkey of {name}").format(name=stopped.user.name),
        "text": _("It signs again, and signs her in again. Do this only if she has it in hand."),
        "cancel_url": _passkeys(slug),
        "form": form,
    }
    status = 400 if form.errors else 200
    return render(request, "governance/passkey_confirm.html", context, status=status)


def _person(request: HttpRequest, slug: str, membership_id: int) -> PersonStanding:
    community = community_for(request, slug, Verb.MEND_PASSKEYS)
    membership: Membership = get_object_or_404(members_of(community), pk=membership_id)
    return standings_of(community, [membership])[0]


def _page(
    request: HttpRequest, template: str, person: PersonStanding, form: ReplaceForm | StolenForm
) -> HttpResponse:
    context = {
        "community": person.membership.community,
        "person": person,
        "form": form,
        "is_own": person.membership.user_id == user_of(request).pk,
    }
    return render(request, template, context, status=400 if form.errors else 200)


def _passkeys(slug: str) -> str:
    return reverse("governance:passkeys", args=[slug])
