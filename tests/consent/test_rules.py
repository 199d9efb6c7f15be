"""The tables of consent/rules.py once more, by hand, as docs/adr/0006-request-states.md has it."""

import itertools

import pytest

from consent.errors import TransitionRefused
from consent.rules import (
    GRANT_NEXT,
    REQUEST_NEXT,
    REVIEW_NEXT,
    GrantState,
    GrantVerb,
    RequestState,
    RequestVerb,
    ReviewState,
    ReviewVerb,
    next_grant_state,
    next_request_state,
    next_review_state,
)

REQUEST = {
    ("draft", "submit"): "in review",
    ("draft", "withdraw"): "withdrawn",
    ("in review", "send back"): "being changed",
    ("in review", "change"): "being changed",
    ("in review", "conclude"): "decided",
    ("in review", "withdraw"): "withdrawn",
    ("being changed", "send back"): "being changed",
    ("being changed", "submit"): "in review",
    ("being changed", "keep"): "in review",
    ("being changed", "withdraw"): "withdrawn",
    ("decided", "change"): "being changed",
}
REVIEW = {
    ("open", "approve"): "approved",
    ("open", "decline"): "declined",
    ("open", "withdraw"): "withdrawn",
    ("open", "send back"): "sent back",
    ("open", "replace"): "replaced",
}
GRANT = {
    ("awaiting acceptance", "accept"): "active",
    ("awaiting acceptance", "revoke"): "revoked",
    ("active", "revoke"): "revoked",
}


def test_the_tables_say_what_was_decided():
    assert REQUEST_NEXT == REQUEST
    assert REVIEW_NEXT == REVIEW
    assert GRANT_NEXT == GRANT


@pytest.mark.parametrize(
    ("states", "verbs", "table", "step"),
    [
        (RequestState, RequestVerb, REQUEST, next_request_state),
        (ReviewState, ReviewVerb, REVIEW, next_review_state),
        (GrantState, GrantVerb, GRANT, next_grant_state),
    ],
    ids=["request", "review", "grant"],
)
def test_every_state_and_verb_is_either_listed_or_refused(states, verbs, table, step):
    for state, verb in itertools.product(states, verbs):
        if (state, verb) in table:
            assert step(state, verb) == table[state, verb]
        else:
            with pytest.raises(TransitionRefused, match=f"cannot {verb} a .* that is {state}"):
                step(state, verb)
