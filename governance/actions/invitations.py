"""The only way in: a link for one named person, once, before a date."""

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from allauth.account.models import EmailAddress
from django.db import transaction
from django.utils import timezone

from consent.grants.codec import digest
from governance.actions.audit import record
from governance.actions.invitation_checks import (
    must_be_hers_to_offer,
    must_be_own,
    must_fit,
    must_go_together,
    must_make_sense,
)
from governance.errors import InvitationRefused, NotReady
from governance.models import Community, Invitation, Membership, User
from governance.queries.communities import in_force
from governance.queries.people import bodies_of
from governance.rules import CommunityRole, PlatformRole


@transaction.atomic
def invite(
    *,
    actor: User | None,
    email: str,
    name: str,
    platform_role: PlatformRole = PlatformRole.MEMBER,
    community: Community | None = None,
    community_role: CommunityRole | None = None,
    days: int = 14,
    bodies: Sequence[str] = (),
    term_until: datetime | None = None,
) -> tuple[Invitation, str]:
    """Return an invitation and its secret token, which is not kept and cannot be shown again.

    Args:
        actor: who may invite, into her own community only; None for the shell.
        days: for how long the link works; 1 to 60.
        bodies: short names of the bodies that the person is to sit in.
        term_until: aware end of the role's term; None for a role without an end.
    Raises:
        NotAllowed: no role in that community that carries the verb; or the role is a steward's,
            and the actor not one whom the charter in force names.
        NotReady: roles, days, bodies or term do not fit, or the person has this role already.
    """
    email = email.strip().lower()
    if actor is not None:
        must_be_own(actor, platform_role, community)
    must_go_together(platform_role, community, community_role)
    if actor is not None and community is not None and community_role is not None:
        must_be_hers_to_offer(actor, community, community_role)
    must_fit(User.objects.filter(email=email).first(), platform_role, community, community_role)
    must_make_sense(days, community, bodies, term_until)
    invitation = Invitation(email=email, name=name, platform_role=platform_role)
    invitation.community, invitation.community_role = community, community_role or ""
    invitation.bodies, invitation.term_until = sorted(set(bodies)), term_until
    invitation.invited_by = actor
    token = _new_token(invitation, days)
    _record("person.invite", invitation, actor)
    return invitation, token


@transaction.atomic
def revoke(invitation_id: int, *, actor: User) -> Invitation:
    """Make the link work no more.

    Raises:
        NotAllowed: no role in the community that carries the verb.
        NotReady: it was used or revoked before.
    """
    invitation = _locked(invitation_id, actor)
    invitation.revoked_at = timezone.now()
    invitation.save(update_fields=["revoked_at"])
    _record("person.invite-revoke", invitation, actor)
    return invitation


@transaction.atomic
def send_anew(invitation_id: int, *, actor: User, days: int) -> tuple[Invitation, str]:
    """Return the invitation with a new token. The link before works no more.

    Raises:
        NotAllowed: as for ``invite``.
        NotReady: it was used or revoked, or the days, the role or the term do not fit any more.
    """
    invitation = _locked(invitation_id, actor)
    community = invitation.community
    held = User.objects.filter(email=invitation.email).first()
    role = CommunityRole(invitation.community_role)
    if community is not None:
        must_be_hers_to_offer(actor, community, role)
    must_fit(held, PlatformRole(invitation.platform_role), community, role)
    must_make_sense(days, community, invitation.bodies, invitation.term_until)
    token = _new_token(invitation, days)
    _record("person.invite-anew", invitation, actor)
    return invitation, token


@transaction.atomic
def accept(
    token: str, *, name: str, password: str | None = None, signed_in: User | None = None
) -> User:
    """Let the invited person in, and use the invitation up.

    Args:
        name: as the person wishes to be called; it stands in the charter of a steward.
        password: for people without a passkey; None makes an account without one.
        signed_in: who is signed in now, if anybody: only that account can take a further role.
    Raises:
        InvitationRefused: unknown, used, out of date, or meant for another account.
    """
    # Read under the lock: revoked or sent anew a moment ago, the old link must not open.
    pk = usable(token).pk
    invitation = Invitation.objects.select_for_update(of=("self",)).get(pk=pk)
    if usable(token).pk != pk:
        raise _refused()
    user = _account(invitation, name, password, signed_in)
    if invitation.community is not None:
        _give_role(invitation, invitation.community, user, name)
    invitation.used_at = timezone.now()
    invitation.save(update_fields=["used_at"])
    record(
        "person.join",
        actor=user,
        subject=f"user:{user.public_id}",
        community=invitation.community,
        reason=f"as {invitation.community_role or invitation.platform_role}",
    )
    return user


def usable(token: str) -> Invitation:
    """Return the invitation that a link stands for.

    Raises:
        InvitationRefused: unknown, used or out of date; which of them is not told.
    """
    invitation = (
        Invitation.objects.filter(
            token_digest=digest_of(token),
            used_at__isnull=True,
            revoked_at__isnull=True,
            expires_at__gt=timezone.now(),
        )
        .select_related("community")
        .first()
    )
    if invitation is None:
        raise _refused()
    return invitation


def open_account(email: str, *, name: str, role: PlatformRole, password: str | None) -> User:
    """Make an account for whoever came in by a link that was sent to this address alone.

    That she has the link is what verifies the address (R-51).
    """
    user = User.objects.create_user(email, name=name, role=role.value, password=password)
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


def digest_of(token: str) -> str:
    return digest(token.encode())


def _refused() -> InvitationRefused:
    return InvitationRefused(
        "This invitation does not work any more. Ask the person who sent it for a new one."
    )


def _locked(invitation_id: int, actor: User) -> Invitation:
    """Return an invitation into the actor's own community that is neither used nor revoked."""
    invitation = (
        Invitation.objects.select_for_update(of=("self",))
        .select_related("community")
        .get(pk=invitation_id)
    )
    must_be_own(actor, PlatformRole(invitation.platform_role), invitation.community)
    if invitation.used_at is not None:
        raise NotReady("This invitation was used already.")
    if invitation.revoked_at is not None:
        raise NotReady("This invitation was revoked already. Make a new one.")
    return invitation


def _give_role(invitation: Invitation, community: Community, user: User, name: str) -> None:
    """Give the role with its bodies and term, unless the person has it by now.

    Raises:
        InvitationRefused: the term that was meant for it is over already.
    """
    Community.objects.select_for_update().get(pk=community.pk)
    if invitation.term_until is not None and invitation.term_until <= timezone.now():
        raise _refused()
    role = invitation.community_role
    held = Membership.objects.filter(in_force(), user=user, community=community, role=role)
    if held.exists():
        return
    known = set(bodies_of(community).values_list("slug", flat=True))
    Membership.objects.create(
        user=user,
        community=community,
        role=role,
        shown_name=name,
        bodies=[slug for slug in invitation.bodies if slug in known],
        until=invitation.term_until,
    )


def _new_token(invitation: Invitation, days: int) -> str:
    token = secrets.token_urlsafe(32)
    invitation.token_digest = digest_of(token)
    invitation.expires_at = timezone.now() + timedelta(days=days)
    invitation.save()
    return token


def _record(verb: str, invitation: Invitation, actor: User | None) -> None:
    record(
        verb,
        actor=actor,
        subject=f"invitation:{invitation.pk}",
        community=invitation.community,
        reason=f"as {invitation.community_role or invitation.platform_role}",
    )


def _account(
    invitation: Invitation, name: str, password: str | None, signed_in: User | None
) -> User:
    """Return the account of the invited address, made now if there is none.

    The link alone never opens an account that exists: who finds an old mail gets nothing.
    """
    held = User.objects.filter(email=invitation.email).first()
    if held is None and signed_in is None:
        return open_account(
            invitation.email,
            name=name,
            role=PlatformRole(invitation.platform_role),
            password=password,
        )
    if held is None or signed_in is None or held.pk != signed_in.pk:
        raise InvitationRefused(
            "This invitation is for another account. Sign out, or sign in with the address that "
            "was invited, and open the link again."
        )
    must_fit(
        held,
        PlatformRole(invitation.platform_role),
        invitation.community,
        CommunityRole(invitation.community_role) if invitation.community_role else None,
    )
    return held
