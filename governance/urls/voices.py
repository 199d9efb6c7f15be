"""Where clauses in a community's own words are; part of ``governance.urls``."""

from django.urls import path

from governance.views import voices

_HERE = "communities/<slug:slug>/words/"
_CLAUSE = _HERE + "clauses/<slug:clause>/"
_VOICE = _HERE + "<uuid:voice_id>/"

voice_patterns = [
    path(_HERE, voices.voice_list, name="voices"),
    path(_CLAUSE, voices.voice_clause, name="voice-clause"),
    path(_CLAUSE + "write/", voices.voice_write, name="voice-write"),
    path(_VOICE + "confirm/", voices.voice_confirm, name="voice-confirm"),
    path(_VOICE + "remove/", voices.voice_remove, name="voice-remove"),
    path(_VOICE + "audio/", voices.voice_audio, name="voice-audio"),
]
