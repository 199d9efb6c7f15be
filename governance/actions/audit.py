"""The only writer of the access log."""

from collections.abc import Iterator
from contextlib import contextmanager

from governance.errors import NotAllowed, SignatureRefused
from governance.models import AccessEvent, Community, User

PLATFORM = "the platform"
MAX_REASON = 400


def record(
    verb: str,
    *,
    actor: User | None,
    subject: str,
    actor_label: str = "",
    community: Community | None = None,
    outcome: str = "done",
    reason: str = "",
    document_digest: str = "",
    correlation: str = "",
) -> AccessEvent:
    """Write one row, in the transaction of the act it tells of: both happen, or neither.

    Args:
        verb: what was done, as ``thing.verb``: ``ballot.cast``, ``charter.adopt``.
        actor: who did it; None for a node or for the platform itself, named by ``actor_label``.
        subject: what it was done to, as ``thing:<id>``.
        outcome: ``done``, or ``refused`` for an attempt worth seeing.
        reason: a sentence without personal data; cut to 400 characters.
        document_digest: SHA-256 hex of the document concerned, if there is one.
    """
    return AccessEvent.objects.create(
        verb=verb,
        actor=actor,
        actor_label=actor_label or (actor.name if actor else PLATFORM),
        community=community,
        subject=subject,
        outcome=outcome,
        reason=reason[:MAX_REASON],
        document_digest=document_digest,
        correlation=correlation,
    )


@contextmanager
def refusals_recorded(
    verb: str, *, actor: User, subject: str, community: Community | None = None
) -> Iterator[None]:
    """Write a row when the act inside is refused for its signature or for want of a role.

    Stands *outside* the act's own transaction, which the refusal rolls back.
    """
    try:
        yield
    except (NotAllowed, SignatureRefused) as refusal:
        record(
            verb,
            actor=actor,
            subject=subject,
            community=community,
            outcome="refused",
            reason=str(refusal),
        )
        raise
