"""Protocols taken out as files and taken in as drafts, on pages."""

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from governance.actions import exchange
from governance.errors import NotAllowed
from governance.exchange import offer, own
from governance.models import AccessEvent, Protocol, ProtocolDraft
from governance.protocol_content import content_of
from tests.factories import document_of
from tests.governance.exchange.making import keeps_to, protocol_text
from tests.governance.pages import url_of

IN_RIVER = {"steward", "custodian", "observer", "convenor"}
PREPARES = {"steward", "convenor"}


def upload(text, name="protocol.json"):
    data = text if isinstance(text, bytes) else text.encode()
    return SimpleUploadedFile(name, data, "application/json")


def send(person, text, line="", name="protocol.json"):
    fields = {"file": upload(text, name), "line": line}
    return person.client().post(url_of("protocol-import"), fields)


@pytest.mark.parametrize("ending", ["json", "jsonld"])
def test_everybody_of_the_community_takes_a_protocol_out_and_nobody_else(cast, protocol, ending):
    for role, person in cast.everybody.items():
        seen = {
            person.client().get(url_of("protocol-export", protocol.pk)).status_code,
            person.client().get(url_of("protocol-file", protocol.pk, ending)).status_code,
        }
        assert seen == ({200} if role in IN_RIVER else {404}), role
    assert Client().get(url_of("protocol-file", protocol.pk, ending)).status_code == 302


@pytest.mark.parametrize(
    ("ending", "kind", "schema"),
    [
        ("json", "application/json; charset=utf-8", "protocol.schema.json"),
        ("jsonld", "application/ld+json; charset=utf-8", "odrl.schema.json"),
    ],
)
def test_a_file_is_one_to_keep_and_is_told_in_the_log(cast, protocol, ending, kind, schema):
    page = cast.ola.client().get(url_of("protocol-file", protocol.pk, ending))

    assert page["Content-Type"] == kind
    assert page["Content-Disposition"] == (f'attachment; filename="protocol-river-main-1.{ending}"')
    assert page["Cache-Control"] == "no-store"
    keeps_to(json.loads(page.content), schema)
    told = AccessEvent.objects.get(verb="protocol.export")
    assert (told.actor, told.community) == (cast.ola.user, cast.river)
    assert told.document_digest == protocol.statement.digest


def test_looking_at_the_page_is_not_told_in_the_log(cast, protocol):
    cast.ola.client().get(url_of("protocol-export", protocol.pk))

    assert not AccessEvent.objects.filter(verb="protocol.export").exists()


def test_a_file_in_another_form_does_not_exist(cast, protocol):
    assert cast.amina.client().get(url_of("protocol-file", protocol.pk, "pdf")).status_code == 404


@pytest.mark.parametrize("ending", ["json", "jsonld"])
def test_what_was_taken_out_comes_in_as_an_equal_draft(cast, protocol, ending):
    file = cast.amina.client().get(url_of("protocol-file", protocol.pk, ending)).content

    page = send(cast.eli, file, "main")

    draft = ProtocolDraft.objects.get()
    assert page.status_code == 302
    assert page["Location"] == url_of("protocol-draft-read", draft.public_id)
    assert draft.content == content_of(document_of(protocol.statement))
    assert (draft.line, draft.title, draft.made_by) == ("main", "Our protocol", cast.eli.user)
    assert AccessEvent.objects.get(verb="protocol.import").actor == cast.eli.user
    assert Protocol.objects.count() == 1


def test_only_those_who_prepare_protocols_take_files_in(cast, protocol):
    file = own.export(protocol_text())

    for role, person in cast.everybody.items():
        shown = person.client().get(url_of("protocol-import")).status_code
        sent = send(person, file).status_code
        assert (shown, sent) == ((200, 302) if role in PREPARES else (404, 404)), role
    assert ProtocolDraft.objects.count() == len(PREPARES)
    assert Client().post(url_of("protocol-import")).status_code == 302


def test_the_actions_ask_for_themselves(cast, protocol):
    with pytest.raises(NotAllowed):
        exchange.take_out(protocol.pk, actor=cast.zed.user, form="json")
    with pytest.raises(NotAllowed):
        exchange.take_in(cast.river.pk, actor=cast.dov.user, data=b"{}")


BROKEN = json.loads(own.export(protocol_text()))
del BROKEN["digest"]
BROKEN["protocol"]["clauses"][0]["code"] = "NO_SUCH"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (json.dumps(BROKEN), "protocol.clauses[0].code: There is no clause NO_SUCH"),
        ("{}", "neither a protocol in our own JSON nor an ODRL Offer"),
        (b"\x89PNG", "This is no file of a protocol."),
        (b"", "The submitted file is empty."),
        (b" " * 262_145, "This file is larger than 256 kilobytes."),
        ('{"@context": []}', "@context: This must be the context of our profile"),
    ],
)
def test_a_file_that_does_not_fit_is_refused_whole_with_the_place(cast, protocol, text, sentence):
    page = send(cast.amina, text, "main")

    html = page.content.decode()
    assert page.status_code == 400
    assert html.count(sentence) == 2  # in the summary and next to the field
    assert 'value="main" selected' in html
    assert not ProtocolDraft.objects.exists()
    assert not AccessEvent.objects.filter(verb__in=["protocol.import", "protocol.draft"]).exists()


def test_a_line_that_is_not_there_is_no_answer(cast, protocol):
    page = send(cast.amina, offer.export(protocol_text()), "elsewhere")

    assert page.status_code == 400
    assert not ProtocolDraft.objects.exists()


def test_a_clause_that_reads_otherwise_here_is_pointed_out(cast, protocol):
    document = protocol_text()
    document["clauses"][0]["text"] = "As an older library put it."
    code = document["clauses"][0]["code"]

    send_to = cast.amina.client()
    page = send_to.post(
        url_of("protocol-import"), {"file": upload(own.export(document)), "line": ""}, follow=True
    )

    assert f"1 clause reads otherwise here than in the file: {code}." in page.content.decode()


def test_a_protocol_that_is_too_old_for_a_file_is_told_so(cast, protocol):
    document = document_of(protocol.statement)
    del document["law"]
    type(protocol.statement).objects.filter(pk=protocol.statement_id).update(
        text=json.dumps(document)
    )

    page = cast.amina.client().get(url_of("protocol-file", protocol.pk, "json"), follow=True)

    assert "This version is too old for a file." in page.content.decode()
