"""A file is taken in as a whole or not at all, and what is wrong is named by its place."""

import copy
import json

import pytest

from governance.exchange import offer, own
from governance.exchange.errors import BadFile
from governance.exchange.reading import MAX_BYTES
from tests.governance.exchange.making import protocol_text

OWN = json.loads(own.export(protocol_text()))
ODRL = json.loads(offer.export(protocol_text()))
del OWN["digest"]  # so that a change is not found by the digest alone
del ODRL["kinhold:protocol"]["digest"]


def place_of(form, whole):
    with pytest.raises(BadFile) as refusal:
        form.read(json.dumps(whole).encode())
    return refusal.value.place


def changed(whole, path, value):
    """The file with one thing in it replaced, or added."""
    made = copy.deepcopy(whole)
    *way, last = path
    target = made
    for step in way:
        target = target[step]
    target[last] = value
    return made


def without(whole, *path):
    made = copy.deepcopy(whole)
    *way, last = path
    target = made
    for step in way:
        target = target[step]
    del target[last]
    return made


@pytest.mark.parametrize("form", [own, offer])
@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"nothing",
        b"[]",
        b"{}",
        b"\xff\xfe{}",
        b'{"format": "kinhold-protocol", "format": "other"}',
        b'{"a": ' + b"[" * 5000 + b"]" * 5000 + b"}",
        b'{"a": NaN}',
        b'{"format": "kinhold-protocol", "version": 1.0}',
        b" " * (MAX_BYTES + 1),
    ],
)
def test_what_is_no_such_file_is_refused(form, data):
    with pytest.raises(BadFile):
        form.read(data)


def test_one_form_is_not_read_as_the_other():
    assert place_of(own, ODRL) == "format"
    assert place_of(offer, OWN) == "@context"


FIRST = ("protocol", "clauses", 0)
SETTINGS = ("protocol", "settings")
SECOND = OWN["protocol"]["clauses"][1]["code"]


@pytest.mark.parametrize(
    ("whole", "place"),
    [
        (changed(OWN, ("version",), 2), "version"),
        (changed(OWN, ("extra",), 1), "extra"),
        (changed(OWN, ("protocol",), []), "protocol"),
        (changed(OWN, ("protocol", "extra"), 1), "protocol.extra"),
        (without(OWN, "protocol", "law"), "protocol.law"),
        (changed(OWN, ("protocol", "type"), "charter"), "protocol.type"),
        (changed(OWN, ("protocol", "number"), True), "protocol.number"),
        (changed(OWN, ("protocol", "title"), " "), "protocol.title"),
        (changed(OWN, ("protocol", "title"), "x" * 121), "protocol.title"),
        (changed(OWN, ("protocol", "title"), None), "protocol.title"),
        (changed(OWN, ("protocol", "clauses"), {}), "protocol.clauses"),
        (changed(OWN, FIRST, "NO_COMM"), "protocol.clauses[0]"),
        (changed(OWN, (*FIRST, "code"), "NO_SUCH"), "protocol.clauses[0].code"),
        (changed(OWN, (*FIRST, "code"), SECOND), "protocol.clauses[1].code"),
        (changed(OWN, (*FIRST, "extra"), "x"), "protocol.clauses[0].extra"),
        (without(OWN, *FIRST, "text"), "protocol.clauses[0].text"),
        (changed(OWN, (*FIRST, "params", "extra"), "x"), "protocol.clauses[0].params.extra"),
        (changed(OWN, ("protocol", "settings", "extra"), 1), "protocol.settings.extra"),
        (without(OWN, "protocol", "settings", "min_nodes"), "protocol.settings.min_nodes"),
        (changed(OWN, ("protocol", "settings", "min_nodes"), 0), "protocol.settings.min_nodes"),
        (changed(OWN, ("protocol", "settings", "min_nodes"), True), "protocol.settings.min_nodes"),
        (changed(OWN, (*SETTINGS, "code_policy"), ""), "protocol.settings.code_policy"),
        (changed(OWN, ("protocol", "use"), "DUO:0000099"), "protocol.use"),
        (changed(OWN, ("protocol", "use"), "DUO:0000007"), "protocol.use"),
        (changed(OWN, ("protocol", "ancestry"), "perhaps"), "protocol.ancestry"),
        (changed(OWN, ("protocol", "ancestry"), "yes"), "protocol.ancestry"),
        (changed(OWN, ("protocol", "law", "extra"), "x"), "protocol.law.extra"),
        (changed(OWN, ("protocol", "law", "governing"), "two\nlines"), "protocol.law.governing"),
        (changed(OWN, ("digest",), "0" * 64), "digest"),
    ],
)  # fmt: skip
def test_in_our_own_form_the_first_wrong_place_is_named(whole, place):
    assert place_of(own, whole) == place


def clauses_but(*codes):
    kept = [row for row in OWN["protocol"]["clauses"] if row["code"] not in codes]
    return changed(OWN, ("protocol", "clauses"), kept)


def with_hole(code, name, value):
    index = [row["code"] for row in OWN["protocol"]["clauses"]].index(code)
    return changed(OWN, ("protocol", "clauses", index, "params", name), value), index


@pytest.mark.parametrize("code", ["WITHDRAW", "DESTROY"])
def test_a_clause_that_can_never_be_left_out_is_not_left_out(code):
    assert place_of(own, clauses_but(code)) == "protocol.clauses"


def test_with_a_no_to_ancestry_its_clause_stands_there_too():
    assert place_of(own, clauses_but("NO_ANCESTRY")) == "protocol.clauses"


def test_a_hole_that_a_setting_fills_says_what_the_setting_says():
    whole, index = with_hole("MAX_ROUNDS", "n", "21")

    assert place_of(own, whole) == f"protocol.clauses[{index}].params.n"


@pytest.mark.parametrize(
    ("code", "name", "value"),
    [
        ("WITHDRAW", "choice", "W9"),
        ("PUB_REVIEW", "days", "soon"),
        ("PUB_REVIEW", "days", "9999"),
        ("ETHICS_DOC", "board", "x" * 401),
        ("ETHICS_DOC", "board", "a\u202eb"),
        ("NAMED_ONLY", "people", "Chi (0000-0002-1825-0098)"),
    ],
)
def test_a_hole_that_is_filled_wrongly_is_named(code, name, value):
    whole, _index = with_hole(code, name, value)

    assert place_of(own, whole) == f"protocol.clauses.{code}.params.{name}"


def test_general_use_without_a_word_on_ancestry_does_not_come_in():
    whole = changed(clauses_but("NO_ANCESTRY"), ("protocol", "use"), "DUO:0000042")

    assert place_of(own, changed(whole, ("protocol", "ancestry"), "")) == "protocol.ancestry"


CONSTRAINT = ("permission", 0, "constraint")
ROUNDS = next(
    index
    for index, node in enumerate(ODRL["permission"][0]["constraint"])
    if node.get("kinhold:clause") == "MAX_ROUNDS"
)


@pytest.mark.parametrize(
    ("whole", "place"),
    [
        (changed(ODRL, ("@context",), "http://elsewhere.example/context"), "@context"),
        (changed(ODRL, ("@type",), "Set"), "@type"),
        (changed(ODRL, ("profile",), "urn:other"), "@type"),
        (changed(ODRL, ("uid",), "urn:other"), "uid"),
        (changed(ODRL, ("conflict",), "perm"), "conflict"),
        (changed(ODRL, ("obligation",), []), "obligation"),
        (changed(ODRL, ("assigner",), "urn:kinhold:community:coast"), "assigner"),
        (without(ODRL, "kinhold:protocol"), "kinhold:protocol"),
        (changed(ODRL, ("kinhold:protocol", "extra"), 1), "kinhold:protocol.extra"),
        (changed(ODRL, ("kinhold:protocol", "number"), "2"), "kinhold:protocol.number"),
        (changed(ODRL, ("kinhold:protocol", "digest"), "0" * 64), "kinhold:protocol.digest"),
        (changed(ODRL, ("permission",), []), "permission"),
        (changed(ODRL, ("permission", 0, "action"), "sell"), "permission[0].action"),
        (changed(ODRL, ("permission", 0, "extra"), 1), "permission[0].extra"),
        (
            changed(ODRL, (*CONSTRAINT, ROUNDS, "kinhold:clause"), "NO_SUCH"),
            f"permission[0].constraint[{ROUNDS}].kinhold:clause",
        ),
        (
            changed(ODRL, (*CONSTRAINT, ROUNDS, "rightOperand", "@value"), "200"),
            f"permission[0].constraint[{ROUNDS}].rightOperand.@value",
        ),
        (
            changed(ODRL, (*CONSTRAINT, ROUNDS, "operator"), "gteq"),
            f"permission[0].constraint[{ROUNDS}].operator",
        ),
        (
            changed(ODRL, (*CONSTRAINT, ROUNDS, "refinement"), []),
            f"permission[0].constraint[{ROUNDS}].refinement",
        ),
        (
            changed(ODRL, CONSTRAINT, [*ODRL["permission"][0]["constraint"], {"leftOperand": "x"}]),
            "permission[0].constraint",
        ),
        (
            changed(ODRL, ("prohibition", 0, "action"), "kinhold:nothing"),
            "prohibition[0].action",
        ),
    ],
)  # fmt: skip
def test_in_odrl_a_rule_that_says_something_else_than_its_clause_is_refused(whole, place):
    assert place_of(offer, whole) == place


def test_a_rule_that_no_clause_stands_for_is_refused():
    whole = changed(ODRL, ("prohibition",), [*ODRL["prohibition"], {"action": "sell"}])

    assert place_of(offer, whole) == "prohibition"


def test_a_rule_that_was_taken_out_is_found_by_the_digest():
    whole = json.loads(offer.export(protocol_text()))
    del whole["prohibition"][0]

    assert place_of(offer, whole) == "kinhold:protocol.digest"
