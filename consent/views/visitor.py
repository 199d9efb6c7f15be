from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, QueryDict

from governance.models import User


def user_of(request: HttpRequest) -> User:
    """Return who is signed in. LoginRequiredMiddleware lets nobody else get here."""
    user = request.user
    if isinstance(user, AnonymousUser):
        raise TypeError("a page of this app was reached without signing in")
    return user


def posted(request: HttpRequest) -> QueryDict | None:
    """Return what was sent, also when it is empty; None for a page that is only looked at."""
    return request.POST if request.method == "POST" else None
