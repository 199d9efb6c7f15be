"""R-13: what goes out as a file comes back in as the same protocol."""

import json

import pytest
from hypothesis import HealthCheck, given, settings

from governance.clauses import library
from governance.exchange import offer, own
from governance.protocol_content import DS, blank, content_of
from tests.governance.exchange.making import (
    LAW,
    any_value,
    contents,
    keeps_to,
    protocol_text,
    text_of,
    words,
)

FORMS = [
    pytest.param(own, "protocol.schema.json", id="own"),
    pytest.param(offer, "odrl.schema.json", id="odrl"),
]
QUICK = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@pytest.mark.parametrize(("form", "schema"), FORMS)
@QUICK
@given(content=contents(), title=words)
def test_any_protocol_comes_back_as_it_went(form, schema, content, title):
    document = text_of(content, title)

    file = form.export(document)
    found = form.read(file.encode())

    keeps_to(json.loads(file), schema)
    assert found.content == content_of(document)
    assert (found.title, found.reworded) == (title, ())


@pytest.mark.parametrize(("form", "schema"), FORMS)
def test_a_protocol_of_all_38_clauses_comes_back(form, schema):
    content = blank(list(library()))
    for code, clause in library().items():
        content["clauses"][code] = {param.name: any_value(param) for param in clause.asked}
    content |= {"use": DS, "ancestry": "no", "law": dict(LAW)}
    document = text_of(content)

    file = form.export(document)

    keeps_to(json.loads(file), schema)
    assert len(document["clauses"]) == 38
    assert form.read(file.encode()).content == content_of(document)


def test_what_comes_back_makes_the_same_text_again():
    document = protocol_text()

    for form in (own, offer):
        found = form.read(form.export(document).encode())
        assert text_of(found.content) == document


@pytest.mark.parametrize("form", [own, offer])
def test_the_digest_may_be_left_out_of_a_file_that_is_written_by_hand(form):
    document = protocol_text()
    whole = json.loads(form.export(document))
    place = whole if form is own else whole["kinhold:protocol"]
    del place["digest"]
    place_of_title = whole["protocol"] if form is own else whole
    place_of_title["title" if form is own else "dct:title"] = "Another title"

    assert form.read(json.dumps(whole).encode()).title == "Another title"


def test_a_clause_that_is_worded_otherwise_is_taken_in_and_named():
    document = protocol_text()
    document["clauses"][0]["text"] = "As an older library put it."

    found = own.read(own.export(document).encode())

    assert found.reworded == (document["clauses"][0]["code"],)
    assert found.content == content_of(document)


def test_an_offer_says_each_rule_in_the_terms_of_odrl():
    content = blank(["SCOPE_DISEASE", "PLACE", "PUB_MORATORIUM"])
    content["clauses"]["SCOPE_DISEASE"] = {"diseases": "cancer (MONDO:0004992)\nlow spirits"}
    content["clauses"]["PLACE"] = {"places": "New Zealand (NZ)"}
    content["clauses"]["PUB_MORATORIUM"] = {"date": "2030-01-31"}
    content |= {"use": DS, "ancestry": "no", "law": dict(LAW)}

    policy = offer.offer(text_of(content))
    held = {
        node["kinhold:clause"]: node
        for node in [
            *policy["permission"][0]["constraint"],
            *policy["permission"][0]["duty"],
            *policy["prohibition"],
        ]
        if "kinhold:clause" in node
    }

    assert set(held) == set(content["clauses"])
    assert held["SCOPE_DISEASE"]["rightOperand"] == [{"@id": "obo:MONDO_0004992"}, "low spirits"]
    assert held["PLACE"]["leftOperand"] == "spatial"
    assert held["PLACE"]["rightOperand"] == ["NZ"]
    assert held["NO_COMM"]["action"] == "kinhold:commercialize"
    assert held["NO_ANCESTRY"]["constraint"][0]["rightOperand"] == {"@id": "obo:DUO_0000011"}
    assert held["PUB_MORATORIUM"]["constraint"][0]["rightOperand"] == {
        "@value": "2030-01-31",
        "@type": "xsd:date",
    }
    assert held["MAX_ROUNDS"]["leftOperand"] == "count"
    assert held["RETURN_RESULTS"]["action"] == "inform"
    assert policy["conflict"] == "prohibit"
