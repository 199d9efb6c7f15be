from datetime import timedelta

import pytest
from django.utils import timezone

from consent.actions import notices, requests, reviews
from consent.errors import NotAllowed, TransitionRefused
from consent.models import Grant
from consent.queries import (
    grants_active,
    grants_of_applicant,
    grants_visible_to,
    outcomes_of,
    signed_grants_of,
)
from consent.signals import grants_changed
from governance.errors import NotAllowed as RoleRefused
from governance.rules import PlatformRole
from tests.cast import Person
from tests.consent.accepting import accept
from tests.consent.factories import answer, make_request, review_of, say_yes, sign_notice
from tests.consent.test_requests import open_coast
from tests.factories import make_passkey, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def heard():
    """What the one signal said, in order."""
    said = []

    def listen(sender, community_id, **_kwargs):
        said.append(community_id)

    grants_changed.connect(listen)
    yield said
    grants_changed.disconnect(listen)


@pytest.fixture
def conditional(cast, review):
    reviews.put_conditions(review.pk, actor=cast.amina.user, conditions=["Tell us first."])
    return say_yes(review, [cast.amina, cast.bo])


def test_accepting_the_conditions_makes_the_grant_active(cast, conditional):
    accept(conditional, cast.chi)

    conditional.refresh_from_db()
    assert (conditional.state, conditional.accepted_by) == ("active", cast.chi.user)
    assert conditional.accepted_at is not None


def test_nothing_runs_under_conditions_that_nobody_accepted(cast, conditional):
    revision = conditional.review.revision
    before = grants_active(revision)

    accept(conditional, cast.chi)

    assert (before, grants_active(revision)) == ([], [conditional])


def test_only_the_applicant_accepts(cast, conditional):
    user = make_user("Other", PlatformRole.RESEARCHER)
    other = Person(user, make_passkey(user))

    with pytest.raises(NotAllowed, match="Only the person who sent the request"):
        accept(conditional, other)
    for who in ("steward", "custodian", "outsider", "auditor", "admin"):
        with pytest.raises(RoleRefused):
            accept(conditional, cast.everybody[who])

    conditional.refresh_from_db()
    assert conditional.state == "awaiting acceptance"


def test_accepting_twice_or_without_conditions_is_refused(cast, conditional):
    accept(conditional, cast.chi)

    with pytest.raises(TransitionRefused, match="cannot accept a grant that is active"):
        accept(conditional, cast.chi)


def test_the_applicant_is_told_the_conditions_to_accept(cast, conditional):
    said = outcomes_of(conditional.review.revision)[0]

    assert said.awaits_acceptance
    assert said.conditions == ("Tell us first.",)
    assert said.grant_id == conditional.public_id


def test_a_grant_is_announced_once_it_is_active_and_committed(
    cast, review, heard, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        say_yes(review, [cast.amina, cast.bo])
        inside = list(heard)

    assert (inside, heard) == ([], [cast.river.pk])


def test_a_grant_with_conditions_is_announced_when_they_are_accepted(
    cast, review, heard, django_capture_on_commit_callbacks
):
    reviews.put_conditions(review.pk, actor=cast.amina.user, conditions=["Tell us first."])
    with django_capture_on_commit_callbacks(execute=True):
        grant = say_yes(review, [cast.amina, cast.bo])
    before = list(heard)

    with django_capture_on_commit_callbacks(execute=True):
        accept(grant, cast.chi)

    assert (before, heard) == ([], [cast.river.pk])


def test_grants_count_only_within_their_time(cast, grant):
    revision = grant.review.revision
    second = timedelta(seconds=1)

    assert grants_active(revision, at=grant.not_before) == [grant]
    assert grants_active(revision, at=grant.not_before - second) == []
    assert grants_active(revision, at=grant.not_after - second) == [grant]
    assert grants_active(revision, at=grant.not_after) == []


def test_a_pause_of_everything_or_of_this_grant_takes_it_out(cast, grant):
    other = say_yes(
        review_of(make_request(cast.chi.user, question="Another?")), [cast.amina, cast.bo]
    )
    pause = notices.pause(community_id=cast.river.pk, actor=cast.amina.user, reason="", grant=other)
    sign_notice(pause, [cast.amina])
    paused_one = grants_active(grant.review.revision), grants_active(other.review.revision)

    sign_notice(
        notices.pause(community_id=cast.river.pk, actor=cast.amina.user, reason=""), [cast.amina]
    )

    assert paused_one == ([grant], [])
    assert grants_active(grant.review.revision) == []


def test_a_pause_at_coast_does_not_stop_river(cast, grant):
    open_coast(cast)
    pause = notices.pause(community_id=cast.coast.pk, actor=cast.zed.user, reason="")
    sign_notice(pause, [cast.zed])

    assert grants_active(grant.review.revision) == [grant]


def test_a_withdrawn_request_has_no_active_grants(cast, dataset):
    open_coast(cast)
    request = make_request(cast.chi.user, datasets=["river-diabetes", "coast-diabetes"])
    grant = say_yes(review_of(request, "river"), [cast.amina, cast.bo])

    requests.withdraw(request.pk, actor=cast.chi.user)

    grant.refresh_from_db()
    assert grant.state == "active"
    assert grants_active(grant.review.revision) == []


def test_nodes_are_given_all_grants_of_their_own_community(cast, grant):
    open_coast(cast)
    coast = make_request(cast.chi.user, datasets=["coast-diabetes"])
    say_yes(review_of(coast, "coast"), [cast.zed])
    sign_notice(
        notices.propose_revocation(grant.pk, actor=cast.amina.user, reason=""),
        [cast.amina, cast.bo],
    )

    assert signed_grants_of(cast.river, for_node_of=cast.river) == [grant.signed_text]


def test_grants_are_seen_by_the_communitys_people_and_their_applicant(cast, grant):
    other = make_user("Other", PlatformRole.RESEARCHER)
    people = {name: person.user for name, person in cast.everybody.items()} | {"other": other}

    assert {name for name, user in people.items() if grants_visible_to(user).exists()} == {
        "steward",
        "convenor",
        "custodian",
        "observer",
    }
    assert {name for name, user in people.items() if grants_of_applicant(user).exists()} == {
        "researcher"
    }


def test_a_grant_keeps_its_bytes_when_a_ballot_row_is_changed_later(cast, grant):
    before = grant.signed_text
    grant.statement.ballots.update(replaced_at=timezone.now())

    assert Grant.objects.get().signed_text == before


def test_a_third_yes_that_comes_too_late_changes_nothing(cast, review, grant):
    with pytest.raises(TransitionRefused):
        answer(review, cast.cleo)

    assert Grant.objects.get().signed_text == grant.signed_text
