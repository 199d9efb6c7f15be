from django.urls import path

from consent.views import meetings, packets

_HERE = "reviews/<uuid:review_id>/meetings/"
_ONE = _HERE + "<uuid:meeting_id>/"

meeting_patterns = [
    path("reviews/<uuid:review_id>/packet.pdf", packets.review_packet, name="review_packet"),
    path(_HERE, meetings.meeting_list, name="meetings"),
    path(_HERE + "new/", meetings.meeting_new, name="meeting_new"),
    path(_ONE, meetings.meeting_detail, name="meeting"),
    path(_ONE + "confirm/", meetings.meeting_confirm, name="meeting_confirm"),
    path(_ONE + "drop/", meetings.meeting_drop, name="meeting_drop"),
    path(_ONE + "scan/", meetings.meeting_scan, name="meeting_scan"),
]
