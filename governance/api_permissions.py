"""What a caller of the API may do: only what a scope names, and a scope only as the role has it."""

from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request
from rest_framework.views import APIView

from governance.models import ApiToken
from governance.rules import ROLE_SCOPES


class HasScope(BasePermission):
    """Asks for the view's ``scope`` (to read) or ``write_scope`` (for all else).

    A view that names none is closed. A person signed in through the pages has every scope of her
    role; a token has those it was issued with, as long as the role still carries them.
    """

    message = "Your role, or this token, does not carry what is needed here."

    def has_permission(self, request: Request, view: APIView) -> bool:
        if not request.user or not request.user.is_authenticated:
            return False
        name = "scope" if request.method in SAFE_METHODS else "write_scope"
        scope = getattr(view, name, "")
        if scope not in ROLE_SCOPES[request.user.platform_role]:
            return False
        return not isinstance(request.auth, ApiToken) or scope in request.auth.scopes
