"""Each community has a thread of its own, over all revisions; reading costs the same for many."""

from typing import Any

import pytest
from django.urls import reverse

from consent.actions import requests, revisions
from consent.desk.talk import questions_for
from consent.models import Review, TrainingRequest
from consent.queries.talk import thread_of_community, threads_of_researchers
from governance.models import Dataset, User
from tests import factories as people
from tests.cast import Cast
from tests.consent.factories import JOB, fields, make_request, review_of
from tests.consent.talking import answer_in, answer_them, ask_them, say, write_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def both(cast: Cast, dataset: Dataset) -> tuple[Review, Review]:
    """One request to River and to Coast: the review of each."""
    people.make_charter(cast.coast, [cast.zed.signer], rules=people.threshold(1), floor=1)
    people.make_protocol(cast.coast, [cast.zed.signer])
    people.make_dataset(cast.coast, cast.zed.user, "coast-diabetes")
    request = make_request(
        cast.chi.user, datasets=["river-diabetes", "coast-diabetes"], min_nodes=2
    )
    return review_of(request, "river"), review_of(request, "coast")


def test_no_community_reads_what_is_said_to_another(
    cast: Cast, both: tuple[Review, Review]
) -> None:
    river, coast = both
    ask_them(river, cast.amina, "Heron?")
    write_in(coast, cast.chi, "Seaholly!")

    assert [one.text for one in thread_of_community(river).said] == ["Heron?"]
    assert [one.text for one in thread_of_community(coast).said] == ["Seaholly!"]
    page = reverse("consent:review_talk", args=[coast.public_id])
    assert "Heron?" not in cast.zed.client().get(page).content.decode()
    assert cast.amina.client().get(page).status_code == 404


def test_a_researcher_reads_one_thread_for_each_community_by_name(
    cast: Cast, both: tuple[Review, Review]
) -> None:
    river, coast = both
    ask_them(river, cast.amina, "Heron?")
    ask_them(coast, cast.zed, "Samphire?")

    threads = threads_of_researchers(river.revision.request)

    assert [(thread.community.slug, [one.text for one in thread.said]) for thread in threads] == [
        ("coast", ["Samphire?"]),
        ("river", ["Heron?"]),
    ]


def test_one_communitys_question_is_not_answered_in_anothers_thread(
    cast: Cast, both: tuple[Review, Review]
) -> None:
    river, coast = both
    asked = ask_them(river, cast.amina)
    chi, request = cast.chi.client(), river.revision.request.public_id

    there = chi.get(reverse("consent:message_reply", args=[request, "coast", asked.public_id]))
    here = chi.get(reverse("consent:message_reply", args=[request, "river", asked.public_id]))

    assert (there.status_code, here.status_code) == (404, 200)
    foreign = reverse("consent:review_reply", args=[coast.public_id, asked.public_id])
    assert cast.zed.client().get(foreign).status_code == 404


def revise(review: Review) -> Review:
    """The researcher changes the request; the same community's review of the new text."""
    request = review.revision.request
    revisions.change(request.pk, actor=request.applicant)
    TrainingRequest.objects.filter(pk=request.pk).update(draft=fields(question="Another one?"))
    requests.submit(request.pk, actor=request.applicant, job=JOB, note="We ask otherwise.")
    return Review.objects.select_related("community", "revision__request").get(
        revision__request=request, revision__number=2
    )


def test_the_thread_goes_on_over_revisions(cast: Cast, review: Review) -> None:
    asked = ask_them(review, cast.amina, "What about the families?")
    say(review, cast.amina, "Heron")
    second = revise(review)

    answer_in(second, asked, cast.chi, "They are left out now.")

    assert [one.text for one in thread_of_community(second).said] == [
        "What about the families?",
        "They are left out now.",
    ]
    page = cast.bo.client().get(reverse("consent:review_deliberation", args=[second.public_id]))
    assert "Heron" in page.content.decode()


PAGES = [
    ("review_talk", "amina", 11),
    ("review_deliberation", "amina", 13),
    ("messages", "chi", 6),
]


@pytest.mark.parametrize(("name", "who", "queries"), PAGES)
def test_reading_costs_as_many_queries_for_three_messages_as_for_one(
    cast: Cast,
    review: Review,
    name: str,
    who: str,
    queries: int,
    django_assert_num_queries: Any,
) -> None:
    thing = review.revision.request if name == "messages" else review
    client = getattr(cast, who).client()
    url = reverse(f"consent:{name}", args=[thing.public_id])

    def talk_once() -> None:
        answer_in(review, ask_them(review, cast.amina), cast.chi)
        say(review, cast.bo)

    talk_once()
    client.get(url)
    with django_assert_num_queries(queries):
        assert client.get(url).status_code == 200
    talk_once()
    talk_once()
    with django_assert_num_queries(queries):
        assert client.get(url).status_code == 200


def desk(who: User) -> list[tuple[str, str]]:
    return [(str(one.text), one.url) for one in questions_for(who)]


def test_a_question_waits_on_the_desk_of_the_side_that_is_asked(cast: Cast, review: Review) -> None:
    request = review.revision.request
    asked, theirs = ask_them(review, cast.amina), write_in(review, cast.chi)
    write_in(review, cast.chi)
    ours = reverse("consent:review_talk", args=[review.public_id])

    own = [("Answer River: Weight and illness", f"/requests/{request.public_id}/messages/")]
    assert desk(cast.chi.user) == own
    for person in (cast.amina, cast.eli):
        assert desk(person.user) == [("Answer the researchers: Weight and illness", ours)]
    for person in (cast.dov, cast.ola, cast.zed, cast.aud, cast.max):
        assert desk(person.user) == []

    answer_in(review, asked, cast.chi)
    assert desk(cast.chi.user) == []
    answer_them(review, theirs, cast.bo)
    assert len(desk(cast.amina.user)) == 1, "one of the two still waits"
