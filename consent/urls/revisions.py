"""Addresses of what happens when a request changes."""

from django.urls import path

from consent.views import revisions

revision_patterns = [
    path(
        "reviews/<uuid:review_id>/send-back/", revisions.review_send_back, name="review_send_back"
    ),
    path("reviews/<uuid:review_id>/changes/", revisions.review_changes, name="review_changes"),
    path("requests/<uuid:request_id>/changes/", revisions.request_changes, name="request_changes"),
]
