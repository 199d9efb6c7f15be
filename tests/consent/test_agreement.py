from datetime import UTC, datetime
from types import SimpleNamespace

import pytest

from consent.agreement import (
    Ask,
    Rulebook,
    checked_conditions,
    compose,
    missing_terms,
    months_later,
    rulebook_of,
)
from consent.document import build
from consent.errors import Incomplete
from consent.grants.codec import canonical, digest
from consent.grants.grant import parse_grant
from tests.consent.factories import JOB, NOISE, fields

NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)
GRANT_ID = "6f1f7f1e-0000-4000-8000-000000000001"
CHARTER = SimpleNamespace(community="river", number=2, digest="c" * 64)
ENDS = (
    {"code": "DESTROY", "params": {"what": "updates", "proof": "a letter"}},
    {"code": "WITHDRAW", "params": {"choice": "W2"}},
)
LAW = {"governing": "the law of River", "disputes": "the elders of River"}
PROTOCOL = Rulebook(
    number=3,
    digest="d" * 64,
    clauses=ENDS,
    law=LAW,
    min_cohort=100,
    max_rounds=20,
    max_months=12,
    cooling_off_s=3600,
    min_nodes=1,
)


def ask(communities=("river", "coast"), **changes):
    return Ask(
        request_id="6f1f7f1e-0000-4000-8000-000000000002",
        revision=1,
        digest="e" * 64,
        document=build(title="T", fields=fields(**changes), job=JOB),
        communities=communities,
    )


def compose_with(
    *, protocol=None, more=(), conditions=(), communities=("river", "coast"), **changes
):
    return compose(
        ask(communities, **changes),
        charter=CHARTER,
        protocols=[Rulebook(**vars(PROTOCOL) | (protocol or {})), *more],
        keeper="river",
        dataset="river-diabetes",
        grant_id=GRANT_ID,
        not_before=NOON,
        conditions=conditions,
    )


def test_the_agreement_says_who_what_and_how_long():
    assert compose_with(conditions=["Tell us first."]) == {
        "type": "grant",
        "version": 1,
        "community": "river",
        "id": GRANT_ID,
        "charter": {"number": 2, "digest": "c" * 64},
        "protocols": [{"line": "main", "number": 3, "digest": "d" * 64}],
        "request": {
            "id": "6f1f7f1e-0000-4000-8000-000000000002",
            "revision": 1,
            "digest": "e" * 64,
        },
        "run": {
            "job": "linear-regression",
            "job_version": "1.0.0",
            "code": "a" * 64,
            "config": JOB.config_digest,
            "max_rounds": 3,
        },
        "data": {
            "keeper": "river",
            "dataset": "river-diabetes",
            "variables": ["age", "bmi", "progression"],
        },
        "purpose": {"code": "DUO:0000037", "text": "To learn who needs care first."},
        "people": [{"name": "Chi", "email": "chi@university.example", "orcid": ""}],
        "institution": {"name": "Lakeside University", "ror": ""},
        "communities": ["coast", "river"],
        "min_nodes": 1,
        "not_before": "2026-01-31T12:00:00Z",
        "not_after": "2026-07-31T12:00:00Z",
        "min_cohort": 100,
        "privacy": {"dp": NOISE, "secure_aggregation": False},
        "outputs": ["coefficients", "standard-errors"],
        "cooling_off_s": 3600,
        "conditions": ["Tell us first."],
    }


@pytest.mark.parametrize(
    ("asked", "rule", "read", "stands"),
    [
        ({"min_cohort": 20}, {"min_cohort": 100}, lambda d: d["min_cohort"], 100),
        ({"min_cohort": 300}, {"min_cohort": 100}, lambda d: d["min_cohort"], 300),
        ({"max_rounds": 30}, {"max_rounds": 20}, lambda d: d["run"]["max_rounds"], 20),
        ({"max_rounds": 3}, {"max_rounds": 20}, lambda d: d["run"]["max_rounds"], 3),
        ({"min_nodes": 1}, {"min_nodes": 2}, lambda d: d["min_nodes"], 2),
        ({"min_nodes": 2}, {"min_nodes": 1}, lambda d: d["min_nodes"], 2),
        ({"months": 24}, {"max_months": 12}, lambda d: d["not_after"], "2027-01-31T12:00:00Z"),
        ({"months": 1}, {"max_months": 12}, lambda d: d["not_after"], "2026-02-28T12:00:00Z"),
    ],
)
def test_the_stricter_of_request_and_protocol_stands(asked, rule, read, stands):
    assert read(compose_with(protocol=rule, **asked)) == stands


def test_of_several_protocols_the_strictest_number_of_each_stands():
    strict = {"min_cohort": 500, "max_rounds": 2, "max_months": 1, "cooling_off_s": 7200}
    other = Rulebook(**vars(PROTOCOL) | strict | {"line": "genomes", "number": 1, "min_nodes": 2})

    document = compose_with(more=[other], protocol={"min_cohort": 600})

    assert [p["line"] for p in document["protocols"]] == ["genomes", "main"]
    assert (document["min_cohort"], document["run"]["max_rounds"]) == (600, 2)
    assert (document["min_nodes"], document["cooling_off_s"]) == (2, 7200)
    assert document["not_after"] == "2026-02-28T12:00:00Z"
    assert [ref.line for ref in parse_grant(canonical(document)).protocols] == ["genomes", "main"]


def test_what_is_composed_is_a_grant_that_nodes_can_read():
    claims = parse_grant(canonical(compose_with()))

    assert (claims.community, claims.min_cohort, claims.conditions) == ("river", 100, ())


def test_an_agreement_that_could_never_be_used_is_not_written():
    with pytest.raises(Incomplete) as refusal:
        compose_with(min_nodes=3)

    assert refusal.value.fields == {
        "datasets": "The rules of river or your own request ask for at least 3 communities "
        "together; the request names 2."
    }


def test_what_a_grant_cannot_hold_is_said_in_words():
    with pytest.raises(Incomplete, match="No node would accept this: The field communities"):
        compose_with(communities=[f"community-{n}" for n in range(200)])


def test_who_holds_data_at_anothers_node_stands_in_its_own_agreement_and_counts_for_none():
    assert compose_with(communities=("coast",))["communities"] == ["coast", "river"]

    with pytest.raises(Incomplete, match="the request names 1"):
        compose_with(communities=("coast",), min_nodes=2)


def test_conditions_are_trimmed_and_not_repeated():
    assert checked_conditions(["  Tell  us first. ", "", "Tell us first.", "Twice"]) == [
        "Tell us first.",
        "Twice",
    ]


@pytest.mark.parametrize(
    ("conditions", "sentence"),
    [
        ([str(n) for n in range(21)], "At most 20 conditions"),
        (["x" * 401], "At most 400 characters"),
    ],
)
def test_too_many_or_too_long_conditions_are_refused(conditions, sentence):
    with pytest.raises(Incomplete, match=sentence):
        checked_conditions(conditions)


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        ((2026, 1, 31), 1, (2026, 2, 28)),
        ((2027, 11, 30), 3, (2028, 2, 29)),
        ((2026, 12, 1), 1, (2027, 1, 1)),
        ((2026, 1, 15), 12, (2027, 1, 15)),
        ((2028, 2, 29), 12, (2029, 2, 28)),
        ((2026, 6, 15), 60, (2031, 6, 15)),
    ],
)
def test_months_are_months_of_the_calendar(start, months, end):
    assert months_later(datetime(*start, tzinfo=UTC), months) == datetime(*end, tzinfo=UTC)


def test_a_protocol_statement_is_read_from_its_bytes():
    settings = {
        "min_cohort": 100,
        "max_rounds": 20,
        "max_months": 12,
        "cooling_off_s": 3600,
        "min_nodes": 1,
        "code_policy": "preinstalled",
    }
    clause = {"code": "NO_COMM", "text": "No sale.", "enforcement": "promise", "params": {}}
    statement = canonical(
        {"type": "protocol", "version": 1, "number": 3, "clauses": [clause], "settings": settings}
    )

    rulebook = rulebook_of(statement)

    assert rulebook == Rulebook(
        **{**vars(PROTOCOL), "digest": digest(statement), "clauses": (clause,), "law": {}}
    )


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"law": {}}, "which law governs it; where disputes are settled"),
        ({"law": LAW | {"governing": " "}}, "which law governs it"),
        ({"law": LAW | {"disputes": ""}}, "where disputes are settled"),
        ({"max_months": 0}, "when a yes ends"),
        ({"clauses": ENDS[1:]}, "what is destroyed or brought back when it ends"),
        ({"clauses": ENDS[:1]}, "what happens to the model when the community stops"),
        ({"clauses": (ENDS[0], {"code": "WITHDRAW", "params": {"choice": ""}})}, "when the"),
        ({"clauses": (ENDS[0], {"code": "WITHDRAW"})}, "what happens to the model"),
    ],
)  # fmt: skip
def test_an_agreement_that_leaves_its_end_or_its_law_open_is_not_written(changes, words):
    with pytest.raises(Incomplete) as refusal:
        compose_with(protocol=changes | {"title": "Our protocol"})

    sentence = refusal.value.fields["datasets"]
    assert words in sentence
    assert sentence.startswith(
        "No agreement can be signed yet: the protocol “Our protocol” of river"
    )
    assert sentence.endswith("The stewards must add that in a new version of it.")


def test_every_protocol_under_which_an_agreement_stands_must_say_it():
    other = Rulebook(**vars(PROTOCOL) | {"line": "second", "law": {}})

    with pytest.raises(Incomplete, match="the protocol number 3 of river does not say which law"):
        compose_with(more=[other])


def test_what_is_still_to_be_said_is_nothing_for_a_whole_protocol():
    assert missing_terms(PROTOCOL) == []
