"""Taking a request along on paper."""

from django.db import transaction

from consent.models import Review
from governance.actions.audit import record
from governance.actions.permissions import require_member
from governance.models import User
from governance.rules import Verb


@transaction.atomic
def note_printed(review: Review, *, actor: User) -> None:
    """Write into the log that somebody took the packet; asked of her before it is sent.

    Raises:
        NotAllowed: she does not belong to the community.
    """
    require_member(actor, Verb.READ_COMMUNITY, review.community)
    record(
        "review.print",
        actor=actor,
        subject=f"review:{review.public_id}",
        community=review.community,
        document_digest=review.statement.digest,
        correlation=str(review.revision.request.public_id),
    )
