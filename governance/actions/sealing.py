from django.db import transaction

from governance.models import Community, CommunityKey
from governance.queries.sealing import key_context, key_of
from governance.sealing import closed, master_key, new_key


@transaction.atomic
def seal(community: Community, text: str, *, context: str) -> bytes:
    """Seal a text for one community, inside the transaction that stores it.

    Args:
        context: what it belongs to, e.g. ``message:<uuid>``; ``unseal`` needs the same.
    """
    return closed(_key_of(community), text.encode(), context)


def _key_of(community: Community) -> bytes:
    """Return the community's key, made on first use."""
    if (key := key_of(community)) is not None:
        return key
    # Two first texts at once must not make two keys: the community's row is the lock.
    Community.objects.select_for_update().get(pk=community.pk)
    if (key := key_of(community)) is not None:
        return key
    key = new_key()
    wrapped = closed(master_key(), key, key_context(community))
    CommunityKey.objects.create(community=community, wrapped=wrapped)
    return key
