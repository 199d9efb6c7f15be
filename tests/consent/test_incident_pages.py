"""The pages of incidents, of a community's times, and what a request shows of them."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from consent.actions import incidents
from consent.models import Incident, IncidentEntry, Review, ReviewTimes
from consent.queries.times import times_of
from consent.times import DEFAULTS, Times
from tests.cast import ROLES, Cast
from tests.consent.factories import make_draft, review_of
from tests.consent.incidents import by_member, by_researcher, form, request_to_both

pytestmark = pytest.mark.django_db

ALL = "/communities/river/incidents/"
TIMES = "/communities/river/times/"
INSIDE = ("steward", "convenor", "custodian", "observer")
HANDLE = ("steward", "convenor")


def own(name: str, request: object, *more: object) -> str:
    return reverse(f"consent:{name}", args=[request.public_id, *more])  # type: ignore[attr-defined]  # a request


@pytest.mark.parametrize("role", ROLES)
def test_who_belongs_to_the_community_reads_and_reports_and_nobody_else(
    role: str, cast: Cast, review: Review
) -> None:
    incident = by_researcher(review.revision.request)
    one = f"{ALL}{incident.public_id}/"
    client = cast.everybody[role].client()
    inside = role in INSIDE

    for path in (ALL, f"{ALL}new/", one):
        answer = client.get(path)
        assert answer.status_code == (200 if inside else 404)
        assert inside or b"marked" not in answer.content
    sent = client.post(f"{ALL}new/", form(request=str(review.public_id)))
    assert sent.status_code == (302 if inside else 404)
    assert Incident.objects.count() == (2 if inside else 1)


@pytest.mark.parametrize("role", ROLES)
def test_who_deals_with_incidents_sees_writes_and_closes(
    role: str, cast: Cast, review: Review
) -> None:
    incident = by_researcher(review.revision.request)
    one = f"{ALL}{incident.public_id}/"
    client = cast.everybody[role].client()
    handles = role in HANDLE

    assert client.post(f"{one}seen/").status_code == (302 if handles else 404)
    written = client.post(one, {"text": "We look into it.", "readers": "all"})
    assert written.status_code == (302 if handles else 404)
    assert client.get(f"{one}close/").status_code == (200 if handles else 404)
    assert client.post(f"{one}close/").status_code == (302 if handles else 404)

    incident.refresh_from_db()
    assert incident.state == ("closed" if handles else "open")
    assert IncidentEntry.objects.count() == (1 if handles else 0)
    if handles:
        page = client.get(one).content.decode()
        assert "done with" in page
        assert "Write an entry" not in page


@pytest.mark.parametrize("role", ROLES)
def test_only_its_researcher_follows_it_from_the_request(
    role: str, cast: Cast, review: Review
) -> None:
    request = review.revision.request
    incident = by_researcher(request)
    client = cast.everybody[role].client()
    status = 200 if role == "researcher" else 404

    for name, more in (("own_incidents", ()), ("own_incident_new", ()), ("own_incident", 1)):
        args = (incident.public_id,) if more else ()
        assert client.get(own(name, request, *args)).status_code == status


def test_strangers_sign_in_first(cast: Cast, review: Review) -> None:
    for path in (ALL, TIMES, own("own_incidents", review.revision.request)):
        assert Client().get(path)["Location"].startswith("/accounts/login/")


def test_a_researcher_reports_to_all_communities_unless_she_leaves_one_out(
    cast: Cast, dataset: object
) -> None:
    request = request_to_both(cast, dataset)  # type: ignore[arg-type]  # a fixture
    client = cast.chi.client()
    page = client.get(own("own_incident_new", request)).content.decode()
    assert page.count("checked") == 2

    none = client.post(own("own_incident_new", request), form())
    sent = client.post(own("own_incident_new", request), form(communities=["river", "coast"]))

    assert none.status_code == 400
    assert "A marked laptop is gone" in none.content.decode()
    assert sent.status_code == 302
    assert Incident.objects.get().concerned.count() == 2
    page = client.get(own("own_incidents", request)).content.decode()
    assert "River: told" in page
    assert "Coast: told" in page


def test_a_draft_has_nobody_to_tell(cast: Cast) -> None:
    draft = make_draft(cast.chi.user)
    client = cast.chi.client()

    assert "nobody to tell" in client.get(own("own_incidents", draft)).content.decode()
    assert client.get(own("own_incident_new", draft)).status_code == 404


def test_the_researcher_reads_whom_to_complain_to(cast: Cast, review: Review) -> None:
    cast.river.contact = "At the meeting house"
    cast.river.save()

    page = cast.chi.client().get(own("own_incidents", review.revision.request)).content.decode()

    assert "At the meeting house" in page


def test_both_sides_write_on_its_page_and_read_each_other(cast: Cast, review: Review) -> None:
    request = review.revision.request
    incident = by_researcher(request)
    one, hers = f"{ALL}{incident.public_id}/", own("own_incident", request, incident.public_id)
    cast.eli.client().post(one, {"text": "Where was it?", "readers": "all"})
    cast.eli.client().post(one, {"text": "Ask Bo first.", "readers": "us"})

    assert cast.chi.client().post(hers, {"text": "On the bus."}).status_code == 302
    assert cast.chi.client().post(hers, {"text": ""}).status_code == 400

    seen = cast.chi.client().get(hers).content.decode()
    assert "Where was it?" in seen
    assert "Ask Bo first." not in seen
    assert not re.search(r"\bEli\b", seen)
    assert "On the bus." in cast.ola.client().get(one).content.decode()


def test_another_communitys_address_does_not_lead_to_it(cast: Cast, dataset: object) -> None:
    request = request_to_both(cast, dataset)  # type: ignore[arg-type]  # a fixture
    incident = by_researcher(request, "river")

    for slug in ("coast", "river"):
        path = f"/communities/{slug}/incidents/{incident.public_id}/"
        assert cast.zed.client().get(path).status_code == 404


def test_a_request_shows_open_incidents_and_the_way_to_pause(cast: Cast, dataset: object) -> None:
    request = request_to_both(cast, dataset)  # type: ignore[arg-type]  # a fixture
    river, coast = (
        reverse("consent:review", args=[review_of(request, slug).public_id])
        for slug in ("river", "coast")
    )
    assert "Incidents with these people" not in cast.amina.client().get(river).content.decode()
    incident = by_researcher(request, "river")

    page = cast.amina.client().get(river).content.decode()
    assert "A marked laptop is gone" in page
    assert 'href="/communities/river/pause/"' in page
    assert 'href="/communities/river/pause/">Pause everything' not in (
        cast.ola.client().get(river).content.decode()
    )
    elsewhere = cast.zed.client().get(coast).content.decode()
    assert "is open elsewhere" in elsewhere
    assert "laptop" not in elsewhere

    incidents.close(incident.pk, community_id=cast.river.pk, actor=cast.eli.user)
    assert "is open elsewhere" not in cast.zed.client().get(coast).content.decode()


def test_an_incident_that_nobody_looked_at_waits_on_the_desk(cast: Cast, review: Review) -> None:
    incident = by_researcher(review.revision.request)
    sentence = "River: look at an incident: A marked laptop is gone"
    assert sentence in cast.eli.client().get("/").content.decode()
    assert sentence not in cast.ola.client().get("/").content.decode()

    incidents.see(incident.pk, community_id=cast.river.pk, actor=cast.amina.user)

    assert sentence not in cast.eli.client().get("/").content.decode()


def test_lists_cost_the_same_for_one_and_three(
    cast: Cast, review: Review, django_assert_num_queries
) -> None:
    request = review.revision.request
    pages = [(cast.amina.client(), ALL, 7), (cast.chi.client(), own("own_incidents", request), 8)]
    by_researcher(request)
    for client, path, queries in pages:
        client.get(path)
        with django_assert_num_queries(queries):
            client.get(path)
    by_researcher(request)
    by_researcher(request)
    for client, path, queries in pages:
        with django_assert_num_queries(queries):
            client.get(path)


def test_an_empty_list_says_what_to_do(cast: Cast) -> None:
    page = cast.ola.client().get(ALL).content.decode()
    assert "Nothing was reported." in page
    by_member(cast, cast.ola)
    assert "Nothing was reported." not in cast.ola.client().get(ALL).content.decode()


@pytest.mark.parametrize("role", ROLES)
def test_stewards_and_convenors_set_the_times_and_go_back(role: str, cast: Cast) -> None:
    client = cast.everybody[role].client()
    may = role in HANDLE
    sent = {"acknowledge": 5, "completeness": 6, "first_reminder": 7, "reply": 8}

    assert client.get(TIMES).status_code == (200 if may else 404)
    assert client.post(TIMES, sent).status_code == (302 if may else 404)
    if not may:
        assert ReviewTimes.objects.count() == 0
        assert client.get(f"{TIMES}reset/").status_code == 404
        return
    assert times_of(cast.river) == Times(5, 6, 7, 8)
    assert client.post(TIMES, sent | {"reply": 0}).status_code == 400
    assert "Go back to the usual times" in client.get(TIMES).content.decode()
    assert client.get(f"{TIMES}reset/").status_code == 200
    assert client.post(f"{TIMES}reset/").status_code == 302
    assert times_of(cast.river) == DEFAULTS
    assert "Go back to the usual times" not in client.get(TIMES).content.decode()
