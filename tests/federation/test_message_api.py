"""A researcher's script talks with communities: what it reads, sends and is refused."""

from typing import Any

import pytest

from consent.models import Message, Review
from governance.rules import PlatformRole
from tests import factories as people
from tests.cast import Cast
from tests.consent.factories import make_request, review_of
from tests.consent.talking import ask_them
from tests.federation.calls import Script

pytestmark = pytest.mark.django_db


@pytest.fixture
def review(cast: Cast, protocol: Any) -> Review:
    people.make_dataset(cast.river, cast.amina.user)
    return review_of(make_request(cast.chi.user))


@pytest.fixture
def chi(cast: Cast) -> Script:
    return Script(cast.chi.user, "requests:read", "requests:write")


def messages_of(review: Review) -> str:
    return f"requests/{review.revision.request.public_id}/messages/"


def test_a_script_reads_questions_and_answers_them(cast: Cast, review: Review, chi: Script) -> None:
    asked = ask_them(review, cast.amina, "Who pays?")

    [thread] = chi.get(messages_of(review)).json()
    assert (thread["community"], thread["name"], thread["state"]) == ("river", "River", "open")
    assert thread["readers"]["sentence"] == "Chi of Lakeside University, and the people of River."
    [question] = thread["messages"]
    assert question == {
        "id": str(asked.public_id),
        "by": "River",
        "from_community": True,
        "kind": "question",
        "text": "Who pays?",
        "written_at": question["written_at"],
        "answers": None,
        "awaits_answer": True,
    }

    sent = {"text": "The state.", "answers": question["id"], "readers": thread["readers"]["mark"]}
    told = chi.post(messages_of(review) + "river/", sent)
    assert told.status_code == 201
    assert [one["text"] for one in told.json()["messages"]] == ["Who pays?", "The state."]
    assert told.json()["messages"][1]["answers"] == question["id"]
    assert told.json()["messages"][0]["awaits_answer"] is False


def test_a_script_asks_and_asks_how_it_stands(review: Review, chi: Script) -> None:
    address = messages_of(review) + "river/"
    mark = chi.get(address).json()["readers"]["mark"]

    told = chi.post(address, {"text": "When do you meet?", "question": True, "readers": mark})
    assert told.json()["messages"][0]["kind"] == "question"
    assert chi.post(address + "nudge/").status_code == 201
    again = chi.post(address + "nudge/")
    assert (again.status_code, again.json()["code"]) == (409, "not-now")


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"readers": "x"}, 409, "readers-changed"),
        ({"text": ""}, 400, None),
        ({"text": "x" * 4001}, 400, None),
        ({"text": "a\u202eb"}, 400, "incomplete"),
        ({"audience": "everybody"}, 400, None),
        ({"answers": "5c0cbe0a-0000-4000-8000-000000000000"}, 404, None),
    ],
)
def test_what_cannot_be_sent_is_refused(
    review: Review, chi: Script, change: dict[str, str], status: int, code: str | None
) -> None:
    address = messages_of(review) + "river/"
    mark = chi.get(address).json()["readers"]["mark"]

    answered = chi.post(address, {"text": "Hello.", "readers": mark} | change)

    assert answered.status_code == status
    assert code is None or answered.json()["code"] == code
    assert not Message.objects.exists()


def test_nobody_else_finds_them(cast: Cast, review: Review) -> None:
    eve = Script(people.make_user("Eve", PlatformRole.RESEARCHER), "requests:read")

    assert eve.get(messages_of(review)).status_code == 404
    for person in (cast.amina, cast.zed, cast.aud, cast.max):
        answered = person.client().get(f"/api/v1/{messages_of(review)}")
        assert answered.status_code == 403


def test_a_community_that_was_not_asked_is_not_found(review: Review, chi: Script) -> None:
    assert chi.get(messages_of(review) + "coast/").status_code == 404
    assert chi.post(messages_of(review) + "coast/nudge/").status_code == 404


def test_reading_needs_a_scope_and_writing_another_one(cast: Cast, review: Review) -> None:
    reads, runs = Script(cast.chi.user, "requests:read"), Script(cast.chi.user, "runs:read")

    assert runs.get(messages_of(review)).status_code == 403
    assert reads.get(messages_of(review)).status_code == 200
    assert reads.post(messages_of(review) + "river/nudge/").status_code == 403


def test_there_is_no_way_to_send_a_message_anew_or_away(review: Review, chi: Script) -> None:
    address = messages_of(review) + "river/"

    assert chi.patch(address, {}).status_code == 405
