"""The agreement as it would read today, before anybody signs it."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from consent.agreement import compose, rulebook_of
from consent.errors import Incomplete
from consent.models import RequestRevision, Review
from consent.queries.lines import lines_of_text, protocols_asked
from consent.queries.reviews import ask_of
from governance.errors import NotReady
from governance.models import Community, Dataset
from governance.queries import charter_chain


def agreement_today(
    revision: RequestRevision,
    dataset: Dataset,
    community: Community,
    *,
    at: datetime,
    communities: list[str] | None = None,
    conditions: Sequence[str] = (),
    fallback: Sequence[str] = (),
) -> dict[str, Any]:
    """Return the grant document under the charter and protocols in force now, with a new id.

    Args:
        community: the dataset's keeper, or another community that holds it too.
        communities: slugs of the keepers of all datasets asked for; None reads the reviews.
        fallback: lines of protocols, should the community have no say over the dataset any more.
    Raises:
        NotReady: the community lacks a charter or a protocol on the dataset.
        Incomplete: under its rules no node would ever accept the request.
    """
    chain = charter_chain(community)
    ask = ask_of(revision, communities)
    protocols = protocols_asked(ask.document, dataset, community, fallback=fallback)
    if not chain or not protocols:
        raise NotReady(f"{community} cannot be asked yet: it has no charter or protocol.")
    return compose(
        ask,
        charter=chain[-1],
        protocols=[rulebook_of(protocol.statement.text.encode()) for protocol in protocols],
        keeper=dataset.community.slug,
        dataset=dataset.slug,
        grant_id=str(uuid.uuid4()),
        not_before=at,
        conditions=conditions,
    )


def dead_end(review: Review, *, at: datetime) -> str:
    """Say why no yes is possible under today's rules, whatever the text; "" when one is."""
    try:
        agreement_today(
            review.revision,
            review.dataset,
            review.community,
            at=at,
            fallback=lines_of_text(review),
        )
    except (Incomplete, NotReady) as refusal:
        return str(refusal)
    return ""
