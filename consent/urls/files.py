"""Where files, letters and people of requests, and block lists are; part of ``consent.urls``."""

from django.urls import path

from consent.views import blocks, crew, files, letters

_REQUEST = "requests/<uuid:request_id>/"
_FILE = _REQUEST + "files/<uuid:attachment_id>/"
_LETTER = _REQUEST + "approvals/<uuid:approval_id>/"
_HERE = "communities/<slug:slug>/blocks/"

file_patterns = [
    path("attachments/<uuid:attachment_id>/", files.attachment, name="attachment"),
    path(_REQUEST + "files/", files.request_files, name="request_files"),
    path(_REQUEST + "files/add/", files.attachment_add, name="attachment_add"),
    path(_FILE + "remove/", files.attachment_remove, name="attachment_remove"),
    path(_REQUEST + "approvals/add/", letters.approval_add, name="approval_add"),
    path(_LETTER + "renew/", letters.approval_renew, name="approval_renew"),
    path(_LETTER + "remove/", letters.approval_remove, name="approval_remove"),
    path(_REQUEST + "people/invite/", crew.crew_invite, name="crew_invite"),
    path(_REQUEST + "people/<int:person_id>/anew/", crew.crew_anew, name="crew_anew"),
    path("terms/<str:token>/", crew.terms, name="terms"),
    path("terms/<str:token>/decline/", crew.terms_decline, name="terms_decline"),
    path(_HERE, blocks.block_list, name="blocks"),
    path(_HERE + "new/", blocks.block_new, name="block_new"),
    path(_HERE + "from/<uuid:grant_id>/", blocks.block_crew, name="block_crew"),
    path(_HERE + "<uuid:block_id>/lift/", blocks.block_lift, name="block_lift"),
]
