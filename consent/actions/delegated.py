"""A yes under a delegation: one steward's, where the stewards let her decide alone (R-23)."""

from django.utils import timezone

from governance.actions import delegations, statements
from governance.models import Delegation, Membership, Statement, User
from governance.queries.delegations import covering


def decide_alone(statement: Statement, delegate: Membership, *, actor: User) -> Delegation | None:
    """Adopt a grant text by the delegate's own yes, if a delegation covers it; None if none does.

    Called inside the transaction of her answer. Whether one covers it is asked again under the
    lock on its row: two yeses at once use no grant too many.
    """
    found = covering(statement, delegate, at=timezone.now())
    if found is None:
        return None
    held = delegations.locked(found.delegation.pk)
    again = covering(statement, delegate, at=timezone.now())
    if again is None or again.delegation.pk != held.pk:
        return None
    statements.adopt(statement, actor=actor, reason=f"under delegation {held.public_id}")
    return held
