"""The researchers' side of the talk: one thread with each community that was asked."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from consent.actions import talk
from consent.forms.talk import MessageForm, TextForm
from consent.models import TrainingRequest
from consent.queries.crew import requests_readable_by
from consent.queries.readers import readers_of_talk
from consent.queries.talk import Thread, threads_of_researchers
from consent.views.acting import confirmed, filled_in
from consent.views.visitor import posted
from governance.views.visitor import user_of


@require_GET
def message_list(request: HttpRequest, request_id: UUID) -> HttpResponse:
    wanted = _wanted(request, request_id)
    threads = threads_of_researchers(wanted)
    context = {"wanted": wanted, "threads": threads, "now": timezone.now()}
    return render(request, "consent/messages.html", context)


@require_http_methods(["GET", "POST"])
def message_write(request: HttpRequest, request_id: UUID, slug: str) -> HttpResponse:
    wanted, thread = _thread(request, request_id, slug)
    form = MessageForm(posted(request), initial={"question": True})
    return filled_in(
        request,
        form,
        lambda _form: talk.write_to_community(
            wanted.pk,
            slug,
            actor=user_of(request),
            text=form.cleaned_data["text"],
            question=form.cleaned_data["question"],
            readers=request.POST.get("readers", ""),
        ),
        template="consent/message_write.html",
        context=lambda: _context(wanted, thread),
        url=reverse("consent:messages", args=[request_id]),
        said=_("Sent."),
    )


@require_http_methods(["GET", "POST"])
def message_reply(
    request: HttpRequest, request_id: UUID, slug: str, message_id: UUID
) -> HttpResponse:
    wanted, thread = _thread(request, request_id, slug)
    asked = next((one for one in thread.said if one.id == message_id), None)
    if asked is None or not asked.from_community:
        raise Http404
    form = TextForm(posted(request))
    return filled_in(
        request,
        form,
        lambda _form: talk.answer_community(
            wanted.pk,
            slug,
            message_id,
            actor=user_of(request),
            text=form.cleaned_data["text"],
            readers=request.POST.get("readers", ""),
        ),
        template="consent/message_write.html",
        context=lambda: _context(wanted, thread) | {"asked": asked},
        url=reverse("consent:messages", args=[request_id]),
        said=_("Your answer is sent."),
    )


@require_http_methods(["GET", "POST"])
def message_nudge(request: HttpRequest, request_id: UUID, slug: str) -> HttpResponse:
    wanted, thread = _thread(request, request_id, slug)
    return confirmed(
        request,
        lambda: talk.nudge(wanted.pk, slug, actor=user_of(request)),
        template="consent/message_nudge.html",
        context=_context(wanted, thread),
        url=reverse("consent:messages", args=[request_id]),
        said=_("They are told that you ask how it stands."),
    )


def _wanted(request: HttpRequest, request_id: UUID) -> TrainingRequest:
    return get_object_or_404(requests_readable_by(user_of(request)), public_id=request_id)


def _thread(request: HttpRequest, request_id: UUID, slug: str) -> tuple[TrainingRequest, Thread]:
    wanted = _wanted(request, request_id)
    for thread in threads_of_researchers(wanted):
        if thread.community.slug == slug:
            return wanted, thread
    raise Http404


def _context(wanted: TrainingRequest, thread: Thread) -> dict[str, Any]:
    return {"wanted": wanted, "thread": thread, "readers": readers_of_talk(thread.review)}
