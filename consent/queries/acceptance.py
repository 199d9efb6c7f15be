"""The text with which a researcher accepts conditions, and what she signed."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings

from consent.grants.acceptance import (
    Acceptance,
    SignedAcceptance,
    acceptance_challenge,
    acceptance_text,
    parse_acceptance,
)
from consent.grants.codec import b64u
from consent.models import Grant
from governance.models import User
from governance.queries import credentials_of, is_stopped

FRESH_S = 3600
"""How old the time in a text may be when it comes back signed, in seconds."""


@dataclass(frozen=True)
class ToAccept:
    """What is put before one person to sign.

    Attributes:
        text: exact, canonical; it comes back with the signature.
        challenge: the 32 bytes that the passkey signs, in base64url.
        credentials: base64url ids of her passkeys; empty when she must make one first.
        until: aware time after which the text is too old.
    """

    text: str
    challenge: str
    credentials: tuple[str, ...]
    rp_id: str
    origin: str
    until: datetime


def to_accept(grant: Grant, user: User, *, at: datetime) -> ToAccept:
    """Write the text anew, with the time ``at`` in it.

    Raises:
        consent.grants.errors.Malformed: the grant holds no conditions.
    """
    text = acceptance_text(grant.statement.text.encode(), name=user.name, email=user.email, at=at)
    return ToAccept(
        text=text.decode(),
        challenge=b64u(acceptance_challenge(text)),
        credentials=tuple(b64u(key) for key, _cose in credentials_of(user) if not is_stopped(key)),
        rp_id=settings.KINHOLD_RP_ID,
        origin=settings.KINHOLD_ORIGIN,
        until=at + timedelta(seconds=FRESH_S),
    )


def acceptance_of(grant: Grant) -> Acceptance | None:
    """Return what the researcher signed. It was verified before it was kept."""
    if not grant.acceptance:
        return None
    return parse_acceptance(SignedAcceptance.from_json(grant.acceptance).text)
