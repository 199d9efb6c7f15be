"""The pages of meetings, in everybody's name."""

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from consent.actions import reviews
from consent.grants.statements import Answer
from consent.models import MeetingRecord
from governance.models import AccessEvent, Ballot, CommunityKey
from tests.consent.factories import answer, make_request, review_of
from tests.consent.meetings import DAY, DISSENT, PDF, write_down
from tests.factories import form_fields
from tests.governance.sounds import OGG

pytestmark = pytest.mark.django_db

MEMBERS = {"steward", "convenor", "custodian", "observer"}
KEEPERS = {"steward", "convenor"}


def at(name, review, *more):
    return reverse(f"consent:{name}", args=[review.public_id, *(m.public_id for m in more)])


def text(person, url):
    return person.client().get(url, follow=True).content.decode()


def filled(review, *there, **more):
    return {
        "held_on": DAY.isoformat(),
        "place": "The long house",
        "language": "en",
        "stewards": [person.membership.pk for person in there],
        "others": "The youth council",
        "people": "6",
        "statement": review.statement.pk,
        "answer": "yes",
        "how": "Everybody spoke, nobody objected.",
        "dissent": DISSENT,
    } | more


@pytest.mark.parametrize(
    ("name", "more", "allowed"),
    [
        ("meetings", False, MEMBERS),
        ("meeting", True, MEMBERS),
        ("meeting_new", False, KEEPERS),
        ("meeting_confirm", True, KEEPERS),
        ("meeting_drop", True, KEEPERS),
        ("meeting_scan", True, KEEPERS),
    ],
)
def test_whoever_does_not_belong_learns_that_there_is_no_such_page(
    cast, review, name, more, allowed
):
    made = write_down(review, cast.bo, cast.amina, scan=PDF, scan_name="sheet.pdf")
    url = at(name, review, *([made] if more else []))

    for role, person in cast.everybody.items():
        status = person.client().get(url).status_code
        assert (status in (200, 302)) if role in allowed else (status == 404), role
    assert Client().get(url)["Location"].startswith("/accounts/login/")


@pytest.mark.parametrize("name", ["meeting_new", "meeting_confirm", "meeting_drop"])
def test_a_forged_post_of_anybody_else_changes_nothing(cast, review, name):
    made = write_down(review, cast.bo, cast.amina)
    url = at(name, review, *([] if name == "meeting_new" else [made]))

    for role, person in cast.everybody.items():
        if role not in KEEPERS:
            assert person.client().post(url, filled(review, cast.amina)).status_code == 404, role

    assert [record.confirmed_at or record.dropped_at for record in MeetingRecord.objects.all()] == [
        None
    ]


def test_a_clerk_writes_it_down_and_a_steward_confirms_it(cast, review):
    clerk = cast.eli.client()
    sheet = SimpleUploadedFile("sheet.pdf", PDF, content_type="text/html")
    page = clerk.post(
        at("meeting_new", review), filled(review, cast.amina, cast.bo, scan=sheet), follow=True
    )
    made = MeetingRecord.objects.get()

    assert "A second person now confirms it." in page.content.decode()
    assert "not confirmed yet" in text(cast.amina, at("meetings", review))

    asked = text(cast.cleo, at("meeting_confirm", review, made))
    done = cast.cleo.client().post(at("meeting_confirm", review, made), follow=True)

    for said in ("Eli wrote this down.", "Everybody spoke, nobody objected.", DISSENT):
        assert said in asked, said
    assert "It is confirmed." in done.content.decode()
    assert "You were at the meeting of" in text(cast.amina, reverse("governance:home"))


def test_what_was_typed_stays_when_it_cannot_be_kept(cast, review):
    url = at("meeting_new", review)

    page = cast.amina.client().post(url, filled(review, people="0", how="So it was."))
    wrong = SimpleUploadedFile("sheet.pdf", b"MZ", content_type="application/pdf")
    second = cast.amina.client().post(url, filled(review, scan=wrong))

    assert page.status_code == second.status_code == 400
    assert "So it was." in page.content.decode()
    assert "no PDF, JPEG or PNG" in second.content.decode()
    assert not MeetingRecord.objects.exists()


def test_no_answer_is_chosen_before(cast, review):
    page = text(cast.amina, at("meeting_new", review))

    assert "checked" not in page
    assert page.count('name="answer"') == 4


def test_a_steward_with_a_colleagues_seat_cannot_sign_for_her_nor_can_a_clerk(cast, review):
    """Amina's device, Bo's name; and a convenor, who has no seat at all."""
    write_down(review, cast.eli, cast.bo, confirmed_by=cast.amina)
    url = at("review_sign", review)
    signed = form_fields(cast.amina.passkey, review.statement, Answer.YES)

    assert cast.eli.client().post(url, signed).status_code == 404
    cast.bo.client().post(url, signed)
    cast_now = Ballot.objects.filter(statement=review.statement)
    assert not cast_now.exists()
    cast.amina.client().post(url, signed | {"membership": cast.bo.membership.pk})
    assert [ballot.membership for ballot in cast_now.all()] == [cast.amina.membership]


def test_a_steward_who_has_not_answered_and_was_not_there_does_not_read_it(cast, review):
    made = write_down(review, cast.eli, cast.amina, scan=PDF, confirmed_by=cast.bo)
    url = at("meeting", review, made)

    before = text(cast.cleo, url)
    scan = cast.cleo.client().get(at("meeting_scan", review, made))
    answer(review, cast.cleo, Answer.NOT_YET)
    after = text(cast.cleo, url)

    assert "You do not see what the meeting said." in before
    assert scan.status_code == 404
    for hidden in ("nobody objected", DISSENT, "<strong>Yes</strong>", "has not signed"):
        assert hidden not in before, hidden
        assert hidden in after or hidden == "has not signed", hidden
    assert "Amina: has not signed yet" in after


def test_custodians_and_observers_see_that_there_was_a_meeting_and_no_more(cast, review):
    made = write_down(review, cast.eli, cast.amina, confirmed_by=cast.bo)

    for person in (cast.dov, cast.ola):
        page = text(person, at("meeting", review, made))
        assert "You do not see what the meeting said." in page
        assert DISSENT not in page
        assert "nobody objected" not in page


def test_an_older_text_is_named_as_such_and_nobody_is_asked(cast, review):
    made = write_down(review, cast.eli, cast.amina, confirmed_by=cast.bo)
    reviews.put_conditions(review.pk, actor=cast.bo.user, conditions=["Tell us first."])

    page = text(cast.eli, at("meeting", review, made))

    assert "An older text" in page
    assert "nobody is asked to sign because of this meeting" in page
    assert "has not signed" not in page


@pytest.mark.parametrize(
    ("content", "kind", "ending"),
    [
        (PDF, "application/pdf", "pdf"),
        (b"\xff\xd8\xff\xe0 photo \xff\xd9", "image/jpeg", "jpg"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR....IEND\xaeB`\x82", "image/png", "png"),
        (OGG, "audio/ogg", "ogg"),
    ],
    ids=["pdf", "jpeg", "png", "sound"],
)
def test_the_scan_is_saved_as_it_came_and_the_log_keeps_who_saved_it(
    cast, review, content, kind, ending
):
    made = write_down(review, cast.amina, scan=content, scan_name="../../x.html")

    sent = cast.amina.client().get(at("meeting_scan", review, made))

    assert sent.content == content
    assert sent["Content-Type"] == kind
    assert sent["Content-Disposition"] == f'attachment; filename="meeting-2026-03-01.{ending}"'
    assert sent["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in sent["Cache-Control"]
    read = AccessEvent.objects.get(verb="meeting.read-scan")
    assert read.actor == cast.amina.user


def test_a_lost_scan_is_not_there_and_nothing_is_logged(cast, review):
    made = write_down(review, cast.amina, scan=PDF)
    default_storage.delete(made.scan)

    assert cast.amina.client().get(at("meeting_scan", review, made)).status_code == 404
    assert not AccessEvent.objects.filter(verb="meeting.read-scan").exists()


def test_a_record_is_found_at_its_own_request_only(cast, review):
    made = write_down(review, cast.amina)
    other = review_of(make_request(cast.chi.user, question="Another?"))

    for name in ("meeting", "meeting_confirm", "meeting_drop", "meeting_scan"):
        assert cast.bo.client().get(at(name, other, made)).status_code == 404, name


def test_researchers_hear_nothing_of_meetings(cast, review):
    write_down(review, cast.eli, cast.amina, confirmed_by=cast.bo)
    page = text(cast.chi, reverse("federation:request", args=[review.revision.request.public_id]))
    assert "Weight and illness" in page

    assert "long house" not in page
    assert DISSENT not in page


def test_dropping_is_asked_before(cast, review):
    made = write_down(review, cast.eli, cast.amina)

    page = text(cast.bo, at("meeting_drop", review, made))
    done = cast.bo.client().post(at("meeting_drop", review, made), follow=True)

    assert "can be confirmed no more" in page
    assert "It is dropped." in done.content.decode()
    assert "Dropped by Bo" in done.content.decode()


def test_whoever_cannot_confirm_is_told_why(cast, review):
    made = write_down(review, cast.amina)

    page = text(cast.amina, at("meeting_confirm", review, made))

    assert "You wrote this record. Another person confirms it." in page
    assert cast.amina.client().post(at("meeting_confirm", review, made)).status_code == 302
    assert MeetingRecord.objects.get().confirmed_at is None


def test_the_list_costs_the_same_for_one_and_for_three(cast, review, django_assert_num_queries):
    client, url = cast.amina.client(), at("meetings", review)
    write_down(review, cast.bo, cast.amina)
    with django_assert_num_queries(11):
        client.get(url)

    write_down(review, cast.bo, cast.amina, confirmed_by=cast.cleo)
    write_down(review, cast.eli, cast.amina)

    with django_assert_num_queries(11):
        client.get(url)


def test_the_list_says_what_to_do_when_it_is_empty_and_can_be_narrowed(cast, review):
    url = at("meetings", review)
    assert "Print the request for a meeting" in text(cast.amina, url)
    assert "When a steward or convenor writes one down" in text(cast.ola, url)

    write_down(review, cast.eli, cast.amina, place="River bank")
    write_down(review, cast.eli, cast.amina, confirmed_by=cast.bo)

    assert "River bank" not in text(cast.amina, url + "?state=confirmed")
    assert "The long house" in text(cast.amina, url + "?state=confirmed")


def test_a_record_whose_key_is_gone_is_shown_without_what_was_sealed(cast, review):
    made = write_down(review, cast.amina, scan=PDF)
    CommunityKey.objects.all().delete()
    bo = cast.bo.client()

    assert "cannot be read any more" in bo.get(at("meeting_confirm", review, made)).content.decode()
    assert cast.amina.client().get(at("meeting", review, made)).status_code == 200
    assert cast.amina.client().get(at("meeting_scan", review, made)).status_code == 404
    assert not AccessEvent.objects.filter(verb="meeting.read-scan").exists()
