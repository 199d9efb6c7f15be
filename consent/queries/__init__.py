"""Every read of this app, scoped to who asks."""

from consent.queries.agreements import agreement_today, dead_end
from consent.queries.ballot_box import BallotBox, ballot_box
from consent.queries.grants import (
    asked_beside,
    grants_active,
    grants_beside,
    grants_counted,
    grants_of_applicant,
    grants_to_stop,
    grants_visible_to,
    not_asked,
    pauses_of,
    signed_grants_of,
)
from consent.queries.lines import lines_of_text, protocols_asked
from consent.queries.notices import (
    Stops,
    communities_that_stop,
    communities_with_due_lists,
    notices_about,
    notices_in_force,
    notices_list_of,
    notices_of_steward,
    notices_visible_to,
    pauses_in_force,
)
from consent.queries.requests import (
    SaidBy,
    approvals_of,
    attachments_of,
    outcomes_of,
    requests_visible_to,
    revision_of,
)
from consent.queries.review_page import ReviewPage, review_page
from consent.queries.reviews import (
    ask_of,
    has_part,
    reviews_of_steward,
    reviews_to_answer,
    reviews_visible_to,
    text_outdated,
    wishes_of,
)

__all__ = [
    "BallotBox",
    "ReviewPage",
    "SaidBy",
    "Stops",
    "agreement_today",
    "approvals_of",
    "ask_of",
    "asked_beside",
    "attachments_of",
    "ballot_box",
    "communities_that_stop",
    "communities_with_due_lists",
    "dead_end",
    "grants_active",
    "grants_beside",
    "grants_counted",
    "grants_of_applicant",
    "grants_to_stop",
    "grants_visible_to",
    "has_part",
    "lines_of_text",
    "not_asked",
    "notices_about",
    "notices_in_force",
    "notices_list_of",
    "notices_of_steward",
    "notices_visible_to",
    "outcomes_of",
    "pauses_in_force",
    "pauses_of",
    "protocols_asked",
    "requests_visible_to",
    "review_page",
    "reviews_of_steward",
    "reviews_to_answer",
    "reviews_visible_to",
    "revision_of",
    "signed_grants_of",
    "text_outdated",
    "wishes_of",
]
