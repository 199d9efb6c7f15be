"""The only way in: a link for one named person, once, before a date."""

import secrets
from datetime import timedelta

from allauth.account.models import EmailAddress
from django.db import transaction
from django.utils import timezone

from consent.grants.codec import digest
from governance.actions.audit import record
from governance.actions.permissions import require_member
from governance.errors import InvitationRefused, NotAllowed, NotReady
from governance.models import Community, Invitation, Membership, User
from governance.queries.communities import in_force
from governance.rules import CommunityRole, PlatformRole, Verb


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
) -> tuple[Invitation, str]:
    """Return an invitation and its secret token, which is not kept and cannot be shown again.

    Args:
        actor: a steward, who can invite into her own community only; None for the shell.
    Raises:
        NotAllowed: not a steward of that community.
        NotReady: the roles do not go together, or the person has this role already.
    """
    email = email.strip().lower()
    if actor is not None:
        _must_be_own(actor, platform_role, community)
    _must_go_together(platform_role, community, community_role)
    _must_fit(User.objects.filter(email=email).first(), platform_role, community, community_role)
    token = secrets.token_urlsafe(32)
    invitation = Invitation.objects.create(
        email=email,
        name=name,
        platform_role=platform_role,
        community=community,
        community_role=community_role or "",
        token_digest=digest_of(token),
        expires_at=timezone.now() + timedelta(days=days),
        invited_by=actor,
    )
    role = f"as {community_role or platform_role}"
    subject = f"invitation:{invitation.pk}"
    record("person.invite", actor=actor, subject=subject, community=community, reason=role)
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
    invitation = Invitation.objects.select_for_update(of=("self",)).get(pk=usable(token).pk)
    if invitation.used_at is not None:
        raise _refused()
    user = _account(invitation, name, password, signed_in)
    if invitation.community is not None:
        Membership.objects.get_or_create(
            user=user,
            community=invitation.community,
            role=invitation.community_role,
            until=None,
            defaults={"shown_name": name},
        )
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
            token_digest=digest_of(token), used_at__isnull=True, expires_at__gt=timezone.now()
        )
        .select_related("community")
        .first()
    )
    if invitation is None:
        raise _refused()
    return invitation


def digest_of(token: str) -> str:
    return digest(token.encode())


def _refused() -> InvitationRefused:
    return InvitationRefused(
        "This invitation does not work any more. Ask the person who sent it for a new one."
    )


def _account(
    invitation: Invitation, name: str, password: str | None, signed_in: User | None
) -> User:
    """Return the account of the invited address, made now if there is none.

    The link alone never opens an account that exists: who finds an old mail gets nothing.
    """
    held = User.objects.filter(email=invitation.email).first()
    if held is None and signed_in is None:
        user = User.objects.create_user(
            invitation.email, name=name, role=invitation.platform_role, password=password
        )
        EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
        return user
    if held is None or signed_in is None or held.pk != signed_in.pk:
        raise InvitationRefused(
            "This invitation is for another account. Sign out, or sign in with the address that "
            "was invited, and open the link again."
        )
    _must_fit(
        held,
        PlatformRole(invitation.platform_role),
        invitation.community,
        CommunityRole(invitation.community_role) if invitation.community_role else None,
    )
    return held


def _must_be_own(actor: User, platform_role: PlatformRole, community: Community | None) -> None:
    if community is None or platform_role is not PlatformRole.MEMBER:
        raise NotAllowed("You can invite people into your own community only.")
    require_member(actor, Verb.INVITE, community)


def _must_go_together(
    platform_role: PlatformRole, community: Community | None, community_role: CommunityRole | None
) -> None:
    if (community is None) != (community_role is None):
        raise NotReady("A community and a role in it go together.")
    if community is not None and platform_role is not PlatformRole.MEMBER:
        raise NotReady("Who has a role in a community cannot have one on the platform too.")


def _must_fit(
    held: User | None,
    platform_role: PlatformRole,
    community: Community | None,
    community_role: CommunityRole | None,
) -> None:
    """Refuse a role that an account cannot take beside the one it has."""
    if held is None:
        return
    if held.platform_role is not platform_role:
        raise NotReady("That account has another role on the platform. Roles never mix.")
    same = Membership.objects.filter(
        in_force(), user=held, community=community, role=community_role
    )
    if community is None or same.exists():
        raise NotReady("That person has this role already.")
