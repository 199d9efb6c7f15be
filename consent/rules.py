"""States of requests, reviews and grants, and which verb leads where. Pure.

Source: docs/adr/0006-request-states.md; the tables are repeated by hand in
tests/consent/test_rules.py.
"""

from enum import StrEnum

from consent.errors import TransitionRefused


class RequestState(StrEnum):
    DRAFT = "draft"
    IN_REVIEW = "in review"
    DECIDED = "decided"  # every community asked has said yes or no
    WITHDRAWN = "withdrawn"


class RequestVerb(StrEnum):
    SUBMIT = "submit"
    CONCLUDE = "conclude"
    WITHDRAW = "withdraw"


REQUEST_NEXT: dict[tuple[RequestState, RequestVerb], RequestState] = {
    (RequestState.DRAFT, RequestVerb.SUBMIT): RequestState.IN_REVIEW,
    (RequestState.DRAFT, RequestVerb.WITHDRAW): RequestState.WITHDRAWN,
    (RequestState.IN_REVIEW, RequestVerb.CONCLUDE): RequestState.DECIDED,
    (RequestState.IN_REVIEW, RequestVerb.WITHDRAW): RequestState.WITHDRAWN,
}


class ReviewState(StrEnum):
    OPEN = "open"
    APPROVED = "approved"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


class ReviewVerb(StrEnum):
    APPROVE = "approve"
    DECLINE = "decline"
    WITHDRAW = "withdraw"


REVIEW_NEXT: dict[tuple[ReviewState, ReviewVerb], ReviewState] = {
    (ReviewState.OPEN, ReviewVerb.APPROVE): ReviewState.APPROVED,
    (ReviewState.OPEN, ReviewVerb.DECLINE): ReviewState.DECLINED,
    (ReviewState.OPEN, ReviewVerb.WITHDRAW): ReviewState.WITHDRAWN,
}


class GrantState(StrEnum):
    AWAITING_ACCEPTANCE = "awaiting acceptance"  # conditions the researcher must accept first
    ACTIVE = "active"
    REVOKED = "revoked"


class GrantVerb(StrEnum):
    ACCEPT = "accept"
    REVOKE = "revoke"


GRANT_NEXT: dict[tuple[GrantState, GrantVerb], GrantState] = {
    (GrantState.AWAITING_ACCEPTANCE, GrantVerb.ACCEPT): GrantState.ACTIVE,
    (GrantState.AWAITING_ACCEPTANCE, GrantVerb.REVOKE): GrantState.REVOKED,
    (GrantState.ACTIVE, GrantVerb.REVOKE): GrantState.REVOKED,
}


def next_request_state(state: RequestState, verb: RequestVerb) -> RequestState:
    """Return where ``verb`` leads a request; raise TransitionRefused for an unlisted pair."""
    try:
        return REQUEST_NEXT[state, verb]
    except KeyError:
        raise TransitionRefused(f"You cannot {verb} a request that is {state}.") from None


def next_review_state(state: ReviewState, verb: ReviewVerb) -> ReviewState:
    """Return where ``verb`` leads a review; raise TransitionRefused for an unlisted pair."""
    try:
        return REVIEW_NEXT[state, verb]
    except KeyError:
        raise TransitionRefused(f"You cannot {verb} a review that is {state}.") from None


def next_grant_state(state: GrantState, verb: GrantVerb) -> GrantState:
    """Return where ``verb`` leads a grant; raise TransitionRefused for an unlisted pair."""
    try:
        return GRANT_NEXT[state, verb]
    except KeyError:
        raise TransitionRefused(f"You cannot {verb} a grant that is {state}.") from None


class NoticeKind(StrEnum):
    REVOCATION = "revocation"
    PAUSE = "pause"
    RESUME = "resume"


class Keeping(StrEnum):
    """What becomes of a running agreement when a new protocol version comes into force."""

    KEEP = "keep"
    RENEGOTIATE = "renegotiate"
    STOP = "stop"
