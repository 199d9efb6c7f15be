from django.urls import path

from governance import api, dataset_api

app_name = "governance-api"

urlpatterns = [
    path("me/", api.Me.as_view(), name="me"),
    path("datasets/", dataset_api.DatasetList.as_view(), name="datasets"),
    path("datasets/<slug:dataset_slug>/", dataset_api.DatasetDetail.as_view(), name="dataset"),
]
