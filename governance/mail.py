"""The mails that this app writes: an invitation, and that something waits.

None says what it is about (R-60): whoever reads over a shoulder or runs a mail server learns
neither community, role nor subject.
"""

import re
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from email.utils import make_msgid
from enum import StrEnum
from smtplib import (
    SMTPException,
    SMTPNotSupportedError,
    SMTPRecipientsRefused,
    SMTPResponseException,
)
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage, get_connection, send_mail
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from governance.models import Invitation, User


def send_invitation(invitation: Invitation, link: str) -> bool:
    """Send the link to the invited address; say whether the mail server took it."""
    context = {"invitation": invitation, "link": link}
    return _send(_("Kinhold: you are invited"), "invitation", context, invitation.email)


def send_terms_link(email: str, name: str, link: str, until: datetime) -> bool:
    """Send somebody who is named in a request the link to its terms; say whether it was taken."""
    context = {"name": _greeted(name), "link": link, "until": until}
    return _send(_("Kinhold: you are asked"), "terms", context, email)


# What mail programs turn into a link or an address.
_LINK = re.compile(r"[/:@\\]|\w\.\w")


def _greeted(name: str) -> str:
    """Return the name for the first line of a mail to somebody whom another person named.

    The name is that person's word, so nothing in it may lead anywhere: a mail of ours would.
    """
    return _("and welcome") if _LINK.search(name) else name


class Posted(StrEnum):
    """What became of a mail, as far as its sender can know."""

    TAKEN = "taken"
    REFUSED = "refused"  # the server said no to this one
    UNREACHABLE = "unreachable"  # there was no talking to the server
    UNCLEAR = "unclear"  # the line broke in the middle: the server may have it


def send_waiting(user: User, things: int) -> Posted:
    """Tell a person that something waits for her, and where; nothing of what it is.

    Args:
        things: how many things wait; at least one.
    """
    subject = ngettext(
        "Kinhold: something waits for you", "Kinhold: %(n)s things wait for you", things
    )
    context = {"things": things, "link": settings.KINHOLD_ORIGIN + reverse("governance:home")}
    message = EmailMessage(
        subject % {"n": things},
        render_to_string("emails/waiting.txt", context),
        to=[user.email],
        headers={
            "Auto-Submitted": "auto-generated",  # RFC 3834: no out-of-office answers, please
            # Django would put the name of this machine into it.
            "Message-ID": make_msgid(domain=settings.KINHOLD_RP_ID),
        },
    )
    return _post(message)


def _post(message: EmailMessage) -> Posted:
    connection = get_connection()
    try:
        connection.open()
    except (OSError, SMTPException):
        return Posted.UNREACHABLE
    try:
        connection.send_messages([message])
    except (SMTPResponseException, SMTPRecipientsRefused, SMTPNotSupportedError):
        return Posted.REFUSED
    except (OSError, SMTPException):
        return Posted.UNCLEAR
    finally:
        with suppress(OSError, SMTPException):
            connection.close()
    return Posted.TAKEN


def send_adviser_link(name: str, email: str, link: str, until: datetime) -> bool:
    """Send a link to somebody outside who is asked for advice; it says nothing of what on."""
    context = {"name": _greeted(name), "link": link, "until": until}
    return _send(_("Kinhold: your advice is asked for"), "adviser", context, email)


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
