"""The mails that this app writes: an invitation, and that something waits.

None says what it is about (R-60): whoever reads over a shoulder or runs a mail server learns
neither community, role nor subject.
"""

from collections.abc import Mapping
from smtplib import SMTPException
from typing import Any

from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _

from governance.models import Invitation, User


def send_invitation(invitation: Invitation, link: str) -> bool:
    """Send the link to the invited address; say whether the mail server took it."""
    context = {"invitation": invitation, "link": link}
    return _send(_("Kinhold: you are invited"), "invitation", context, invitation.email)


def send_reminder(user: User) -> bool:
    """Tell a person that something waits for her, and where; say whether the server took it."""
    context = {"link": settings.KINHOLD_ORIGIN + reverse("governance:home")}
    return _send(_("Kinhold: something waits for you"), "reminder", context, user.email)


def send_way_back_notice(user: User) -> bool:
    """Tell the owner of an account that a link was made for her; the link is not in the mail."""
    return _send(_("Kinhold: a way back in"), "way_back", {"user": user}, user.email)


def send_way_back_code(user: User, digits: str, *, minutes: int) -> bool:
    """Send the code that goes with a link; it works for that many minutes."""
    context: dict[str, object] = {"user": user, "digits": digits, "minutes": minutes}
    return _send(_("Kinhold: your code"), "way_back_code", context, user.email)


def _send(subject: str, template: str, context: Mapping[str, Any], to: str) -> bool:
    body = render_to_string(f"emails/{template}.txt", dict(context))
    try:
        send_mail(subject, body, None, [to])
    except (OSError, SMTPException):
        return False
    return True
