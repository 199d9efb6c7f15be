"""Writing a request: begin, one step after the other in any order, save by itself, begin anew."""

from secrets import token_hex
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from consent.actions import drafting
from consent.actions import requests as drafts
from consent.drafts import mark_of
from consent.errors import ConsentError, Incomplete, SavedMeanwhile
from consent.models import TrainingRequest
from consent.queries import requests_visible_to
from consent.readability import reading_of
from consent.rules import RequestState
from federation.actions import requests
from federation.forms.steps import STEPS, Offer, StartForm, StepForm
from federation.queries import job_published, jobs_published
from federation.steps import LAST, StepMark, after, before, marks_of
from federation.views.saved import Difference, differences, kept_by
from federation.views.visitor import visitor_who_may
from governance.errors import GovernanceError
from governance.models import User
from governance.queries import datasets_listed
from governance.rules import Verb
from governance.views.visitor import user_of

_WRITTEN_IN = (RequestState.DRAFT.value, RequestState.CHANGING.value)


@require_http_methods(["GET", "POST"])
def request_new(request: HttpRequest) -> HttpResponse:
    """A title and a job to begin with; whoever comes from a dataset's page has it ticked."""
    user = visitor_who_may(request, Verb.ASK)
    offer = Offer(list(jobs_published()), list(datasets_listed()))
    initial = {"job": request.GET.get("job", ""), "datasets": request.GET.getlist("dataset")}
    posted = request.POST if request.method == "POST" else None
    form = StartForm(posted, offer=offer, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            made = _begin(user, form.cleaned_data)
        except Incomplete as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Begun. Nobody but you sees a draft."))
            return redirect("federation:request_step", made.public_id, "who")
    context = {"form": form, "jobs": offer.jobs, "datasets": offer.datasets}
    status = 400 if form.errors else 200
    return render(request, "federation/request_new.html", context, status=status)


@require_safe
def request_edit(request: HttpRequest, request_id: UUID) -> HttpResponse:
    """Go to the first step in which something is missing."""
    found = _draft(request, request_id)
    lacking = [mark.key for mark in marks_of(requests.missing(found)) if mark.missing]
    return redirect("federation:request_step", request_id, (lacking or [next(iter(STEPS))])[0])


@require_http_methods(["GET", "POST"])
def request_step(request: HttpRequest, request_id: UUID, step: str) -> HttpResponse:
    found = _draft(request, request_id)
    form = _form(request, found, step)
    if request.method == "GET":
        return _page(request, found, form)
    whole = form.is_valid()
    try:
        found = kept_by(form, found, user_of(request), request.POST)
    except SavedMeanwhile as refusal:
        return _page(request, found, form, refusal=str(refusal), status=409)
    except (ConsentError, GovernanceError) as refusal:
        form.add_error(None, str(refusal))
        return _page(request, found, form, status=400)
    if not whole:
        return _page(request, found, form, status=400)
    return _after_saving(request, found, step)


@require_POST
def request_autosave(request: HttpRequest, request_id: UUID, step: str) -> HttpResponse:
    """Keep what was typed so far; answer with one line for the page."""
    found = _draft(request, request_id)
    form = _form(request, found, step)
    context: dict[str, Any] = {"seen": request.POST.get("seen", ""), "faulty": []}
    if not form.is_valid():
        context["faulty"] = form.faulty()
    try:
        found = kept_by(form, found, user_of(request), request.POST)
    except SavedMeanwhile as refusal:
        context["meanwhile"] = str(refusal)
    except (ConsentError, GovernanceError) as refusal:
        context["refused"] = str(refusal)
    else:
        context |= {"seen": _mark(found, form), "at": timezone.now()}
    if "summary" in form.fields:
        context["reading"] = reading_of(form["summary"].value() or "")
    return render(request, "federation/_step_saved.html", context)


@require_POST
def request_copy(request: HttpRequest, request_id: UUID) -> HttpResponse:
    """Begin a new request from one's own, in whatever state that one is."""
    user = user_of(request)
    old = get_object_or_404(requests_visible_to(user), public_id=request_id)
    made = drafting.copy_as_new(old.pk, actor=user)
    messages.success(request, _("This is a new draft with the old answers. Look at each step."))
    return redirect("federation:request_step", made.public_id, next(iter(STEPS)))


def _begin(user: User, chosen: dict[str, Any]) -> TrainingRequest:
    """The researcher herself is the first of the people; what her account tells is filled in."""
    fields: dict[str, Any] = {
        "people": [{"name": user.name, "email": user.email, "orcid": user.orcid}],
        "datasets": chosen["datasets"],
    }
    if user.institution:
        fields["institution"] = {"name": user.institution}
    if job := job_published(chosen["job"]):
        fields |= {"job": {"name": job.name}, "max_rounds": job.manifest["rounds"][1]}
    return drafts.draft(actor=user, title=chosen["title"], fields=fields)


def _draft(request: HttpRequest, request_id: UUID) -> TrainingRequest:
    mine = requests_visible_to(user_of(request)).filter(state__in=_WRITTEN_IN)
    found: TrainingRequest = get_object_or_404(mine, public_id=request_id)
    return found


def _form(request: HttpRequest, found: TrainingRequest, step: str) -> StepForm:
    if step not in STEPS:
        raise Http404
    saved = drafting.fields_of(found)
    jobs = list(jobs_published())
    wanted = (saved.get("job") or {}).get("name", "")
    offer = Offer(
        jobs, list(datasets_listed()), next((job for job in jobs if job.name == wanted), None)
    )
    posted = request.POST if request.method == "POST" else None
    return STEPS[step](posted, saved=saved, offer=offer, more=request.GET.get("more", ""))


def _page(
    request: HttpRequest,
    found: TrainingRequest,
    form: StepForm,
    *,
    refusal: str = "",
    status: int = 200,
) -> HttpResponse:
    """Show a step.

    Args:
        refusal: why it was not saved, when somebody saved in between; both texts are shown then,
            and what is saved next time stands over the other one.
    """
    marks = marks_of(requests.missing(found))
    here: StepMark = next(mark for mark in marks if mark.key == form.key)
    other: list[Difference] = differences(form, drafting.fields_of(found)) if refusal else []
    context = {
        "draft": found,
        "form": form,
        "marks": marks,
        "here": here,
        "before": before(form.key),
        "after": after(form.key),
        "seen": _mark(found, form),
        "window": token_hex(8),
        "refusal": refusal,
        "other": other,
        "job": form.offer.job if form.key == "settings" else None,
        "reading": reading_of(form["summary"].value() or "") if form.key == "plain" else None,
    }
    return render(request, "federation/request_step.html", context, status=status)


def _mark(found: TrainingRequest, form: StepForm) -> str:
    return mark_of(drafting.fields_of(found), form.names())


def _after_saving(request: HttpRequest, found: TrainingRequest, step: str) -> HttpResponse:
    here = reverse("federation:request_step", args=[found.public_id, step])
    if more := request.POST.get("more"):
        return redirect(f"{here}?more={more}#{more}" if more in STEPS[step].lists else here)
    if "stay" in request.POST:
        messages.success(request, _("Saved. Nobody but you sees it before you submit it."))
        return redirect(here)
    if after(step) == LAST:
        return redirect("federation:request_preview", found.public_id)
    return redirect("federation:request_step", found.public_id, after(step))
