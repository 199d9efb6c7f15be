"""Incidents as a script reports and follows them."""

from typing import Any

import pytest

from consent.actions import incidents
from consent.models import Incident, TrainingRequest
from governance.rules import PlatformRole
from tests import factories as people
from tests.cast import Cast
from tests.consent.factories import make_request
from tests.consent.incidents import form
from tests.federation.calls import Script

pytestmark = pytest.mark.django_db


@pytest.fixture
def wanted(cast: Cast, protocol: Any) -> TrainingRequest:
    people.make_dataset(cast.river, cast.amina.user)
    return make_request(cast.chi.user)


def address(request: TrainingRequest) -> str:
    return f"requests/{request.public_id}/incidents/"


def test_a_script_reports_and_reads_what_comes_of_it(cast: Cast, wanted: TrainingRequest) -> None:
    chi = Script(cast.chi.user, "requests:read", "requests:write")

    made = chi.post(address(wanted), form(communities=["river"]))
    assert made.status_code == 201
    incident = Incident.objects.get()
    river = {"community_id": cast.river.pk, "actor": cast.eli.user}
    incidents.see(incident.pk, **river)
    incidents.note(incident.pk, text="Where was it?", to_all=True, **river)
    incidents.note(incident.pk, text="Among us.", to_all=False, **river)

    [told] = chi.get(address(wanted)).json()
    assert told["id"] == made.json()["id"] == str(incident.public_id)
    assert told["title"] == "A marked laptop is gone"
    [concerned] = told["concerned"]
    assert (concerned["community"], concerned["closed_at"]) == ("river", None)
    assert concerned["seen_at"] is not None
    assert [(line["by"], line["text"]) for line in told["entries"]] == [("River", "Where was it?")]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"communities": []}, "communities"),
        ({"communities": ["coast"]}, "communities"),
        ({"severity": "huge"}, "severity"),
        ({"title": ""}, "title"),
        ({"happened_on": "2999-01-01"}, "happened_on"),
        ({"more": "x"}, "more"),
    ],
)
def test_what_is_wrong_is_named(
    change: dict[str, Any], field: str, cast: Cast, wanted: TrainingRequest
) -> None:
    chi = Script(cast.chi.user, "requests:read", "requests:write")

    answer = chi.post(address(wanted), form(communities=["river"]) | change)

    assert answer.status_code == 400
    assert field in answer.json()["errors"]
    assert Incident.objects.count() == 0


def test_only_her_own_request_and_only_with_the_scope(cast: Cast, wanted: TrainingRequest) -> None:
    rex = people.make_user("Rex", PlatformRole.RESEARCHER)
    sent = form(communities=["river"])

    assert Script(rex, "requests:read", "requests:write").get(address(wanted)).status_code == 404
    assert (
        Script(rex, "requests:read", "requests:write").post(address(wanted), sent).status_code
        == 404
    )
    assert Script(cast.chi.user, "requests:read").post(address(wanted), sent).status_code == 403
    assert Script(cast.chi.user, "runs:read").get(address(wanted)).status_code == 403
    assert Incident.objects.count() == 0
