"""Writing a charter in the browser: every rule, what it means, what it would change."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.http import HttpResponse

from consent.grants.tally import RULES as ALL_RULES
from federation.forms.rule import KINDS
from governance.models import Charter
from tests import factories
from tests.cast import Cast, Person
from tests.federation.charter_form import URL, Fields, fields_of, seat_bodies, send, st

pytestmark = pytest.mark.django_db

Post = Callable[..., HttpResponse]


@pytest.fixture
def bodies(cast: Cast) -> None:
    seat_bodies(cast)


@pytest.fixture
def post(cast: Cast) -> Post:
    return partial(send, cast)


def rules_of(cast: Cast) -> dict[str, Any]:
    return dict(factories.document_of(Charter.objects.get().statement)["rules"])


RULES: dict[str, tuple[Fields, dict[str, Any]]] = {
    "a number": ({"all__rule": "threshold", "all__m": 3}, {"rule": "threshold", "m": 3}),
    "everyone": ({"all__rule": "consensus"}, {"rule": "consensus"}),
    "majority": ({"all__rule": "majority"}, {"rule": "majority"}),
    "two thirds": ({"all__rule": "two-thirds"}, {"rule": "two-thirds"}),
    "quorum": (
        {"all__rule": "quorum-majority", "all__quorum": 75},
        {"rule": "quorum-majority", "quorum": 75},
    ),
    "sequence": (
        {
            "all__rule": "sequence",
            "all__step__1__body": "board",
            "all__step__1__rule": "two-thirds",
            "all__step__2__body": "elders",
            "all__step__2__rule": "threshold",
            "all__step__2__m": 1,
        },
        {
            "rule": "sequence",
            "steps": [
                {"body": "board", "rule": "two-thirds"},
                {"body": "elders", "rule": "threshold", "m": 1},
            ],
        },
    ),
    "veto": (
        {"all__rule": "majority", "all__veto__elders__rule": "consensus"},
        {"rule": "majority", "vetoes": [{"body": "elders", "rule": "consensus"}]},
    ),
}


@pytest.mark.usefixtures("bodies")
@pytest.mark.parametrize("case", RULES)
def test_each_rule_is_written_as_nodes_read_it(cast: Cast, post: Post, case: str) -> None:
    typed, expected = RULES[case]

    post(confirm=True, **typed)

    rules = rules_of(cast)
    pause = rules.pop("pause")
    assert rules == dict.fromkeys(rules, expected)
    assert len(rules) == 6
    assert pause == {"rule": "threshold", "m": 1}


def test_a_named_decider_is_written_by_her_id(cast: Cast, post: Post) -> None:
    post(confirm=True, all__rule="named-decider", all__steward=st(cast.bo))

    assert rules_of(cast)["grant"] == {"rule": "named-decider", "steward": st(cast.bo)}


@pytest.mark.usefixtures("bodies")
def test_each_kind_of_decision_may_have_a_rule_of_its_own(cast: Cast, post: Post) -> None:
    post(
        confirm=True,
        same=None,
        grant__rule="consensus",
        charter__rule="two-thirds",
        charter__veto__elders__rule="majority",
        pause__rule="threshold",
        pause__m=2,
    )

    rules = rules_of(cast)
    assert rules["grant"] == {"rule": "consensus"}
    assert rules["charter"] == {
        "rule": "two-thirds",
        "vetoes": [{"body": "elders", "rule": "majority"}],
    }
    assert rules["pause"] == {"rule": "threshold", "m": 2}
    assert rules["release"] == {"rule": "threshold", "m": 2}


@pytest.mark.usefixtures("bodies")
def test_showing_what_it_means_changes_nothing_and_keeps_what_was_typed(
    cast: Cast, post: Post
) -> None:
    answer = post(**RULES["sequence"][0], floor=1)
    page = answer.content.decode()

    assert answer.status_code == 200
    assert not Charter.objects.exists()
    assert (
        "With 3 stewards and 1 stepped aside, first 1 of Our board, then 1 of Council of elders "
        "must sign yes." in page
    )
    assert '<option value="two-thirds" selected>two thirds of its stewards</option>' in page
    assert "Yes, put it to the stewards" in page
    assert "Every steward named in it must sign." in page


def test_the_form_starts_from_the_charter_in_force(cast: Cast, charter: Charter) -> None:
    form = cast.amina.client().get(URL).context["form"]

    assert form["same"].value() is True
    assert form["floor"].value() == 2
    assert form.parts["all"]["m"].value() == 2
    assert form.parts["pause"]["m"].value() == 1


@pytest.mark.usefixtures("bodies")
def test_a_charter_that_has_everything_comes_back_unchanged(cast: Cast, post: Post) -> None:
    """Start from it, change nothing: no rule may be lost on the way through the form."""
    rules = {
        kind: RULES[case][1]
        for kind, case in zip(
            ("grant", "resume", "revocation", "release", "protocol", "charter"),
            ("sequence", "quorum", "two thirds", "veto", "everyone", "a number"),
            strict=True,
        )
    } | {"pause": {"rule": "named-decider", "steward": st(cast.bo)}}
    factories.make_charter(cast.river, cast.signers, rules=rules)

    page = post().content.decode()
    assert "Nothing: this says the same as the charter in force." in page
    post(confirm=True)

    document = factories.document_of(Charter.objects.get(number=2).statement)
    assert document["rules"] == rules


def test_what_would_change_is_said_before_it_is_put(
    cast: Cast, charter: Charter, post: Post
) -> None:
    page = post(all__m=3).content.decode()

    assert "What would change" in page
    assert (
        "Letting a finished model out: now “All 3 stewards must sign yes.”, before “At least 2 of "
        "the 3 stewards must sign yes.”." in page
    )
    assert "Stopping work on our data for a while: now" not in page


def test_who_is_not_named_is_told_so_before_she_fills_it_in(cast: Cast, charter: Charter) -> None:
    late = factories.make_user("Late")
    client = Person(late, factories.make_passkey(late)).client()
    factories.make_membership(late, cast.river)
    told = "The charter in force does not name you"

    page = client.get(URL).content.decode()
    tried = client.post(URL, fields_of(cast)).content.decode()
    sent = client.post(URL, fields_of(cast) | {"confirm": "yes"}, follow=True).content.decode()

    assert told in page
    assert told not in cast.amina.client().get(URL).content.decode()
    assert "What would change" in tried
    assert "put it to the stewards" not in tried
    assert "the charter in force does not name you" in sent
    assert Charter.objects.count() == 1


def test_each_rule_of_the_format_is_on_the_form() -> None:
    assert {kind for kind, _label in KINDS} == set(ALL_RULES)
