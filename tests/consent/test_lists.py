"""The lists of this app: search, filters, order, and what they cost for one row and for three."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from consent.actions import notices, requests
from consent.models import Review
from tests import factories as people
from tests.consent.factories import make_request, review_of, say_yes, sign_notice


def rows(client: Client, name: str, query: str = "") -> list[Any]:
    return list(client.get(reverse(f"consent:{name}") + query).context["listing"].page)


@pytest.fixture
def three_reviews(cast, review):
    """Chi's and Eve's requests: one open, one withdrawn, one granted, on two datasets."""
    from governance.rules import PlatformRole

    people.make_dataset(cast.river, cast.amina.user, "river-sleep")
    eve = people.make_user("Eve", PlatformRole.RESEARCHER)
    withdrawn = review_of(make_request(cast.chi.user, title="Asthma", datasets=["river-sleep"]))
    requests.withdraw(withdrawn.revision.request.pk, actor=cast.chi.user)
    granted = review_of(make_request(eve, title="Zinc in blood"))
    say_yes(granted, [cast.amina, cast.bo])
    return [review, withdrawn, granted]


@pytest.mark.parametrize(
    ("query", "titles"),
    [
        ("", ["Weight and illness", "Zinc in blood", "Asthma"]),
        ("?sort=newest", ["Zinc in blood", "Asthma", "Weight and illness"]),
        ("?sort=oldest", ["Weight and illness", "Asthma", "Zinc in blood"]),
        ("?sort=title", ["Asthma", "Weight and illness", "Zinc in blood"]),
        ("?state=open", ["Weight and illness"]),
        ("?state=approved", ["Zinc in blood"]),
        ("?dataset=river-sleep", ["Asthma"]),
        ("?q=eve", ["Zinc in blood"]),
        ("?q=sleep", ["Asthma"]),
        ("?q=ILLNESS&state=open", ["Weight and illness"]),
        ("?q=illness&state=approved", []),
    ],
)
def test_reviews_are_searched_filtered_and_ordered(cast, three_reviews, query, titles):
    found = rows(cast.ola.client(), "reviews", query)

    assert [review.revision.request.title for review in found] == titles


def test_grants_are_searched_and_filtered_by_state(cast, grant):
    amina = cast.amina.client()

    assert rows(amina, "grants") == [grant]
    assert rows(amina, "grants", "?state=active&q=weight&dataset=river-diabetes") == [grant]
    assert rows(amina, "grants", "?state=revoked") == []
    assert rows(amina, "grants", "?q=nobody") == []


def test_notices_are_filtered_by_kind_and_by_what_became_of_them(cast, grant):
    def pause(reason: str) -> Any:
        return notices.pause(community_id=cast.river.pk, actor=cast.amina.user, reason=reason)

    in_force = pause("a funeral")
    sign_notice(in_force, [cast.amina])
    taken_back = pause("by mistake")
    notices.let_fall(taken_back.pk, actor=cast.amina.user)
    revocation = notices.propose_revocation(grant.pk, actor=cast.amina.user, reason="harm")
    ola = cast.ola.client()

    assert rows(ola, "notices") == [revocation, taken_back, in_force]
    assert rows(ola, "notices", "?sort=oldest") == [in_force, taken_back, revocation]
    assert rows(ola, "notices", "?kind=revocation") == [revocation]
    assert rows(ola, "notices", "?standing=in-force") == [in_force]
    assert rows(ola, "notices", "?standing=open") == [revocation]
    assert rows(ola, "notices", "?standing=over") == [taken_back]
    assert rows(ola, "notices", "?q=FUNERAL") == [in_force]
    assert rows(ola, "notices", "?q=weight") == [revocation]


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("reviews", "Nothing waits for you"),
        ("grants", "No grants yet"),
        ("notices", "Nothing yet"),
    ],
)
def test_an_empty_list_says_so_and_a_search_without_hits_offers_the_way_back(
    cast, grant, name, sentence
):
    url = reverse(f"consent:{name}")
    notices.pause(community_id=cast.river.pk, actor=cast.amina.user, reason="a funeral")

    empty = cast.zed.client().get(url).content.decode()
    no_hit = cast.amina.client().get(url + "?q=no+such+thing").content.decode()

    assert sentence in empty
    assert "list-tools" not in empty
    assert "Nothing fits." in no_hit
    assert sentence not in no_hit


@pytest.mark.parametrize(("name", "queries"), [("reviews", 7), ("grants", 7), ("notices", 10)])
def test_a_list_costs_as_many_queries_for_three_rows_as_for_one(
    cast, grant, name, queries, django_assert_num_queries
):
    ola, url = cast.ola.client(), reverse(f"consent:{name}")
    notices.propose_revocation(grant.pk, actor=cast.amina.user, reason="")
    ola.get(url)

    with django_assert_num_queries(queries):
        assert len(rows(ola, name)) == 1
    for number in range(2):
        more = review_of(make_request(cast.chi.user, question=f"Another {number}?"))
        other = say_yes(more, [cast.amina, cast.bo])
        notices.propose_revocation(other.pk, actor=cast.amina.user, reason="")
    assert Review.objects.count() == 3
    with django_assert_num_queries(queries):
        assert len(rows(ola, name)) == 3
