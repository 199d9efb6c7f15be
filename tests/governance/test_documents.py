"""Charters, protocols and datasets through their pages, as stewards use them."""

import json
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from consent.grants.statements import Answer
from consent.grants.words import fingerprint_words
from governance import clauses, queries
from governance.actions import charters, datasets, protocols
from governance.errors import NotAllowed, NotReady
from governance.models import Charter, Dataset, Protocol, Statement
from governance.rules import PROTOCOL_NUMBERS
from governance.views.signing import PLAIN_ANSWERS
from tests import factories
from tests.cast import Cast, Person
from tests.factories import form_fields

pytestmark = pytest.mark.django_db

PROTOCOL_FORM = {
    "clauses": ["NO_COMM", "PUB_REVIEW"],
    "PUB_REVIEW-days": "30",
    "min_cohort": "50",
    "max_rounds": "5",
    "max_months": "6",
    "cooling_off_days": "0",
    "min_nodes": "2",
    "code_policy": "pinned",
}


def _url(name: str, *args: object) -> str:
    return reverse(f"governance:{name}", args=["river", *args])


def _text_on(html: str) -> str:
    start = html.index('<script id="statement-text" type="application/json">')
    held = html[html.index(">", start) + 1 : html.index("</script>", start)]
    return str(json.loads(held))


def _sign(person: Person, name: str, pk: int, answer: Answer, **changed: str) -> str:
    """Sign what stands on the page, and return the page that follows."""
    client = person.client()
    text = _text_on(client.get(_url(name, pk)).content.decode())
    statement = Statement(text=text, kind=json.loads(text)["type"])
    fields = form_fields(person.passkey, statement, answer) | changed
    return client.post(_url(f"{name}-sign", pk), fields, follow=True).content.decode()


@pytest.fixture
def draft(cast: Cast) -> Charter:
    return charters.draft(
        community_id=cast.river.pk,
        actor=cast.amina.user,
        nodes=[],
        rules=factories.threshold(2),
        floor=2,
    )


def test_three_stewards_sign_a_first_charter_on_its_page(cast: Cast, draft: Charter) -> None:
    for person in (cast.amina, cast.bo):
        assert "must sign yes" in _sign(person, "charter", draft.pk, Answer.YES)

    page = _sign(cast.cleo, "charter", draft.pk, Answer.YES)

    assert "and with it this is adopted" in page
    assert "in force" in page
    assert queries.charter_in_force(cast.river) == draft


def test_the_page_tells_a_charter_in_words(cast: Cast, charter: Charter) -> None:
    page = cast.ola.client().get(_url("charter", charter.pk)).content.decode()

    assert "At least 2 of the 3 stewards must sign yes." in page
    assert "Any 1 of the 3 stewards, by signing yes." in page
    assert fingerprint_words(charter.statement.digest) in page
    assert charter.statement.digest in page
    assert '<svg class="qr"' in page


def test_a_forged_signature_sent_to_the_page_is_refused(cast: Cast, draft: Charter) -> None:
    forged = factories.make_passkey(cast.chi.user)
    fields = form_fields(forged, draft.statement, Answer.YES)

    page = cast.amina.client().post(_url("charter-sign", draft.pk), fields, follow=True)

    assert "not in the charter" in page.content.decode()
    assert queries.answers_of(draft.statement) == {}


@pytest.mark.parametrize("field", ["credential_id", "signature", "answer"])
def test_a_form_that_no_passkey_sends_is_refused(cast: Cast, draft: Charter, field: str) -> None:
    page = _sign(cast.amina, "charter", draft.pk, Answer.YES, **{field: "???"})

    assert "did not come through" in page
    assert queries.answers_of(draft.statement) == {}


def test_others_answers_are_hidden_until_ones_own_is_given(cast: Cast, draft: Charter) -> None:
    _sign(cast.bo, "charter", draft.pk, Answer.NOT_YET, comment="I want to ask my aunt")

    def page_of(person: Person) -> str:
        return person.client().get(_url("charter", draft.pk)).content.decode()

    for person in (cast.amina, cast.ola, cast.dov):
        assert "Bo: " not in page_of(person)
        assert "my aunt" not in page_of(person)

    own = _sign(cast.amina, "charter", draft.pk, Answer.YES)
    assert "Bo: not yet" in own
    assert "my aunt" in own


def test_no_answer_is_chosen_beforehand_and_none_stands_out(cast: Cast, draft: Charter) -> None:
    page = cast.amina.client().get(_url("charter", draft.pk)).content.decode()
    form = page[
        page.index('<form id="sign"') : page.index("</form>", page.index('<form id="sign"'))
    ]

    assert form.count('type="radio"') == len(PLAIN_ANSWERS)
    assert "checked" not in form
    for value, _label in PLAIN_ANSWERS:
        assert (
            f'<input type="radio" id="answer-{value}" name="answer" value="{value}" required>'
            in form
        )


@pytest.mark.parametrize("who", ["dov", "ola"])
def test_who_cannot_decide_is_offered_no_form(cast: Cast, draft: Charter, who: str) -> None:
    page = getattr(cast, who).client().get(_url("charter", draft.pk)).content.decode()

    assert 'id="sign"' not in page
    assert "The exact text" in page


def test_a_draft_can_be_taken_back_with_a_reason(cast: Cast, draft: Charter) -> None:
    client = cast.bo.client()
    assert client.post(_url("charter-take-back", draft.pk), {"reason": ""}).status_code == 400

    client.post(_url("charter-take-back", draft.pk), {"reason": "Cleo has a new phone"})

    draft.statement.refresh_from_db()
    assert draft.statement.state == "fallen"
    assert "taken back" in client.get(_url("charters")).content.decode()


def test_one_charter_at_a_time(cast: Cast, draft: Charter) -> None:
    with pytest.raises(NotReady, match="already"):
        charters.draft(
            community_id=cast.river.pk,
            actor=cast.bo.user,
            nodes=[],
            rules=factories.threshold(2),
            floor=2,
        )


def test_a_charter_needs_every_stewards_passkey(cast: Cast) -> None:
    factories.make_membership(factories.make_user("Eda"), cast.river)

    with pytest.raises(NotReady, match="Eda has no passkey yet"):
        charters.draft(
            community_id=cast.river.pk,
            actor=cast.amina.user,
            nodes=[],
            rules=factories.threshold(2),
            floor=2,
        )


@pytest.mark.parametrize(
    "rules",
    [
        {},
        factories.threshold(4),
        factories.threshold(1),
        {**factories.threshold(2), "grant": {"rule": "silence"}},
    ],
    ids=["none", "more than there are", "below the floor", "unknown rule"],
)
def test_a_charter_that_no_node_would_read_is_not_put_to_anybody(
    cast: Cast, rules: dict[str, Any]
) -> None:
    with pytest.raises(NotReady):
        charters.draft(
            community_id=cast.river.pk, actor=cast.amina.user, nodes=[], rules=rules, floor=2
        )

    assert not Statement.objects.exists()


def test_a_protocol_is_written_signed_and_shown_in_words(cast: Cast, charter: Charter) -> None:
    client = cast.amina.client()
    answer = client.post(_url("protocol-new"), PROTOCOL_FORM)
    protocol = Protocol.objects.get()
    assert answer.headers["Location"] == _url("protocol", protocol.pk)

    _sign(cast.amina, "protocol", protocol.pk, Answer.YES)
    page = _sign(cast.bo, "protocol", protocol.pk, Answer.YES)

    assert "in force" in page
    assert "poster and press release before it goes out; we have 30 days." in page
    assert "Nothing runs with fewer than 50 people in the data." in page
    assert "After a yes the work may begin at once." in page
    document = factories.document_of(protocol.statement)
    assert [clause["code"] for clause in document["clauses"]] == [
        "NO_COMM",
        "PUB_REVIEW",
        "WITHDRAW",  # cannot be left out
    ]
    assert document["settings"] == {
        "min_cohort": 50,
        "max_rounds": 5,
        "max_months": 6,
        "cooling_off_s": 0,
        "min_nodes": 2,
        "code_policy": "pinned",
    }
    assert queries.protocol_in_force(cast.river) == protocol


def test_the_form_begins_with_sensible_ticks_and_then_with_what_is_in_force(
    cast: Cast, charter: Charter
) -> None:
    def ticked(client: Client) -> set[str]:
        form = client.get(_url("protocol-new")).context["form"]
        return {row.clause.code for _title, rows in form.groups() for row in rows if row.ticked}

    client = cast.amina.client()
    assert ticked(client) == {c.code for c in clauses.library().values() if c.on}

    protocol = protocols.draft(
        community_id=cast.river.pk,
        actor=cast.amina.user,
        clauses={"NO_LINK": {}},
        settings=factories.SETTINGS,
    )
    for person in (cast.amina, cast.bo):
        _sign(person, "protocol", protocol.pk, Answer.YES)
    assert ticked(client) == {"NO_LINK", "WITHDRAW"}


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"min_cohort": "19"}, "greater than or equal to 20"),
        ({"cooling_off_days": "91"}, "less than or equal to 90"),
        ({"clauses": ["SCOPE_DISEASE"]}, "Fill in what is missing"),
        ({"clauses": ["NO_SUCH"]}, "not one of the available choices"),
    ],
)
def test_a_protocol_that_does_not_fit_is_told_what_is_wrong(
    cast: Cast, charter: Charter, changed: dict[str, Any], sentence: str
) -> None:
    page = cast.amina.client().post(_url("protocol-new"), PROTOCOL_FORM | changed)

    assert page.status_code == 400
    assert sentence in page.content.decode()
    assert not Protocol.objects.exists()


@pytest.mark.parametrize("name", PROTOCOL_NUMBERS)
def test_the_action_keeps_the_bounds_without_any_form(
    cast: Cast, charter: Charter, name: str
) -> None:
    least, most = PROTOCOL_NUMBERS[name]
    for value in (least - 1, most + 1, True if least > 1 else "5"):
        with pytest.raises(NotReady, match=name):
            protocols.draft(
                community_id=cast.river.pk,
                actor=cast.amina.user,
                clauses={},
                settings=factories.SETTINGS | {name: value},
            )


@pytest.mark.parametrize("who", ["dov", "ola", "chi", "zed", "aud", "max"])
def test_only_stewards_write_charters_and_protocols(cast: Cast, charter: Charter, who: str) -> None:
    actor = getattr(cast, who).user
    with pytest.raises(NotAllowed):
        protocols.draft(
            community_id=cast.river.pk, actor=actor, clauses={}, settings=factories.SETTINGS
        )
    with pytest.raises(NotAllowed):
        charters.draft(
            community_id=cast.river.pk,
            actor=actor,
            nodes=[],
            rules=factories.threshold(2),
            floor=2,
        )
    with pytest.raises(NotAllowed):
        charters.take_back(charter.pk, actor=actor, reason="no")


def test_the_library_is_whole_and_every_clause_says_who_checks_it() -> None:
    library = clauses.library()

    assert len(library) == 38
    assert [code for code, clause in library.items() if clause.locked] == ["WITHDRAW"]
    assert {clause.group for clause in library.values()} == set(clauses.GROUPS)
    assert {clause.enforcement for clause in library.values()} == set(clauses.ENFORCEMENT)
    for code, clause in library.items():
        values = {param.name: param.default or "something" for param in clause.asked}
        made = clauses.compose(code, values, factories.SETTINGS)
        assert "{" not in made["text"]


def test_a_dataset_is_described_on_a_page(cast: Cast) -> None:
    client = cast.dov.client()
    form = {
        "title": "River diabetes",
        "slug": "river-diabetes",
        "description": "Collected with consent.\n\nNot for ancestry studies.",
        "variables": "age, number, years, Age at visit\nsex, yes-no\n\n",
        "size_band": "100-199",
        "listed": "on",
    }

    answer = client.post(_url("dataset-new"), form)

    dataset = Dataset.objects.get()
    assert answer.headers["Location"] == _url("dataset", "river-diabetes")
    assert dataset.listed
    assert dataset.variables == [
        {"name": "age", "type": "number", "unit": "years", "label": "Age at visit"},
        {"name": "sex", "type": "yes-no", "unit": "", "label": ""},
    ]
    client.post(_url("dataset-hide", dataset.slug))
    dataset.refresh_from_db()
    assert not dataset.listed


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"variables": "age"}, "Line 1 needs a name"),
        ({"variables": "age, number\nbmi, float"}, "Line 2 needs a name"),
        ({"variables": "a b, number"}, "needs letters"),
        ({"variables": "age, number\nage, number"}, "same name"),
        ({"variables": "\n"}, "This field is required"),
        ({"slug": "River_Set"}, "only a-z"),
        ({"slug": "taken"}, "is taken"),
        ({"size_band": "7"}, "not one of the available choices"),
    ],
)
def test_a_description_that_does_not_fit_is_told_what_is_wrong(
    cast: Cast, changed: dict[str, str], sentence: str
) -> None:
    factories.make_dataset(cast.coast, cast.zed.user, "taken")
    form = {
        "title": "T",
        "slug": "river-set",
        "description": "D",
        "variables": "age, number",
        "size_band": "100-199",
    }

    page = cast.amina.client().post(_url("dataset-new"), form | changed)

    assert page.status_code == 400
    assert sentence in page.content.decode()
    assert Dataset.objects.count() == 1


@pytest.mark.parametrize("who", ["ola", "chi", "zed", "aud", "max"])
def test_only_keepers_describe_and_show_datasets(cast: Cast, who: str) -> None:
    dataset = factories.make_dataset(cast.river, cast.amina.user, listed=False)
    actor = getattr(cast, who).user

    with pytest.raises(NotAllowed):
        factories.make_dataset(cast.river, actor, "another")
    with pytest.raises(NotAllowed):
        datasets.list_publicly(dataset.pk, actor=actor)


def test_what_waits_for_a_steward_stands_on_the_first_page(cast: Cast) -> None:
    client = cast.amina.client()

    def waiting() -> list[str]:
        return [item.text for item in client.get("/").context["waiting"]]

    assert waiting() == ["River has no charter yet: nobody can decide anything."]
    charter = charters.draft(
        community_id=cast.river.pk,
        actor=cast.amina.user,
        nodes=[],
        rules=factories.threshold(2),
        floor=2,
    )
    assert waiting() == ["Charter 1 of River waits for your answer."]
    factories.sign_charter(charter, cast.signers)
    assert waiting() == ["River has no protocol yet: researchers cannot ask."]
    factories.make_protocol(cast.river, cast.signers)
    assert waiting() == []
