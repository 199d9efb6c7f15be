"""Addresses of a request's files, letters and people, for scripts."""

from django.urls import path

from federation.api import files, people

_REQUEST = "requests/<uuid:request_id>/"
_FILE = _REQUEST + "attachments/<uuid:attachment_id>/"
_LETTER = _REQUEST + "approvals/<uuid:approval_id>/"

file_api_patterns = [
    path(_REQUEST + "attachments/", files.Attachments.as_view(), name="attachments"),
    path(_FILE, files.OneAttachment.as_view(), name="attachment"),
    path(_REQUEST + "approvals/", files.Approvals.as_view(), name="approvals"),
    path(_LETTER, files.OneApproval.as_view(), name="approval"),
    path(_LETTER + "renew/", files.RenewApproval.as_view(), name="approval_renew"),
    path(_REQUEST + "people/", people.People.as_view(), name="people"),
    path(
        _REQUEST + "people/<int:person_id>/anew/",
        people.InvitePersonAnew.as_view(),
        name="person_anew",
    ),
]
