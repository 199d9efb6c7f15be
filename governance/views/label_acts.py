"""What is done to one label: texts, numbers, clauses, the look at a hold, taking it off."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from governance import hub, labels
from governance.actions import labels as actions
from governance.errors import GovernanceError
from governance.forms.labels import NoteForm, NumbersForm, TakeOffForm, TextForm
from governance.models import AppliedLabel
from governance.queries.labels import hub_project, offered_clauses, texts_of
from governance.rules import Offer, Verb
from governance.views.acting import fill_in
from governance.views.labels import label_of
from governance.views.visitor import user_of


@require_http_methods(["GET", "POST"])
def label_text(request: HttpRequest, slug: str, label_id: object) -> HttpResponse:
    applied = label_of(request, slug, label_id, Verb.LABEL)
    texts = list(texts_of(applied))
    form = TextForm(
        request.POST or None,
        request.FILES or None,
        newest=texts[0].version,
        initial=_from_hub(applied, request.GET.get("from", ""), request.GET.get("language", "")),
    )
    return _fill_in(
        request,
        applied,
        form,
        lambda filled: actions.write_text(
            applied.pk,
            actor=user_of(request),
            words=form.words(),
            new_version=filled["new_version"] == "yes",
        ),
        template="governance/label_text.html",
        said=_("The text is kept. Earlier ones stay readable."),
        texts=[text for text in texts if text.version == texts[0].version],
    )


@require_http_methods(["GET", "POST"])
def label_numbers(request: HttpRequest, slug: str, label_id: object) -> HttpResponse:
    applied = label_of(request, slug, label_id, Verb.LABEL)
    held = {"project_uuid": applied.project_uuid, "label_uuid": applied.label_uuid}
    return _fill_in(
        request,
        applied,
        NumbersForm(request.POST if request.method == "POST" else None, initial=held),
        lambda filled: actions.identify(applied.pk, actor=user_of(request), **filled),
        template="governance/label_numbers.html",
        said=_("The numbers are kept."),
    )


@require_http_methods(["GET", "POST"])
def label_clause(request: HttpRequest, slug: str, label_id: object, clause_id: int) -> HttpResponse:
    """Show what confirming means, with both answers as buttons."""
    applied = label_of(request, slug, label_id, Verb.CONFIRM_LABEL)
    row = get_object_or_404(applied.clauses, pk=clause_id)
    answer = request.POST.get("answer", "")
    if request.method == "POST" and answer in {each.value for each in actions.ANSWERS}:
        try:
            actions.answer_clause(row.pk, actor=user_of(request), answer=Offer(answer))
        except GovernanceError as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _answered(Offer(answer)))
        return redirect("governance:label", slug, applied.public_id)
    (offer,) = [offer for offer in offered_clauses(applied) if offer.row.pk == row.pk]
    context = {
        "community": applied.community,
        "applied": applied,
        "label": labels.library()[applied.code],
        "offer": offer,
        "missing": request.method == "POST",
    }
    status = 400 if request.method == "POST" else 200
    return render(request, "governance/label_clause.html", context, status=status)


@require_http_methods(["GET", "POST"])
def label_review(request: HttpRequest, slug: str, label_id: object) -> HttpResponse:
    applied = label_of(request, slug, label_id, Verb.CONFIRM_LABEL)
    return _fill_in(
        request,
        applied,
        NoteForm(request.POST if request.method == "POST" else None),
        lambda filled: actions.review_hold(applied.pk, actor=user_of(request), note=filled["note"]),
        template="governance/label_review.html",
        said=_("The hold is lifted. The label stays on the data."),
    )


@require_http_methods(["GET", "POST"])
def label_take_off(request: HttpRequest, slug: str, label_id: object) -> HttpResponse:
    applied = label_of(request, slug, label_id, Verb.LABEL)
    return _fill_in(
        request,
        applied,
        TakeOffForm(request.POST if request.method == "POST" else None),
        lambda filled: actions.take_off(
            applied.pk, actor=user_of(request), reason=filled["reason"]
        ),
        template="governance/label_take_off.html",
        said=_("The label is taken off. Its texts stay for you to read."),
    )


def _fill_in(
    request: HttpRequest,
    applied: AppliedLabel,
    form: forms.Form,
    act: Callable[[dict[str, Any]], object],
    *,
    template: str,
    said: str,
    **more: Any,
) -> HttpResponse:
    """Do as ``fill_in``, with what every page of one label shows; the way on is to the label."""
    label = labels.library()[applied.code]
    context = {
        "community": applied.community,
        "applied": applied,
        "label": label,
        "holds": label.hold and not applied.reviewed_at and not applied.removed_at,
        **more,
    }
    url = reverse("governance:label", args=[applied.community.slug, applied.public_id])
    return fill_in(request, form, act, template=template, context=context, url=url, said=said)


def _from_hub(applied: AppliedLabel, number: str, language: str) -> dict[str, str]:
    """Return the Hub's text to begin with, if the visitor came to take it over."""
    kept = hub_project(applied) if number else None
    if kept is None:
        return {}
    label = labels.library()[applied.code]
    for row in hub.Project.of_body(kept.body).fitting(label, applied.label_uuid):
        for text in row.texts:
            if (row.uuid, text.language) == (number, language):
                return {"language": text.language, "text": text.text}
    return {}


def _answered(answer: Offer) -> str:
    if answer is Offer.CONFIRMED:
        return _("Confirmed. It will be ticked when the next protocol is drafted.")
    return _("Declined. The label stays, and the clause is not proposed.")
