"""R-06: a new version of a protocol changes no agreement; the community keeps, renews or stops."""

import pytest

from consent.actions import keeping, notices, reviews, revisions
from consent.errors import ConflictOfInterest, TransitionRefused
from consent.grants.grant import parse_grant
from consent.grants.statements import Answer
from consent.models import AgreementChoice, Grant, Notice, Review
from consent.queries import grants_active, outcomes_of
from consent.queries.keeping import agreements_behind, grants_on_hold, grants_running
from consent.rules import GrantState, Keeping, ReviewState
from governance.errors import NotAllowed
from governance.models import AccessEvent
from governance.rules import StatementState
from tests import factories as made
from tests.consent import factories
from tests.consent.accepting import accept


@pytest.fixture
def second(cast, grant):
    """Version 2 of River's protocol, in force after the agreement was signed."""
    return made.make_protocol(cast.river, cast.signers, max_months=10)


def choose(grant, protocol, person, choice, **more):
    return keeping.choose(grant.pk, protocol.pk, actor=person.user, choice=choice, **more)


def behind(cast):
    return agreements_behind(cast.river)


def anew_of(grant):
    return Review.objects.exclude(pk=grant.review_id).get(revision=grant.review.revision_id)


def test_under_the_protocol_in_force_there_is_no_question(cast, grant):
    assert behind(cast) == []


def test_with_a_new_version_the_agreement_goes_on_and_the_question_is_there(cast, grant, second):
    (held,) = behind(cast)

    assert (held.grant, held.number, held.newest) == (grant, 1, second)
    assert (held.choice, held.chosen, held.anew, held.stop) == (Keeping.KEEP, None, None, None)
    grant.refresh_from_db()
    assert grant.state == GrantState.ACTIVE
    assert grants_active(grant.review.revision) == [grant]
    assert grants_on_hold([grant]) == set()


def test_a_version_that_is_only_put_to_the_stewards_raises_no_question(cast, grant):
    made.propose_protocol(cast.river, cast.amina.user, {"NO_COMM": {}})

    assert behind(cast) == []


def test_a_further_protocol_of_another_line_raises_no_question(cast, grant):
    made.make_protocol(cast.river, cast.signers, line="other", title="Another")

    assert behind(cast) == []


def test_to_keep_is_written_down_and_changes_nothing_else(cast, grant, second):
    choose(grant, second, cast.amina, Keeping.KEEP)

    (held,) = behind(cast)
    assert (held.choice, held.chosen.chosen_by) == (Keeping.KEEP, cast.amina.membership)
    assert Review.objects.count() == 1 and not Notice.objects.exists()
    told = AccessEvent.objects.get(verb="agreement.keep")
    assert (told.actor, told.community) == (cast.amina.user, cast.river)
    assert told.document_digest == second.statement.digest


def test_a_later_version_asks_again(cast, grant, second):
    choose(grant, second, cast.amina, Keeping.KEEP)
    third = made.make_protocol(cast.river, cast.signers, max_months=9)

    (held,) = behind(cast)

    assert (held.newest, held.chosen, held.choice) == (third, None, Keeping.KEEP)


def test_to_stop_puts_a_revocation_to_the_stewards_and_stops_nothing_before(cast, grant, second):
    choose(grant, second, cast.amina, Keeping.STOP, reason="Our rules changed.")

    notice = Notice.objects.get()
    grant.refresh_from_db()
    assert (notice.kind, notice.grant, notice.reason) == ("revocation", grant, "Our rules changed.")
    assert grant.state == GrantState.ACTIVE
    assert grants_on_hold([grant]) == set()

    factories.sign_notice(notice, [cast.amina, cast.bo])

    grant.refresh_from_db()
    assert grant.state == GrantState.REVOKED
    assert behind(cast) == []


def test_a_revocation_that_is_put_already_is_not_put_twice(cast, grant, second):
    notices.propose_revocation(grant.pk, actor=cast.bo.user, reason="")

    choose(grant, second, cast.amina, Keeping.STOP)

    assert Notice.objects.count() == 1


def test_to_agree_anew_puts_the_same_request_with_todays_text(cast, grant, second):
    choose(grant, second, cast.amina, Keeping.RENEGOTIATE)

    review = anew_of(grant)
    claims = parse_grant(review.statement.text.encode())
    assert (review.state, review.revision) == (ReviewState.OPEN, grant.review.revision)
    assert [(ref.line, ref.number) for ref in claims.protocols] == [("main", 2)]
    assert "version 2, is in force now" in review.changed_because
    (held,) = behind(cast)
    assert held.deciding and held.anew == review
    assert grants_on_hold([grant]) == {grant.pk}
    # The node still holds it as good: only the platform starts nothing new.
    assert grants_active(grant.review.revision) == [grant]


def test_while_it_is_open_there_is_only_one_such_review(cast, grant, second):
    choose(grant, second, cast.amina, Keeping.RENEGOTIATE)
    with pytest.raises(TransitionRefused, match="chose already"):
        choose(grant, second, cast.bo, Keeping.RENEGOTIATE)
    made.make_protocol(cast.river, cast.signers, max_months=9)
    (held,) = behind(cast)

    choose(grant, held.newest, cast.bo, Keeping.RENEGOTIATE)

    assert Review.objects.filter(state=ReviewState.OPEN.value).count() == 1


def test_a_yes_to_the_new_text_makes_the_agreement_that_counts_for_new_work(cast, grant, second):
    choose(grant, second, cast.amina, Keeping.RENEGOTIATE)

    newer = factories.say_yes(anew_of(grant), [cast.amina, cast.bo])

    grant.refresh_from_db()
    (held,) = behind(cast)
    assert held.replaced and held.grant == grant
    assert grant.state == newer.state == GrantState.ACTIVE
    assert grants_on_hold([grant, newer]) == {grant.pk}
    assert grant.review.revision.request.state == "decided"
    with pytest.raises(TransitionRefused, match="agreed anew already"):
        choose(grant, second, cast.amina, Keeping.RENEGOTIATE)


def test_a_no_to_the_new_text_leaves_the_hold_until_the_stewards_choose(cast, grant, second):
    choose(grant, second, cast.amina, Keeping.RENEGOTIATE)
    for person in (cast.amina, cast.bo):
        factories.answer(anew_of(grant), person, Answer.NO)

    (held,) = behind(cast)
    assert held.turned_down
    assert grants_on_hold([grant]) == {grant.pk}

    choose(grant, second, cast.amina, Keeping.KEEP)

    assert grants_on_hold([grant]) == set()


@pytest.mark.parametrize("other", [Keeping.KEEP, Keeping.STOP])
def test_choosing_otherwise_closes_the_review_that_was_opened(cast, grant, second, other):
    choose(grant, second, cast.amina, Keeping.RENEGOTIATE)
    review = anew_of(grant)

    choose(grant, second, cast.bo, other)

    review.refresh_from_db()
    assert review.state == ReviewState.WITHDRAWN
    assert review.statement.state == StatementState.FALLEN
    assert grants_on_hold([grant]) == set()
    rows = AgreementChoice.objects.order_by("pk")
    assert [(row.choice, row.replaced_at is None) for row in rows] == [
        ("renegotiate", False),
        (other.value, True),
    ]


def test_a_stop_is_taken_back_only_by_her_who_put_it(cast, grant, second):
    choose(grant, second, cast.amina, Keeping.STOP)

    with pytest.raises(NotAllowed, match="Only the steward who proposed this stop"):
        choose(grant, second, cast.bo, Keeping.KEEP)
    (held,) = behind(cast)
    assert held.choice is Keeping.STOP

    choose(grant, second, cast.amina, Keeping.KEEP)

    assert Notice.objects.get().statement.state == StatementState.FALLEN


@pytest.mark.parametrize(
    "role", ["custodian", "observer", "convenor", "researcher", "outsider", "auditor", "admin"]
)
@pytest.mark.parametrize("choice", list(Keeping))
def test_nobody_but_a_steward_chooses(cast, grant, second, role, choice):
    with pytest.raises(NotAllowed):
        choose(grant, second, cast.everybody[role], choice)

    assert not AgreementChoice.objects.exists()


def test_a_steward_whom_the_charter_does_not_name_does_not_choose(cast, grant, second):
    made.make_membership(cast.ola.user, cast.river)

    with pytest.raises(NotAllowed, match="does not name you"):
        choose(grant, second, cast.ola, Keeping.KEEP)


def test_a_steward_who_has_a_part_in_the_request_does_not_choose(cast, dataset):
    person = {"name": "Amina", "email": cast.amina.user.email, "orcid": ""}
    request = factories.make_request(cast.chi.user, people=[person])
    grant = factories.say_yes(factories.review_of(request), [cast.bo, cast.cleo])
    second = made.make_protocol(cast.river, cast.signers, max_months=10)

    with pytest.raises(ConflictOfInterest):
        choose(grant, second, cast.amina, Keeping.KEEP)


def test_there_is_nothing_to_choose_about_what_is_over_or_another_version(cast, grant, second):
    with pytest.raises(TransitionRefused):
        choose(grant, grant.community.protocols.get(number=1), cast.amina, Keeping.KEEP)

    factories.sign_notice(
        notices.propose_revocation(grant.pk, actor=cast.amina.user, reason=""),
        [cast.amina, cast.bo],
    )

    assert not grants_running(cast.river).exists()
    with pytest.raises(TransitionRefused):
        choose(grant, second, cast.amina, Keeping.KEEP)


def test_the_researcher_is_told_that_the_community_wants_to_agree_anew_and_no_more(
    cast, grant, second
):
    choose(grant, second, cast.amina, Keeping.RENEGOTIATE)

    (told,) = outcomes_of(grant.review.revision)

    assert (told.said, told.anew, told.grant_id) == (ReviewState.APPROVED, True, grant.public_id)

    newer = factories.say_yes(anew_of(grant), [cast.amina, cast.bo])
    (told,) = outcomes_of(grant.review.revision)

    assert (told.said, told.anew, told.grant_id) == (ReviewState.APPROVED, False, newer.public_id)


def test_to_keep_or_to_stop_tells_the_researcher_nothing(cast, grant, second):
    for choice in (Keeping.KEEP, Keeping.STOP):
        choose(grant, second, cast.amina, choice)
        (told,) = outcomes_of(grant.review.revision)
        assert (told.said, told.anew) == (ReviewState.APPROVED, False)


def test_what_was_chosen_stays_written_down(cast, grant, second):
    for choice in (Keeping.KEEP, Keeping.STOP, Keeping.KEEP):
        choose(grant, second, cast.amina, choice)

    rows = AgreementChoice.objects.order_by("pk").values_list("choice", flat=True)
    assert list(rows) == ["keep", "stop", "keep"]
    assert Grant.objects.count() == 1


def test_to_agree_anew_sheds_no_conditions(cast, review):
    reviews.put_conditions(review.pk, actor=cast.amina.user, conditions=["Tell us first."])
    review.refresh_from_db()
    grant = accept(factories.say_yes(review, [cast.amina, cast.bo]), cast.chi)
    second = made.make_protocol(cast.river, cast.signers, max_months=10)

    choose(grant, second, cast.amina, Keeping.RENEGOTIATE)

    text = anew_of(grant).statement.text.encode()
    assert parse_grant(text).conditions == ("Tell us first.",)


def test_a_request_that_was_left_as_it_was_is_decided_once_nothing_is_open(cast, grant, second):
    request = grant.review.revision.request
    choose(grant, second, cast.amina, Keeping.RENEGOTIATE)
    revisions.change(request.pk, actor=cast.chi.user)
    revisions.keep(request.pk, actor=cast.chi.user)
    request.refresh_from_db()
    assert request.state == "in review"

    choose(grant, second, cast.amina, Keeping.KEEP)

    request.refresh_from_db()
    assert request.state == "decided"
