"""Writing a charter in the browser: what is refused, said where, and what slips in nowhere."""

from collections.abc import Callable
from functools import partial

import pytest
from django.http import HttpResponse

from governance.models import Body, Charter, Membership
from tests import factories
from tests.cast import Cast
from tests.federation.charter_form import URL, Fields, fields_of, seat_bodies, send

pytestmark = pytest.mark.django_db

Post = Callable[..., HttpResponse]


@pytest.fixture
def bodies(cast: Cast) -> None:
    seat_bodies(cast)


@pytest.fixture
def post(cast: Cast) -> Post:
    return partial(send, cast)


WRONG: dict[str, tuple[Fields, str, str]] = {
    "no number": ({"all__m": ""}, "all-m", "Say how many must sign yes."),
    "more than there are": ({"all__m": 4}, "all-m", "less than or equal to 3"),
    "none": ({"all__m": 0}, "all-m", "greater than or equal to 1"),
    "below the floor": ({"all__m": 1}, "all-m", "This is below the floor."),
    "no quorum": (
        {"all__rule": "quorum-majority", "all__quorum": ""},
        "all-quorum",
        "Say how many percent must have answered.",
    ),
    "nobody decides": (
        {"all__rule": "named-decider", "all__steward": ""},
        "all-steward",
        "Choose the steward who decides.",
    ),
    "a stranger decides": (
        {"all__rule": "named-decider", "all__steward": "st-nobody"},
        "all-steward",
        "Select a valid choice",
    ),
    "no body": (
        {"all__rule": "sequence"},
        "all-step-1-body",
        "Choose at least one body.",
    ),
    "a body twice": (
        {
            "all__rule": "sequence",
            "all__step__1__body": "board",
            "all__step__2__body": "board",
        },
        "all-step-2-body",
        "This body is asked already.",
    ),
    "more than sit in a body": (
        {
            "all__rule": "sequence",
            "all__step__1__body": "elders",
            "all__step__1__rule": "threshold",
            "all__step__1__m": 2,
        },
        "all-step-1-m",
        "Today 1 of the stewards sit in Council of elders.",
    ),
    "a veto of more than there are": (
        {"all__veto__elders__rule": "threshold", "all__veto__elders__m": 3},
        "all-veto-elders-m",
        "Today 1 of the stewards sit in Council of elders.",
    ),
    "no floor": ({"floor": ""}, "floor", "This field is required."),
    "an unknown rule": ({"all__rule": "silence"}, "all-rule", "Select a valid choice"),
}


@pytest.mark.usefixtures("bodies")
@pytest.mark.parametrize("case", WRONG)
def test_what_does_not_work_is_said_beside_the_field_and_above(post: Post, case: str) -> None:
    typed, field, sentence = WRONG[case]

    answer = post(confirm=True, **typed)
    page = answer.content.decode()

    assert answer.status_code == 400
    assert not Charter.objects.exists()
    summary, _, rest = page.partition("<h2>Stewards</h2>")
    assert sentence in summary
    assert sentence in rest
    if field != "all-rule":
        assert f'href="#id_{field}"' in summary
        assert f'id="id_{field}"' in rest


def test_the_rules_that_are_folded_away_stop_nothing(cast: Cast, post: Post) -> None:
    post(confirm=True, grant__m="many", release__rule="nonsense", all__quorum=900)

    rules = factories.document_of(Charter.objects.get().statement)["rules"]
    assert rules["release"] == {"rule": "threshold", "m": 2}


def test_without_a_body_there_is_no_sequence_and_no_veto(cast: Cast) -> None:
    page = cast.amina.client().get(URL).content.decode()

    assert "No steward sits in a body" in page
    assert 'value="sequence"' not in page
    assert "(a veto)" not in page


def test_a_body_in_which_nobody_sits_is_not_offered(cast: Cast, bodies: None) -> None:
    Body.objects.create(community=cast.river, slug="youth", name="Youth")

    assert "Youth" not in cast.amina.client().get(URL).content.decode()


def test_a_rule_that_todays_stewards_could_not_follow_is_not_worked_out(
    cast: Cast, bodies: None
) -> None:
    """Cleo alone sat in the elders and has left: the veto of the charter in force is stuck."""
    rules = factories.threshold(2) | {
        "grant": {"rule": "majority", "vetoes": [{"body": "elders", "rule": "consensus"}]}
    }
    factories.make_charter(cast.river, cast.signers, rules=rules)
    assert cast.cleo.membership
    Membership.objects.filter(pk=cast.cleo.membership.pk).update(bodies=[])

    answer = cast.amina.client().get(URL)

    assert answer.status_code == 200
    rows = {row.kind: row for row in answer.context["form"].rows()}
    assert rows["grant"].example == ""
    assert rows["release"].example != ""


def test_a_steward_without_a_passkey_stands_in_the_way(cast: Cast, post: Post) -> None:
    factories.make_membership(factories.make_user("Eda"), cast.river)
    assert "has no passkey yet" in cast.amina.client().get(URL).content.decode()

    answer = post(confirm=True)

    assert answer.status_code == 400
    assert "Eda has no passkey yet" in answer.content.decode()


def test_a_new_passkey_is_pointed_out_before_it_slips_in(cast: Cast, charter: Charter) -> None:
    factories.make_passkey(cast.bo.user)

    page = cast.amina.client().get(URL).content.decode()

    assert page.count("New passkey; compare its words with her, by voice:") == 1


def test_a_second_charter_waits_for_the_first(cast: Cast, post: Post) -> None:
    post(confirm=True)

    page = cast.amina.client().post(URL, fields_of(cast) | {"confirm": "yes"}, follow=True)

    assert "put to the stewards already" in page.content.decode()
    assert Charter.objects.count() == 1
