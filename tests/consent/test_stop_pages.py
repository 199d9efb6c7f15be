import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from consent.actions import notices
from consent.grants.statements import Answer
from consent.models import Notice
from consent.queries import pauses_in_force
from tests.consent.accepting import posted
from tests.consent.factories import make_request, review_of, say_yes, sign_notice
from tests.consent.test_notices import read_as_a_node
from tests.factories import form_fields, make_charter, threshold

pytestmark = pytest.mark.django_db


def url(name, thing=None):
    return reverse(f"consent:{name}", args=[thing] if thing else [])


def sign(person, notice, choice=Answer.YES):
    data = form_fields(person.passkey, notice.statement, choice)
    return person.client().post(url("notice_sign", notice.public_id), data, follow=True)


def test_one_steward_pauses_in_two_steps_and_the_nodes_list_says_so(
    cast, grant, django_capture_on_commit_callbacks
):
    client = cast.amina.client()
    written = client.post(url("pause", "river"), {"scope": "", "reason": "Look first."})
    notice = Notice.objects.get()
    page = client.get(written["Location"]).content.decode()

    with django_capture_on_commit_callbacks(execute=True):
        signed = sign(cast.amina, notice).content.decode()

    assert written["Location"] == url("notice", notice.public_id)
    assert "Look first." in page
    assert "It is in force now" in signed
    assert read_as_a_node(cast.river).paused == {"all"}


def test_a_pause_of_one_grant_is_chosen_from_ones_own(cast, grant):
    client = cast.amina.client()
    form = client.get(url("pause", "river")).content.decode()
    client.post(url("pause", "river"), {"scope": str(grant.public_id), "reason": ""})

    assert "Only: Weight and illness" in form
    assert Notice.objects.get().grant == grant


@pytest.mark.parametrize("scope", ["6f1f7f1e-0000-4000-8000-000000000009", "nonsense"])
def test_a_scope_that_is_not_ours_is_refused(cast, grant, scope):
    answer = cast.amina.client().post(url("pause", "river"), {"scope": scope, "reason": ""})

    assert answer.status_code == 400
    assert not Notice.objects.exists()


def test_looking_at_the_pause_page_stops_nothing(cast, grant):
    cast.amina.client().get(url("pause", "river"))

    assert not Notice.objects.exists()


def test_a_grant_is_taken_back_by_two_signatures(cast, grant, django_capture_on_commit_callbacks):
    asked = cast.amina.client().get(url("grant_revoke", grant.public_id)).content.decode()
    written = cast.amina.client().post(
        url("grant_revoke", grant.public_id), {"reason": "We changed our mind."}
    )
    notice = Notice.objects.get()

    with django_capture_on_commit_callbacks(execute=True):
        first = sign(cast.amina, notice).content.decode()
        second = sign(cast.bo, notice).content.decode()

    grant.refresh_from_db()
    assert "Take this grant back for good?" in asked
    assert written["Location"] == url("notice", notice.public_id)
    assert "More stewards must sign" in first
    assert "It is in force now" in second
    assert grant.state == "revoked"
    assert read_as_a_node(cast.river).revoked == {str(grant.public_id)}


def test_a_second_proposal_to_take_it_back_is_refused_in_words(cast, grant):
    client = cast.amina.client()
    client.post(url("grant_revoke", grant.public_id), {"reason": ""})

    again = client.post(url("grant_revoke", grant.public_id), {"reason": ""}, follow=True)

    assert "still open" in again.content.decode()


def test_resuming_takes_two_signatures(cast, grant, django_capture_on_commit_callbacks):
    pause = notices.pause(community_id=cast.river.pk, actor=cast.amina.user, reason="")
    sign_notice(pause, [cast.amina])
    client = cast.bo.client()
    asked = client.get(url("resume", "river")).content.decode()
    client.post(url("resume", "river"), {"pauses": [str(pause.public_id)]})
    notice = Notice.objects.get(kind="resume")

    with django_capture_on_commit_callbacks(execute=True):
        sign(cast.amina, notice)
        between = pauses_in_force(cast.river)
        sign(cast.bo, notice)

    assert "Resume work on our data?" in asked
    assert between == [pause]
    assert pauses_in_force(cast.river) == []
    assert read_as_a_node(cast.river).paused == frozenset()


@pytest.mark.parametrize("chosen", [[], ["6f1f7f1e-0000-4000-8000-000000000009"]])
def test_a_resume_of_nothing_is_shown_again(cast, grant, chosen):
    pause = notices.pause(community_id=cast.river.pk, actor=cast.amina.user, reason="")
    sign_notice(pause, [cast.amina])

    answer = cast.bo.client().post(url("resume", "river"), {"pauses": chosen})

    assert answer.status_code == 400
    assert not Notice.objects.filter(kind="resume").exists()


def test_where_nothing_is_paused_the_resume_page_says_so(cast, charter):
    page = cast.amina.client().get(url("resume", "river")).content.decode()

    assert "There is nothing to resume for River." in page


def test_a_proposal_can_be_taken_back_on_its_page(cast, grant):
    notice = notices.pause(community_id=cast.river.pk, actor=cast.amina.user, reason="")

    page = cast.amina.client().post(url("notice_fall", notice.public_id), follow=True)

    assert "It was taken back." in page.content.decode()
    notice.statement.refresh_from_db()
    assert notice.statement.state == "fallen"


@pytest.mark.parametrize("kind", ["pause", "revocation"])
def test_a_stop_is_taken_back_by_nobody_but_her_who_proposed_it(cast, grant, kind):
    if kind == "pause":
        notice = notices.pause(community_id=cast.river.pk, actor=cast.amina.user, reason="")
    else:
        notice = notices.propose_revocation(grant.pk, actor=cast.amina.user, reason="")
    button, detail = "Take this proposal back unsigned", url("notice", notice.public_id)
    assert button in cast.amina.client().get(detail).content.decode()
    assert button not in cast.bo.client().get(detail).content.decode()

    page = cast.bo.client().post(url("notice_fall", notice.public_id), follow=True)

    assert "Only the steward who proposed this stop" in page.content.decode()
    notice.statement.refresh_from_db()
    assert notice.statement.state == "open"


def test_what_is_settled_shows_no_form_and_takes_no_signature(cast, grant):
    notice = notices.pause(community_id=cast.river.pk, actor=cast.amina.user, reason="")
    sign_notice(notice, [cast.amina])

    page = cast.amina.client().get(url("notice", notice.public_id)).content.decode()
    late = sign(cast.bo, notice).content.decode()

    assert 'name="signature"' not in page
    assert "can no longer be signed" in late


def test_a_notice_that_an_older_charter_would_decide_cannot_be_signed(cast, grant):
    notice = notices.pause(community_id=cast.river.pk, actor=cast.amina.user, reason="")
    make_charter(cast.river, cast.signers[:2], rules=threshold(2))

    page = cast.amina.client().get(url("notice", notice.public_id)).content.decode()

    assert "adopted another charter" in page
    assert 'name="signature"' not in page


def test_a_form_that_no_passkey_sent_is_shown_again(cast, grant):
    notice = notices.pause(community_id=cast.river.pk, actor=cast.amina.user, reason="")

    answer = cast.amina.client().post(url("notice_sign", notice.public_id), {"answer": "yes"})

    assert answer.status_code == 400


def test_pages_say_what_is_paused(cast, grant):
    notice = notices.pause(community_id=cast.river.pk, actor=cast.amina.user, reason="")
    sign_notice(notice, [cast.amina])
    client = cast.amina.client()

    listed = client.get(url("notices")).content.decode()
    granted = client.get(url("grant", grant.public_id)).content.decode()

    assert "Paused now:" in listed
    assert "Paused since" in granted
    assert "Nothing runs under it now." in granted


def test_the_grant_page_tells_in_words_what_is_allowed(cast, grant):
    page = cast.dov.client().get(url("grant", grant.public_id)).content.decode()

    assert "Linear regression (linear-regression 1.0.0)" in page
    assert "At most 3 rounds." in page
    assert "In force since" in page
    assert ">Take it back<" not in page  # a custodian cannot


def test_a_researcher_sees_no_ballots_on_the_page_of_conditions(cast, grant):
    page = cast.chi.client().get(url("grant_accept", grant.public_id)).content.decode()

    assert "River said yes" in page
    assert "They set no conditions of their own." in page
    assert "Amina" not in page


def test_accepting_where_nothing_waits_is_refused_in_words(cast, grant):
    form = posted(b"{}", cast.chi.passkey)
    page = cast.chi.client().post(url("grant_accept", grant.public_id), form, follow=True)

    assert "You cannot accept a grant that is active." in page.content.decode()


@pytest.mark.parametrize("name", ["notices", "grants"])
def test_lists_cost_the_same_for_one_and_for_three(cast, grant, name):
    client = cast.amina.client()

    def queries():
        with CaptureQueriesContext(connection) as caught:
            assert client.get(url(name)).status_code == 200
        return len(caught)

    notices.pause(community_id=cast.river.pk, actor=cast.amina.user, reason="", grant=grant)
    one = queries()
    for number in range(2):
        more = review_of(make_request(cast.chi.user, question=f"Another {number}?"))
        other = say_yes(more, [cast.amina, cast.bo])
        notices.pause(community_id=cast.river.pk, actor=cast.amina.user, reason="", grant=other)

    assert queries() == one
