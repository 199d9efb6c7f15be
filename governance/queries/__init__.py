"""Every read of this app, scoped to who asks."""

from governance.queries.communities import (
    communities_of,
    communities_where,
    members_of,
    membership_for,
    roles_of,
    stewards_of,
)
from governance.queries.datasets import datasets_listed, datasets_of
from governance.queries.documents import (
    charter_chain,
    charter_in_force,
    charters_of,
    protocol_in_force,
    protocols_of,
)
from governance.queries.log import events_visible_to
from governance.queries.passkeys import credentials_of, has_second_factor
from governance.queries.statements import (
    answers_of,
    charter_that_governs,
    outcome_of,
    signed,
)

__all__ = [
    "answers_of",
    "charter_chain",
    "charter_in_force",
    "charter_that_governs",
    "charters_of",
    "communities_of",
    "communities_where",
    "credentials_of",
    "datasets_listed",
    "datasets_of",
    "events_visible_to",
    "has_second_factor",
    "members_of",
    "membership_for",
    "outcome_of",
    "protocol_in_force",
    "protocols_of",
    "roles_of",
    "signed",
    "stewards_of",
]
