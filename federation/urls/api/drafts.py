"""Addresses for beginning a request, for scripts."""

from django.urls import path

from federation.api import drafting

draft_api_patterns = [
    path("requests/terms/", drafting.Terms.as_view(), name="request_terms"),
    path("requests/<uuid:request_id>/copy/", drafting.CopyRequest.as_view(), name="request_copy"),
]
