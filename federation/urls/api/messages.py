"""Where scripts talk with communities; part of ``federation.urls.api``."""

from django.urls import path

from federation.api import messages

_MESSAGES = "requests/<uuid:request_id>/messages/"

message_api_patterns = [
    path(_MESSAGES, messages.Messages.as_view(), name="messages"),
    path(_MESSAGES + "<slug:slug>/", messages.MessagesWith.as_view(), name="messages_with"),
    path(_MESSAGES + "<slug:slug>/nudge/", messages.Nudge.as_view(), name="messages_nudge"),
]
