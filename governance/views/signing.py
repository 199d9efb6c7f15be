"""What the pages of charters and protocols have in common: sign, take back, show who answered."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _

from governance.actions.statements import CastResult
from governance.errors import GovernanceError, SteppedAside
from governance.forms import PLAIN_ANSWERS, ReasonForm, SignatureForm
from governance.models import Statement
from governance.queries import standing_of
from governance.views.visitor import user_of


def signing_context(request: HttpRequest, statement: Statement) -> dict[str, Any]:
    """Return what ``_sign.html`` and ``_answers.html`` need for this visitor."""
    standing = standing_of(statement, user_of(request))
    return {
        "statement": statement,
        "standing": standing,
        "answers": PLAIN_ANSWERS,
        "rp_id": settings.KINHOLD_RP_ID,
    }


def take_signature(request: HttpRequest, sign: Callable[..., CastResult], url: str) -> HttpResponse:
    """Hand a posted signature to ``sign``, say what came of it, and go to ``url``."""
    form = SignatureForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Your answer did not come through. Please sign again."))
        return HttpResponseRedirect(url)
    try:
        result = sign(
            actor=user_of(request),
            answer=form.cleaned_data["answer"],
            assertion=form.assertion(),
            comment=form.cleaned_data["comment"],
        )
    except SteppedAside as refusal:
        raise PermissionDenied(str(refusal)) from refusal
    except GovernanceError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _said(result))
    return HttpResponseRedirect(url)


def take_back(
    request: HttpRequest, act: Callable[..., object], *, title: str, url: str
) -> HttpResponse:
    """Ask for a reason and a yes, then withdraw an open text and go to ``url``."""
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            act(actor=user_of(request), reason=form.cleaned_data["reason"])
        except GovernanceError as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("It is taken back. Its signatures count for nothing."))
        return HttpResponseRedirect(url)
    context = {"title": title, "form": form, "cancel_url": url}
    status = 400 if form.errors else 200
    return render(request, "governance/take_back.html", context, status=status)


def _said(result: CastResult) -> str:
    if result.adopted:
        return _("Your answer is signed, and with it this is adopted.")
    if result.declined:
        return _("Your answer is signed. This can no longer be adopted.")
    return _("Your answer is signed. {missing}").format(missing=result.outcome.missing)
