"""The lists of this app: search, filters, order, and what they cost for one row and for three."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from consent.models import TrainingRequest
from federation.actions import nodes
from federation.actions.catalogue import publish
from federation.models import DataNode, JobVersion, Run
from governance.models import Community
from tests import factories as people
from tests.cast import Cast
from tests.consent.factories import make_draft
from tests.federation.factories import JOB, Machine
from tests.federation.story import Three

OTHER_JOB = {"name": "logistic-regression", "parameters": {}}


def words(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return str(answer.content.decode())


def titles(client: Client, address: str) -> list[str]:
    """The rows of a list, in the order in which they stand."""
    return [str(row) for row in client.get(address).context["listing"].page]


@pytest.fixture
def drafts(cast: Cast) -> list[TrainingRequest]:
    publish("linear-regression")
    publish("logistic-regression")
    return [
        make_draft(cast.chi.user, "Sleep and weight", job=JOB),
        make_draft(cast.chi.user, "Asthma", job=OTHER_JOB),
        make_draft(cast.chi.user, "Food and sleep", job=JOB),
    ]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["Food and sleep", "Asthma", "Sleep and weight"]),
        ("?sort=oldest", ["Sleep and weight", "Asthma", "Food and sleep"]),
        ("?sort=title", ["Asthma", "Food and sleep", "Sleep and weight"]),
        ("?q=SLEEP&sort=title", ["Food and sleep", "Sleep and weight"]),
        ("?job=logistic-regression", ["Asthma"]),
        ("?job=linear-regression&q=food", ["Food and sleep"]),
        ("?state=draft&sort=title", ["Asthma", "Food and sleep", "Sleep and weight"]),
        ("?state=decided", []),
    ],
)
def test_requests_are_searched_filtered_and_ordered(
    cast: Cast, drafts: list[TrainingRequest], query: str, found: list[str]
) -> None:
    assert titles(cast.chi.client(), f"/requests/{query}") == found


def test_the_job_of_a_request_can_be_chosen_after_it_was_retired(
    cast: Cast, drafts: list[TrainingRequest]
) -> None:
    JobVersion.objects.filter(name="logistic-regression").update(retired_at=timezone.now())

    page = words(cast.chi.client(), "/requests/")

    assert "Logistic regression" in page


@pytest.mark.parametrize(
    ("query", "rows"),
    [
        ("?state=running", 1),
        ("?state=failed", 0),
        ("?community=coast", 1),
        ("?community=lake", 0),
        ("?q=weight", 1),
        ("?q=Lakeside", 0),
    ],
)
def test_runs_are_filtered_by_state_and_by_community(
    running: Run, three: Three, query: str, rows: int
) -> None:
    # A value that the list does not offer, as ?community=lake, narrows nothing.
    people.make_community("lake")
    rows = 1 if "lake" in query else rows

    assert len(titles(three.chi.client(), f"/runs/{query}")) == rows


def test_a_run_with_two_nodes_of_a_community_stands_in_the_list_once(
    running: Run, three: Three
) -> None:
    site = running.sites.get(node=three.river.node)
    second = nodes.enrol(
        community_id=three.cast.river.pk,
        actor=three.cast.amina.user,
        card=Machine("river", "second").card,
    )
    running.sites.create(node=second, grant=site.grant)
    amina = three.cast.amina.client()

    assert len(titles(amina, "/runs/")) == 1
    assert len(titles(amina, "/runs/?community=river")) == 1


def _enrol(community: Community, person: Any, name: str) -> DataNode:
    card = Machine(community.slug, name).card
    return nodes.enrol(community_id=community.pk, actor=person.user, card=card)


def test_nodes_are_searched_and_filtered(cast: Cast) -> None:
    for name in ("clinic", "school", "office"):
        _enrol(cast.river, cast.amina, name)
    nodes.retire(DataNode.objects.get(name="school").pk, actor=cast.amina.user)
    ola, here = cast.ola.client(), "/communities/river/nodes/"

    assert titles(ola, here) == ["river/clinic", "river/office", "river/school"]
    assert titles(ola, here + "?q=off") == ["river/office"]
    assert titles(ola, here + "?state=retired") == ["river/school"]


def test_jobs_are_searched_and_an_empty_catalogue_says_who_fills_it(cast: Cast) -> None:
    zed = cast.zed.client()
    assert "manage.py publish_catalogue" in words(zed, "/catalogue/")

    publish("linear-regression")
    publish("logistic-regression")

    assert titles(zed, "/catalogue/?q=logistic") == ["logistic-regression 1.0.0"]
    assert "Nothing fits." in words(zed, "/catalogue/?q=no+such+job")


def test_the_nodes_of_all_are_searched_by_community_and_the_silent_come_first(cast: Cast) -> None:
    _enrol(cast.river, cast.amina, "clinic")
    heard = _enrol(cast.coast, cast.zed, "harbour")
    DataNode.objects.filter(pk=heard.pk).update(last_seen_at=timezone.now(), state="connected")
    admin = cast.max.client()

    assert titles(admin, "/parts/") == ["coast/harbour", "river/clinic"]
    assert titles(admin, "/parts/?sort=quiet") == ["river/clinic", "coast/harbour"]
    assert titles(admin, "/parts/?q=river") == ["river/clinic"]
    assert titles(admin, "/parts/?state=connected") == ["coast/harbour"]


def _more_requests(cast: Cast) -> None:
    make_draft(cast.chi.user, "One more", job=JOB)


def _more_nodes(cast: Cast) -> None:
    _enrol(cast.river, cast.amina, f"more-{DataNode.objects.count()}")


def _more_jobs(cast: Cast) -> None:
    publish("linear-regression")
    made = JobVersion.objects.get(name="linear-regression", version="1.0.0")
    if JobVersion.objects.count() > 1:
        number = JobVersion.objects.count()
        made.pk, made.name, made.digest = None, f"job-{number}", f"{number:064}"
        made.save()
    else:
        publish("logistic-regression")


@pytest.mark.parametrize(
    ("address", "who", "more", "queries"),
    [
        ("/requests/", "chi", _more_requests, 6),
        ("/communities/river/nodes/", "amina", _more_nodes, 11),
        ("/catalogue/", "chi", _more_jobs, 5),
        ("/parts/", "max", _more_nodes, 10),
    ],
)
def test_a_list_costs_as_many_queries_for_three_rows_as_for_one(
    cast: Cast,
    address: str,
    who: str,
    more: Callable[[Cast], None],
    queries: int,
    django_assert_num_queries: Any,
) -> None:
    client = getattr(cast, who).client()
    more(cast)
    client.get(address)

    with django_assert_num_queries(queries):
        client.get(address)
    more(cast)
    more(cast)
    with django_assert_num_queries(queries):
        client.get(address)


@pytest.mark.parametrize("runs", [1, 3])
def test_the_list_of_runs_costs_as_many_queries_for_three_as_for_one(
    running: Run, three: Three, runs: int, django_assert_num_queries: Any
) -> None:
    for _ in range(runs - 1):
        sites = list(running.sites.all())
        copy = Run.objects.get(pk=running.pk)
        copy.pk, copy.flower_run, copy.state = None, None, "failed"
        copy.ended_at, copy.why = timezone.now(), "It broke off."
        copy.public_id = type(running.public_id)(int=running.public_id.int ^ Run.objects.count())
        copy.save()
        for site in sites:
            copy.sites.create(node=site.node, grant=site.grant)
    amina = three.cast.amina.client()
    amina.get("/runs/")

    with django_assert_num_queries(8):
        assert len(titles(amina, "/runs/")) == runs
