"""The builder's form: what it shows, what it keeps, and what it refuses."""

import re
from typing import Any

import pytest

from governance.actions import protocol_drafts
from governance.clauses import library
from governance.errors import NotReady
from governance.models import AccessEvent, Body, Charter, ProtocolDraft
from governance.protocol_content import blank
from tests.cast import Cast
from tests.governance.pages import page_of, url_of
from tests.governance.test_protocols import BUILDER

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft(cast: Cast, charter: Charter) -> ProtocolDraft:
    return protocol_drafts.start(
        community_id=cast.river.pk, actor=cast.amina.user, title="Our protocol", content=blank()
    )


def test_the_builder_shows_every_clause_with_who_checks_it_and_where_that_ends(
    cast: Cast, draft: ProtocolDraft
) -> None:
    Body.objects.create(community=cast.river, slug="elders", name="Our elders")
    page = " ".join(page_of(cast.amina.client(), "protocol-draft", draft.public_id).split())

    for clause in library().values():
        assert f'id="clause-{clause.code}"' in page
        assert clause.limits.replace("'", "&#x27;") in page
    assert page.count("the software cannot enforce this") == sum(
        clause.enforcement == "contract" for clause in library().values()
    )
    assert "NPOA (DUO:0000044)" in page and "MOR (DUO:0000024) in part" in page
    assert "You have these: Our elders." in page
    assert page.count("<details") == 8  # seven groups, and what stopping undoes
    assert "5 of 8 ticked" in page


def test_every_field_of_the_builder_has_a_help(cast: Cast, draft: ProtocolDraft) -> None:
    form = cast.amina.client().get(url_of("protocol-draft", draft.public_id)).context["form"]

    assert [name for name, field in form.fields.items() if not field.help_text] == ["clauses"]


def test_saving_keeps_what_was_ticked_and_leads_on(cast: Cast, draft: ProtocolDraft) -> None:
    client = cast.amina.client()
    url = url_of("protocol-draft", draft.public_id)

    later = client.post(url, BUILDER | {"then": "later", "clauses": ["NO_LINK"]})
    draft.refresh_from_db()
    kept = set(draft.content["clauses"])

    assert later.headers["Location"] == url_of("protocol-drafts")
    assert kept == {"NO_LINK", "DESTROY", "WITHDRAW"}
    assert draft.content["law"]["governing"] == "River's own law"
    assert client.post(url, BUILDER).headers["Location"] == url_of(
        "protocol-draft-read", draft.public_id
    )


def test_what_is_chosen_in_a_clause_that_cannot_be_left_out_is_kept(
    cast: Cast, draft: ProtocolDraft
) -> None:
    """A browser does not send a tick that cannot be taken away, but it sends the choices."""
    chosen = {"WITHDRAW-choice": "W5", "DESTROY-what": "model", "DESTROY-proof": "a film of it"}

    cast.amina.client().post(url_of("protocol-draft", draft.public_id), BUILDER | chosen)

    draft.refresh_from_db()
    assert draft.content["clauses"]["WITHDRAW"] == {"choice": "W5"}
    assert draft.content["clauses"]["DESTROY"] == {"what": "model", "proof": "a film of it"}
    page = page_of(cast.amina.client(), "protocol-draft-read", draft.public_id)
    assert "What this protocol chooses: <strong>The model is destroyed</strong>" in page


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"min_cohort": "19"}, "greater than or equal to 20"),
        ({"cooling_off_days": "91"}, "less than or equal to 90"),
        ({"clauses": ["NO_SUCH"]}, "not one of the available choices"),
        ({"PLACE-places": "Atlantis"}, "not a country that we know"),
        ({"NAMED_ONLY-people": "Bo 0000-0002-1825-0098"}, "a mistake in its digits"),
        ({"use": "DUO:0000042", "ancestry": ""}, "lets ancestry research in"),
        ({"use": "DUO:0000004", "ancestry": ""}, "lets ancestry research in"),
        ({"title": ""}, "This field is required."),
    ],
)
def test_what_does_not_fit_is_told_and_what_was_typed_stays(
    cast: Cast, draft: ProtocolDraft, changed: dict[str, Any], sentence: str
) -> None:
    answer = cast.amina.client().post(
        url_of("protocol-draft", draft.public_id),
        BUILDER | {"disputes": "The council of elders, at the river"} | changed,
    )
    page = answer.content.decode()

    assert answer.status_code == 400
    assert page.count(sentence) >= 2 or "clauses" in changed  # beside the field and on top
    assert "The council of elders, at the river" in page
    draft.refresh_from_db()
    assert draft.content == blank()


def test_the_action_too_refuses_general_use_without_an_answer_on_ancestry(
    cast: Cast, draft: ProtocolDraft
) -> None:
    with pytest.raises(NotReady, match="lets ancestry research in"):
        protocol_drafts.save(
            draft.pk,
            actor=cast.amina.user,
            title="Ours",
            content=blank() | {"use": "DUO:0000042", "ancestry": ""},
        )


def test_it_is_saved_while_it_is_written(cast: Cast, draft: ProtocolDraft) -> None:
    client = cast.amina.client()
    url = url_of("protocol-draft-save", draft.public_id)
    page = page_of(client, "protocol-draft", draft.public_id)
    seen = re.findall(r'name="seen" value="([^"]+)"', page)[0]

    answer = client.post(url, BUILDER | {"seen": seen}).content.decode()
    again = client.post(url, BUILDER | {"max_rounds": "0"}).content.decode()

    draft.refresh_from_db()
    assert "Saved at" in answer and draft.updated_at.isoformat() in answer.replace("&#x2B;", "+")
    assert "Not saved yet" in again
    assert draft.content["settings"]["max_rounds"] == 5


def test_nobody_writes_over_what_another_saved(cast: Cast, draft: ProtocolDraft) -> None:
    url = url_of("protocol-draft", draft.public_id)
    seen = draft.updated_at.isoformat()
    cast.bo.client().post(url, BUILDER | {"title": "Bo's", "seen": seen})

    answer = cast.amina.client().post(url, BUILDER | {"title": "Amina's", "seen": seen})

    assert answer.status_code == 400
    assert "Somebody else saved this draft" in answer.content.decode()
    assert "Amina&#x27;s" in answer.content.decode()
    draft.refresh_from_db()
    assert draft.title == "Bo's"


def test_saves_in_one_sitting_are_one_row_in_the_log(cast: Cast, draft: ProtocolDraft) -> None:
    for person in (cast.amina, cast.amina, cast.bo):
        person.client().post(url_of("protocol-draft", draft.public_id), BUILDER)

    verbs = AccessEvent.objects.filter(verb__startswith="protocol").values_list(
        "verb", "actor__name"
    )
    assert list(verbs.order_by("pk")) == [
        ("protocol.draft", "Amina"),
        ("protocol.save-draft", "Bo"),
    ]
