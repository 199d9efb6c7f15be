"""A grant says everything it binds, once, within bounds."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from consent.grants.codec import canonical
from consent.grants.errors import Malformed, WrongType
from consent.grants.grant import DifferentialPrivacy, Person, ProtocolRef, in_words, parse_grant
from tests.consent.grants.cast import charter_document, first_charter, sha
from tests.consent.grants.papers import (
    GRANT_ID,
    REQUEST_ID,
    grant_document,
    grant_with,
    sound_grant,
)

PERSON = grant_document()["people"][0]
DP = {"epsilon": "1.0", "delta": "1e-5", "unit": "person"}


def with_dp(**changes):
    return grant_with("privacy", dp=DP | changes)


def ref(**changes):
    return {"line": "main", "number": 1, "digest": sha("protocol")} | changes


def with_person(**changes):
    return grant_document(people=[PERSON | changes])


def test_a_grant_is_read_as_it_is_written():
    claims = parse_grant(sound_grant().statement)

    assert (claims.community, claims.id) == ("river", GRANT_ID)
    assert (claims.charter_number, claims.charter_digest) == (1, first_charter().digest)
    assert claims.protocols == (ProtocolRef("main", 1, sha("protocol")),)
    assert (claims.request_id, claims.request_revision) == (REQUEST_ID, 1)
    assert claims.request_digest == sha("request")
    assert (claims.job, claims.job_version) == ("linear-regression", "1.0.0")
    assert (claims.code, claims.config, claims.max_rounds) == (sha("code"), sha("config"), 3)
    assert (claims.keeper, claims.dataset) == ("river", "river-diabetes")
    assert claims.variables == ("age", "bmi", "progression")
    assert claims.purpose_code == "DUO:0000007"
    assert claims.purpose_text == "How age and weight go with progression."
    assert claims.people == (Person("Rhea Person", "rhea@example.org", ""),)
    assert (claims.institution_name, claims.institution_ror) == ("Example Institute", "")
    assert (claims.communities, claims.min_nodes) == (("coast", "hill", "river"), 3)
    assert claims.not_before == datetime(2031, 5, 2, 12, tzinfo=UTC)
    assert claims.not_after == datetime(2031, 5, 5, 12, tzinfo=UTC)
    assert claims.min_cohort == 100
    assert (claims.dp, claims.secure_aggregation) == (None, False)
    assert claims.outputs == ("coefficients", "standard-errors")
    assert claims.cooling_off_s == 3600
    assert claims.conditions == ("Results are shown to River first.",)
    assert claims.digest == sound_grant().digest


@pytest.mark.parametrize(
    "document",
    [
        grant_document(conditions=[]),
        grant_document(cooling_off_s=0),
        grant_document(protocols=[ref(line="genomes"), ref()]),
        grant_document(protocols=[ref(line=f"l{n}") for n in range(10, 20)]),
        grant_document(min_nodes=1, communities=["river"]),
        grant_with("purpose", text="Two lines.\nOf purpose."),
        grant_with("institution", ror="https://ror.org/03yrm5c26"),
        with_person(orcid="0000-0002-1825-009X"),
        with_dp(),
        with_dp(epsilon="0.5", delta="0"),
    ],
)
def test_other_sound_grants_are_read(document):
    parse_grant(canonical(document))


def test_privacy_is_read_as_exact_decimals():
    claims = parse_grant(canonical(with_dp()))

    assert claims.dp == DifferentialPrivacy(Decimal("1.0"), Decimal("0.00001"), "person")


@pytest.mark.parametrize("field", sorted(grant_document()))
def test_a_grant_lacks_no_field(field):
    document = {k: v for k, v in grant_document().items() if k != field}

    with pytest.raises((Malformed, WrongType)):
        parse_grant(canonical(document))


@pytest.mark.parametrize(
    ("section", "field"),
    [(s, f) for s, v in grant_document().items() if isinstance(v, dict) for f in v],
)
def test_a_section_lacks_no_field_and_has_no_more(section, field):
    whole = grant_document()[section]
    lacking = {k: v for k, v in whole.items() if k != field}

    for value in (lacking, whole | {"more": 1}, None, [], ""):
        with pytest.raises(Malformed):
            parse_grant(canonical(grant_document(**{section: value})))


@pytest.mark.parametrize(
    "document",
    [
        grant_document(more=1),
        grant_document(version=2),
        grant_document(community="RIVER"),
        grant_document(id=GRANT_ID.upper()),
        grant_document(id=GRANT_ID.replace("-", "")),
        grant_document(id=None),
        grant_with("charter", number=0),
        grant_with("charter", number=True),
        grant_with("charter", digest=sha("x").upper()),
        grant_document(protocols=[]),
        grant_document(protocols=None),
        grant_document(protocols=ref()),
        grant_document(protocols=[ref(line="")]),
        grant_document(protocols=[ref(number=-1)]),
        grant_document(protocols=[ref(digest="sha256:" + sha("x"))]),
        grant_document(protocols=[ref() | {"more": 1}]),
        grant_document(protocols=[ref(), ref()]),
        grant_document(protocols=[ref(), ref(number=2)]),
        grant_document(protocols=[ref(), ref(line="genomes")]),
        grant_document(protocols=[ref(line=f"l{n}") for n in range(10, 21)]),
        grant_with("request", id="1"),
        grant_with("request", revision=0),
        grant_with("request", revision="1"),
        grant_with("request", digest=""),
        grant_with("run", job=""),
        grant_with("run", job="linear_regression"),
        grant_with("run", job="-linear"),
        grant_with("run", job="a" * 64),
        grant_with("run", job_version="1.0"),
        grant_with("run", job_version="latest"),
        grant_with("run", code=None),
        grant_with("run", code=sha("code") + "\n"),
        grant_with("run", config=[]),
        grant_with("run", max_rounds=0),
        grant_with("run", max_rounds=100_001),
        grant_with("run", max_rounds=True),
        grant_with("run", max_rounds=None),
        grant_with("data", keeper=""),
        grant_with("data", keeper=None),
        grant_with("data", dataset=""),
        grant_with("data", dataset="*"),
        grant_with("data", variables=[]),
        grant_with("data", variables="age"),
        grant_with("data", variables=["age", "age"]),
        grant_with("data", variables=["*"]),
        grant_with("data", variables=["age,bmi"]),
        grant_with("data", variables=[""]),
        grant_with("data", variables=[1]),
        grant_with("data", variables=[f"v{n}" for n in range(201)]),
        grant_with("purpose", code="research"),
        grant_with("purpose", text=""),
        grant_with("purpose", text="x" * 4001),
        grant_with("purpose", text="bell\a"),
        grant_document(people=[]),
        grant_document(people=[PERSON, PERSON]),
        with_person(name=""),
        with_person(email="rhea"),
        with_person(email="rhea@"),
        with_person(email="rhea@example.org\n"),
        with_person(orcid="0000"),
        with_person(role="lead"),
        grant_with("institution", name=""),
        grant_with("institution", ror="example.org"),
        grant_document(communities=[]),
        grant_document(communities=["coast", "hill"]),
        grant_document(communities=["coast", "hill"], min_nodes=1),
        grant_document(communities=["river", "river", "hill"]),
        grant_document(min_nodes=0),
        grant_document(min_nodes=4),
        grant_document(not_before="now"),
        grant_document(not_after="never"),
        grant_document(not_before="2031-05-05T12:00:00Z"),
        grant_document(not_before="2031-05-06T12:00:00Z"),
        grant_document(min_cohort=0),
        grant_document(min_cohort="100"),
        grant_with("privacy", dp={}),
        grant_with("privacy", dp=False),
        grant_with("privacy", secure_aggregation=None),
        grant_with("privacy", secure_aggregation=1),
        with_dp(epsilon="0"),
        with_dp(epsilon="0.0"),
        with_dp(epsilon="-1"),
        with_dp(epsilon="inf"),
        with_dp(epsilon="1e5"),
        with_dp(epsilon="01"),
        with_dp(epsilon=1),
        with_dp(delta="1"),
        with_dp(delta="nan"),
        with_dp(unit=""),
        with_dp(clip="1"),
        grant_document(outputs=[]),
        grant_document(outputs=["coefficients", "coefficients"]),
        grant_document(outputs=["Coefficients"]),
        grant_document(cooling_off_s=-1),
        grant_document(cooling_off_s=400 * 86_400),
        grant_document(conditions=None),
        grant_document(conditions=[""]),
        grant_document(conditions=["x"] * 201),
    ],
)
def test_one_fault_is_enough_to_refuse(document):
    with pytest.raises(Malformed):
        parse_grant(canonical(document))


def test_a_grant_longer_than_the_limit_refuses():
    long = grant_document(conditions=[f"{n:03d}" + "x" * 3990 for n in range(70)])

    with pytest.raises(Malformed, match="longer"):
        parse_grant(canonical(long))


def test_another_statement_is_not_a_grant():
    with pytest.raises(WrongType):
        parse_grant(canonical(charter_document()))


def test_a_grant_in_words_is_what_a_steward_needs_to_hear():
    assert in_words(parse_grant(sound_grant().statement)) == [
        "river allows linear-regression 1.0.0 to run at its node, at most 3 rounds.",
        "Data: river-diabetes, kept by river, only age, bmi, progression.",
        "People asking: Rhea Person, Example Institute.",
        "Purpose (DUO:0000007): How age and weight go with progression.",
        "From 2031-05-02T12:00:00Z until 2031-05-05T12:00:00Z.",
        "Together with: coast, hill, river; at least 3 communities must take part.",
        "At least 100 people must be in the data.",
        "No noise is added; without secure aggregation.",
        "What leaves the node: coefficients, standard-errors.",
        "Protocols: main 1.",
        "The node waits 1 hour after first seeing this grant.",
        "Condition: Results are shown to River first.",
        f"Code {sha('code')[:16]}, configuration {sha('config')[:16]}, request {REQUEST_ID} "
        f"revision 1, grant {GRANT_ID}.",
    ]


@pytest.mark.parametrize(
    ("document", "sentence"),
    [
        (grant_with("run", max_rounds=1), "at most 1 round."),
        (grant_document(min_nodes=1), "at least 1 community must take part."),
        (grant_document(min_cohort=1), "At least 1 person must be in the data."),
        (grant_document(cooling_off_s=7 * 86_400), "waits 7 days after"),
        (grant_document(cooling_off_s=120), "waits 2 minutes after"),
        (grant_document(cooling_off_s=61), "waits 61 seconds after"),
        (grant_document(cooling_off_s=0), "waits 0 seconds after"),
        (with_dp(), "epsilon 1.0, delta 0.00001 per person; without secure aggregation."),
        (grant_with("privacy", secure_aggregation=True), "No noise is added; with secure"),
        (grant_with("purpose", text="Two\nlines."), "Purpose (DUO:0000007): Two lines."),
        (grant_document(conditions=["One.\nTwo."]), "Condition: One. Two."),
    ],
)
def test_numbers_and_lines_are_put_in_words(document, sentence):
    assert sentence in "\n".join(in_words(parse_grant(canonical(document))))
