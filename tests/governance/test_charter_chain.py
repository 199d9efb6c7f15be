"""From a first charter to the next: who must sign, and what falls on the way."""

import pytest

from consent.grants.charter import extend_chain, pin
from consent.grants.statements import Answer
from governance import queries
from governance.actions import charters
from governance.errors import StatementClosed
from governance.models import Charter, Statement
from governance.rules import StatementState
from tests import factories
from tests.cast import Cast
from tests.governance.pages import answer_text, draft_protocol

pytestmark = pytest.mark.django_db


@pytest.fixture
def text(cast: Cast, charter: Charter) -> Statement:
    """A protocol put to River's stewards, of whom two must say yes."""
    return draft_protocol(cast).statement


def test_the_first_charter_needs_every_steward_named_in_it(cast: Cast) -> None:
    charter = charters.draft(
        community_id=cast.river.pk,
        actor=cast.amina.user,
        nodes=[],
        rules=factories.threshold(2),
        floor=2,
    )

    result = factories.sign_charter(charter, cast.signers[:2])
    assert not result.adopted
    assert result.outcome.missing == (
        "Every steward named in a first charter must sign yes; 1 did not yet."
    )
    assert queries.charter_in_force(cast.river) is None

    assert factories.sign_charter(charter, cast.signers[2:]).adopted
    assert queries.charter_in_force(cast.river) == charter


def test_one_no_ends_a_first_charter(cast: Cast) -> None:
    charter = charters.draft(
        community_id=cast.river.pk,
        actor=cast.amina.user,
        nodes=[],
        rules=factories.threshold(2),
        floor=2,
    )

    assert factories.sign_charter(charter, cast.signers[:1], Answer.NO).declined


def test_a_node_accepts_the_chain_of_charters_that_the_pages_made(
    cast: Cast, charter: Charter
) -> None:
    second = charters.draft(
        community_id=cast.river.pk,
        actor=cast.bo.user,
        nodes=[],
        rules=factories.threshold(3),
        floor=2,
    )
    assert factories.sign_charter(second, cast.signers[1:]).adopted

    chain = pin(queries.signed(charter.statement), fingerprint=charter.statement.digest)
    chain = extend_chain(chain, queries.signed(second.statement))

    assert [c.number for c in chain] == [1, 2]
    assert chain == queries.charter_chain(cast.river)


def test_a_new_charter_lets_texts_under_the_old_one_fall(cast: Cast, text: Statement) -> None:
    second = charters.draft(
        community_id=cast.river.pk,
        actor=cast.bo.user,
        nodes=[],
        rules=factories.threshold(3),
        floor=2,
    )
    factories.sign_charter(second, cast.signers[:2])

    text.refresh_from_db()
    assert text.state == StatementState.FALLEN
    with pytest.raises(StatementClosed, match="This text is fallen"):
        answer_text(text, cast.amina)


def test_an_open_text_under_an_older_charter_cannot_be_signed(cast: Cast, text: Statement) -> None:
    Statement.objects.filter(pk=text.pk).update(charter_number=7)

    with pytest.raises(StatementClosed, match="another charter"):
        answer_text(text, cast.amina)
