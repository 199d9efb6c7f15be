"""What follows an act, once it is committed."""

from functools import partial

from django.db import transaction

from consent.models import Grant
from consent.signals import grants_changed


def announce(community_id: int) -> None:
    """Tell whoever runs work that this community's grants or stops changed, after commit.

    Robust: a queue that is down must not undo a steward's act; the sweep does the work then.
    """
    transaction.on_commit(
        partial(grants_changed.send, sender=Grant, community_id=community_id), robust=True
    )
