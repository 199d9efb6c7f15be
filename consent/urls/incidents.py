"""Where incidents and complaints are, and a community's times; part of ``consent.urls``."""

from django.urls import path

from consent.views import incidents, own_incidents, times

_HERE = "communities/<slug:slug>/"
_ALL = _HERE + "incidents/"
_ONE = _ALL + "<uuid:incident_id>/"
_OWN = "requests/<uuid:request_id>/incidents/"

incident_patterns = [
    path(_HERE + "times/", times.times, name="times"),
    path(_HERE + "times/reset/", times.times_reset, name="times_reset"),
    path(_ALL, incidents.incident_list, name="incidents"),
    path(_ALL + "new/", incidents.incident_new, name="incident_new"),
    path(_ONE, incidents.incident, name="incident"),
    path(_ONE + "seen/", incidents.incident_seen, name="incident_seen"),
    path(_ONE + "close/", incidents.incident_close, name="incident_close"),
    path(_OWN, own_incidents.own_incidents, name="own_incidents"),
    path(_OWN + "new/", own_incidents.own_incident_new, name="own_incident_new"),
    path(_OWN + "<uuid:incident_id>/", own_incidents.own_incident, name="own_incident"),
]
