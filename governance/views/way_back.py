"""For who lost her passkey: the link, the code from the mail, the new passkey."""

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.webauthn.internal.auth import begin_registration
from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from governance.actions import recovery
from governance.errors import WayBackRefused
from governance.forms import CodeForm
from governance.forms.passkeys import AddPasskeyForm
from governance.mail import send_way_back_code
from governance.models import WayBack
from governance.views.join import BACKEND
from governance.views.passkeys import for_charters

PROVEN = "way-back"  # in the session: the link whose code was given


@login_not_required
@never_cache
@require_http_methods(["GET", "POST"])
def way_back(request: HttpRequest, token: str) -> HttpResponse:
    try:
        link = recovery.usable(token)
        if request.user.is_authenticated:
            # The steward who made the link must not walk through it by mistake, nor on purpose.
            return _page(request, link, CodeForm(), signed_in=True)
        if request.method == "GET":
            return _page(request, link, CodeForm())
        if "send" in request.POST:
            return _send(request, link, token)
        return _prove(request, link, token)
    except WayBackRefused as refusal:
        return _refused(request, refusal)


@login_not_required
@never_cache
@require_http_methods(["GET", "POST"])
def way_back_passkey(request: HttpRequest) -> HttpResponse:
    """Make the new passkey. Nobody is signed in before it is made."""
    try:
        link = recovery.proven(request.session.get(PROVEN, 0))
        form = AddPasskeyForm(request.POST or None, user=link.user)
        if request.method == "POST" and form.is_valid():
            return _made(request, link, form)
    except WayBackRefused as refusal:
        return _refused(request, refusal)
    options = for_charters(begin_registration(link.user, False))
    context = {"form": form, "link": link, "js_data": {"creation_options": options}}
    status = 400 if form.errors else 200
    return render(request, "governance/way_back_passkey.html", context, status=status)


def _send(request: HttpRequest, link: WayBack, token: str) -> HttpResponse:
    code = recovery.make_code(token)
    if send_way_back_code(code.user, code.digits, minutes=recovery.CODE_MINUTES):
        messages.success(request, _("The code is on its way to your mail address."))
    else:
        messages.error(request, _("The mail could not be sent. Please try again later."))
    return _page(request, link, CodeForm(), sent=True)


def _prove(request: HttpRequest, link: WayBack, token: str) -> HttpResponse:
    form = CodeForm(request.POST)
    if form.is_valid():
        try:
            recovery.prove(token, form.cleaned_data["code"])
        except WayBackRefused as refusal:
            form.add_error("code", str(refusal))
        else:
            # A new key for the session: one that somebody had before must not become hers.
            request.session.cycle_key()
            request.session[PROVEN] = link.pk
            return redirect("governance:way-back-passkey")
    return _page(request, link, form, sent=True)


def _made(request: HttpRequest, link: WayBack, form: AddPasskeyForm) -> HttpResponse:
    recovery.make_passkey(
        link.pk, name=form.cleaned_data["name"], credential=form.cleaned_data["credential"]
    )
    del request.session[PROVEN]
    get_adapter(request).send_notification_mail("mfa/email/webauthn_added", link.user)
    login(request, link.user, backend=BACKEND)
    record_authentication(request, link.user, method="mfa", type="webauthn", reauthenticated=True)
    messages.success(
        request,
        _(
            "You are in again. Your new passkey signs you in. It signs no decision before a new "
            "charter names it: ask a steward to put one."
        ),
    )
    return redirect("governance:home")


def _page(
    request: HttpRequest,
    link: WayBack,
    form: CodeForm,
    *,
    sent: bool = False,
    signed_in: bool = False,
) -> HttpResponse:
    sent = sent or link.codes_sent > 0
    context = {"link": link, "form": form, "sent": sent, "signed_in": signed_in}
    status = 400 if form.errors or (signed_in and request.method == "POST") else 200
    return render(request, "governance/way_back.html", context, status=status)


def _refused(request: HttpRequest, refusal: WayBackRefused) -> HttpResponse:
    context = {"reason": refusal}
    return render(request, "governance/way_back_refused.html", context, status=404)
