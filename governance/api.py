"""The API of this app: who am I? The datasets are in ``dataset_api``."""

from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import NotAuthenticated
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from governance.api_schema import PROBLEMS
from governance.models import ApiToken, User
from governance.queries import memberships_of
from governance.rules import ROLE_SCOPES
from governance.serializers import MeSerializer


def caller(request: Request) -> User:
    """Return who asks; the permission classes let nobody get here unknown."""
    if not isinstance(request.user, User):
        raise NotAuthenticated
    return request.user


class Me(APIView):
    permission_classes = [IsAuthenticated]

    @extend_schema(responses={200: MeSerializer, **PROBLEMS}, summary="Who am I?")
    def get(self, request: Request) -> Response:
        """Tell the caller's name, roles and scopes; of a token, only the scopes it has."""
        user = caller(request)
        held = ROLE_SCOPES[user.platform_role]
        scopes = request.auth.scopes if isinstance(request.auth, ApiToken) else held
        places = [
            {"slug": m.community.slug, "name": m.community.name, "role": m.role}
            for m in memberships_of(user)
        ]
        me = {
            "name": user.name,
            "email": user.email,
            "role": user.role,
            "scopes": [scope for scope in held if scope in scopes],
            "communities": places,
        }
        return Response(MeSerializer(me).data)
