from django.urls import path

from federation.urls.drafts import draft_patterns
from federation.urls.revisions import revision_patterns
from federation.views import (
    catalogue,
    charter_draft,
    datasets,
    nodes,
    parts,
    requests,
    runs,
)

app_name = "federation"

_REQUEST = "requests/<uuid:request_id>/"
_RUN = "runs/<uuid:run_id>/"
_HERE = "communities/<slug:slug>/"

urlpatterns = [
    path("catalogue/", catalogue.catalogue, name="catalogue"),
    path("datasets/", datasets.dataset_list, name="datasets"),
    path("datasets/<slug:dataset_slug>/", datasets.dataset_detail, name="dataset"),
    path("requests/", requests.request_list, name="requests"),
    *draft_patterns,
    path(_REQUEST, requests.request_detail, name="request"),
    path(_REQUEST + "withdraw/", requests.request_withdraw, name="request_withdraw"),
    *revision_patterns,
    path(_REQUEST + "start/", requests.request_start, name="request_start"),
    path("runs/", runs.run_list, name="runs"),
    path(_RUN, runs.run_detail, name="run"),
    path(_RUN + "progress/", runs.run_progress, name="run_progress"),
    path(_RUN + "stop/", runs.run_stop, name="run_stop"),
    path(_RUN + "result.json", runs.run_result, name="run_result"),
    path(_HERE + "nodes/", nodes.node_list, name="nodes"),
    path(_HERE + "nodes/<int:node_id>/retire/", nodes.node_retire, name="node_retire"),
    path(_HERE + "charter/new/", charter_draft.charter_new, name="charter_new"),
    path("parts/", parts.parts, name="parts"),
]
