"""Opening what a community keeps sealed."""

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


def key_context(community_id: int) -> str:
    return f"community:{community_id}"
