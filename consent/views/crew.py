"""The people named in a request: asked by its applicant, and answering by a link of their own."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from consent.actions import crew
from consent.document import read_back
from consent.errors import ConsentError, Incomplete, LinkRefused
from consent.forms.files import TermsForm, TermsJoinForm
from consent.models import Collaborator
from consent.queries import revision_of
from consent.queries.crew import crew_of
from consent.terms import TERMS, TERMS_DIGEST
from consent.views.files import files_url, own_request
from consent.views.visitor import posted
from governance.errors import GovernanceError
from governance.models import User
from governance.queries import account_exists
from governance.views.join import welcome
from governance.views.visitor import user_of


@require_POST
def crew_invite(request: HttpRequest, request_id: UUID) -> HttpResponse:
    """Ask everybody who is named in a request that is still being written."""
    found = own_request(request, request_id)
    try:
        asked = crew.invite_now(found.pk, actor=user_of(request))
    except (ConsentError, GovernanceError) as refusal:
        messages.error(request, str(refusal))
    else:
        told = ngettext("A mail goes to %(n)s person.", "A mail goes to %(n)s people.", asked)
        messages.success(request, told % {"n": asked})
    return HttpResponseRedirect(files_url(found))


@require_POST
def crew_anew(request: HttpRequest, request_id: UUID, person_id: int) -> HttpResponse:
    found = own_request(request, request_id)
    person = get_object_or_404(crew_of(found), pk=person_id)
    try:
        crew.send_anew(person.pk, actor=user_of(request))
    except (ConsentError, GovernanceError) as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("A new link goes out. The one before works no more."))
    return HttpResponseRedirect(files_url(found))


@login_not_required
@never_cache
@require_http_methods(["GET", "POST"])
def terms(request: HttpRequest, token: str) -> HttpResponse:
    """What somebody who is named in a request reads and takes on, with an account or without."""
    try:
        person = crew.usable(token)
    except LinkRefused as refusal:
        return _refused(request, refusal)
    signed_in = request.user if isinstance(request.user, User) else None
    kind = TermsForm if signed_in else TermsJoinForm
    form = kind(posted(request), initial={"terms": TERMS_DIGEST, "name": person.name})
    if request.method == "POST" and form.is_valid():
        filled = form.cleaned_data
        try:
            user = crew.accept(
                token,
                terms_digest=filled["terms"],
                signed_in=signed_in,
                name=filled.get("name", ""),
                password=filled.get("password"),
            )
        except Incomplete as refusal:
            form = kind(initial={"terms": TERMS_DIGEST, "name": person.name})
            messages.error(request, str(refusal))
        except (ConsentError, GovernanceError) as refusal:
            form.add_error(None, str(refusal))
        else:
            return _thanks(request, user, person, new=signed_in is None)
    context = _shown(person) | {"form": form, "signed_in": signed_in, "token": token}
    status = 400 if form.errors else 200
    return render(request, "consent/terms.html", context, status=status)


@login_not_required
@never_cache
@require_http_methods(["GET", "POST"])
def terms_decline(request: HttpRequest, token: str) -> HttpResponse:
    """Say no. The link is enough for it: nobody needs an account to be left alone."""
    try:
        person = crew.usable(token)
        if request.method == "POST":
            crew.decline(token)
            return render(request, "consent/terms_declined.html", {"person": person})
    except LinkRefused as refusal:
        return _refused(request, refusal)
    context = {"person": person, "wanted": person.request, "token": token}
    return render(request, "consent/terms_decline.html", context)


def _shown(person: Collaborator) -> dict[str, object]:
    """What of the request is shown before a yes: as the communities have it, else as it is."""
    wanted = person.request
    revision = revision_of(wanted)
    text = read_back(revision.text) if revision else wanted.draft
    institution = text.get("institution")
    return {
        "person": person,
        "wanted": wanted,
        "summary": text.get("summary", ""),
        "institution": institution.get("name", "") if isinstance(institution, dict) else "",
        "terms": TERMS,
        "has_account": account_exists(person.email.lower()),
    }


def _thanks(request: HttpRequest, user: User, person: Collaborator, *, new: bool) -> HttpResponse:
    messages.success(request, _("You took the terms on. You can read the request from now on."))
    if new:
        return welcome(request, user, new=True)
    return redirect("federation:request", person.request.public_id)


def _refused(request: HttpRequest, refusal: LinkRefused) -> HttpResponse:
    return render(request, "consent/terms_refused.html", {"reason": refusal}, status=404)
