"""What waits for a steward after a meeting: her own signature, or a record of somebody else's."""

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from consent.models import MeetingRecord
from consent.queries.meetings import meetings_to_confirm, meetings_to_sign
from governance.models import User
from governance.navigation import Waiting

MOST = 10


def meetings_waiting(user: User) -> list[Waiting]:
    """Meetings where she was and has not signed since; records that wait for a second person."""
    sign = _("You were at the meeting of %(day)s: sign on your own device (%(title)s)")
    confirm = _("Confirm or drop a record of a meeting of %(day)s (%(title)s)")
    return [
        *(
            Waiting(sign % _told(record), reverse("consent:review", args=[record.review.public_id]))
            for record in meetings_to_sign(user)[:MOST]
        ),
        *(
            Waiting(
                confirm % _told(record),
                reverse("consent:meeting", args=[record.review.public_id, record.public_id]),
            )
            for record in meetings_to_confirm(user)[:MOST]
        ),
    ]


def _told(record: MeetingRecord) -> dict[str, str]:
    title = record.review.revision.request.title
    return {"day": date_format(record.held_on), "title": title}
