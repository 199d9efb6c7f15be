"""Writing a request: choose a job, fill in, look at it as the communities would, submit."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from consent.actions import requests as drafts
from consent.errors import ConsentError, Incomplete
from consent.models import TrainingRequest
from consent.queries import requests_visible_to
from consent.rules import RequestState
from federation.actions import requests
from federation.forms import DraftForm, PeopleForm
from federation.labels import FIELDS
from federation.models import JobVersion
from federation.queries import job_published, jobs_published
from federation.views.visitor import visitor_who_may
from governance.errors import GovernanceError
from governance.models import User
from governance.queries import datasets_listed
from governance.rules import Verb
from governance.views.visitor import user_of


@require_http_methods(["GET", "POST"])
def request_new(request: HttpRequest) -> HttpResponse:
    """Choose a job first: its settings are part of the form."""
    user = visitor_who_may(request, Verb.ASK)
    job = job_published(request.GET.get("job", ""))
    if job is None:
        context: dict[str, Any] = {"jobs": jobs_published(), "datasets": datasets_listed()}
        context["wanted"] = request.GET.get("dataset", "")
        return render(request, "federation/request_choose.html", context)
    first = {"name": user.name, "email": user.email, "orcid": user.orcid}
    initial = {"institution_name": user.institution, "max_rounds": job.manifest["rounds"][1]}
    # Whoever comes from a dataset's page has it ticked; one that is not offered is no choice.
    initial["datasets"] = request.GET.getlist("dataset")
    return _form_page(request, user, job, None, initial, [first])


@require_http_methods(["GET", "POST"])
def request_edit(request: HttpRequest, request_id: UUID) -> HttpResponse:
    user = user_of(request)
    found = get_object_or_404(_drafts(user), public_id=request_id)
    wanted = request.GET.get("job") or found.draft.get("job", {}).get("name", "")
    job = job_published(wanted)
    if job is None:
        context = {"jobs": jobs_published(), "datasets": datasets_listed(), "draft": found}
        return render(request, "federation/request_choose.html", context)
    initial = DraftForm.initial_of(found.draft, found.title, job)
    return _form_page(request, user, job, found, initial, found.draft.get("people", []))


@require_safe
def request_preview(request: HttpRequest, request_id: UUID) -> HttpResponse:
    """The draft as it would be read, or all that is missing."""
    found = get_object_or_404(_drafts(user_of(request)), public_id=request_id)
    context: dict[str, Any] = {"draft": found}
    try:
        context["preview"] = requests.preview(found)
    except Incomplete as refusal:
        context["problems"] = _problems(refusal)
    return render(request, "federation/request_preview.html", context)


@require_POST
def request_submit(request: HttpRequest, request_id: UUID) -> HttpResponse:
    user = user_of(request)
    found = get_object_or_404(requests_visible_to(user), public_id=request_id)
    try:
        requests.submit(found.pk, actor=user)
    except Incomplete as refusal:
        if refusal.fields.keys() <= {"", "datasets"}:
            # What only a community's rules rule out: the preview tells what the form lacks.
            messages.error(request, str(refusal))
        return redirect("federation:request_preview", request_id)
    except (ConsentError, GovernanceError) as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Submitted. Each community now decides for itself."))
    return redirect("federation:request", request_id)


def _drafts(user: User) -> Any:
    return requests_visible_to(user).filter(state=RequestState.DRAFT.value)


def _form_page(
    request: HttpRequest,
    user: User,
    job: JobVersion,
    draft: TrainingRequest | None,
    initial: dict[str, Any],
    people: list[dict[str, str]],
) -> HttpResponse:
    datasets = list(datasets_listed())
    posted = request.POST or None
    form = DraftForm(posted, job=job, datasets=datasets, initial=initial)
    crew = PeopleForm(posted, initial=people, prefix="people")
    if posted and all([form.is_valid(), crew.is_valid()]):
        try:
            saved = _save(user, draft, form, crew)
        except Incomplete as refusal:
            form.add_error(None, str(refusal))
        else:
            return _after_saving(request, saved)
    context = {"form": form, "people": crew, "job": job, "draft": draft}
    status = 400 if posted else 200
    return render(request, "federation/request_form.html", context, status=status)


def _save(
    user: User, draft: TrainingRequest | None, form: DraftForm, crew: PeopleForm
) -> TrainingRequest:
    title, fields = form.cleaned_data["title"], form.draft(crew.people())
    if draft is None:
        return drafts.draft(actor=user, title=title, fields=fields)
    return drafts.save_draft(draft.pk, actor=user, title=title, fields=fields)


def _after_saving(request: HttpRequest, saved: TrainingRequest) -> HttpResponse:
    messages.success(request, _("Saved. Nobody but you sees a draft."))
    if "preview" in request.POST:
        return redirect("federation:request_preview", saved.public_id)
    return redirect("federation:request_edit", saved.public_id)


# Fields that are lists, with their places on the form: their faults are told of the whole.
_LISTS = {"people": "people", "diseases": "id_diseases", "places": "id_places"}


def _problems(refusal: Incomplete) -> list[dict[str, str]]:
    """What is missing, with the place on the form where it is to be filled in."""
    return [
        {"label": _label(name), "sentence": sentence, "anchor": _anchor(name)}
        for name, sentence in refusal.fields.items()
    ]


def _label(name: str) -> str:
    if (first := name.partition(".")[0]) in _LISTS:
        return str(FIELDS[first])
    if name.startswith(requests.JOB_PREFIX):
        return name.removeprefix(requests.JOB_PREFIX).replace("-", " ").capitalize()
    return str(FIELDS.get(name, ""))


def _anchor(name: str) -> str:
    if (first := name.partition(".")[0]) in _LISTS:
        return _LISTS[first]
    if name.startswith(requests.JOB_PREFIX):
        return f"id_job-{name.removeprefix(requests.JOB_PREFIX)}"
    return f"id_{name.replace('.', '_')}"
