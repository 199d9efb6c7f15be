"""A paper on the pages of both sides, from the first version to the day it is out."""

import pytest
from django.urls import reverse

from consent.models import Publication
from consent.rules import PublicationAnswer
from tests.consent import promising
from tests.consent.factories import make_request, review_of, say_yes

pytestmark = pytest.mark.django_db


@pytest.fixture
def paper(cast, grant):
    return promising.make_publication(grant, cast.chi)


def test_a_paper_goes_from_draft_to_published_on_the_pages(cast, grant):
    client, request = cast.chi.client(), grant.review.revision.request.public_id
    new = reverse("consent:publication_new", args=[request])
    filled = {
        "community": "river",
        "kind": "paper",
        "title": "By the river",
        "where": "A journal",
        "plain_summary": "Weight goes with it.",
    }
    assert client.post(new, filled | {"title": ""}).status_code == 400
    assert client.post(new, filled).status_code == 302
    row = Publication.objects.get()
    page = reverse("consent:publication", args=["river", row.public_id])
    assert cast.amina.client().post(page, {"answer": "changes", "text": ""}).status_code == 400
    assert cast.amina.client().post(page, {"answer": "ok"}).status_code == 302
    out = reverse("consent:publication_out", args=[request, row.public_id])
    assert "has not confirmed yet that results came back" in client.get(out).content.decode()

    promising.results_confirmed(grant, cast.chi, cast.amina)
    sent = {"published_at": promising.today().isoformat(), "link": "https://journal.example/7"}
    assert client.post(out, sent).status_code == 302

    row.refresh_from_db()
    assert (row.published_at, row.link) == (promising.today(), "https://journal.example/7")
    assert "https://journal.example/7" in cast.ola.client().get(page).content.decode()


def test_an_answer_has_none_chosen_beforehand(cast, paper):
    page = cast.amina.client().get(reverse("consent:publication", args=["river", paper.public_id]))

    assert "checked" not in page.content.decode()


def test_a_new_version_follows_what_was_not_agreed_to(cast, grant, paper):
    promising.answered(paper, cast.amina, PublicationAnswer.CHANGES)
    request = grant.review.revision.request.public_id
    again = reverse("consent:publication_again", args=[request, paper.public_id])
    form = cast.chi.client().get(again)
    assert paper.title in form.content.decode() and "Our words." in form.content.decode()

    filled = {
        "community": "river",
        "kind": "paper",
        "title": "Better",
        "where": "A journal",
        "plain_summary": "Now clearer.",
    }
    assert cast.chi.client().post(again, filled).status_code == 302

    assert Publication.objects.get(title="Better").follows == paper
    assert cast.chi.client().get(again).status_code == 404


def test_the_wish_not_to_be_named_stands_on_both_sides(cast, dataset):
    promising.adopt_protocol(cast, {"ATTR": {"naming": "hidden"}})
    grant = say_yes(review_of(make_request(cast.chi.user)), [cast.amina, cast.bo])
    row = promising.make_publication(grant, cast.chi)
    request = grant.review.revision.request.public_id

    theirs = cast.amina.client().get(reverse("consent:publication", args=["river", row.public_id]))
    own = cast.chi.client().get(reverse("consent:own_publication", args=[request, row.public_id]))

    for page in (theirs, own):
        assert "does not wish to be named" in page.content.decode()


def test_the_list_of_papers_asks_as_often_for_three_as_for_one(
    cast, grant, paper, django_assert_num_queries
):
    client = cast.ola.client()
    url = reverse("consent:publications", args=["river"])
    client.get(url)
    with django_assert_num_queries(7):
        client.get(url)
    for title in ("Two", "Three"):
        promising.make_publication(grant, cast.chi, title=title)
    with django_assert_num_queries(7):
        client.get(url)
