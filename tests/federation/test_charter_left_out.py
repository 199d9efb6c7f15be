"""A charter that no longer names one of today's stewards."""

import pytest

from governance.actions import charters, people
from governance.errors import NotReady
from governance.models import Charter
from governance.queries import charter_in_force, stewards_of
from tests import factories
from tests.cast import Cast
from tests.federation.charter_form import URL, send, st

pytestmark = pytest.mark.django_db


def names_in(charter: Charter) -> list[str]:
    return [seat["name"] for seat in factories.document_of(charter.statement)["stewards"]]


def test_a_charter_can_leave_a_steward_out(cast: Cast, charter: Charter) -> None:
    fields = {"all__rule": "threshold", "all__m": 2, "leave_out": [st(cast.bo)]}

    shown = send(cast, **fields).content.decode()
    assert "Bo" in shown
    assert Charter.objects.count() == 1
    send(cast, confirm="yes", **fields)

    following = Charter.objects.get(number=2)
    assert names_in(following) == ["Amina", "Cleo"]
    factories.sign_charter(following, [cast.amina.signer, cast.cleo.signer])
    assert charter_in_force(cast.river) == following
    assert stewards_of(cast.river).count() == 3


def test_the_role_of_whom_no_charter_names_any_more_ends_by_one_steward(
    cast: Cast, charter: Charter
) -> None:
    assert cast.bo.membership
    following = charters.draft(
        community_id=cast.river.pk,
        actor=cast.amina.user,
        nodes=[],
        rules=factories.threshold(2),
        floor=2,
        without=[cast.bo.membership.steward_id],
    )
    factories.sign_charter(following, [cast.amina.signer, cast.cleo.signer])

    people.end_role(cast.bo.membership.pk, actor=cast.amina.user, reason="The new charter.")

    assert [s.shown_name for s in stewards_of(cast.river)] == ["Amina", "Cleo"]


def test_nobody_is_left_out_of_a_first_charter(cast: Cast) -> None:
    page = cast.amina.client().get(URL).content.decode()
    assert 'name="leave_out"' not in page


def test_a_stranger_cannot_be_left_out_and_somebody_must_stay(cast: Cast, charter: Charter) -> None:
    answer = send(cast, confirm="yes", leave_out=["st-0000000000000000"])
    assert answer.status_code == 400
    everybody = [st(person) for person in cast.stewards]
    answer = send(cast, confirm="yes", leave_out=everybody)
    assert answer.status_code == 400
    assert Charter.objects.count() == 1


def test_a_charter_that_leaves_too_few_is_refused(cast: Cast, charter: Charter) -> None:
    assert cast.bo.membership
    with pytest.raises(NotReady, match="whole number from 1 to 2"):
        charters.draft(
            community_id=cast.river.pk,
            actor=cast.amina.user,
            nodes=[],
            rules=factories.threshold(3),
            floor=2,
            without=[cast.bo.membership.steward_id],
        )
