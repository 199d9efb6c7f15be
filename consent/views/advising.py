"""The adviser's own page: no account, a link, and nothing but the request."""

from dataclasses import replace

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from consent.actions import advice
from consent.document import read_back
from consent.errors import AdviceRefused, Incomplete
from consent.forms.talk import AdviceForm
from consent.grants.grant import parse_grant
from consent.models import Advice
from consent.views.visitor import posted
from governance.addresses import client_address
from governance.errors import CannotUnseal
from governance.limits import within

HOUR_S = 3600
MOST_AN_HOUR = 60  # looks from one address


# Whoever has the link needs no cookie; whoever has not cannot forge its address. And a browser
# that is told to pass on no referrer sends no origin either, which Django's check would refuse.
@csrf_exempt
@login_not_required
@never_cache
@require_http_methods(["GET", "POST"])
def advising(request: HttpRequest, token: str) -> HttpResponse:
    if not within(f"advising:{client_address(request)}", most=MOST_AN_HOUR, seconds=HOUR_S):
        return _private(render(request, "consent/advising_wait.html", status=429))
    try:
        return _private(
            _given(request, token) if request.method == "POST" else _shown(request, token)
        )
    except AdviceRefused as refusal:
        context = {"reason": refusal}
        return _private(render(request, "consent/advising_refused.html", context, status=404))


def _shown(request: HttpRequest, token: str) -> HttpResponse:
    asked = advice.opened(token)
    if asked.given_at is not None:
        return render(request, "consent/advising_thanks.html", {"advice": asked})
    return _page(request, asked, AdviceForm())


def _given(request: HttpRequest, token: str) -> HttpResponse:
    form = AdviceForm(posted(request))
    if form.is_valid():
        try:
            asked = advice.give(token, **form.cleaned_data)
        except Incomplete as refusal:
            for name, sentence in refusal.fields.items():
                form.add_error(name, sentence)
        except CannotUnseal:
            form.add_error(None, _("It cannot be kept now. Keep a copy and try again later."))
        else:
            return render(request, "consent/advising_thanks.html", {"advice": asked})
    return _page(request, advice.usable(token), form)


def _page(request: HttpRequest, asked: Advice, form: AdviceForm) -> HttpResponse:
    review = asked.review
    claims = parse_grant(review.statement.text.encode())
    context = {
        "advice": asked,
        "document": read_back(review.revision.text),
        "dataset": review.dataset,
        # Who else was asked is not hers to know.
        "claims": replace(claims, communities=()),
        "form": form,
    }
    status = 400 if form.errors else 200
    return render(request, "consent/advising.html", context, status=status)


def _private(answer: HttpResponse) -> HttpResponse:
    """Keep the link to those who have it: in no search engine, and in no other site's log."""
    answer["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    answer["Referrer-Policy"] = "no-referrer"
    return answer
