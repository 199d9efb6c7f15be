"""Telling people that something waits: written with the act, sent after its commit."""

from collections.abc import Iterable

from governance.models import Alert, Community, User
from governance.wake import wake


def tell(
    users: Iterable[User], *, key: str, path: str, community: Community | None = None
) -> list[Alert]:
    """Note, inside the act's own transaction, that each of these people is to be told.

    Nothing of what it is about leaves the platform: a mail says that something waits, and gives
    the address of the page. Channel, pace and quiet times are looked at when it is sent.

    Args:
        key: the occasion, e.g. ``review:<uuid>:opened``. Who was told of it before is not told
            again.
        path: the page, as ``reverse`` gives it.
        community: whose quiet times hold it back; None for researchers.
    """
    people = {user.pk: user for user in users if user.is_active}
    told = Alert.objects.filter(user__in=people, key=key).values_list("user_id", flat=True)
    fresh = Alert.objects.bulk_create(
        [
            Alert(user_id=pk, community=community, key=key, path=path)
            for pk in sorted(people.keys() - set(told))
        ],
        ignore_conflicts=True,
    )
    if fresh:
        wake("governance.send_alerts")
    return fresh
