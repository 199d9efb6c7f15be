"""Sent back, changed, submitted anew: what falls, what stays, and who is told."""

from datetime import timedelta

import pytest
from django.utils import timezone

from consent.actions import requests, revisions
from consent.desk import waiting_for
from consent.document import read_back
from consent.errors import ConflictOfInterest, Incomplete, NotAllowed, TransitionRefused
from consent.grants.statements import Answer
from consent.models import RequestRevision
from consent.queries.revisions import changes_asked, revision_in_use
from consent.rules import WhyBack
from governance.errors import NotAllowed as RoleNotAllowed
from governance.errors import SteppedAside
from governance.models import AccessEvent, Alert
from tests.consent.factories import JOB, answer, make_draft, say_yes
from tests.consent.revising import NOTE, newest_review, revise, rewrite, send_back

pytestmark = pytest.mark.django_db


def told(key):
    return sorted(Alert.objects.filter(key=key).values_list("user__name", flat=True))


def test_one_steward_sends_a_request_back_and_everybody_is_told(cast, review):
    answer(review, cast.bo)

    send_back(review, cast.amina, WhyBack.CHANGE, "Please name who pays.")

    review.refresh_from_db()
    request = review.revision.request
    request.refresh_from_db()
    assert (review.state, request.state, review.statement.state) == (
        "sent back",
        "being changed",
        "fallen",
    )
    assert review.sent_back_by == cast.amina.membership
    assert review.decided_at is not None
    assert told(f"review:{review.public_id}:sent-back") == ["Bo", "Chi", "Cleo"]
    [event] = AccessEvent.objects.filter(verb="review.send-back")
    assert (event.actor, event.community) == (cast.amina.user, cast.river)
    [asked] = changes_asked(request)
    assert (asked.community, asked.note) == (
        "river",
        "We want something changed.\nPlease name who pays.",
    )


def test_unclear_needs_no_further_word_and_all_other_reasons_do(cast, review):
    for why in (WhyBack.MISSING, WhyBack.CHANGE, WhyBack.OTHER):
        with pytest.raises(Incomplete) as refusal:
            send_back(review, cast.amina, why, "  ")
        assert list(refusal.value.fields) == ["note"]

    send_back(review, cast.amina, WhyBack.UNCLEAR, "")

    review.refresh_from_db()
    assert review.sent_back_because == (
        "Some of it is unclear to us. Please write it in plainer words."
    )


@pytest.mark.parametrize("who", ["dov", "eli", "ola", "zed", "aud", "max", "chi"])
def test_nobody_but_a_steward_sends_it_back(cast, review, who):
    with pytest.raises(RoleNotAllowed):
        send_back(review, getattr(cast, who))

    review.refresh_from_db()
    assert review.state == "open"


def test_who_stepped_aside_or_is_named_does_not_send_it_back(cast, dataset):
    people = [{"name": "Bo", "email": cast.bo.user.email, "orcid": ""}]
    request = make_draft(cast.chi.user, people=people)
    requests.submit(request.pk, actor=cast.chi.user, job=JOB)
    review = newest_review(request)
    answer(review, cast.amina, Answer.RECUSE)

    with pytest.raises(SteppedAside):
        send_back(review, cast.amina)
    with pytest.raises(ConflictOfInterest):
        send_back(review, cast.bo)


def test_a_review_that_is_over_is_not_sent_back(cast, review, grant):
    with pytest.raises(TransitionRefused, match="cannot send back a review that is approved"):
        send_back(review, cast.cleo)


def test_an_answer_to_a_text_that_was_sent_back_is_refused(cast, review):
    send_back(review, cast.amina)

    with pytest.raises(TransitionRefused, match="review that is sent back"):
        answer(review, cast.bo)


def test_a_sent_back_request_is_changed_and_put_to_everybody_anew(cast, review):
    answer(review, cast.bo)
    review.assigned_to = cast.eli.membership
    review.save()
    send_back(review, cast.amina)
    request = review.revision.request

    revision = revise(request, cast.chi.user)

    anew = newest_review(request)
    assert (request.state, revision.number, revision.note) == ("in review", 2, NOTE)
    assert (anew.state, anew.revision, anew.assigned_to) == (
        "open",
        revision,
        cast.eli.membership,
    )
    assert anew.amends is None
    assert not anew.statement.ballots.exists()
    assert told(f"review:{anew.public_id}:opened") == ["Amina", "Bo", "Cleo"]
    assert changes_asked(request) == []


def test_a_new_revision_ends_open_reviews_with_all_their_answers(cast, review):
    answer(review, cast.bo)

    revise(review.revision.request, cast.chi.user)

    review.refresh_from_db()
    assert (review.state, review.statement.state) == ("replaced", "fallen")
    [event] = AccessEvent.objects.filter(verb="review.replace")
    assert event.actor == cast.chi.user
    [fallen] = AccessEvent.objects.filter(verb="grant.fall")
    assert fallen.reason == "The researcher changed the request, so a new text is put to you."


def test_who_looks_after_a_review_is_not_carried_over_when_her_role_ended(cast, review):
    review.assigned_to = cast.eli.membership
    review.save()
    cast.eli.membership.until = cast.eli.membership.since
    cast.eli.membership.save()

    revise(review.revision.request, cast.chi.user)

    assert newest_review(review.revision.request).assigned_to is None


def test_a_change_needs_a_note_and_a_difference(cast, review):
    request = review.revision.request
    revisions.change(request.pk, actor=cast.chi.user)

    with pytest.raises(Incomplete) as refusal:
        requests.submit(request.pk, actor=cast.chi.user, job=JOB)

    assert sorted(refusal.value.fields) == ["", "note"]
    assert refusal.value.fields[""] == "Nothing differs from the text that the communities have."
    request.refresh_from_db()
    review.refresh_from_db()
    assert (request.state, review.state) == ("being changed", "open")
    assert RequestRevision.objects.count() == 1


def test_a_list_in_another_order_is_no_difference(cast, dataset):
    both = [
        {"name": "Chi", "email": "chi@university.example", "orcid": ""},
        {"name": "Dan", "email": "dan@university.example", "orcid": ""},
    ]
    request = make_draft(cast.chi.user, people=both)
    requests.submit(request.pk, actor=cast.chi.user, job=JOB)
    rewrite(request, cast.chi.user, people=both[::-1])

    with pytest.raises(Incomplete, match="Nothing differs"):
        requests.submit(request.pk, actor=cast.chi.user, job=JOB, note=NOTE)


def test_the_first_submission_has_no_note(cast, dataset):
    request = make_draft(cast.chi.user)
    requests.submit(request.pk, actor=cast.chi.user, job=JOB, note="Nothing changed yet.")

    assert request.revisions.get().note == ""


def test_stewards_read_the_old_title_until_the_change_is_submitted(cast, review):
    request = review.revision.request

    rewrite(request, cast.chi.user, title="Quite another title")
    request.refresh_from_db()
    assert (request.title, request.title_in_writing) == (
        "Weight and illness",
        "Quite another title",
    )

    requests.submit(request.pk, actor=cast.chi.user, job=JOB, note=NOTE)
    request.refresh_from_db()
    assert request.title == "Quite another title"
    assert read_back(request.revisions.get(number=2).text)["title"] == "Quite another title"
    assert read_back(request.revisions.get(number=1).text)["title"] == "Weight and illness"


def test_a_change_can_be_given_up_and_the_review_goes_on(cast, review):
    request = review.revision.request
    rewrite(request, cast.chi.user)

    revisions.keep(request.pk, actor=cast.chi.user)

    request.refresh_from_db()
    assert request.state == "in review"
    say_yes(review, [cast.amina, cast.bo])
    request.refresh_from_db()
    assert request.state == "decided"


def test_a_request_kept_after_its_decision_is_decided(cast, review, grant):
    request = review.revision.request
    revisions.change(request.pk, actor=cast.chi.user)

    revisions.keep(request.pk, actor=cast.chi.user)

    request.refresh_from_db()
    assert request.state == "decided"


def test_a_review_decided_while_a_change_is_written_concludes_when_it_is_kept(cast, review):
    request = review.revision.request
    revisions.change(request.pk, actor=cast.chi.user)
    say_yes(review, [cast.amina, cast.bo])
    request.refresh_from_db()
    assert request.state == "being changed"
    assert revision_in_use(request) == review.revision

    revisions.keep(request.pk, actor=cast.chi.user)

    request.refresh_from_db()
    assert request.state == "decided"


def test_what_was_sent_back_cannot_stay_as_it_was(cast, review):
    send_back(review, cast.amina)

    with pytest.raises(TransitionRefused, match="River asks for changes"):
        revisions.keep(review.revision.request_id, actor=cast.chi.user)

    requests.withdraw(review.revision.request_id, actor=cast.chi.user)


@pytest.mark.parametrize("act", [revisions.change, revisions.keep])
def test_nobody_changes_anothers_request(cast, review, act):
    from governance.rules import PlatformRole
    from tests.factories import make_user

    with pytest.raises(NotAllowed):
        act(review.revision.request_id, actor=make_user("Eve", PlatformRole.RESEARCHER))
    with pytest.raises(RoleNotAllowed):
        act(review.revision.request_id, actor=cast.amina.user)


def test_a_request_that_was_sent_back_waits_on_its_researchers_desk(cast, review):
    request = review.revision.request
    revisions.change(request.pk, actor=cast.chi.user)
    assert [each.text for each in waiting_for(cast.chi.user)] == []

    send_back(review, cast.amina)

    [waiting] = waiting_for(cast.chi.user)
    assert waiting.text == "Change a request that was sent back: Weight and illness"
    revise(request, cast.chi.user)
    assert waiting_for(cast.chi.user) == []


def test_a_researcher_puts_no_more_than_ten_new_texts_a_day(cast, review, monkeypatch):
    monkeypatch.setattr(revisions, "MOST_A_DAY", 2)
    request = review.revision.request
    revise(request, cast.chi.user, months=5)

    with pytest.raises(TransitionRefused, match="for one day"):
        revise(request, cast.chi.user, months=4)

    RequestRevision.objects.update(submitted_at=timezone.now() - timedelta(days=1, seconds=1))
    assert revise(request, cast.chi.user, months=3).number == 3
