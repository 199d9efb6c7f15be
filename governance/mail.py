"""The one mail that this app writes itself: an invitation."""

from smtplib import SMTPException

from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from governance.models import Invitation


def send_invitation(invitation: Invitation, link: str) -> bool:
    """Send the link to the invited address; say whether the mail server took it."""
    context = {"invitation": invitation, "link": link}
    body = render_to_string("emails/invitation.txt", context)
    try:
        send_mail(_("Kinhold: you are invited"), body, None, [invitation.email])
    except (OSError, SMTPException):
        return False
    return True
