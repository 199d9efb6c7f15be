"""The public key for readers of visas elsewhere, and where it is. Not there while visas are off."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, JsonResponse
from django.views.decorators.http import require_safe

from consent import visas
from consent.visa_key import visa_key


@login_not_required
@require_safe
def visa_keys(_request: HttpRequest) -> JsonResponse:
    return JsonResponse(visas.public_set(_key()))


@login_not_required
@require_safe
def visa_issuer(_request: HttpRequest) -> JsonResponse:
    return JsonResponse(visas.metadata(_key(), issuer=settings.KINHOLD_VISA_ISSUER))


def _key() -> visas.Key:
    key = visa_key()
    if key is None:
        raise Http404
    return key
