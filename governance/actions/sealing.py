from django.db import transaction

from governance.actions.audit import record
from governance.models import Community, CommunityKey
from governance.queries.sealing import key_context, key_of
from governance.sealing import closed, master_key, new_key, opened


@transaction.atomic
def seal(community: Community, text: str, *, context: str) -> bytes:
    """Seal a text for one community, inside the transaction that stores it.

    Args:
        context: what it belongs to, e.g. ``message:<uuid>``; ``unseal`` needs the same.
    Raises:
        CannotUnseal: the community's key does not open under the platform's key.
    """
    return closed(_key_of(community), text.encode(), context)


@transaction.atomic
def renew_wrapping(new: bytes, *, keep: bool) -> int:
    """Wrap every community's key under a new key of the platform; return how many there are.

    Only one program may run meanwhile: a key that is first made under the old one while this
    goes on would be left behind.

    Args:
        new: 32 bytes; the key that ``KINHOLD_SEALING_KEY`` will hold from now on.
        keep: False only tries whether all of them open, and changes nothing.
    Raises:
        CannotUnseal: one of them does not open under today's key; then none is changed.
    """
    old = master_key()
    rows = list(CommunityKey.objects.select_for_update().order_by("pk"))
    for row in rows:
        context = key_context(row.community_id)
        row.wrapped = closed(new, opened(old, bytes(row.wrapped), context), context)
    if keep:
        CommunityKey.objects.bulk_update(rows, ["wrapped"])
        record(
            "sealing-key.renew",
            actor=None,
            subject="platform:sealing-key",
            reason=f"Keys of communities: {len(rows)}.",
        )
    return len(rows)


def _key_of(community: Community) -> bytes:
    """Return the community's key, made on first use."""
    if (key := key_of(community)) is not None:
        return key
    # Two first texts at once must not make two keys: the community's row is the lock.
    Community.objects.select_for_update().get(pk=community.pk)
    if (key := key_of(community)) is not None:
        return key
    key = new_key()
    wrapped = closed(master_key(), key, key_context(community.pk))
    CommunityKey.objects.create(community=community, wrapped=wrapped)
    return key
