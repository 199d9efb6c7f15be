"""Where a request is looked after, talked about and advised on; part of ``consent.urls``."""

from django.urls import path

from consent.views import advice, advising, attending, deliberation, messages, talk

_REVIEW = "reviews/<uuid:review_id>/"
_TALK = "requests/<uuid:request_id>/messages/"
_WITH = _TALK + "<slug:slug>/"
_ADVICE = _REVIEW + "advice/"

talk_patterns = [
    path(_REVIEW + "care/", attending.review_care, name="review_care"),
    path(_REVIEW + "care/who/", attending.review_assign, name="review_assign"),
    path(_REVIEW + "care/seen/", attending.review_seen, name="review_seen"),
    path(_REVIEW + "care/check/", attending.review_check, name="review_check"),
    path(_REVIEW + "talk/", talk.review_talk, name="review_talk"),
    path(_REVIEW + "talk/write/", talk.review_write, name="review_write"),
    path(_REVIEW + "talk/<uuid:message_id>/answer/", talk.review_reply, name="review_reply"),
    path(_REVIEW + "deliberation/", deliberation.review_deliberation, name="review_deliberation"),
    path(_ADVICE, advice.review_advice, name="review_advice"),
    path(_ADVICE + "ask/", advice.advice_ask, name="advice_ask"),
    path(_ADVICE + "<uuid:advice_id>/take-back/", advice.advice_take_back, name="advice_take_back"),
    path("advice/<str:token>/", advising.advising, name="advising"),
    path(_TALK, messages.message_list, name="messages"),
    path(_WITH + "write/", messages.message_write, name="message_write"),
    path(_WITH + "nudge/", messages.message_nudge, name="message_nudge"),
    path(_WITH + "<uuid:message_id>/answer/", messages.message_reply, name="message_reply"),
]
