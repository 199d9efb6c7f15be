from django.http import Http404, HttpRequest

from governance.models import User
from governance.navigation import verbs_of
from governance.rules import Verb
from governance.views.visitor import user_of


def visitor_who_may(request: HttpRequest, *verbs: Verb) -> User:
    """Return who is signed in, if she may do one of ``verbs`` somewhere.

    Raises:
        Http404: she may not; to her the page does not exist.
    """
    user = user_of(request)
    if not verbs_of(user) & set(verbs):
        raise Http404
    return user
