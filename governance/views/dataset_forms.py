"""Writing a description and a record of provenance. Whatever was typed stays when it fails."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from governance.actions import datasets
from governance.errors import GovernanceError
from governance.forms.datasets import (
    MORE_ROWS,
    DatasetForm,
    DescriptionForm,
    SizedForm,
    VariableForm,
    VariableRows,
    rows_of,
    typed_rows,
)
from governance.forms.provenance import PeopleForm, PeoplesRows, ProvenanceForm
from governance.models import Dataset
from governance.rules import Verb
from governance.views.datasets import dataset_for
from governance.views.visitor import community_for, user_of

_ROW = tuple(VariableForm.base_fields)
_PEOPLE = tuple(PeopleForm.base_fields)
MORE = "more"
"""The name of the button that adds rows. It works without script: the page comes back longer."""


@require_http_methods(["GET", "POST"])
def dataset_new(request: HttpRequest, slug: str) -> HttpResponse:
    community = community_for(request, slug, Verb.DESCRIBE_DATASET)
    form, rows = _forms(request, DatasetForm, {}, [])
    if _sent(request) and all([form.is_valid(), rows.is_valid()]):
        told = {name: form.cleaned_data[name] for name in DatasetForm.field_order}
        try:
            dataset = datasets.register(
                community_id=community.pk,
                actor=user_of(request),
                variables=rows.variables(),
                **told,
            )
        except GovernanceError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The description is saved. The data stays at your node."))
            return redirect("governance:dataset", community.slug, dataset.slug)
    context = {"community": community, "form": form, "rows": rows}
    return _page(request, "governance/dataset_new.html", context)


@require_http_methods(["GET", "POST"])
def dataset_edit(request: HttpRequest, slug: str, dataset_slug: str) -> HttpResponse:
    community, dataset = dataset_for(request, slug, dataset_slug, Verb.DESCRIBE_DATASET, kept=True)
    form, rows = _forms(request, _kind(dataset), _words(dataset), rows_of(dataset))
    if _sent(request) and all([form.is_valid(), dataset.node or rows.is_valid()]):
        try:
            datasets.describe(
                dataset.pk,
                actor=user_of(request),
                variables=None if dataset.node else rows.variables(),
                **form.cleaned_data,
            )
        except GovernanceError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Saved."))
            return redirect("governance:dataset", community.slug, dataset.slug)
    context = {"community": community, "dataset": dataset, "form": form}
    context["rows"] = None if dataset.node else rows
    return _page(request, "governance/dataset_edit.html", context)


@require_http_methods(["GET", "POST"])
def dataset_provenance(request: HttpRequest, slug: str, dataset_slug: str) -> HttpResponse:
    community, dataset = dataset_for(request, slug, dataset_slug, Verb.DESCRIBE_DATASET, kept=True)
    form, rows = _record_forms(request, dataset)
    if _sent(request) and all([form.is_valid(), rows.is_valid()]):
        try:
            datasets.set_provenance(
                dataset.pk,
                actor=user_of(request),
                provenance=form.record(rows.peoples()),
                seen=form.cleaned_data["seen"],
            )
        except GovernanceError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Saved."))
            return redirect("governance:dataset", community.slug, dataset.slug)
    context = {"community": community, "dataset": dataset, "form": form, "rows": rows}
    return _page(request, "governance/dataset_provenance.html", context)


def _sent(request: HttpRequest) -> bool:
    return request.method == "POST" and MORE not in request.POST


def _kind(dataset: Dataset) -> type[DescriptionForm]:
    return DescriptionForm if dataset.node else SizedForm


def _words(dataset: Dataset) -> dict[str, str]:
    return {
        "title": dataset.title,
        "description": dataset.description,
        "size_band": dataset.size_band,
        "seen": datasets.mark_of(dataset),
    }


def _forms(
    request: HttpRequest,
    kind: type[DescriptionForm],
    words: dict[str, Any],
    held: list[dict[str, Any]],
) -> tuple[Any, Any]:
    """Return the form and its rows: as saved, as sent, or as typed with more empty rows."""
    if _sent(request):
        return kind(request.POST), VariableRows(request.POST, prefix="variables")
    if request.method == "POST":
        typed = typed_rows(request.POST, "variables", _ROW)
        return kind(initial=request.POST.dict()), _longer(VariableRows, typed, "variables")
    return kind(initial=words), VariableRows(initial=held, prefix="variables")


def _record_forms(request: HttpRequest, dataset: Dataset) -> tuple[Any, Any]:
    if _sent(request):
        return ProvenanceForm(request.POST), PeoplesRows(request.POST, prefix="peoples")
    if request.method == "POST":
        typed = typed_rows(request.POST, "peoples", _PEOPLE)
        initial = request.POST.dict() | {"show": request.POST.getlist("show")}
        return ProvenanceForm(initial=initial), _longer(PeoplesRows, typed, "peoples")
    record = ProvenanceForm.initial_of(dataset.provenance)
    peoples = dataset.provenance.get("peoples", [])
    form = ProvenanceForm(initial=record | {"seen": datasets.mark_of(dataset)})
    return form, PeoplesRows(initial=peoples, prefix="peoples")


def _longer(kind: Any, typed: list[Any], prefix: str) -> Any:
    rows = kind(initial=typed, prefix=prefix)
    rows.extra = 2 * MORE_ROWS
    return rows


def _page(request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    rows = context["rows"]
    wrong = context["form"].errors or (rows is not None and not _sound(rows))
    return render(request, template, context, status=400 if wrong else 200)


def _sound(rows: Any) -> bool:
    return not rows.is_bound or rows.is_valid()
