"""Where a request comes from, behind as many proxies as the settings say."""

from django.conf import settings
from django.http import HttpRequest


def client_address(request: HttpRequest) -> str | None:
    """Return the visitor's address as the outermost of our own proxies saw it.

    What stands further left in the header is the visitor's own word and is never believed.
    """
    here: str | None = request.META.get("REMOTE_ADDR")
    passed = request.headers.get("X-Forwarded-For", "")
    count: int = settings.ALLAUTH_TRUSTED_PROXY_COUNT
    if not count or not passed:
        return here
    addresses = [address.strip() for address in passed.split(",")]
    return addresses[-min(count, len(addresses))] or here
