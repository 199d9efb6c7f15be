"""Following runs, and fetching what they made."""

from typing import Any
from uuid import UUID

from rest_framework.generics import ListAPIView
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from federation.actions import results, runs
from federation.api.described import described
from federation.api.filters import RunFilter
from federation.api.own import ResearcherView, caller, own_run
from federation.api.refusals import as_problems
from federation.models import Run
from federation.queries import runs_visible_to
from federation.queries.reports import report_of_run
from federation.serializers.runs import ResultDocument, RunBrief, RunOut
from governance.api_permissions import HasScope

TAGS = ["runs"]


class Runs(ListAPIView[Run]):
    permission_classes = (IsAuthenticated, HasScope)
    scope = "runs:read"
    serializer_class = RunBrief
    queryset = Run.objects.none()
    filterset_class = RunFilter

    def get_queryset(self) -> Any:
        return runs_visible_to(caller(self.request))

    @described(operation_id="runs_list", tags=TAGS, responses=RunBrief(many=True))
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Runs of your own requests, newest first."""
        return self.list(request, *args, **kwargs)


class OneRun(ResearcherView):
    scope = "runs:read"

    @described(operation_id="runs_retrieve", tags=TAGS, responses=RunOut)
    def get(self, request: Request, run_id: UUID) -> Response:
        """One run, with what each node says it did."""
        return Response(RunOut(report_of_run(own_run(request, run_id))).data)


class RunResultView(ResearcherView):
    scope = "results:read"

    @described(operation_id="runs_result", tags=TAGS, responses=ResultDocument)
    def get(self, request: Request, run_id: UUID) -> Response:
        """The model of a finished run; 404 before."""
        with as_problems():
            document = results.hand_out(own_run(request, run_id).pk, actor=caller(request))
        name = f"kinhold-{run_id}.json"
        return Response(document, headers={"Content-Disposition": f'attachment; filename="{name}"'})


class StopRun(ResearcherView):
    write_scope = "requests:write"

    @described(operation_id="runs_stop", tags=TAGS, request=None, responses={202: RunOut})
    def post(self, request: Request, run_id: UUID) -> Response:
        """Ask for a run to be stopped. It ends within seconds."""
        run = runs.ask_stop(own_run(request, run_id).pk, actor=caller(request))
        return Response(RunOut(report_of_run(run)).data, status=202)
