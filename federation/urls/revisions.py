"""Addresses of a researcher's change to her request."""

from django.urls import path

from federation.views import revisions

_REQUEST = "requests/<uuid:request_id>/"

revision_patterns = [
    path(_REQUEST + "change/", revisions.request_change, name="request_change"),
    path(_REQUEST + "keep/", revisions.request_keep, name="request_keep"),
    path(_REQUEST + "revise/", revisions.request_revise, name="request_revise"),
]
