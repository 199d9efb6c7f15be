"""Where dossiers are; part of ``consent.urls``."""

from django.urls import path

from consent.views import dossiers

dossier_patterns = [
    path(
        "requests/<uuid:request_id>/dossier.pdf", dossiers.request_dossier, name="request_dossier"
    ),
    path("reviews/<uuid:review_id>/dossier.pdf", dossiers.review_dossier, name="review_dossier"),
]
