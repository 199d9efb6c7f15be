from typing import Any

from rest_framework.generics import ListAPIView
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from federation.api.described import described
from federation.models import JobVersion
from federation.queries import jobs_published
from federation.serializers.jobs import JobOut
from governance.api_permissions import HasScope


class Jobs(ListAPIView[JobVersion]):
    permission_classes = (IsAuthenticated, HasScope)
    scope = "datasets:read"
    serializer_class = JobOut
    queryset = JobVersion.objects.none()
    filterset_fields = ("name",)

    def get_queryset(self) -> Any:
        return jobs_published()

    @described(operation_id="jobs_list", tags=["catalogue"], responses=JobOut(many=True))
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """The catalogue: the newest version of each job that may be asked for."""
        return self.list(request, *args, **kwargs)
