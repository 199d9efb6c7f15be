"""Keys for scripts: issued to oneself, shown once, taken back at once."""

import secrets
from collections.abc import Collection
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from consent.grants.codec import digest
from governance.actions.audit import record
from governance.errors import NotAllowed, NotReady
from governance.models import ApiToken, User
from governance.rules import ROLE_SCOPES

PREFIX = "kh_"
MAX_DAYS = 366


@transaction.atomic
def issue(user: User, label: str, scopes: Collection[str], days: int) -> tuple[ApiToken, str]:
    """Return a token and its secret, which is not kept and cannot be shown again.

    Args:
        scopes: what the script may do; only such as the person's own role carries.
        days: how long it works, 1 to 366.
    Raises:
        NotAllowed: a scope that the role does not carry.
        NotReady: no scope, or a time that does not fit.
    """
    if not user.is_active or not set(scopes) <= set(ROLE_SCOPES[user.platform_role]):
        raise NotAllowed("Your role does not let a script do this.")
    if not scopes:
        raise NotReady("Choose at least one thing that the script may do.")
    if not 1 <= days <= MAX_DAYS:
        raise NotReady(f"A token works for 1 to {MAX_DAYS} days.")
    secret = PREFIX + secrets.token_urlsafe(32)
    token = ApiToken.objects.create(
        user=user,
        label=label,
        digest=digest_of(secret),
        scopes=sorted(set(scopes)),
        expires_at=timezone.now() + timedelta(days=days),
    )
    record("token.issue", actor=user, subject=f"token:{token.pk}", reason=", ".join(token.scopes))
    return token, secret


@transaction.atomic
def revoke(token: ApiToken, *, actor: User) -> ApiToken:
    """Stop a token at once. Stopping it twice changes nothing.

    Raises:
        NotAllowed: it is another person's.
    """
    token = ApiToken.objects.select_for_update().get(pk=token.pk)
    if token.user_id != actor.pk:
        raise NotAllowed("This token belongs to somebody else.")
    if token.revoked_at is None:
        token.revoked_at = timezone.now()
        token.save(update_fields=["revoked_at"])
        record("token.revoke", actor=actor, subject=f"token:{token.pk}")
    return token


def note_use(token: ApiToken) -> None:
    """Write down that the token was used now."""
    ApiToken.objects.filter(pk=token.pk).update(last_used_at=timezone.now())


def digest_of(secret: str) -> str:
    return digest(secret.encode())
