"""A node may read the charters of communities whose answers are mixed with its own, no more."""

import pytest
from django.utils import timezone

from consent.grants.statements import Signed
from consent.models import Grant, TrainingRequest
from tests.federation.calls import NODE, signed
from tests.federation.factories import Machine
from tests.federation.story import Three


def _status(machine: Machine, name: str, community: str) -> int:
    return signed(machine, "GET", f"{NODE}{name}?community={community}").send().status_code


def test_charters_of_a_community_that_is_asked_too_are_served(
    three: Three, asked: TrainingRequest
) -> None:
    answer = signed(three.river.machine, "GET", f"{NODE}charters?community=coast").send()

    [text] = answer.json()["charters"]
    assert Signed.from_json(text).document["community"] == "coast"


@pytest.mark.parametrize("name", ["grants", "notices"])
def test_grants_and_notices_of_a_peer_are_not(
    three: Three, asked: TrainingRequest, name: str
) -> None:
    assert _status(three.river.machine, name, "coast") == 404


@pytest.mark.parametrize("community", ["coast", "lake", ""])
def test_without_a_common_request_there_are_no_peers(three: Three, community: str) -> None:
    assert _status(three.river.machine, "charters", community) == (404 if community else 200)


def test_a_peer_whose_part_is_over_is_no_peer(three: Three, decided: object) -> None:
    machine = three.river.machine
    assert _status(machine, "charters", "coast") == _status(machine, "charters", "hill") == 200

    Grant.objects.filter(community=three.coast.community).update(
        state="revoked", revoked_at=timezone.now()
    )
    Grant.objects.filter(community=three.hill.community).update(not_after=timezone.now())

    assert _status(machine, "charters", "coast") == _status(machine, "charters", "hill") == 404
