"""Writing a charter in the browser: every rule, what it means, and what is refused."""

from collections.abc import Callable
from typing import Any

import pytest
from django.http import HttpResponse
from django.urls import reverse

from consent.grants.tally import RULES as ALL_RULES
from federation.forms import CharterForm
from federation.forms.rule import KINDS
from governance.models import Body, Charter, Membership
from governance.queries import charter_chain
from governance.queries.circle import circle_today
from tests import factories
from tests.cast import Cast

pytestmark = pytest.mark.django_db

URL = reverse("federation:charter_new", args=["river"])
Fields = dict[str, Any]
Post = Callable[..., HttpResponse]


@pytest.fixture
def bodies(cast: Cast) -> None:
    """Amina and Bo sit in the board, Cleo in the elders, which River calls by names of its own."""
    for slug, name in [("board", "Our board"), ("elders", "Council of elders")]:
        Body.objects.create(community=cast.river, slug=slug, name=name)
    for person, slugs in [(cast.amina, ["board"]), (cast.bo, ["board"]), (cast.cleo, ["elders"])]:
        assert person.membership
        Membership.objects.filter(pk=person.membership.pk).update(bodies=slugs)


def fields_of(cast: Cast) -> Fields:
    """What a browser sends of the form as it is shown first."""
    chain = charter_chain(cast.river)
    form = CharterForm(circle=circle_today(cast.river), before=chain[-1] if chain else None)
    found = {field.html_name: field.value() for part in form.parts.values() for field in part}
    found |= {field.html_name: field.value() for field in form}
    return {name: value for name, value in found.items() if value not in (None, False)}


@pytest.fixture
def post(cast: Cast) -> Post:
    """Send the form in Amina's name with some fields changed; one with None is not sent."""

    def send(*, confirm: bool = False, **changed: Any) -> HttpResponse:
        fields = fields_of(cast) | {key.replace("__", "-"): v for key, v in changed.items()}
        fields |= {"confirm": "yes"} if confirm else {}
        sent = {name: value for name, value in fields.items() if value is not None}
        return cast.amina.client().post(URL, sent)  # type: ignore[return-value]  # Django's own

    return send


def rules_of(cast: Cast) -> dict[str, Any]:
    return dict(factories.document_of(Charter.objects.get().statement)["rules"])


def st(person: Any) -> str:
    return str(person.membership.steward_id)


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

    assert rules_of(cast)["release"] == {"rule": "threshold", "m": 2}


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
    rules = factories.threshold(2) | {"grant": RULES["veto"][1]}
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


def test_each_rule_of_the_format_is_on_the_form() -> None:
    assert {kind for kind, _label in KINDS} == set(ALL_RULES)
