"""The builder's pages: drafts begun, saved, read, put and dropped, by those who may."""

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from governance.actions import protocol_drafts, protocols
from governance.errors import NotReady
from governance.models import Charter, LabelClause, Protocol, ProtocolDraft
from governance.protocol_content import blank
from governance.rules import Offer
from tests import factories
from tests.cast import Cast
from tests.governance.pages import draft_protocol, page_of, url_of
from tests.governance.test_protocols import BUILDER, begin

pytestmark = pytest.mark.django_db

SIGN_IN = "/accounts/login/?next="
WRITERS = {"steward", "convenor"}


@pytest.fixture
def draft(cast: Cast, charter: Charter) -> ProtocolDraft:
    return protocol_drafts.start(
        community_id=cast.river.pk, actor=cast.amina.user, title="Our protocol", content=blank()
    )


@pytest.mark.parametrize(
    ("page", "steward", "convenor"),
    [
        ("protocol-new", 200, 200),
        ("protocol-drafts", 200, 200),
        ("protocol-draft", 200, 200),
        ("protocol-draft-read", 200, 200),
        ("protocol-draft-drop", 200, 200),
        ("protocol-draft-save", 405, 405),
        ("protocol-draft-put", 405, 405),
    ],
)
def test_who_sees_drafts(
    cast: Cast, draft: ProtocolDraft, page: str, steward: int, convenor: int
) -> None:
    args = (
        [draft.public_id] if page.startswith("protocol-draft-") or page == "protocol-draft" else []
    )
    url = url_of(page, *args)
    none = 405 if steward == 405 else 404

    found = {role: p.client().get(url).status_code for role, p in cast.everybody.items()}

    assert found == dict.fromkeys(found, none) | {"steward": steward, "convenor": convenor}
    assert Client().get(url).headers["Location"] == SIGN_IN + url


@pytest.mark.parametrize("page", ["protocol-draft", "protocol-draft-save", "protocol-draft-drop"])
def test_who_may_change_a_draft(cast: Cast, draft: ProtocolDraft, page: str) -> None:
    url = url_of(page, draft.public_id)

    for role, person in cast.everybody.items():
        if role not in WRITERS:
            assert person.client().post(url, BUILDER).status_code == 404

    draft.refresh_from_db()
    assert (draft.content, draft.dropped_at) == (blank(), None)
    assert Client().post(url, BUILDER).headers["Location"] == SIGN_IN + url


def test_a_convenor_prepares_and_a_steward_puts(cast: Cast, draft: ProtocolDraft) -> None:
    convenor = cast.eli.client()
    put = url_of("protocol-draft-put", draft.public_id)

    assert convenor.post(url_of("protocol-draft", draft.public_id), BUILDER).status_code == 302
    page = page_of(convenor, "protocol-draft-read", draft.public_id)

    assert "A steward puts it to the others." in page
    assert 'name="known"' not in page
    assert convenor.post(put, {"known": "yes"}).status_code == 404
    for role, person in cast.everybody.items():
        if role != "steward":
            assert person.client().post(put, {"known": "yes"}).status_code == 404
    assert not Protocol.objects.exists()
    assert cast.bo.client().post(put, {"known": "yes"}).status_code == 302
    assert Protocol.objects.count() == 1


def test_another_communitys_draft_does_not_exist(cast: Cast, draft: ProtocolDraft) -> None:
    for name in ("protocol-draft", "protocol-draft-read", "protocol-draft-drop"):
        url = reverse(f"governance:{name}", args=["coast", draft.public_id])
        assert cast.zed.client().get(url).status_code == 404


# --- beginning


def test_a_draft_begins_with_the_defaults_or_with_a_version(cast: Cast, charter: Charter) -> None:
    first = factories.make_protocol(cast.river, cast.signers, max_rounds=7)
    factories.make_protocol(cast.river, cast.signers, max_rounds=8)

    assert begin(cast, line="main", start="").content == blank()
    assert begin(cast, line="main", start=str(first.pk)).content["settings"]["max_rounds"] == 7
    page = page_of(cast.amina.client(), "protocol-new")
    assert "“Our protocol”, version 2 (in force)" in page
    assert re.search(r'value="\d+"[^>]*checked', page)


def test_until_there_is_a_protocol_every_draft_is_one_for_the_first(
    cast: Cast, draft: ProtocolDraft
) -> None:
    other = begin(cast, title="Another try")

    assert (draft.line, other.line) == ("main", "main")


def test_a_further_protocol_gets_a_line_of_its_own(cast: Cast, protocol: Protocol) -> None:
    further = begin(cast, line="", title="Rules for the blood bank")
    again = begin(cast, line="", title="Rules for the blood bank")
    other = begin(cast, line="", title="血")

    assert (further.line, again.line, other.line) == (
        "rules-for-the-blood-bank",
        "rules-for-the-blood-bank-2",
        "protocol",
    )


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({"line": "", "title": ""}, "A further protocol needs a title."),
        ({"line": "nobody"}, "Select a valid choice"),
        ({"start": "999"}, "Select a valid choice"),
    ],
)
def test_a_beginning_that_does_not_fit_is_told(
    cast: Cast, protocol: Protocol, sent: dict[str, str], sentence: str
) -> None:
    form = {"line": "main", "title": "Kept title", "start": ""} | sent
    answer = cast.amina.client().post(url_of("protocol-new"), form)

    assert answer.status_code == 400
    assert sentence in answer.content.decode()
    assert not ProtocolDraft.objects.exists()


def test_what_labels_ask_for_is_ticked_and_says_by_which(cast: Cast, protocol: Protocol) -> None:
    dataset = factories.make_dataset(cast.river, cast.amina.user)
    label = factories.make_label(dataset, cast.amina.user)
    LabelClause.objects.create(label=label, clause="COMM_NEGOTIATE", state=Offer.CONFIRMED.value)

    made = begin(cast, line="main", start=str(protocol.pk))

    assert "COMM_NEGOTIATE" in made.content["clauses"]
    page = page_of(cast.amina.client(), "protocol-draft", made.public_id)
    assert "Asked for by the label" in page


# --- reading and putting


def test_the_page_before_putting_says_what_is_missing(cast: Cast, draft: ProtocolDraft) -> None:
    page = page_of(cast.amina.client(), "protocol-draft-read", draft.public_id)

    assert "Say which law governs this protocol." in page
    assert "First fill in what is missing." in page
    answer = cast.amina.client().post(
        url_of("protocol-draft-put", draft.public_id), {"known": "yes"}, follow=True
    )
    assert "Say which law governs this protocol." in answer.content.decode()
    assert not Protocol.objects.exists()


def test_warnings_stand_before_putting_and_before_signing(cast: Cast, draft: ProtocolDraft) -> None:
    client = cast.amina.client()
    client.post(url_of("protocol-draft", draft.public_id), BUILDER)
    warning = "50 people in the data are enough."

    before = page_of(client, "protocol-draft-read", draft.public_id)
    refused = client.post(url_of("protocol-draft-put", draft.public_id), follow=True)
    client.post(url_of("protocol-draft-put", draft.public_id), {"known": "yes"})

    assert warning in before and "We know where this is looser" in before
    assert "looser than recommended. Read the warnings" in refused.content.decode()
    for person in (cast.bo, cast.ola):
        assert warning in page_of(person.client(), "protocol", Protocol.objects.get().pk)


def test_while_a_text_is_open_no_other_of_its_line_is_put(cast: Cast, draft: ProtocolDraft) -> None:
    draft_protocol(cast)
    cast.amina.client().post(url_of("protocol-draft", draft.public_id), BUILDER)

    assert "must be decided or taken back first" in page_of(
        cast.amina.client(), "protocol-draft-read", draft.public_id
    )


def test_a_draft_that_was_put_or_dropped_is_gone(cast: Cast, draft: ProtocolDraft) -> None:
    other = begin(cast, title="Another")
    cast.amina.client().post(url_of("protocol-draft", draft.public_id), BUILDER)
    protocols.put(draft.pk, actor=cast.amina.user, known=True)
    url = url_of("protocol-draft-drop", other.public_id)

    assert "nobody can go on with it" in cast.amina.client().get(url).content.decode()
    assert cast.amina.client().post(url).headers["Location"] == url_of("protocol-drafts")

    for gone in (draft, other):
        assert cast.amina.client().get(url_of("protocol-draft", gone.public_id)).status_code == 404
        with pytest.raises(NotReady):
            protocol_drafts.save(gone.pk, actor=cast.amina.user, title="x", content=blank())
        with pytest.raises(NotReady):
            protocols.put(gone.pk, actor=cast.amina.user, known=True)
    assert "There is no draft." in page_of(cast.amina.client(), "protocol-drafts")


# --- lists


def test_more_drafts_do_not_mean_more_queries(cast: Cast, draft: ProtocolDraft) -> None:
    client = cast.amina.client()
    client.get(url_of("protocol-drafts"))
    with CaptureQueriesContext(connection) as few:
        client.get(url_of("protocol-drafts"))
    for title in ("One", "Two"):
        begin(cast, title=title)
    with CaptureQueriesContext(connection) as many:
        client.get(url_of("protocol-drafts"))

    assert len(many) == len(few)


def test_drafts_can_be_searched(cast: Cast, draft: ProtocolDraft) -> None:
    begin(cast, title="Rules for the blood bank")
    client = cast.amina.client()

    found = client.get(url_of("protocol-drafts"), {"q": "blood"}).content.decode()
    none = client.get(url_of("protocol-drafts"), {"q": "nothing like it"}).content.decode()

    assert "Rules for the blood bank" in found and ">Our protocol<" not in found
    assert "Nothing fits." in none and "There is no draft." not in none


def test_there_is_an_end_to_how_many_drafts(
    cast: Cast, draft: ProtocolDraft, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(protocol_drafts, "MAX_DRAFTS", 1)

    answer = cast.amina.client().post(
        url_of("protocol-new"), {"line": "", "title": "More", "start": ""}
    )

    assert answer.status_code == 400 and "Drop some that nobody needs." in answer.content.decode()


@pytest.mark.parametrize("seen", ["2026-13-45T00:00:00", "0000-00-00", "x" * 5000])
def test_an_odd_time_of_the_last_save_is_no_error_of_ours(
    cast: Cast, draft: ProtocolDraft, seen: str
) -> None:
    sent = BUILDER | {"seen": seen}

    answer = cast.amina.client().post(url_of("protocol-draft-save", draft.public_id), sent)

    assert answer.status_code == 200
