"""Labels on datasets: the list, the library to choose from, putting one on, one label's page."""

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.utils.translation.trans_real import parse_accept_lang_header
from django.views.decorators.http import require_http_methods, require_safe

from governance import hub, labels
from governance.actions import labels as actions
from governance.errors import GovernanceError
from governance.forms.labels import LabelForm
from governance.listing import Filter, Rows, Sort, Text, choices_in, exactly, listing
from governance.models import AppliedLabel, Dataset, LabelText
from governance.queries import roles_in
from governance.queries.labels import (
    datasets_to_label,
    hub_project,
    labels_of,
    offered_clauses,
    texts_of,
)
from governance.rules import LabelKind, Verb, community_may
from governance.views.visitor import community_for, user_of

STATES = [
    ("on", gettext_lazy("on the data now")),
    ("holds", gettext_lazy("holding it back now")),
    ("off", gettext_lazy("taken off")),
]
SORTS = [
    Sort("new", gettext_lazy("newest first"), ("-applied_at", "-pk")),
    Sort("dataset", gettext_lazy("by dataset"), ("dataset__title", "code", "pk")),
]


def reader_languages(request: HttpRequest) -> list[str]:
    """Return the languages that the visitor's browser asks for, best first."""
    header = request.headers.get("Accept-Language", "")
    return [tag for tag, _weight in parse_accept_lang_header(header) if tag != "*"]


def label_of(request: HttpRequest, slug: str, label_id: object, verb: Verb) -> AppliedLabel:
    """Return a label of the community if the visitor may do this there.

    Raises:
        Http404: no such label, or no role that carries the verb.
    """
    community = community_for(request, slug, verb)
    applied = get_object_or_404(labels_of(community), public_id=label_id)
    if applied.code not in labels.library():
        raise Http404
    return applied


@require_safe
def label_list(request: HttpRequest, slug: str) -> HttpResponse:
    community = community_for(request, slug, Verb.READ_COMMUNITY)
    rows = labels_of(community)
    context = {
        "community": community,
        "listing": listing(
            request,
            rows,
            search=["dataset__title__icontains", "dataset__slug__icontains", "code__icontains"],
            filters=_filters(rows),
            sorts=SORTS,
        ),
        "may_label": community_may(roles_in(user_of(request), community), Verb.LABEL),
        "datasets": datasets_to_label(community),
    }
    return render(request, "governance/label_list.html", context)


@require_safe
def label_choose(request: HttpRequest, slug: str, dataset_slug: str) -> HttpResponse:
    community = community_for(request, slug, Verb.LABEL)
    dataset = get_object_or_404(datasets_to_label(community), slug=dataset_slug)
    text = request.GET.get("q", "").strip()[:120]
    taken = set(
        labels_of(community)
        .filter(dataset=dataset, removed_at__isnull=True)
        .values_list("code", flat=True)
    )
    context = {
        "community": community,
        "dataset": dataset,
        "text": text,
        "groups": list(labels.grouped(labels.found(text))),
        "taken": taken,
    }
    return render(request, "governance/label_choose.html", context)


@require_http_methods(["GET", "POST"])
def label_new(request: HttpRequest, slug: str, dataset_slug: str, code: str) -> HttpResponse:
    community = community_for(request, slug, Verb.LABEL)
    dataset = get_object_or_404(datasets_to_label(community), slug=dataset_slug)
    if code not in labels.library():
        raise Http404
    form = LabelForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            applied = actions.put_on(
                community_id=community.pk,
                dataset_id=dataset.pk,
                actor=user_of(request),
                code=code,
                words=form.words(),
                project_uuid=form.cleaned_data["project_uuid"],
                label_uuid=form.cleaned_data["label_uuid"],
            )
        except GovernanceError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _put_on(applied, dataset))
            return redirect("governance:label", community.slug, applied.public_id)
    context = {
        "community": community,
        "dataset": dataset,
        "label": labels.library()[code],
        "form": form,
    }
    status = 400 if form.errors else 200
    return render(request, "governance/label_new.html", context, status=status)


@require_safe
def label_detail(request: HttpRequest, slug: str, label_id: object) -> HttpResponse:
    applied = label_of(request, slug, label_id, Verb.READ_COMMUNITY)
    label = labels.library()[applied.code]
    user = user_of(request)
    roles = roles_in(user, applied.community)
    texts = list(texts_of(applied))
    context = {
        "community": applied.community,
        "applied": applied,
        "label": label,
        "holds": label.hold and not applied.reviewed_at and not applied.removed_at,
        "text": labels.fitting([(t.language, t) for t in texts], reader_languages(request)),
        "newest": texts[0].version,
        "languages": _by_language(texts),
        "offers": offered_clauses(applied),
        "may_label": community_may(roles, Verb.LABEL) and not applied.removed_at,
        "may_confirm": community_may(roles, Verb.CONFIRM_LABEL) and not applied.removed_at,
        "put_on_by_visitor": applied.applied_by.user_id == user.pk,
        **_from_hub(applied),
    }
    return render(request, "governance/label_detail.html", context)


def _from_hub(applied: AppliedLabel) -> dict[str, Any]:
    """Return what is known from the Hub: its kept answer, and what fits this label."""
    kept = hub_project(applied)
    context: dict[str, Any] = {"hub_on": bool(settings.KINHOLD_LABEL_HUB_URL), "kept": kept}
    if kept is not None:
        label = labels.library()[applied.code]
        project = hub.Project.of_body(kept.body)
        context["project"] = project
        context["fitting"] = project.fitting(label, applied.label_uuid)
        context["has_notice"] = project.has_notice(label)
    context["is_notice"] = applied.kind == LabelKind.NOTICE.value
    return context


def _by_language(texts: Iterable[LabelText]) -> list[tuple[str, list[LabelText]]]:
    """Return the texts of each language, newest first, so that versions stand side by side."""
    found: dict[str, list[LabelText]] = {}
    for text in texts:
        found.setdefault(text.language, []).append(text)
    return list(found.items())


def _filters(rows: QuerySet[AppliedLabel]) -> list[Filter]:
    names: list[tuple[str, Text]] = [(code, kind.name) for code, kind in labels.library().items()]
    datasets = choices_in(rows, "dataset__slug", "dataset__title")
    return [
        Filter("state", gettext_lazy("State"), STATES, _in_state),
        Filter("code", gettext_lazy("Label"), names, exactly("code")),
        Filter("dataset", gettext_lazy("Dataset"), datasets, exactly("dataset__slug")),
    ]


def _in_state(rows: Rows, state: str) -> Rows:
    if state == "off":
        return rows.filter(removed_at__isnull=False)
    rows = rows.filter(removed_at__isnull=True)
    if state == "holds":
        return rows.filter(code__in=labels.holding(), reviewed_at__isnull=True)
    return rows


def _put_on(applied: AppliedLabel, dataset: Dataset) -> str:
    label = labels.library()[applied.code]
    told = _("{label} is on {dataset}.").format(label=label.name, dataset=dataset.title)
    if label.hold:
        told += " " + _("Researchers cannot ask for it until another steward has looked.")
    if label.clauses:
        told += " " + _("A steward can now confirm or decline what it asks for.")
    return told
