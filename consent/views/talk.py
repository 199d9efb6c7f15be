"""The community's side of the talk with the researchers of one request."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from consent.actions import talk
from consent.forms.talk import MessageForm, TextForm
from consent.queries.readers import readers_of_talk
from consent.queries.talk import thread_of_community
from consent.rules import ReviewState
from consent.talking import COMMUNITY_WRITES
from consent.views.acting import filled_in, may_attend, review_for, review_to_act_on
from consent.views.visitor import posted
from governance.rules import Verb
from governance.views.visitor import user_of


@require_GET
def review_talk(request: HttpRequest, review_id: UUID) -> HttpResponse:
    review = review_for(request, review_id, Verb.READ_COMMUNITY)
    open_to_talk = ReviewState(review.state) in COMMUNITY_WRITES
    context = {
        "review": review,
        "thread": thread_of_community(review),
        "readers": readers_of_talk(review),
        "may_write": open_to_talk and may_attend(request, review),
    }
    return render(request, "consent/review_talk.html", context)


@require_http_methods(["GET", "POST"])
def review_write(request: HttpRequest, review_id: UUID) -> HttpResponse:
    review = review_to_act_on(request, review_id, Verb.ATTEND)
    asks = review.state == ReviewState.OPEN
    form = MessageForm(posted(request), initial={"question": asks})
    return filled_in(
        request,
        form,
        lambda _form: talk.write_to_researchers(
            review.pk,
            actor=user_of(request),
            text=form.cleaned_data["text"],
            question=form.cleaned_data["question"],
            readers=request.POST.get("readers", ""),
        ),
        template="consent/review_write.html",
        context=lambda: {"review": review, "readers": readers_of_talk(review), "asked": None},
        url=reverse("consent:review_talk", args=[review_id]),
        said=_("Sent."),
    )


@require_http_methods(["GET", "POST"])
def review_reply(request: HttpRequest, review_id: UUID, message_id: UUID) -> HttpResponse:
    review = review_to_act_on(request, review_id, Verb.ATTEND)
    waiting = thread_of_community(review).said
    asked = next((one for one in waiting if one.id == message_id), None)
    if asked is None or asked.from_community:
        raise Http404
    form = TextForm(posted(request))
    return filled_in(
        request,
        form,
        lambda _form: talk.answer_researchers(
            review.pk,
            message_id,
            actor=user_of(request),
            text=form.cleaned_data["text"],
            readers=request.POST.get("readers", ""),
        ),
        template="consent/review_write.html",
        context=lambda: {"review": review, "readers": readers_of_talk(review), "asked": asked},
        url=reverse("consent:review_talk", args=[review_id]),
        said=_("Your answer is sent."),
    )
