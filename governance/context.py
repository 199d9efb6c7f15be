"""What every page needs beside its own subject."""

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from governance.navigation import menu_of


def frame(request: HttpRequest) -> dict[str, Any]:
    """Give the menu of who is signed in; it is not read before a page shows it."""
    user = request.user
    if not user.is_authenticated:
        return {"menu": []}
    return {"menu": SimpleLazyObject(lambda: menu_of(user))}
