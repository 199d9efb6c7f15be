"""Asking the Local Contexts Hub, at the press of a button."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from governance.actions import hub
from governance.errors import GovernanceError
from governance.rules import Verb
from governance.views.labels import label_of
from governance.views.visitor import user_of


@require_POST
def label_hub(request: HttpRequest, slug: str, label_id: object) -> HttpResponse:
    applied = label_of(request, slug, label_id, Verb.LABEL)
    try:
        hub.ask(applied.pk, actor=user_of(request))
    except GovernanceError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("What the Hub says stands below, with its date."))
    return redirect("governance:label", slug, applied.public_id)
