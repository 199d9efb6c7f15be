"""Questions and answers between a community and the researchers: who reads what, and when."""

from typing import Any
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from consent.actions import talk
from consent.errors import Incomplete, NotAllowed, NotNow, ReadersChanged, StandsBack
from consent.grants.statements import Answer
from consent.models import Collaborator, Message, Review
from consent.queries.readers import readers_of_talk
from consent.queries.talk import thread_of_community, threads_of_researchers
from governance.errors import NotAllowed as RoleRefused
from governance.models import AccessEvent, Alert, User
from governance.rules import PlatformRole
from tests import factories as people
from tests.cast import Cast, Person
from tests.consent.factories import answer
from tests.consent.talking import answer_in, answer_them, ask_them, write_in

pytestmark = pytest.mark.django_db


def told(user: User) -> list[str]:
    return list(Alert.objects.filter(user=user).values_list("path", flat=True))


def join(review: Review, name: str) -> Person:
    """Somebody who is named in the request and took on its terms herself."""
    user = people.make_user(name, PlatformRole.RESEARCHER)
    Collaborator.objects.create(
        request=review.revision.request,
        name=name,
        email=user.email,
        user=user,
        accepted_at=timezone.now(),
        accepted_digest="d" * 64,
    )
    return Person(user, people.make_passkey(user))


def for_researchers(review: Review) -> list[str]:
    [thread] = threads_of_researchers(review.revision.request)
    return [one.by for one in thread.said]


def test_a_question_goes_to_the_researcher_in_the_communitys_name(
    cast: Cast, review: Review
) -> None:
    ask_them(review, cast.amina)

    assert for_researchers(review) == ["River"]
    assert [one.by for one in thread_of_community(review).said] == ["Amina"]
    request = review.revision.request
    assert reverse("consent:messages", args=[request.public_id]) in told(cast.chi.user)


def test_an_answer_is_tied_to_its_question_and_told_to_those_who_look_after_it(
    cast: Cast, review: Review
) -> None:
    asked = ask_them(review, cast.eli)
    assert [one.id for one in thread_of_community(review).to_researchers] == [asked.public_id]

    said = answer_in(review, asked, cast.chi)

    assert said.answers == asked
    thread = thread_of_community(review)
    assert thread.to_researchers == []
    assert thread.said[1].answers == thread.said[0]
    address = reverse("consent:review_talk", args=[review.public_id])
    for person in (*cast.stewards, cast.eli):
        assert address in told(person.user)
    for person in (cast.dov, cast.ola, cast.zed):
        assert address not in told(person.user)


def test_researchers_ask_too_and_are_answered(cast: Cast, review: Review) -> None:
    asked = write_in(review, cast.chi)
    assert [one.by for one in thread_of_community(review).to_community] == ["Chi"]

    answer_them(review, asked, cast.bo)

    assert thread_of_community(review).to_community == []
    assert for_researchers(review) == ["Chi", "River"]


def test_a_remark_asks_for_no_answer(cast: Cast, review: Review) -> None:
    ask_them(review, cast.amina, question=False)

    assert thread_of_community(review).to_researchers == []


def test_a_question_is_answered_once(cast: Cast, review: Review) -> None:
    asked = ask_them(review, cast.amina)
    answer_in(review, asked, cast.chi)

    with pytest.raises(NotNow, match="answered this meanwhile"):
        answer_in(review, asked, cast.chi)


def test_nobody_answers_her_own_side_or_a_message_that_is_not_there(
    cast: Cast, review: Review
) -> None:
    theirs, ours = ask_them(review, cast.amina), write_in(review, cast.chi)
    remark = ask_them(review, cast.amina, question=False)

    for asked in (theirs, remark):
        with pytest.raises(NotAllowed, match="no such question"):
            answer_them(review, asked, cast.bo)
    with pytest.raises(NotAllowed, match="no such question"):
        answer_in(review, ours, cast.chi)
    with pytest.raises(NotAllowed, match="no such question"):
        talk.answer_community(
            review.revision.request_id,
            "river",
            uuid4(),
            actor=cast.chi.user,
            text="x",
            readers=readers_of_talk(review).mark,
        )


def test_who_reads_it_is_named_before(cast: Cast, review: Review) -> None:
    sentence = "Chi of Lakeside University, and the people of River."
    assert readers_of_talk(review).sentence == sentence

    join(review, "Dana")

    sentence = "Chi and Dana of Lakeside University, and the people of River."
    assert readers_of_talk(review).sentence == sentence


def test_what_others_would_read_by_now_is_not_sent(cast: Cast, review: Review) -> None:
    mark = readers_of_talk(review).mark
    join(review, "Dana")

    with pytest.raises(ReadersChanged, match="has changed"):
        talk.write_to_researchers(
            review.pk, actor=cast.amina.user, text="x", question=True, readers=mark
        )
    assert not Message.objects.exists()


@pytest.mark.parametrize("mark", ["", "x" * 32])
def test_without_having_seen_who_reads_it_nothing_is_sent(
    cast: Cast, review: Review, mark: str
) -> None:
    with pytest.raises(ReadersChanged):
        talk.write_to_community(
            review.revision.request_id,
            "river",
            actor=cast.chi.user,
            text="x",
            question=True,
            readers=mark,
        )


def test_who_joined_the_request_talks_too_and_is_told(cast: Cast, review: Review) -> None:
    dana = join(review, "Dana")
    asked = ask_them(review, cast.amina)

    address = reverse("consent:messages", args=[review.revision.request.public_id])
    assert told(dana.user) == [address]
    assert dana.client().get(address).status_code == 200
    answer_in(review, asked, dana)
    assert for_researchers(review) == ["River", "Dana"]


@pytest.mark.parametrize(
    "change",
    [{"accepted_at": None}, {"declined_at": timezone.now()}, {"removed_at": timezone.now()}],
)
def test_who_did_not_join_or_left_reads_nothing(
    cast: Cast, review: Review, change: dict[str, Any]
) -> None:
    dana = join(review, "Dana")
    Collaborator.objects.update(**change)

    address = reverse("consent:messages", args=[review.revision.request.public_id])
    assert dana.client().get(address).status_code == 404
    with pytest.raises(NotAllowed):
        write_in(review, dana)


@pytest.mark.parametrize("name", ["dov", "ola", "zed", "aud", "max", "chi"])
def test_only_those_who_look_after_it_write_in_the_communitys_name(
    cast: Cast, review: Review, name: str
) -> None:
    with pytest.raises(RoleRefused):
        ask_them(review, getattr(cast, name))


@pytest.mark.parametrize("name", ["amina", "eli", "zed", "aud", "max"])
def test_nobody_but_its_researchers_writes_to_the_community(
    cast: Cast, review: Review, name: str
) -> None:
    with pytest.raises(NotAllowed):
        write_in(review, getattr(cast, name))


def test_another_researcher_neither_reads_nor_writes(cast: Cast, review: Review) -> None:
    user = people.make_user("Eve", PlatformRole.RESEARCHER)
    eve = Person(user, people.make_passkey(user))

    with pytest.raises(NotAllowed):
        write_in(review, eve)
    address = reverse("consent:messages", args=[review.revision.request.public_id])
    assert eve.client().get(address).status_code == 404


def test_a_community_that_was_not_asked_is_not_written_to(cast: Cast, review: Review) -> None:
    with pytest.raises(NotAllowed):
        talk.write_to_community(
            review.revision.request_id,
            "coast",
            actor=cast.chi.user,
            text="x",
            question=True,
            readers="",
        )


def test_who_stepped_aside_writes_nothing_in_the_communitys_name(
    cast: Cast, review: Review
) -> None:
    answer(review, cast.cleo, Answer.RECUSE)

    with pytest.raises(StandsBack):
        ask_them(review, cast.cleo)


@pytest.mark.parametrize("text", ["", "  \n ", "x" * 4001, "a\u202eb"])
def test_a_text_that_cannot_be_sent_is_refused(cast: Cast, review: Review, text: str) -> None:
    with pytest.raises(Incomplete):
        ask_them(review, cast.amina, text)
    assert not Message.objects.exists()


def test_the_log_tells_that_something_was_said_and_not_what(cast: Cast, review: Review) -> None:
    ask_them(review, cast.amina, "Heron wort")

    row = AccessEvent.objects.get(verb="message.question")
    assert (row.actor, row.reason, row.community) == (cast.amina.user, "", cast.river)
    assert not Alert.objects.filter(key__contains="Heron").exists()
