"""A meeting is written down by one and confirmed by another; it signs for nobody (R-21)."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction
from django.utils import timezone

from consent.actions import meetings, requests, reviews
from consent.desk import waiting_for
from consent.errors import ConflictOfInterest, Incomplete, TransitionRefused
from consent.grants.statements import Answer
from consent.models import Grant, MeetingRecord
from consent.queries.meetings import meeting_for, meetings_to_sign
from governance.errors import NotAllowed
from governance.models import AccessEvent, Alert, Ballot
from tests.consent.factories import answer, fields, make_request, review_of
from tests.consent.meetings import DISSENT, PDF, told, write_down
from tests.factories import make_charter, make_membership, make_user, threshold

pytestmark = pytest.mark.django_db


def keys(user):
    return sorted(alert.key.split(":")[-1] for alert in Alert.objects.filter(user=user))


def wanted(user):
    return [str(waiting.text) for waiting in waiting_for(user)]


@pytest.mark.parametrize("writer", ["steward", "convenor"])
def test_stewards_and_convenors_write_down_and_it_waits_for_a_second_person(cast, review, writer):
    made = write_down(review, cast.everybody[writer], cast.amina, cast.bo)

    assert made.confirmed_at is None
    assert made.statement == review.statement
    assert set(made.stewards.all()) == {cast.amina.membership, cast.bo.membership}
    assert [e.verb for e in AccessEvent.objects.filter(subject=f"meeting:{made.public_id}")] == [
        "meeting.write"
    ]


@pytest.mark.parametrize(
    "who", ["custodian", "observer", "researcher", "outsider", "auditor", "admin"]
)
def test_nobody_else_writes_a_meeting_down(cast, review, who):
    with pytest.raises(NotAllowed):
        write_down(review, cast.everybody[who], cast.amina)

    assert not MeetingRecord.objects.exists()
    assert AccessEvent.objects.filter(verb="meeting.write", outcome="refused").exists()


def test_a_record_decides_nothing_and_signs_for_nobody(cast, review):
    write_down(review, cast.eli, *cast.stewards, confirmed_by=cast.amina)

    review.refresh_from_db()
    assert review.state == "open"
    assert not Ballot.objects.filter(statement=review.statement).exists()
    assert not Grant.objects.exists()


def test_dissent_and_scan_are_sealed_and_never_stand_in_clear(cast, review):
    made = write_down(review, cast.amina, scan=PDF, scan_name="sheet.pdf")

    assert DISSENT.encode() not in bytes(made.dissent)
    with default_storage.open(made.scan) as file:
        assert b"PDF" not in file.read()
    assert (made.scan_type, made.scan_size) == ("application/pdf", len(PDF))


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"held_on": timezone.localdate() + timedelta(days=2)}, "held_on"),
        ({"people": 0}, "people"),
        ({"answer": Answer.RECUSE}, "answer"),
        ({"how": "  "}, "how"),
        ({"how": "x" * 4001}, "how"),
        ({"language": "not a tag"}, "language"),
        ({"stewards": [0]}, "stewards"),
        ({"scan": b"MZ not a paper"}, "scan"),
        ({"statement": 0x7FFFFFFF}, "statement"),
    ],
    ids=["tomorrow", "nobody", "recusal", "no word", "too long", "tag", "stranger", "scan", "text"],
)
def test_one_fault_is_enough_to_refuse_it(cast, review, change, field):
    with pytest.raises(Incomplete) as refusal:
        meetings.write_down(
            review.pk, actor=cast.amina.user, told=replace(told(cast.amina), **change)
        )

    assert list(refusal.value.fields) == [field]
    assert not MeetingRecord.objects.exists()


def test_fewer_people_than_stewards_cannot_have_been_there(cast, review):
    with pytest.raises(Incomplete, match="Count everybody"):
        write_down(review, cast.amina, *cast.stewards, people=2)


def test_stewards_of_another_community_were_not_there(cast, review):
    with pytest.raises(Incomplete, match="whom the charter names"):
        write_down(review, cast.amina, cast.zed)


def test_another_steward_confirms_and_those_who_were_there_are_asked_to_sign(cast, review):
    answer(review, cast.bo)
    made = write_down(review, cast.eli, cast.amina, cast.bo)
    assert not [text for text in wanted(cast.amina.user) if "You were at the meeting" in text]

    meetings.confirm(made.pk, actor=cast.cleo.user)

    assert "sign" in keys(cast.amina.user)
    assert "sign" not in keys(cast.bo.user)  # she has answered
    assert "sign" not in keys(cast.cleo.user)  # she was not there
    assert "confirmed" in keys(cast.eli.user)
    assert any(
        text.startswith("You were at the meeting of") and "sign on your own device" in text
        for text in wanted(cast.amina.user)
    )
    assert not meetings_to_sign(cast.bo.user).exists()


def test_what_waits_is_gone_once_she_signed(cast, review):
    write_down(review, cast.eli, cast.amina, confirmed_by=cast.cleo)
    assert meetings_to_sign(cast.amina.user).count() == 1

    answer(review, cast.amina, Answer.NO)

    assert not meetings_to_sign(cast.amina.user).exists()


def test_the_second_person_is_another_one_even_with_two_roles(cast, review):
    written = write_down(review, cast.eli, cast.amina)
    make_membership(cast.eli.user, cast.river)

    with pytest.raises(NotAllowed):
        meetings.confirm(written.pk, actor=cast.eli.user)
    with pytest.raises(NotAllowed, match="You wrote this record"):
        meetings.confirm(write_down(review, cast.amina).pk, actor=cast.amina.user)
    with transaction.atomic(), pytest.raises(IntegrityError):
        MeetingRecord.objects.filter(pk=written.pk).update(
            confirmed_by=written.written_by, confirmed_at=timezone.now()
        )


@pytest.mark.parametrize(
    "who", ["convenor", "custodian", "observer", "researcher", "outsider", "auditor", "admin"]
)
def test_only_a_seated_steward_confirms_or_drops(cast, review, who):
    made = write_down(review, cast.amina, cast.bo)

    for act in (meetings.confirm, meetings.drop):
        with pytest.raises(NotAllowed):
            act(made.pk, actor=cast.everybody[who].user)


def test_a_steward_whom_the_charter_does_not_name_cannot_confirm(cast, review):
    new = make_user("New")
    make_membership(new, cast.river)

    with pytest.raises(NotAllowed, match="charter in force does not name you"):
        meetings.confirm(write_down(review, cast.amina).pk, actor=new)


def test_whoever_stepped_aside_neither_writes_nor_confirms(cast, review):
    made = write_down(review, cast.amina, cast.bo)
    answer(review, cast.bo, Answer.RECUSE)

    with pytest.raises(NotAllowed, match="You stepped aside"):
        meetings.confirm(made.pk, actor=cast.bo.user)
    with pytest.raises(ConflictOfInterest, match="You stepped aside"):
        write_down(review, cast.bo)
    seen = meeting_for(made, review, cast.bo.user)
    assert (seen.reads, seen.sees_signed, seen.may_drop) == (False, False, False)


def test_a_recusal_on_the_older_text_still_counts(cast, review):
    answer(review, cast.bo, Answer.RECUSE)
    made = write_down(review, cast.amina)
    reviews.put_conditions(review.pk, actor=cast.amina.user, conditions=["Tell us first."])

    with pytest.raises(NotAllowed, match="You stepped aside"):
        meetings.confirm(made.pk, actor=cast.bo.user)


def test_after_a_yes_to_a_new_text_she_still_confirms_no_record_of_the_old_one(cast, review):
    answer(review, cast.bo, Answer.RECUSE)
    old = write_down(review, cast.amina)
    reviews.put_conditions(review.pk, actor=cast.amina.user, conditions=["Tell us first."])
    answer(review, cast.bo)
    new = write_down(review, cast.amina)

    with pytest.raises(NotAllowed, match="lay before that meeting"):
        meetings.confirm(old.pk, actor=cast.bo.user)
    assert meetings.confirm(new.pk, actor=cast.bo.user).confirmed_by == cast.bo.membership


def test_whoever_is_named_in_the_request_neither_writes_nor_confirms_nor_reads(cast, dataset):
    people = [*fields()["people"], {"name": "A", "email": cast.bo.user.email, "orcid": ""}]
    review = review_of(make_request(cast.chi.user, people=people))
    made = write_down(review, cast.amina, cast.bo)

    with pytest.raises(NotAllowed, match="You are named in this request"):
        meetings.confirm(made.pk, actor=cast.bo.user)
    with pytest.raises(ConflictOfInterest):
        write_down(review, cast.bo)
    assert not meeting_for(made, review, cast.bo.user).reads


def test_it_is_confirmed_or_dropped_once(cast, review):
    made = write_down(review, cast.amina, confirmed_by=cast.bo)

    for act in (meetings.confirm, meetings.drop):
        with pytest.raises(TransitionRefused, match="before"):
            act(made.pk, actor=cast.cleo.user)


def test_its_writer_may_drop_it_and_another_steward_too(cast, review):
    own, other = write_down(review, cast.eli), write_down(review, cast.eli)

    meetings.drop(own.pk, actor=cast.eli.user)
    meetings.drop(other.pk, actor=cast.amina.user)

    assert keys(cast.eli.user) == ["dropped"]
    assert MeetingRecord.objects.filter(dropped_at__isnull=False).count() == 2


def test_a_record_of_a_text_that_was_replaced_asks_for_no_signatures(cast, review):
    made = write_down(review, cast.eli, cast.amina)
    reviews.put_conditions(review.pk, actor=cast.bo.user, conditions=["Tell us first."])
    meetings.confirm(made.pk, actor=cast.cleo.user)
    review.refresh_from_db()

    assert meeting_for(made, review, cast.eli.user).older
    assert "sign" not in keys(cast.amina.user)
    assert not meetings_to_sign(cast.amina.user).exists()


def test_a_meeting_may_have_spoken_of_the_older_text(cast, review):
    old = review.statement
    reviews.put_conditions(review.pk, actor=cast.bo.user, conditions=["Tell us first."])

    made = write_down(review, cast.amina, statement=old.pk)

    assert made.statement == old


def test_a_review_that_is_over_takes_no_records(cast, review):
    made = write_down(review, cast.amina, cast.bo)
    requests.withdraw(review.revision.request.pk, actor=cast.chi.user)

    with pytest.raises(TransitionRefused):
        write_down(review, cast.amina)
    with pytest.raises(TransitionRefused):
        meetings.confirm(made.pk, actor=cast.bo.user)


def test_a_steward_reads_it_if_she_was_there_wrote_it_or_has_answered(cast, review):
    made = write_down(review, cast.amina, cast.bo)

    assert meeting_for(made, review, cast.amina.user).reads
    assert meeting_for(made, review, cast.bo.user).reads
    assert not meeting_for(made, review, cast.cleo.user).reads
    assert meeting_for(made, review, cast.eli.user).reads
    assert not meeting_for(made, review, cast.ola.user).reads

    answer(review, cast.cleo, Answer.NOT_YET)

    assert meeting_for(made, review, cast.cleo.user).reads


def test_who_was_there_and_signed_is_shown_after_ones_own_answer_only(cast, review):
    made = write_down(review, cast.eli, cast.amina, cast.bo, confirmed_by=cast.cleo)
    answer(review, cast.bo)

    assert not meeting_for(made, review, cast.amina.user).sees_signed
    seen = meeting_for(made, review, cast.bo.user)
    assert seen.sees_signed
    assert [(was.steward.shown_name, was.signed) for was in seen.there] == [
        ("Amina", False),
        ("Bo", True),
    ]


def test_after_a_new_charter_those_it_leaves_out_are_not_asked(cast, review):
    made = write_down(review, cast.eli, *cast.stewards)
    make_charter(cast.river, cast.signers[:2], rules=threshold(2))

    meetings.confirm(made.pk, actor=cast.amina.user)

    assert MeetingRecord.objects.get(pk=made.pk).confirmed_by == cast.amina.membership
