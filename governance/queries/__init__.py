"""Every read of this app, scoped to who asks."""

from governance.queries.communities import (
    account_exists,
    communities_of,
    communities_where,
    community_named,
    members_of,
    membership_for,
    memberships_of,
    roles_in,
    roles_of,
    stewards_of,
)
from governance.queries.datasets import datasets_held, datasets_listed, datasets_of
from governance.queries.documents import (
    charter_chain,
    charter_in_force,
    charters_of,
    drafts_to_sign,
    open_documents,
    protocol_in_force,
    protocols_in_force,
    protocols_of,
    without_charter,
    without_protocol,
)
from governance.queries.log import (
    communities_in_log,
    events_visible_to,
)
from governance.queries.passkeys import (
    credential_id_of,
    credentials_of,
    has_second_factor,
    is_stopped,
    naming_charters,
)
from governance.queries.standing import Standing, standing_of
from governance.queries.statements import (
    answers_of,
    charter_that_governs,
    outcome_of,
    signed,
)
from governance.queries.tokens import token_in_force, tokens_of

__all__ = [
    "Standing",
    "account_exists",
    "answers_of",
    "charter_chain",
    "charter_in_force",
    "charter_that_governs",
    "charters_of",
    "communities_in_log",
    "communities_of",
    "communities_where",
    "community_named",
    "credential_id_of",
    "credentials_of",
    "datasets_held",
    "datasets_listed",
    "datasets_of",
    "drafts_to_sign",
    "events_visible_to",
    "has_second_factor",
    "is_stopped",
    "members_of",
    "membership_for",
    "memberships_of",
    "naming_charters",
    "open_documents",
    "outcome_of",
    "protocol_in_force",
    "protocols_in_force",
    "protocols_of",
    "roles_in",
    "roles_of",
    "signed",
    "standing_of",
    "stewards_of",
    "token_in_force",
    "tokens_of",
    "without_charter",
    "without_protocol",
]
