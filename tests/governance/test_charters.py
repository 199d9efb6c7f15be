"""Charters through their page, and what stewards see of each other."""

import re
from typing import Any

import pytest

from consent.grants.statements import Answer
from consent.grants.words import fingerprint_words
from governance import queries
from governance.actions import charters
from governance.errors import NotAllowed, NotReady
from governance.models import Charter, Statement
from governance.views.signing import PLAIN_ANSWERS
from tests import factories
from tests.cast import Cast, Person
from tests.factories import form_fields
from tests.governance.pages import sign_on_page, url_of

pytestmark = pytest.mark.django_db


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
        assert "must sign yes" in sign_on_page(person, "charter", draft.pk, Answer.YES)

    page = sign_on_page(cast.cleo, "charter", draft.pk, Answer.YES)

    assert "and with it this is adopted" in page
    assert "in force" in page
    assert queries.charter_in_force(cast.river) == draft


def test_the_page_tells_a_charter_in_words(cast: Cast, charter: Charter) -> None:
    page = cast.ola.client().get(url_of("charter", charter.pk)).content.decode()

    assert "At least 2 of the 3 stewards must sign yes." in page
    assert "Any 1 of the 3 stewards, by signing yes." in page
    assert fingerprint_words(charter.statement.digest) in page
    assert charter.statement.digest in page
    assert '<svg class="qr"' in page


def test_a_forged_signature_sent_to_the_page_is_refused(cast: Cast, draft: Charter) -> None:
    forged = factories.make_passkey(cast.chi.user)
    fields = form_fields(forged, draft.statement, Answer.YES)

    page = cast.amina.client().post(url_of("charter-sign", draft.pk), fields, follow=True)

    assert "not in the charter" in page.content.decode()
    assert queries.answers_of(draft.statement) == {}


@pytest.mark.parametrize("field", ["credential_id", "signature", "answer"])
def test_a_form_that_no_passkey_sends_is_refused(cast: Cast, draft: Charter, field: str) -> None:
    page = sign_on_page(cast.amina, "charter", draft.pk, Answer.YES, **{field: "???"})

    assert "did not come through" in page
    assert queries.answers_of(draft.statement) == {}


def test_others_answers_are_hidden_until_ones_own_is_given(cast: Cast, draft: Charter) -> None:
    sign_on_page(cast.bo, "charter", draft.pk, Answer.NOT_YET, comment="I want to ask my aunt")

    def page_of(person: Person) -> str:
        return person.client().get(url_of("charter", draft.pk)).content.decode()

    for person in (cast.amina, cast.ola, cast.dov):
        assert "Bo: " not in page_of(person)
        assert "my aunt" not in page_of(person)

    own = sign_on_page(cast.amina, "charter", draft.pk, Answer.YES)
    assert "Bo: not yet" in own
    assert "my aunt" in own


def test_no_answer_is_chosen_beforehand_and_none_stands_out(cast: Cast, draft: Charter) -> None:
    page = cast.amina.client().get(url_of("charter", draft.pk)).content.decode()
    form = page.partition('<form id="sign"')[2].partition("</form>")[0]

    assert re.findall(r'<input type="radio"[^>]*>', form) == [
        f'<input type="radio" id="answer-{value}" name="answer" value="{value}" required>'
        for value, _label in PLAIN_ANSWERS
    ]


@pytest.mark.parametrize("who", ["dov", "ola"])
def test_who_cannot_decide_is_offered_no_form(cast: Cast, draft: Charter, who: str) -> None:
    page = getattr(cast, who).client().get(url_of("charter", draft.pk)).content.decode()

    assert 'id="sign"' not in page
    assert "The exact text" in page


def test_a_draft_can_be_taken_back_with_a_reason(cast: Cast, draft: Charter) -> None:
    client = cast.bo.client()
    assert client.post(url_of("charter-take-back", draft.pk), {"reason": ""}).status_code == 400

    client.post(url_of("charter-take-back", draft.pk), {"reason": "Cleo has a new phone"})

    draft.statement.refresh_from_db()
    assert draft.statement.state == "fallen"
    assert "taken back" in client.get(url_of("charters")).content.decode()


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


@pytest.mark.parametrize("who", ["dov", "ola", "chi", "zed", "aud", "max"])
def test_only_stewards_write_charters_and_protocols(cast: Cast, charter: Charter, who: str) -> None:
    actor = getattr(cast, who).user
    with pytest.raises(NotAllowed):
        factories.propose_protocol(cast.river, actor)
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


def test_a_steward_who_came_later_cannot_write_the_next_charter(cast: Cast, charter: Charter):
    """Her role is a row in the database; who the stewards are is what they signed."""
    late = factories.make_user("Late")
    factories.make_membership(late, cast.river)
    factories.make_passkey(late)

    with pytest.raises(NotAllowed, match="does not name you"):
        charters.draft(
            community_id=cast.river.pk,
            actor=late,
            nodes=[],
            rules=factories.threshold(2),
            floor=2,
        )
