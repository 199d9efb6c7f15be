import pytest

from consent.actions import notices
from consent.errors import NoticeRefused, TransitionRefused
from consent.grants.codec import unb64u
from consent.grants.notices import verify_notices
from consent.grants.statements import Answer
from consent.models import Notice
from consent.queries import notices_list_of, pauses_in_force
from governance.errors import NotAllowed, SignatureRefused, StatementClosed
from governance.models import AccessEvent
from governance.queries import charter_chain
from tests.consent.factories import sign_notice
from tests.consent.test_requests import open_coast
from tests.factories import document_of, make_charter, threshold

pytestmark = pytest.mark.django_db


def pause(cast, *, grant=None, reason="Something is wrong."):
    return notices.pause(
        community_id=cast.river.pk, actor=cast.amina.user, reason=reason, grant=grant
    )


def revoke(cast, grant):
    return notices.propose_revocation(
        grant.pk, actor=cast.amina.user, reason="We changed our mind."
    )


def resume(cast, pauses=None):
    return notices.propose_resume(community_id=cast.river.pk, actor=cast.amina.user, pauses=pauses)


def read_as_a_node(community):
    """Verify the newest list with nothing but the charters, as a node does."""
    listed = notices_list_of(community)
    return verify_notices(
        listed.text.encode(), unb64u(listed.signature), chain=charter_chain(community)
    )


# --- pause -------------------------------------------------------------------------------------


def test_one_steward_pauses_at_once_and_the_node_sees_it(
    cast, grant, django_capture_on_commit_callbacks
):
    notice = pause(cast)

    with django_capture_on_commit_callbacks(execute=True):
        result = sign_notice(notice, [cast.amina])

    assert result.adopted
    assert notice.in_force_at is not None
    assert read_as_a_node(cast.river).paused == {"all"}
    assert pauses_in_force(cast.river) == [notice]


def test_a_pause_of_one_grant_names_it(cast, grant, django_capture_on_commit_callbacks):
    notice = pause(cast, grant=grant)

    with django_capture_on_commit_callbacks(execute=True):
        sign_notice(notice, [cast.amina])

    assert read_as_a_node(cast.river).paused == {str(grant.public_id)}
    assert document_of(notice.statement)["reason"] == "Something is wrong."


def test_a_pause_that_nobody_signed_stops_nothing(cast, grant):
    pause(cast)

    assert pauses_in_force(cast.river) == []


def test_a_pause_needs_no_reason(cast, charter):
    notice = pause(cast, reason=" ")

    assert notice.reason == ""
    assert document_of(notice.statement)["reason"] == "No reason was given, and none is needed."


def test_a_community_may_ask_for_more_than_one_to_pause(cast):
    make_charter(cast.river, cast.signers, rules=threshold(2, pause=2))
    notice = pause(cast)

    first = sign_notice(notice, [cast.amina])
    between = pauses_in_force(cast.river)
    sign_notice(notice, [cast.bo])

    assert (first.adopted, between) == (False, [])
    assert pauses_in_force(cast.river) == [notice]


@pytest.mark.parametrize(
    "who", ["convenor", "custodian", "observer", "researcher", "outsider", "auditor", "admin"]
)
def test_nobody_but_a_steward_stops_or_starts(cast, grant, who):
    user = cast.everybody[who].user
    sign_notice(pause(cast), [cast.amina])
    acts = [
        lambda: notices.pause(community_id=cast.river.pk, actor=user, reason=""),
        lambda: notices.propose_revocation(grant.pk, actor=user, reason=""),
        lambda: notices.propose_resume(community_id=cast.river.pk, actor=user),
    ]

    for act in acts:
        with pytest.raises(NotAllowed):
            act()

    assert Notice.objects.count() == 1


def test_nobody_but_a_steward_signs_a_notice(cast, charter):
    notice = pause(cast)

    for who in ("custodian", "outsider", "admin"):
        with pytest.raises(NotAllowed):
            sign_notice(notice, [cast.everybody[who]])

    assert AccessEvent.objects.filter(verb="ballot.cast", outcome="refused").count() == 3


def test_a_grant_of_another_community_cannot_be_paused(cast, grant):
    open_coast(cast)

    with pytest.raises(NoticeRefused, match="another community's"):
        notices.pause(community_id=cast.coast.pk, actor=cast.zed.user, reason="", grant=grant)


def test_a_revoked_grant_cannot_be_paused(cast, grant):
    sign_notice(revoke(cast, grant), [cast.amina, cast.bo])
    grant.refresh_from_db()

    with pytest.raises(NoticeRefused, match="taken back already"):
        pause(cast, grant=grant)


def test_a_reason_that_is_too_long_is_refused(cast, charter):
    with pytest.raises(NoticeRefused, match="At most 400 characters"):
        pause(cast, reason="x" * 401)


def test_a_signature_for_a_no_does_not_pause(cast, charter):
    from tests.factories import assertion

    notice = pause(cast)
    made = assertion(cast.amina.passkey, notice.statement, Answer.NO)

    with pytest.raises(SignatureRefused):
        notices.sign(notice.pk, actor=cast.amina.user, answer=Answer.YES, assertion=made)

    notice.refresh_from_db()
    assert notice.in_force_at is None


# --- revocation --------------------------------------------------------------------------------


def test_the_full_rule_takes_a_grant_back_for_good(cast, grant, django_capture_on_commit_callbacks):
    notice = revoke(cast, grant)

    with django_capture_on_commit_callbacks(execute=True):
        first = sign_notice(notice, [cast.amina])
        grant.refresh_from_db()
        between = grant.state
        sign_notice(notice, [cast.bo])

    grant.refresh_from_db()
    assert (first.adopted, between, grant.state) == (False, "active", "revoked")
    assert grant.revoked_at is not None
    assert read_as_a_node(cast.river).revoked == {str(grant.public_id)}


def test_a_revocation_that_is_still_open_is_not_written_twice(cast, grant):
    revoke(cast, grant)

    with pytest.raises(NoticeRefused, match="still open"):
        revoke(cast, grant)


def test_a_revocation_that_an_older_charter_would_decide_makes_room(cast, grant):
    old = revoke(cast, grant)
    make_charter(cast.river, cast.signers[:2], rules=threshold(2))

    new = revoke(cast, grant)

    old.statement.refresh_from_db()
    assert old.statement.state == "fallen"
    assert sign_notice(new, [cast.amina, cast.bo]).adopted


def test_what_is_revoked_cannot_be_revoked_again(cast, grant):
    sign_notice(revoke(cast, grant), [cast.amina, cast.bo])

    with pytest.raises(TransitionRefused, match="cannot revoke a grant that is revoked"):
        revoke(cast, grant)


def test_a_declined_revocation_leaves_the_grant(cast, grant):
    notice = revoke(cast, grant)

    result = sign_notice(notice, [cast.amina, cast.bo], Answer.NO)

    grant.refresh_from_db()
    assert result.declined
    assert (grant.state, notice.in_force_at) == ("active", None)


def test_a_notice_can_be_taken_back_until_it_is_settled(cast, grant):
    open_one, settled = revoke(cast, grant), pause(cast)
    sign_notice(settled, [cast.amina])

    notices.let_fall(open_one.pk, actor=cast.amina.user)
    with pytest.raises(StatementClosed):
        notices.let_fall(settled.pk, actor=cast.amina.user)
    with pytest.raises(NotAllowed):
        notices.let_fall(revoke(cast, grant).pk, actor=cast.zed.user)

    open_one.statement.refresh_from_db()
    assert open_one.statement.state == "fallen"


# --- resume ------------------------------------------------------------------------------------


def test_only_the_full_rule_lifts_a_pause(cast, grant, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        sign_notice(pause(cast), [cast.amina])
    notice = resume(cast)

    with django_capture_on_commit_callbacks(execute=True):
        first = sign_notice(notice, [cast.amina])
    between = read_as_a_node(cast.river).paused
    with django_capture_on_commit_callbacks(execute=True):
        sign_notice(notice, [cast.bo])

    assert (first.adopted, between) == (False, {"all"})
    assert read_as_a_node(cast.river).paused == frozenset()
    assert pauses_in_force(cast.river) == []


def test_a_resume_lifts_the_pauses_it_names_and_no_others(
    cast, grant, django_capture_on_commit_callbacks
):
    whole, one = pause(cast), pause(cast, grant=grant)
    sign_notice(whole, [cast.amina])
    sign_notice(one, [cast.amina])

    with django_capture_on_commit_callbacks(execute=True):
        sign_notice(resume(cast, [whole]), [cast.amina, cast.bo])

    assert pauses_in_force(cast.river) == [one]
    assert read_as_a_node(cast.river).paused == {str(grant.public_id)}


def test_without_a_pause_there_is_nothing_to_resume(cast, grant):
    with pytest.raises(NoticeRefused, match="Nothing is paused"):
        resume(cast)


def test_a_pause_that_is_not_in_force_cannot_be_lifted(cast, grant):
    sign_notice(pause(cast), [cast.amina])

    with pytest.raises(NoticeRefused, match="not in force"):
        resume(cast, [pause(cast, grant=grant)])


def test_a_second_open_resume_is_refused(cast, grant):
    sign_notice(pause(cast), [cast.amina])
    resume(cast)

    with pytest.raises(NoticeRefused, match="still open"):
        resume(cast)


def test_a_new_charter_that_keeps_the_stewards_keeps_the_resume(
    cast, grant, django_capture_on_commit_callbacks
):
    sign_notice(pause(cast), [cast.amina])
    sign_notice(resume(cast), [cast.amina, cast.bo])
    make_charter(cast.river, cast.signers[:2], rules=threshold(2))

    notices.publish(cast.river.pk)

    assert pauses_in_force(cast.river) == []
    assert read_as_a_node(cast.river).paused == frozenset()


def test_a_new_charter_that_asks_for_more_brings_the_pause_back_here_and_at_the_node(cast, grant):
    sign_notice(pause(cast), [cast.amina])
    sign_notice(resume(cast), [cast.amina, cast.bo])
    make_charter(cast.river, cast.signers[:2], rules=threshold(3))

    notices.publish(cast.river.pk)

    assert len(pauses_in_force(cast.river)) == 1
    assert read_as_a_node(cast.river).paused == {"all"}
