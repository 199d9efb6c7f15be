"""Opening what a community keeps sealed."""

from collections.abc import Sequence

from governance.errors import CannotUnseal
from governance.models import Community, CommunityKey
from governance.sealing import master_key, opened


def key_of(community: Community) -> bytes | None:
    """Return the community's key, or None if nothing was ever sealed, or it was destroyed."""
    row = CommunityKey.objects.filter(community=community).first()
    if row is None:
        return None
    return opened(master_key(), bytes(row.wrapped), key_context(community.pk))


def unseal(community: Community, sealed: bytes, *, context: str) -> str:
    """Open a sealed text.

    Args:
        context: what it belongs to, as it was sealed with, e.g. ``message:<uuid>``.
    Raises:
        CannotUnseal: it was changed, belongs elsewhere, or the key is another or gone.
    """
    key = key_of(community)
    if key is None:
        raise CannotUnseal("The key to this text is gone.")
    return opened(key, bytes(sealed), context).decode()


def unseal_each(
    community: Community, texts: Sequence[tuple[bytes | memoryview, str]]
) -> list[str | None]:
    """Open several sealed texts with their contexts; None for each that cannot be read any more."""
    try:
        key = key_of(community) if texts else None
    except CannotUnseal:
        key = None
    return [_or_none(key, bytes(sealed), context) for sealed, context in texts]


def _or_none(key: bytes | None, sealed: bytes, context: str) -> str | None:
    if key is None:
        return None
    try:
        return opened(key, sealed, context).decode()
    except CannotUnseal:
        return None


def key_context(community_id: int) -> str:
    return f"community:{community_id}"
