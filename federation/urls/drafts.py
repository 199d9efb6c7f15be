"""Addresses for writing a request, one for each step."""

from django.urls import path

from federation.views import drafts, sending

_REQUEST = "requests/<uuid:request_id>/"
_STEP = _REQUEST + "edit/<slug:step>/"

draft_patterns = [
    path("requests/new/", drafts.request_new, name="request_new"),
    path(_REQUEST + "edit/", drafts.request_edit, name="request_edit"),
    path(_STEP, drafts.request_step, name="request_step"),
    path(_STEP + "save/", drafts.request_autosave, name="request_autosave"),
    path(_REQUEST + "preview/", sending.request_preview, name="request_preview"),
    path(_REQUEST + "submit/", sending.request_submit, name="request_submit"),
    path(_REQUEST + "copy/", drafts.request_copy, name="request_copy"),
]
