"""A way back in for somebody who lost her passkey: a link from a steward, a code by mail.

Neither is enough alone, and both together let nobody sign: a new passkey counts once a charter
names it. Source: docs/adr/0010-lost-passkeys.md.
"""

import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.internal.auth import WebAuthn
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac

from governance.actions.audit import record, refusals_recorded
from governance.actions.invitations import digest_of
from governance.actions.permissions import require_seated
from governance.errors import NotAllowed, NotReady, WayBackRefused
from governance.models import Community, Membership, User, WayBack
from governance.queries import membership_for, memberships_of
from governance.rules import PlatformRole, Verb

HOURS = 48  # that a link works
CODE_MINUTES = 15  # that a code works, and that she has for making the passkey
MOST_CODES = 5  # that are sent for one link
MOST_WRONG = 5  # wrong codes before the link is dead


@dataclass(frozen=True)
class Code:
    """A code and whom to send it to; it is not kept."""

    user: User
    digits: str


def issue(membership_id: int, *, actor: User) -> tuple[WayBack, str]:
    """Make a link for one person of the community; the token is not kept nor shown again.

    An earlier link of the same community for her works no more.

    Raises:
        NotAllowed: not a steward whom the charter in force names, or the link would be for
            oneself.
        NotReady: her role here has ended.
    """
    membership = Membership.objects.select_related("community", "user").get(pk=membership_id)
    with refusals_recorded(
        "person.way-back",
        actor=actor,
        subject=f"user:{membership.user.public_id}",
        community=membership.community,
    ):
        return _issue(membership, actor)


@transaction.atomic
def _issue(membership: Membership, actor: User) -> tuple[WayBack, str]:
    community = Community.objects.select_for_update().get(pk=membership.community_id)
    require_seated(actor, Verb.MEND_PASSKEYS, community)
    # Who could make one for herself would turn an open session into a passkey of her own.
    if membership.user_id == actor.pk:
        raise NotAllowed("Nobody makes a way back for herself. Ask another steward.")
    if not _still_in(membership.user, community):
        raise NotReady(f"{membership.shown_name} has no role in {community} any more.")
    now = timezone.now()
    _open_links(membership).update(revoked_at=now)
    token = secrets.token_urlsafe(32)
    link = WayBack.objects.create(
        user=membership.user,
        community=community,
        issued_by=actor,
        token_digest=digest_of(token),
        issued_at=now,
        expires_at=now + timedelta(hours=HOURS),
    )
    _record(link, "issue", actor=actor, reason=f"works for {HOURS} hours")
    return link, token


@transaction.atomic
def take_back(membership_id: int, *, actor: User) -> None:
    """Make an unused link worthless.

    Raises:
        NotAllowed: not a steward whom the charter in force names.
        NotReady: there is no such link.
    """
    membership = Membership.objects.select_related("community").get(pk=membership_id)
    require_seated(actor, Verb.MEND_PASSKEYS, membership.community)
    link = _open_links(membership).select_for_update(of=("self",)).first()
    if link is None:
        raise NotReady("No link of hers is waiting to be used.")
    link.revoked_at = timezone.now()
    link.save(update_fields=["revoked_at"])
    _record(link, "take-back", actor=actor)


def usable(token: str) -> WayBack:
    """Return the link that a token stands for.

    Raises:
        WayBackRefused: unknown, used, taken back or out of date; which of them is not told.
    """
    link = (
        WayBack.objects.filter(
            token_digest=digest_of(token),
            used_at__isnull=True,
            revoked_at__isnull=True,
            expires_at__gt=timezone.now(),
        )
        .select_related("user", "community", "issued_by")
        .first()
    )
    if link is None or not _still_in(link.user, link.community):
        raise _refused()
    return link


@transaction.atomic
def make_code(token: str) -> Code:
    """Make a code to be sent to the address of the account; an earlier one works no more.

    Raises:
        WayBackRefused: the link does not work, or too many codes were sent for it.
    """
    link = _locked(token)
    if link.codes_sent >= MOST_CODES:
        raise WayBackRefused("Too many codes were sent. Ask the steward for a new link.")
    digits = f"{secrets.randbelow(10**8):08}"
    link.code_digest = _code_digest(link, digits)
    link.code_expires_at = timezone.now() + timedelta(minutes=CODE_MINUTES)
    link.codes_sent += 1
    link.save(update_fields=["code_digest", "code_expires_at", "codes_sent"])
    _record(link, "send-code", actor=None)
    return Code(link.user, digits)


def prove(token: str, digits: str) -> WayBack:
    """Take the code that came by mail, and use the link up.

    Raises:
        WayBackRefused: the link does not work, or the code is wrong or out of date. After too
            many wrong ones the link is dead.
    """
    # A wrong code has to leave its mark, so the refusal comes after the transaction.
    with transaction.atomic():
        link = _locked(token)
        if right := _is_right(link, digits):
            link.used_at = timezone.now()
            link.save(update_fields=["used_at"])
            _record(link, "prove", actor=link.user)
        else:
            _count_wrong(link)
    if not right:
        raise WayBackRefused("This is not the code, or it is too old.")
    return link


@transaction.atomic
def make_passkey(way_back_id: int, *, name: str, credential: dict[str, Any]) -> Authenticator:
    """Put the new passkey on her account, soon after she proved who she is.

    Args:
        credential: the registration response, verified by the form that took it.
    Raises:
        WayBackRefused: it took too long, or her role ended meanwhile.
    """
    link = proven(way_back_id)
    passkey: Authenticator = WebAuthn.add(link.user, name, credential).instance
    # Wherever she has a role people should learn of it, not only where the link came from.
    for community in {held.community for held in memberships_of(link.user)}:
        record(
            "passkey.way-back",
            actor=link.user,
            subject=f"user:{link.user.public_id}",
            community=community,
            reason="a new passkey by a steward's link and a code by mail",
        )
    return passkey


def proven(way_back_id: int) -> WayBack:
    """Return the link whose code was given a short while ago.

    Raises:
        WayBackRefused: there is none, or it took too long.
    """
    soon = timezone.now() - timedelta(minutes=CODE_MINUTES)
    link = (
        WayBack.objects.filter(pk=way_back_id, used_at__gt=soon)
        .select_related("user", "community")
        .first()
    )
    if link is None or not _still_in(link.user, link.community):
        raise _refused()
    return link


def _locked(token: str) -> WayBack:
    link = WayBack.objects.select_for_update(of=("self",)).get(pk=usable(token).pk)
    # Between the look and the lock another request may have used it.
    if link.used_at is not None or link.revoked_at is not None:
        raise _refused()
    return link


def _is_right(link: WayBack, digits: str) -> bool:
    if not link.code_digest or link.code_expires_at is None:
        return False
    fits = constant_time_compare(link.code_digest, _code_digest(link, digits))
    return fits and timezone.now() < link.code_expires_at


def _count_wrong(link: WayBack) -> None:
    link.wrong_codes += 1
    if link.wrong_codes >= MOST_WRONG:
        link.revoked_at = timezone.now()
    link.save(update_fields=["wrong_codes", "revoked_at"])
    _record(link, "prove", actor=None, outcome="refused", reason="wrong code")


def _code_digest(link: WayBack, digits: str) -> str:
    # Keyed: eight digits alone could be tried through by whoever reads the table.
    return salted_hmac("kinhold.way-back", f"{link.pk}:{digits}", algorithm="sha256").hexdigest()


def _open_links(membership: Membership) -> Any:
    return WayBack.objects.filter(
        user_id=membership.user_id,
        community_id=membership.community_id,
        used_at__isnull=True,
        revoked_at__isnull=True,
    )


def _still_in(user: User, community: Community) -> bool:
    is_member = user.is_active and user.platform_role is PlatformRole.MEMBER
    return is_member and bool(membership_for(user, community))


def _record(
    link: WayBack, step: str, *, actor: User | None, outcome: str = "done", reason: str = ""
) -> None:
    record(
        f"way-back.{step}",
        actor=actor,
        actor_label="" if actor else "whoever has the link",
        subject=f"user:{link.user.public_id}",
        community=link.community,
        outcome=outcome,
        reason=reason,
    )


def _refused() -> WayBackRefused:
    return WayBackRefused(
        "This way back does not work any more. Ask a steward of your community for a new one."
    )
