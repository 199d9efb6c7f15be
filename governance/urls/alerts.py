"""How people are told; part of ``governance.urls``."""

from django.urls import path

from governance.views import alerts

_LETTERS = "communities/<slug:slug>/letters/"

alert_patterns = [
    path("account/notices/", alerts.alert_choice, name="alert-choice"),
    path(_LETTERS, alerts.letter_list, name="letters"),
    path(_LETTERS + "<uuid:member_id>/handed/", alerts.letter_handed, name="letter-handed"),
]
