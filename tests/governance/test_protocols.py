"""Protocols from the first tick to what is in force, through their pages, and their rules."""

import json
from typing import Any

import pytest

from consent.grants.statements import Answer
from governance import queries
from governance.actions import protocol_drafts, protocols
from governance.errors import NotAllowed, NotReady
from governance.models import AccessEvent, Charter, Protocol, ProtocolDraft
from governance.models.protocols import MAIN
from governance.protocol_content import BROAD, blank
from governance.queries.protocols import protocol_lines
from governance.rules import PROTOCOL_NUMBERS
from tests import factories
from tests.cast import Cast
from tests.governance.pages import draft_protocol, sign_on_page, url_of

pytestmark = pytest.mark.django_db


BUILDER = {
    "title": "Our protocol",
    "use": "",
    "ancestry": "no",
    "clauses": ["NO_COMM", "PUB_REVIEW"],
    "PUB_REVIEW-days": "30",
    "min_cohort": "50",
    "max_rounds": "5",
    "max_months": "6",
    "cooling_off_days": "0",
    "min_nodes": "2",
    "code_policy": "pinned",
    "governing": "River's own law",
    "disputes": "River's council",
    "then": "read",
}


def begin(cast: Cast, **sent: str) -> ProtocolDraft:
    answer = cast.amina.client().post(
        url_of("protocol-new"), {"line": "", "title": "Our protocol", "start": ""} | sent
    )
    assert answer.status_code == 302, answer.content.decode()
    return ProtocolDraft.objects.latest("pk")


def test_a_protocol_is_written_put_signed_and_shown_in_words(cast: Cast, charter: Charter) -> None:
    client = cast.amina.client()
    draft = begin(cast)
    answer = client.post(url_of("protocol-draft", draft.public_id), BUILDER)
    assert answer.headers["Location"] == url_of("protocol-draft-read", draft.public_id)
    answer = client.post(url_of("protocol-draft-put", draft.public_id), {"known": "yes"})
    protocol = Protocol.objects.get()
    assert answer.headers["Location"] == url_of("protocol", protocol.pk)

    sign_on_page(cast.amina, "protocol", protocol.pk, Answer.YES)
    page = sign_on_page(cast.bo, "protocol", protocol.pk, Answer.YES)

    assert "in force" in page
    assert "poster and press release before it goes out; we have 30 days." in page
    assert "Nothing runs with fewer than 50 people in the data." in page
    assert "After a yes the work may begin at once." in page
    assert queries.protocol_in_force(cast.river) == protocol


def test_what_is_signed_has_everything_a_reader_needs(cast: Cast, charter: Charter) -> None:
    draft = begin(cast)
    cast.amina.client().post(url_of("protocol-draft", draft.public_id), BUILDER)

    document = factories.document_of(
        protocols.put(draft.pk, actor=cast.amina.user, known=True).statement
    )

    assert [clause["code"] for clause in document.pop("clauses")] == [
        "NO_ANCESTRY",  # the answer was no
        "NO_COMM",
        "PUB_REVIEW",
        "DESTROY",  # these two cannot be left out
        "WITHDRAW",
    ]
    assert document.pop("created")
    assert document == {
        "type": "protocol",
        "version": 1,
        "community": "river",
        "line": "main",
        "title": "Our protocol",
        "number": 1,
        "previous": None,
        "use": "",
        "ancestry": "no",
        "law": {"governing": "River's own law", "disputes": "River's council"},
        "settings": {
            "min_cohort": 50,
            "max_rounds": 5,
            "max_months": 6,
            "cooling_off_s": 0,
            "min_nodes": 2,
            "code_policy": "pinned",
        },
    }


@pytest.mark.parametrize("name", PROTOCOL_NUMBERS)
def test_the_action_keeps_the_bounds_without_any_form(
    cast: Cast, charter: Charter, name: str
) -> None:
    least, most = PROTOCOL_NUMBERS[name]
    wrong: tuple[Any, ...] = (least - 1, most + 1, True if least > 1 else "5")
    for value in wrong:
        with pytest.raises(NotReady, match=name):
            factories.propose_protocol(cast.river, cast.amina.user, {}, **{name: value})


def propose(cast: Cast, known: bool = True, **changed: Any) -> Protocol:
    content: Any = factories.protocol_content() | changed
    return protocols.propose(
        community_id=cast.river.pk, actor=cast.amina.user, content=content, known=known
    )


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"law": {"governing": "", "disputes": "Council"}}, "which law governs"),
        ({"law": {"governing": "Ours", "disputes": " "}}, "where disputes are settled"),
        ({"law": {"governing": "x" * 401, "disputes": "Council"}}, "At most 400 characters"),
        ({"clauses": {"NO_SUCH": {}}}, "no clause NO_SUCH"),
        ({"clauses": {"SCOPE_DISEASE": {}}}, "Fill in what is missing"),
        ({"clauses": {"PLACE": {"places": "Atlantis"}}}, "not a country that we know"),
        ({"clauses": {}, "ancestry": ""}, "whether you allow research on ancestry"),
        ({"ancestry": "yes"}, "You ticked that no ancestry studies may be done"),
        ({"use": "DUO:0000011"}, "needs a yes to ancestry research"),
        ({"use": "DUO:0000007"}, "needs the clause that names the illnesses"),
        ({"use": "DUO:9"}, "choose one of the offered uses"),
        (
            {"use": "DUO:0000006", "clauses": {"SCOPE_DISEASE": {"diseases": "asthma"}}},
            "Then the use must be research on those illnesses",
        ),
        ({"settings": {"min_cohort": 100}}, "every one of its settings"),
        ({"settings": factories.SETTINGS | {"code_policy": "any"}}, "code_policy must be one of"),
    ],
)
def test_a_text_with_a_hole_in_it_is_never_put(
    cast: Cast, charter: Charter, changed: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(NotReady, match=sentence):
        propose(cast, **changed)

    assert not Protocol.objects.exists()


@pytest.mark.parametrize("use", sorted(BROAD))
def test_general_use_needs_an_answer_on_ancestry_in_so_many_words(
    cast: Cast, charter: Charter, use: str
) -> None:
    with pytest.raises(NotReady, match="lets ancestry research in"):
        propose(cast, use=use, ancestry="")

    document = factories.document_of(propose(cast, use=use, ancestry="no", clauses={}).statement)
    assert "NO_ANCESTRY" in {clause["code"] for clause in document["clauses"]}


def test_a_new_protocol_names_no_law_no_use_and_gives_no_answer_on_ancestry() -> None:
    content = blank()

    assert content["law"] == {"governing": "", "disputes": ""}
    assert (content["use"], content["ancestry"]) == ("", "")


def test_what_is_loose_needs_a_word_and_is_told_in_the_log(cast: Cast, charter: Charter) -> None:
    loose = {
        "clauses": blank()["clauses"],
        "settings": factories.SETTINGS | {"max_rounds": 21, "cooling_off_s": 604800},
    }
    with pytest.raises(NotReady, match="looser than recommended"):
        propose(cast, known=False, **loose)

    propose(cast, known=True, **loose)

    told = AccessEvent.objects.get(verb="protocol.loosen")
    assert told.reason == "Put in the knowledge of the warnings on: max_rounds, min_nodes"


def test_what_is_as_recommended_needs_no_word(cast: Cast, charter: Charter) -> None:
    recommended = blank()
    propose(cast, known=False, settings=recommended["settings"], clauses=recommended["clauses"])

    assert not AccessEvent.objects.filter(verb="protocol.loosen").exists()


def test_each_line_has_its_own_versions_and_one_open_text(cast: Cast, charter: Charter) -> None:
    first = factories.make_protocol(cast.river, cast.signers)
    bank = factories.make_protocol(
        cast.river, cast.signers, line="blood-bank", title="Rules for the blood bank"
    )
    second = factories.make_protocol(cast.river, cast.signers, max_rounds=5)
    waiting = factories.propose_protocol(cast.river, cast.amina.user, line="blood-bank")

    assert (first.number, bank.number, second.number, waiting.number) == (1, 1, 2, 2)
    assert queries.protocol_in_force(cast.river) == second
    assert queries.protocol_in_force(cast.river, "blood-bank") == bank
    assert factories.document_of(second.statement)["previous"] == first.statement.digest
    assert factories.document_of(waiting.statement)["previous"] == bank.statement.digest
    with pytest.raises(NotReady, match="put to the stewards already"):
        factories.propose_protocol(cast.river, cast.amina.user, line="blood-bank", max_rounds=2)
    assert protocol_lines(cast.river) == {
        MAIN: "Our protocol",
        "blood-bank": "Rules for the blood bank",
    }


def test_a_version_never_changes(cast: Cast, charter: Charter, protocol: Protocol) -> None:
    text, digest = protocol.statement.text, protocol.statement.digest

    factories.make_protocol(cast.river, cast.signers, max_rounds=3)

    protocol.statement.refresh_from_db()
    assert (protocol.statement.text, protocol.statement.digest) == (text, digest)
    assert (
        f"{json.loads(text)['settings']['max_rounds']} rounds"
        in cast.ola.client().get(url_of("protocol", protocol.pk)).content.decode()
    )


@pytest.mark.parametrize("who", ["dov", "ola", "eli", "chi", "zed", "aud", "max"])
def test_only_a_seated_steward_puts_a_text(cast: Cast, charter: Charter, who: str) -> None:
    draft = begin(cast)
    actor = getattr(cast, who).user

    with pytest.raises(NotAllowed):
        factories.propose_protocol(cast.river, actor)
    with pytest.raises(NotAllowed):
        protocols.put(draft.pk, actor=actor, known=True)

    assert not Protocol.objects.exists()


def test_a_steward_whom_the_charter_does_not_name_puts_nothing(
    cast: Cast, charter: Charter
) -> None:
    unnamed = factories.make_user("Uma")
    factories.make_membership(unnamed, cast.river)

    with pytest.raises(NotAllowed, match="does not name you"):
        factories.propose_protocol(cast.river, unnamed)


@pytest.mark.parametrize("who", ["dov", "ola", "chi", "zed", "aud", "max"])
def test_only_those_who_prepare_protocols_touch_drafts(
    cast: Cast, charter: Charter, who: str
) -> None:
    draft = begin(cast)
    actor = getattr(cast, who).user

    with pytest.raises(NotAllowed):
        protocol_drafts.start(
            community_id=cast.river.pk, actor=actor, title="Mine", content=blank()
        )
    with pytest.raises(NotAllowed):
        protocol_drafts.save(draft.pk, actor=actor, title="Mine", content=blank())
    with pytest.raises(NotAllowed):
        protocol_drafts.drop(draft.pk, actor=actor)

    draft.refresh_from_db()
    assert (draft.title, draft.dropped_at) == ("Our protocol", None)


def test_an_admin_with_a_steward_row_still_does_none_of_it(cast: Cast, charter: Charter) -> None:
    """A row put into the database by hand gives the platform's people nothing (R-50)."""
    factories.make_membership(cast.max.user, cast.river)
    draft = begin(cast)

    with pytest.raises(NotAllowed):
        factories.propose_protocol(cast.river, cast.max.user)
    with pytest.raises(NotAllowed):
        protocol_drafts.save(draft.pk, actor=cast.max.user, title="Mine", content=blank())
    with pytest.raises(NotAllowed):
        protocols.take_back(draft_protocol(cast).pk, actor=cast.max.user, reason="no")
