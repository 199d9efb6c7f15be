"""Independent advice, on the community's side: who was asked, and what they wrote."""

from uuid import UUID

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from consent.actions import advice
from consent.errors import NotNow
from consent.forms.talk import AskAdviceForm
from consent.queries.deliberation import advice_on, advice_read
from consent.rules import ReviewState
from consent.views.acting import confirmed, filled_in, review_to_act_on
from consent.views.visitor import posted
from governance.mail import send_adviser_link
from governance.rules import Verb
from governance.views.visitor import user_of


@never_cache
@require_GET
def review_advice(request: HttpRequest, review_id: UUID) -> HttpResponse:
    review = review_to_act_on(request, review_id, Verb.DELIBERATE)
    context = {
        "review": review,
        "advised": advice_read(review),
        "open": review.state == ReviewState.OPEN,
    }
    return render(request, "consent/review_advice.html", context)


@require_http_methods(["GET", "POST"])
def advice_ask(request: HttpRequest, review_id: UUID) -> HttpResponse:
    review = review_to_act_on(request, review_id, Verb.ATTEND)

    def ask(form: forms.Form) -> None:
        asked, token = advice.ask(review.pk, actor=user_of(request), **form.cleaned_data)
        link = settings.KINHOLD_ORIGIN + reverse("consent:advising", args=[token])
        if not send_adviser_link(asked.adviser_name, asked.adviser_email, link, asked.expires_at):
            advice.take_back(asked.pk, actor=user_of(request))
            raise NotNow(_("The mail could not be sent, so nobody was asked. Try again later."))

    return filled_in(
        request,
        AskAdviceForm(posted(request)),
        ask,
        template="consent/advice_ask.html",
        context=lambda: {"review": review, "days": advice.DAYS},
        url=reverse("consent:review_advice", args=[review_id]),
        said=_("Asked. She has a link, and reads nothing but the request."),
    )


@require_http_methods(["GET", "POST"])
def advice_take_back(request: HttpRequest, review_id: UUID, advice_id: UUID) -> HttpResponse:
    review = review_to_act_on(request, review_id, Verb.ATTEND)
    asked = get_object_or_404(advice_on(review), public_id=advice_id)
    return confirmed(
        request,
        lambda: advice.take_back(asked.pk, actor=user_of(request)),
        template="consent/advice_take_back.html",
        context={"review": review, "advice": asked},
        url=reverse("consent:review_advice", args=[review_id]),
        said=_("The link does not work any more."),
    )
