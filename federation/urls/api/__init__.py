from django.urls import path

from federation.api import acceptance, aggregator, incidents, jobs, nodes, requests, runs, visas
from federation.urls.api.drafts import draft_api_patterns
from federation.urls.api.files import file_api_patterns
from federation.urls.api.messages import message_api_patterns
from federation.urls.api.promises import promise_api_patterns
from federation.urls.api.revisions import revision_api_patterns

app_name = "federation-api"
urlpatterns = [
    path("jobs/", jobs.Jobs.as_view(), name="jobs"),
    path("requests/", requests.Requests.as_view(), name="requests"),
    *draft_api_patterns,
    *file_api_patterns,
    path("requests/<uuid:request_id>/", requests.OneRequest.as_view(), name="request"),
    path(
        "requests/<uuid:request_id>/precheck/",
        requests.PrecheckRequest.as_view(),
        name="request_precheck",
    ),
    path(
        "requests/<uuid:request_id>/submit/",
        requests.SubmitRequest.as_view(),
        name="request_submit",
    ),
    path(
        "requests/<uuid:request_id>/withdraw/",
        requests.WithdrawRequest.as_view(),
        name="request_withdraw",
    ),
    path(
        "requests/<uuid:request_id>/grants/<uuid:grant_id>/accept/",
        acceptance.AcceptConditions.as_view(),
        name="request_accept",
    ),
    *revision_api_patterns,
    path("requests/<uuid:request_id>/visas/", visas.Visas.as_view(), name="request_visas"),
    path(
        "requests/<uuid:request_id>/incidents/",
        incidents.Incidents.as_view(),
        name="request_incidents",
    ),
    path("requests/<uuid:request_id>/runs/", requests.StartRun.as_view(), name="request_runs"),
    path("runs/", runs.Runs.as_view(), name="runs"),
    path("runs/<uuid:run_id>/", runs.OneRun.as_view(), name="run"),
    path("runs/<uuid:run_id>/result/", runs.RunResultView.as_view(), name="run_result"),
    path("runs/<uuid:run_id>/stop/", runs.StopRun.as_view(), name="run_stop"),
    path("node/charters", nodes.NodeCharters.as_view(), name="node_charters"),
    path("node/notices", nodes.NodeNotices.as_view(), name="node_notices"),
    path("node/grants", nodes.NodeGrants.as_view(), name="node_grants"),
    path("node/datasets", nodes.NodeDatasets.as_view(), name="node_datasets"),
    path("node/receipts", nodes.NodeReceipts.as_view(), name="node_receipts"),
    path("aggregator/results", aggregator.AggregatorResults.as_view(), name="aggregator_results"),
    *message_api_patterns,
    *promise_api_patterns,
]
