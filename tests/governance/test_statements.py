"""A steward's signed answer: which are taken, which refused, and what settles a text."""

from dataclasses import replace
from functools import partial

import pytest
from django.db import transaction

from consent.grants.errors import Malformed
from consent.grants.statements import Answer
from governance import queries
from governance.actions import protocols, statements
from governance.errors import NotAllowed, NotReady, SignatureRefused, StatementClosed
from governance.models import AccessEvent, Ballot, Charter, Statement
from governance.rules import CommunityRole, StatementKind, StatementState
from tests import factories
from tests.cast import Cast, Person
from tests.factories import assertion
from tests.governance.pages import answer_text, draft_protocol

pytestmark = pytest.mark.django_db


@pytest.fixture
def text(cast: Cast, charter: Charter) -> Statement:
    """A protocol put to River's stewards, of whom two must say yes."""
    return draft_protocol(cast).statement


def _refused(subject: Statement) -> list[str]:
    events = AccessEvent.objects.filter(outcome="refused")
    return [e.reason for e in events.filter(subject=f"statement:{subject.public_id}")]


def test_a_text_is_adopted_by_the_answer_that_meets_the_rule(cast: Cast, text: Statement) -> None:
    first = answer_text(text, cast.amina)
    assert (first.adopted, first.declined) == (False, False)
    assert first.outcome.missing == "2 of 3 stewards must sign yes; 1 signed so far."

    second = answer_text(text, cast.bo)
    assert (second.adopted, second.declined) == (True, False)

    text.refresh_from_db()
    assert text.state == StatementState.ADOPTED
    assert text.closed_at is not None
    with pytest.raises(StatementClosed, match="This text is adopted"):
        answer_text(text, cast.cleo)


@pytest.mark.parametrize(
    "flaw",
    ["signature", "authenticator_data", "client_data_json", "credential_id"],
)
def test_one_flipped_bit_anywhere_in_a_signature_is_refused(
    cast: Cast, text: Statement, flaw: str
) -> None:
    sound = assertion(cast.amina.passkey, text, Answer.YES)
    held = bytearray(getattr(sound, flaw))
    held[-1] ^= 1

    with pytest.raises(SignatureRefused):
        statements.cast(
            text.pk,
            actor=cast.amina.user,
            answer=Answer.YES,
            assertion=replace(sound, **{flaw: bytes(held)}),
        )

    assert not Ballot.objects.filter(statement=text).exists()
    assert len(_refused(text)) == 1


def test_a_signature_for_no_does_not_count_as_yes(cast: Cast, text: Statement) -> None:
    signed_no = assertion(cast.amina.passkey, text, Answer.NO)

    with pytest.raises(SignatureRefused, match="another statement or with another answer"):
        statements.cast(text.pk, actor=cast.amina.user, answer=Answer.YES, assertion=signed_no)


def test_another_stewards_passkey_is_refused(cast: Cast, text: Statement) -> None:
    made_by_bo = assertion(cast.bo.passkey, text, Answer.YES)

    with pytest.raises(SignatureRefused, match="belongs to another steward"):
        statements.cast(text.pk, actor=cast.amina.user, answer=Answer.YES, assertion=made_by_bo)

    assert _refused(text) == ["This passkey belongs to another steward."]


def test_a_passkey_that_the_charter_does_not_name_is_refused(cast: Cast, text: Statement) -> None:
    new_device = factories.make_passkey(cast.amina.user)
    made = assertion(new_device, text, Answer.YES)

    with pytest.raises(SignatureRefused, match="not in the charter"):
        statements.cast(text.pk, actor=cast.amina.user, answer=Answer.YES, assertion=made)


def test_a_ballot_for_another_text_cannot_be_replayed(cast: Cast, text: Statement) -> None:
    protocols.take_back(text.protocol.pk, actor=cast.amina.user, reason="a slip")
    other = draft_protocol(cast, min_cohort=50).statement
    for_the_first = assertion(cast.amina.passkey, text, Answer.YES)

    with pytest.raises(SignatureRefused, match="another statement"):
        statements.cast(other.pk, actor=cast.amina.user, answer=Answer.YES, assertion=for_the_first)


def test_a_later_answer_replaces_the_earlier_one_and_both_are_kept(
    cast: Cast, text: Statement
) -> None:
    answer_text(text, cast.amina, Answer.NOT_YET)
    answer_text(text, cast.amina, Answer.YES)

    in_force = queries.answers_of(text)
    assert {b.membership_id: b.answer for b in in_force.values()} == {
        cast.amina.membership.pk: "yes"  # type: ignore[union-attr]
    }
    assert Ballot.objects.filter(statement=text).count() == 2


@pytest.mark.parametrize("who", ["dov", "ola", "chi", "zed", "aud", "max"])
def test_nobody_but_the_communitys_stewards_can_sign(cast: Cast, text: Statement, who: str) -> None:
    with pytest.raises(NotAllowed):
        answer_text(text, getattr(cast, who))

    assert len(_refused(text)) == 1


def test_a_steward_who_came_after_the_charter_cannot_sign_by_it(
    cast: Cast, text: Statement
) -> None:
    user = factories.make_user("Eda")
    late = Person(user, factories.make_passkey(user))
    factories.make_membership(user, cast.river, CommunityRole.STEWARD)

    with pytest.raises(NotAllowed, match="does not name you"):
        answer_text(text, late)


def test_a_steward_who_left_cannot_sign(cast: Cast, text: Statement) -> None:
    membership = cast.amina.membership
    assert membership is not None
    membership.until = membership.since
    membership.save()

    with pytest.raises(NotAllowed):
        answer_text(text, cast.amina)


def test_a_text_is_declined_once_it_can_no_longer_be_adopted(cast: Cast, text: Statement) -> None:
    first = answer_text(text, cast.amina, Answer.NO)
    assert (first.adopted, first.declined) == (False, False)

    second = answer_text(text, cast.bo, Answer.NO)
    assert (second.adopted, second.declined) == (False, True)

    text.refresh_from_db()
    assert text.state == StatementState.DECLINED


@pytest.mark.parametrize("answer", [Answer.YES_WITH_CONDITIONS, Answer.NOT_YET, Answer.RECUSE])
def test_no_other_answer_adopts_or_declines(cast: Cast, text: Statement, answer: Answer) -> None:
    for person in cast.stewards:
        result = answer_text(text, person, answer)
        assert (result.adopted, result.declined) == (False, False)


def test_nodes_are_given_yes_and_recuse_only(cast: Cast, text: Statement) -> None:
    answer_text(text, cast.amina, Answer.NO)
    answer_text(text, cast.bo, Answer.YES)
    answer_text(text, cast.cleo, Answer.RECUSE)

    assert [ballot.answer for ballot in queries.signed(text).ballots] == ["yes", "recuse"]


def test_the_log_tells_who_answered_and_not_what(cast: Cast, text: Statement) -> None:
    answer_text(text, cast.amina, Answer.NO, comment="not like this")

    event = AccessEvent.objects.get(
        verb="ballot.cast", subject=f"statement:{text.public_id}", actor=cast.amina.user
    )
    assert (event.outcome, event.reason, event.document_digest) == ("done", "", text.digest)


def test_the_act_and_its_row_in_the_log_come_together_or_not_at_all(
    cast: Cast, text: Statement
) -> None:
    class Interrupted(Exception):
        pass

    before = AccessEvent.objects.count()
    with pytest.raises(Interrupted), transaction.atomic():
        answer_text(text, cast.amina)
        assert AccessEvent.objects.count() == before + 1
        raise Interrupted

    assert AccessEvent.objects.count() == before
    assert not Ballot.objects.filter(statement=text).exists()


def test_nothing_but_a_charter_can_be_proposed_before_there_is_one(cast: Cast) -> None:
    with pytest.raises(NotReady, match="has no charter yet"):
        statements.propose(
            community=cast.river, kind=StatementKind.GRANT, document={"a": 1}, proposed_by=None
        )


def test_the_same_text_is_put_to_the_stewards_once(cast: Cast, charter: Charter) -> None:
    document = {"type": "grant", "version": 1, "community": "river"}
    propose = partial(
        statements.propose,
        community=cast.river,
        kind=StatementKind.GRANT,
        document=document,
        proposed_by=None,
    )
    propose()

    with pytest.raises(NotReady, match="put to the stewards before"):
        propose()


def test_a_text_with_a_floating_point_number_cannot_be_proposed(
    cast: Cast, charter: Charter
) -> None:
    with pytest.raises(Malformed):
        statements.propose(
            community=cast.river,
            kind=StatementKind.GRANT,
            document={"epsilon": 1.5},
            proposed_by=None,
        )
