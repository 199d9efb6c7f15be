"""Who looks at the page, and which community she may look at."""

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from governance.models import Community, User
from governance.queries import communities_where
from governance.rules import Verb


def user_of(request: HttpRequest) -> User:
    """Return who is signed in. LoginRequiredMiddleware lets nobody else get here."""
    user = request.user
    if isinstance(user, AnonymousUser):
        raise TypeError("a page was reached without signing in")
    return user


def community_for(request: HttpRequest, slug: str, verb: Verb) -> Community:
    """Return the community if the visitor may do this there; to all others it does not exist.

    Raises:
        Http404: no such community, or no role that carries the verb.
    """
    return get_object_or_404(communities_where(user_of(request), verb), slug=slug)
