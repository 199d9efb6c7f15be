"""States of requests, reviews and grants, and which verb leads where. Pure.

Source: docs/adr/0006-request-states.md; the tables are repeated by hand in
tests/consent/test_rules.py.
"""

from enum import StrEnum

from consent.errors import TransitionRefused


class RequestState(StrEnum):
    DRAFT = "draft"
    IN_REVIEW = "in review"
    CHANGING = "being changed"  # its applicant writes a new revision
    DECIDED = "decided"  # every community asked has said yes or no
    WITHDRAWN = "withdrawn"


class RequestVerb(StrEnum):
    SUBMIT = "submit"
    SEND_BACK = "send back"  # a community asks for changes
    CHANGE = "change"  # the applicant wants to
    KEEP = "keep"  # she leaves it as it was
    CONCLUDE = "conclude"
    WITHDRAW = "withdraw"


# Its form may be written in; SUBMIT makes a revision of it.
EDITABLE = frozenset({RequestState.DRAFT, RequestState.CHANGING})

REQUEST_NEXT: dict[tuple[RequestState, RequestVerb], RequestState] = {
    (RequestState.DRAFT, RequestVerb.SUBMIT): RequestState.IN_REVIEW,
    (RequestState.DRAFT, RequestVerb.WITHDRAW): RequestState.WITHDRAWN,
    (RequestState.IN_REVIEW, RequestVerb.SEND_BACK): RequestState.CHANGING,
    (RequestState.IN_REVIEW, RequestVerb.CHANGE): RequestState.CHANGING,
    (RequestState.IN_REVIEW, RequestVerb.CONCLUDE): RequestState.DECIDED,
    (RequestState.IN_REVIEW, RequestVerb.WITHDRAW): RequestState.WITHDRAWN,
    (RequestState.CHANGING, RequestVerb.SEND_BACK): RequestState.CHANGING,
    (RequestState.CHANGING, RequestVerb.SUBMIT): RequestState.IN_REVIEW,
    (RequestState.CHANGING, RequestVerb.KEEP): RequestState.IN_REVIEW,
    (RequestState.CHANGING, RequestVerb.WITHDRAW): RequestState.WITHDRAWN,
    (RequestState.DECIDED, RequestVerb.CHANGE): RequestState.CHANGING,
}


class ReviewState(StrEnum):
    OPEN = "open"
    APPROVED = "approved"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    SENT_BACK = "sent back"  # the community asked for changes
    REPLACED = "replaced"  # a new revision took its place before it was decided


class ReviewVerb(StrEnum):
    APPROVE = "approve"
    DECLINE = "decline"
    WITHDRAW = "withdraw"
    SEND_BACK = "send back"
    REPLACE = "replace"


REVIEW_NEXT: dict[tuple[ReviewState, ReviewVerb], ReviewState] = {
    (ReviewState.OPEN, ReviewVerb.APPROVE): ReviewState.APPROVED,
    (ReviewState.OPEN, ReviewVerb.DECLINE): ReviewState.DECLINED,
    (ReviewState.OPEN, ReviewVerb.WITHDRAW): ReviewState.WITHDRAWN,
    (ReviewState.OPEN, ReviewVerb.SEND_BACK): ReviewState.SENT_BACK,
    (ReviewState.OPEN, ReviewVerb.REPLACE): ReviewState.REPLACED,
}


class WhyBack(StrEnum):
    """Why a community sends a request back; the researcher reads it, and the note with it."""

    UNCLEAR = "unclear"
    MISSING = "missing"
    CHANGE = "change"
    OTHER = "other"


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


class Completeness(StrEnum):
    """What somebody found who looked whether all is there. It decides nothing."""

    COMPLETE = "complete"
    INCOMPLETE = "incomplete"


class AttachmentKind(StrEnum):
    ETHICS = "ethics"  # a letter of a board
    SUPPORT = "support"  # a letter of somebody else
    PLAN = "plan"
    REPORT = "report"  # evidence that a promise was kept
    PAPER = "paper"  # what is to be published
    OTHER = "other"


class Audience(StrEnum):
    APPLICANT = "applicant"  # the community and the people who ask
    COMMUNITY = "community"  # the community alone


class MessageKind(StrEnum):
    QUESTION = "question"
    ANSWER = "answer"
    REMARK = "remark"
    NUDGE = "nudge"  # the researcher asks how it stands


class ObligationKind(StrEnum):
    RESULTS = "results"  # returned to the community first, in plain words
    PUBLICATION = "publication"
    BENEFIT = "benefit"
    PROGRESS = "progress"
    CLOSE_OUT = "close-out"
    DESTRUCTION = "destruction"
    OTHER = "other"


class PublicationKind(StrEnum):
    PAPER = "paper"
    TALK = "talk"
    MODEL = "model"
    DATA = "data"
    OTHER = "other"


class PublicationAnswer(StrEnum):
    OK = "ok"
    CHANGES = "changes"
    WITHHOLD_NAME = "withhold-name"
    REFUSE = "refuse"


class IncidentState(StrEnum):
    OPEN = "open"
    CLOSED = "closed"


class Severity(StrEnum):
    LOW = "low"
    SERIOUS = "serious"
    GRAVE = "grave"


class BlockKind(StrEnum):
    PERSON = "person"
    INSTITUTION = "institution"
