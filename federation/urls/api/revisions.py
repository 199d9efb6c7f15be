"""Addresses of a request's changes, for scripts."""

from django.urls import path

from federation.api import revisions

_REQUEST = "requests/<uuid:request_id>/"

revision_api_patterns = [
    path(_REQUEST + "change/", revisions.ChangeRequest.as_view(), name="request_change"),
    path(_REQUEST + "keep/", revisions.KeepRequest.as_view(), name="request_keep"),
    path(_REQUEST + "revisions/", revisions.RequestRevisions.as_view(), name="request_revisions"),
]
