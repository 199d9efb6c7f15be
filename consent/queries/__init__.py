"""Every read of this app, scoped to who asks."""

from consent.queries.grants import (
    grants_active,
    grants_of_applicant,
    grants_visible_to,
    signed_grants_of,
)
from consent.queries.notices import (
    communities_with_due_lists,
    notices_in_force,
    notices_list_of,
    notices_visible_to,
    pauses_in_force,
)
from consent.queries.requests import (
    SaidBy,
    outcomes_of,
    requests_visible_to,
    revision_of,
)
from consent.queries.reviews import (
    ask_of,
    reviews_of_steward,
    reviews_visible_to,
    text_outdated,
    wishes_of,
)

__all__ = [
    "SaidBy",
    "ask_of",
    "communities_with_due_lists",
    "grants_active",
    "grants_of_applicant",
    "grants_visible_to",
    "notices_in_force",
    "notices_list_of",
    "notices_visible_to",
    "outcomes_of",
    "pauses_in_force",
    "requests_visible_to",
    "reviews_of_steward",
    "reviews_visible_to",
    "revision_of",
    "signed_grants_of",
    "text_outdated",
    "wishes_of",
]
