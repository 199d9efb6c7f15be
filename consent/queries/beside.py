"""What stands beside a request on a community's page of it: letters as they are now, blocks."""

from typing import Any

from consent.models import Review
from consent.queries.blocks import blocks_that_fit
from consent.queries.requests import approvals_of
from governance.models import User
from governance.queries import roles_in
from governance.rules import Verb, community_may


def beside_the_request(review: Review, user: User) -> dict[str, Any]:
    """Return for the page of a review what its text cannot hold.

    Letters of ethics boards with their renewals; and, for who keeps the block list, what on it fits
    the request.
    """
    keeps = community_may(roles_in(user, review.community), Verb.BLOCK)
    return {
        "approvals": approvals_of(review.revision.request),
        "blocks": blocks_that_fit(review.revision, review.community) if keeps else [],
    }
