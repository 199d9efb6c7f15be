from django.urls import path

from governance import api

app_name = "governance-api"

urlpatterns = [
    path("me/", api.Me.as_view(), name="me"),
    path("datasets/", api.DatasetList.as_view(), name="datasets"),
]
