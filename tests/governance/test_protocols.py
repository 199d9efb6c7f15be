"""Protocols through their page: from the clause library to what is in force."""

from typing import Any

import pytest
from django.test import Client

from consent.grants.statements import Answer
from governance import clauses, queries
from governance.actions import protocols
from governance.errors import NotReady
from governance.models import Charter, Protocol
from governance.rules import PROTOCOL_NUMBERS
from tests import factories
from tests.cast import Cast
from tests.governance.pages import sign_on_page, url_of

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


def test_a_protocol_is_written_signed_and_shown_in_words(cast: Cast, charter: Charter) -> None:
    client = cast.amina.client()
    answer = client.post(url_of("protocol-new"), PROTOCOL_FORM)
    protocol = Protocol.objects.get()
    assert answer.headers["Location"] == url_of("protocol", protocol.pk)

    sign_on_page(cast.amina, "protocol", protocol.pk, Answer.YES)
    page = sign_on_page(cast.bo, "protocol", protocol.pk, Answer.YES)

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
        form = client.get(url_of("protocol-new")).context["form"]
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
        sign_on_page(person, "protocol", protocol.pk, Answer.YES)
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
    page = cast.amina.client().post(url_of("protocol-new"), PROTOCOL_FORM | changed)

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
