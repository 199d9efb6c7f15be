"""Stop and go: a pause by one steward at once, a resume or revocation by the full rule."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from consent.actions import notices
from consent.errors import ConsentError
from consent.forms.answers import PauseForm, ReasonForm, ResumeForm
from consent.labels import LABELS
from consent.models import Notice
from consent.queries import (
    ballot_box,
    communities_that_stop,
    grants_to_stop,
    notices_of_steward,
    notices_visible_to,
    pauses_in_force,
)
from consent.rules import NoticeKind
from consent.views.visitor import posted
from governance.actions.statements import CastResult
from governance.errors import GovernanceError, SteppedAside
from governance.forms import PLAIN_ANSWERS, SignatureForm
from governance.listing import Filter, Rows, Sort, exactly, listing
from governance.queries import communities_where, keepers_told_of
from governance.queries.delegations import delegations_of
from governance.rules import StatementState, Verb
from governance.views.visitor import user_of

_KINDS = [(kind.value, LABELS[kind.value]) for kind in NoticeKind]
_STANDINGS = [
    ("in-force", gettext_lazy("in force")),
    ("open", gettext_lazy("being signed")),
    ("over", gettext_lazy("turned down or taken back")),
]
_SORTS = [
    Sort("newest", gettext_lazy("newest first"), ("-pk",)),
    Sort("oldest", gettext_lazy("oldest first"), ("pk",)),
]


@require_GET
def notice_list(request: HttpRequest) -> HttpResponse:
    user = user_of(request)
    found = listing(
        request,
        notices_visible_to(user),
        search=("grant__review__revision__request__title__icontains", "reason__icontains"),
        filters=[
            Filter("kind", _("Kind"), _KINDS, exactly("kind")),
            Filter("standing", _("State"), _STANDINGS, _standing),
        ],
        sorts=_SORTS,
    )
    context = {"listing": found, "communities": communities_that_stop(user)}
    return render(request, "consent/notice_list.html", context)


def _standing(notices: Rows, standing: str) -> Rows:
    if standing == "in-force":
        return notices.filter(in_force_at__isnull=False)
    if standing == "open":
        return notices.filter(statement__state=StatementState.OPEN.value)
    over = (StatementState.DECLINED.value, StatementState.FALLEN.value)
    return notices.filter(in_force_at__isnull=True, statement__state__in=over)


@require_GET
def notice_detail(request: HttpRequest, notice_id: UUID) -> HttpResponse:
    user = user_of(request)
    notice = get_object_or_404(notices_visible_to(user), public_id=notice_id)
    return _shown(request, notice)


@require_POST
def notice_sign(request: HttpRequest, notice_id: UUID) -> HttpResponse:
    user = user_of(request)
    notice = get_object_or_404(notices_of_steward(user), public_id=notice_id)
    form = SignatureForm(request.POST)
    if not form.is_valid():
        return _shown(request, notice, form, status=400)
    try:
        result = notices.sign(
            notice.pk,
            actor=user,
            answer=form.cleaned_data["answer"],
            assertion=form.assertion(),
            comment=form.cleaned_data["comment"],
        )
    except SteppedAside as refusal:
        raise PermissionDenied(str(refusal)) from refusal
    except (ConsentError, GovernanceError) as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _said(result))
    return redirect("consent:notice", notice_id)


@require_POST
def notice_fall(request: HttpRequest, notice_id: UUID) -> HttpResponse:
    user = user_of(request)
    notice = get_object_or_404(notices_of_steward(user), public_id=notice_id)
    try:
        notices.let_fall(notice.pk, actor=user)
    except (ConsentError, GovernanceError) as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("It was taken back. Nothing changed."))
    return redirect("consent:notices")


@require_http_methods(["GET", "POST"])
def pause(request: HttpRequest, slug: str) -> HttpResponse:
    """Write a pause; the next page signs it, and with that it is in force."""
    user = user_of(request)
    community = get_object_or_404(communities_where(user, Verb.PAUSE), slug=slug)
    grants = grants_to_stop(user).filter(community=community)
    form = PauseForm(
        posted(request),
        grants=grants,
        readers=keepers_told_of(community),
        initial={"scope": request.GET.get("grant", "")},
    )
    if request.method == "POST" and form.is_valid():
        try:
            notice = notices.pause(
                community_id=community.pk,
                actor=user,
                reason=form.cleaned_data["reason"],
                grant=form.cleaned_data["scope"],
            )
        except (ConsentError, GovernanceError) as refusal:
            messages.error(request, str(refusal))
            return redirect("consent:notices")
        return redirect("consent:notice", notice.public_id)
    context = {"community": community, "form": form}
    return render(request, "consent/pause.html", context, status=400 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def delegation_stop(request: HttpRequest, slug: str, delegation_id: UUID) -> HttpResponse:
    """Write the pause of a delegation; the next page signs it, and with that it is stopped."""
    user = user_of(request)
    community = get_object_or_404(communities_where(user, Verb.PAUSE), slug=slug)
    rows = delegations_of(community).filter(adopted_at__isnull=False)
    delegation = get_object_or_404(rows, public_id=delegation_id)
    form = ReasonForm(posted(request), readers=keepers_told_of(community))
    if request.method == "POST" and form.is_valid():
        try:
            notice = notices.pause(
                community_id=community.pk,
                actor=user,
                reason=form.cleaned_data["reason"],
                delegation=delegation,
            )
        except (ConsentError, GovernanceError) as refusal:
            messages.error(request, str(refusal))
            return redirect("governance:delegation", slug, delegation_id)
        return redirect("consent:notice", notice.public_id)
    context = {"community": community, "delegation": delegation, "form": form}
    return render(
        request, "consent/delegation_stop.html", context, status=400 if form.errors else 200
    )


@require_http_methods(["GET", "POST"])
def resume(request: HttpRequest, slug: str) -> HttpResponse:
    """Write a resume; the stewards sign it on its own page."""
    user = user_of(request)
    community = get_object_or_404(communities_where(user, Verb.DECIDE), slug=slug)
    paused = pauses_in_force(community)
    form = ResumeForm(posted(request), pauses=paused)
    if request.method == "POST" and form.is_valid():
        try:
            notice = notices.propose_resume(
                community_id=community.pk, actor=user, pauses=form.chosen()
            )
        except (ConsentError, GovernanceError) as refusal:
            messages.error(request, str(refusal))
            return redirect("consent:notices")
        return redirect("consent:notice", notice.public_id)
    context = {"community": community, "form": form, "paused": paused}
    return render(request, "consent/resume.html", context, status=400 if form.errors else 200)


def _shown(
    request: HttpRequest, notice: Notice, form: SignatureForm | None = None, *, status: int = 200
) -> HttpResponse:
    user = user_of(request)
    context = {
        "notice": notice,
        "box": ballot_box(notice.statement, user),
        "answers": PLAIN_ANSWERS,
        "form": form,
    }
    return render(request, "consent/notice_detail.html", context, status=status)


def _said(result: CastResult) -> str:
    if result.adopted:
        return _("Signed. It is in force now, and the nodes are being told.")
    if result.declined:
        return _("Signed. With it this is turned down; nothing changed.")
    return _("Signed. More stewards must sign before it is in force.")
