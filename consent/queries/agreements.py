"""The agreement as it would read today, before anybody signs it."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from consent.agreement import compose, rulebook_of
from consent.errors import Incomplete
from consent.models import RequestRevision, Review
from consent.queries.reviews import ask_of
from governance.errors import NotReady
from governance.models import Dataset
from governance.queries import charter_chain, protocol_in_force


def agreement_today(
    revision: RequestRevision,
    dataset: Dataset,
    *,
    at: datetime,
    communities: list[str] | None = None,
    conditions: Sequence[str] = (),
) -> dict[str, Any]:
    """Return the grant document under the charter and protocol in force now, with a new id.

    Args:
        communities: slugs of all communities asked; None reads them from the reviews.
    Raises:
        NotReady: the community lacks a charter or a protocol.
        Incomplete: under its rules no node would ever accept the request.
    """
    chain = charter_chain(dataset.community)
    protocol = protocol_in_force(dataset.community)
    if not chain or protocol is None:
        raise NotReady(f"{dataset.community} cannot be asked yet: it has no charter or protocol.")
    return compose(
        ask_of(revision, communities),
        charter=chain[-1],
        protocols=[rulebook_of(protocol.statement.text.encode())],
        dataset=dataset.slug,
        grant_id=str(uuid.uuid4()),
        not_before=at,
        conditions=conditions,
    )


def dead_end(review: Review, *, at: datetime) -> str:
    """Say why no yes is possible under today's rules, whatever the text; "" when one is."""
    try:
        agreement_today(review.revision, review.dataset, at=at)
    except (Incomplete, NotReady) as refusal:
        return str(refusal)
    return ""
