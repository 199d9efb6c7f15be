from datetime import datetime

from django.db.models import QuerySet

from governance.models import ApiToken, User


def tokens_of(user: User) -> QuerySet[ApiToken]:
    """A person's own tokens that were not revoked, newest first."""
    return ApiToken.objects.filter(user_id=user.pk, revoked_at__isnull=True)


def token_in_force(digest: str, *, at: datetime) -> ApiToken | None:
    """Return the token with this digest if it works now and its owner may sign in."""
    return (
        ApiToken.objects.filter(
            digest=digest, revoked_at__isnull=True, expires_at__gt=at, user__is_active=True
        )
        .select_related("user")
        .first()
    )
