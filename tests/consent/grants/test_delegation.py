"""A delegation says one thing, completely, or is refused; and an envelope keeps it as it is."""

import json
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consent.grants.codec import canonical, digest, time_text
from consent.grants.delegation import (
    Delegation,
    covers,
    in_words,
    parse_delegation,
    require_covers,
)
from consent.grants.errors import Malformed, OutsideDelegation, WrongType
from consent.grants.grant import Claims, parse_grant
from consent.grants.statements import Signed
from tests.consent.grants.cast import (
    AMINA,
    BELA,
    CORA,
    DAY,
    NOON,
    SECOND,
    cast,
    first_charter,
    sha,
)
from tests.consent.grants.papers import (
    DELEGATION_ID,
    delegated,
    delegation_document,
    grant_document,
    grant_with,
    sound_grant,
)
from tests.consent.grants.test_properties import SOME


def delegation(**changes) -> Delegation:
    return parse_delegation(canonical(delegation_document(**changes)))


def claims(**changes) -> Claims:
    return parse_grant(canonical(grant_document(**changes)))


def test_a_delegation_is_read_as_it_is_written():
    assert delegation() == Delegation(
        community="river",
        id=DELEGATION_ID,
        charter_number=1,
        charter_digest=first_charter().digest,
        delegate="st-amina",
        keeper="river",
        dataset="river-diabetes",
        code=sha("code"),
        max_grants=2,
        max_rounds=3,
        not_before=NOON - 10 * DAY,
        not_after=NOON + 10 * DAY,
        resolution="minute 12 of 2031",
        created=NOON - 11 * DAY,
        digest=digest(canonical(delegation_document())),
    )


@pytest.mark.parametrize("field", sorted(delegation_document()))
def test_a_delegation_lacks_no_field(field):
    document = {k: v for k, v in delegation_document().items() if k != field}

    with pytest.raises((Malformed, WrongType)):
        parse_delegation(canonical(document))


@pytest.mark.parametrize(
    "changes",
    [
        {"note": ""},
        {"version": 2},
        {"community": "The River"},
        {"id": "1"},
        {"charter": {"number": 0, "digest": sha("x")}},
        {"charter": {"number": 1}},
        {"charter": {"number": 1, "digest": "x"}},
        {"delegate": "Amina"},
        {"delegate": ""},
        {"scope": {"keeper": "river", "dataset": "river-diabetes"}},
        {
            "scope": {
                "keeper": "river",
                "dataset": "river-diabetes",
                "code": sha("code"),
                "job": "linear-regression",
            }
        },
        {"scope": {"keeper": "river", "dataset": "*", "code": sha("code")}},
        {"scope": {"keeper": "river", "dataset": "river-diabetes", "code": "any"}},
        {"scope": {"dataset": "river-diabetes", "code": sha("code")}},
        {"scope": {"keeper": "River", "dataset": "river-diabetes", "code": sha("code")}},
        {"max_grants": 0},
        {"max_grants": 51},
        {"max_grants": True},
        {"max_rounds": 0},
        {"max_rounds": 100_001},
        {"not_before": "2031-05-04"},
        {"not_before": time_text(NOON), "not_after": time_text(NOON)},
        {"not_before": time_text(NOON + SECOND), "not_after": time_text(NOON)},
        {"not_before": time_text(NOON), "not_after": time_text(NOON + 366 * DAY + SECOND)},
        {"resolution": ""},
        {"resolution": "r" * 201},
        {"created": "yesterday"},
    ],
)
def test_a_delegation_out_of_bounds_is_refused(changes):
    with pytest.raises(Malformed):
        delegation(**changes)


@pytest.mark.parametrize(
    "changes",
    [
        {"max_grants": 1},
        {"max_grants": 50},
        {"max_rounds": 100_000},
        {"not_before": time_text(NOON), "not_after": time_text(NOON + SECOND)},
        {"not_before": time_text(NOON), "not_after": time_text(NOON + 366 * DAY)},
    ],
)
def test_a_delegation_at_its_bounds_is_read(changes):
    delegation(**changes)


def test_another_type_is_no_delegation():
    with pytest.raises(WrongType):
        parse_delegation(sound_grant().statement)


def test_a_delegation_is_said_in_plain_words():
    assert in_words(delegation(), delegate="Amina") == [
        "Amina may say yes alone for river to at most 2 grants.",
        "Only for the dataset river-diabetes, kept by river, only for the "
        f"code {sha('code')[:16]}, "
        "with at most 3 rounds each.",
        "From 2031-04-24T12:00:00Z until 2031-05-14T12:00:00Z.",
        "Decided in: minute 12 of 2031.",
        "Any one steward can stop it at once, where the charter lets one steward pause.",
    ]
    once = in_words(delegation(max_grants=1, max_rounds=1))
    assert once[0] == "st-amina may say yes alone for river to at most one grant."
    assert once[1].endswith("with at most 1 round each.")


@pytest.mark.parametrize(
    ("changes", "inside"),
    [
        ({}, True),
        ({"min_cohort": 5}, True),
        ({"community": "coast"}, False),
        ({"charter": {"number": 2, "digest": first_charter().digest}}, False),
        ({"not_before": time_text(NOON - 11 * DAY)}, False),
        ({"run": grant_document()["run"] | {"max_rounds": 2}}, True),
        ({"run": grant_document()["run"] | {"max_rounds": 4}}, False),
        (grant_with("data", dataset="river-genomes"), False),
        (grant_with("data", keeper="coast"), False),
        (grant_with("run", code=sha("other")), False),
    ],
)
def test_pages_can_ask_beforehand_whether_a_delegation_covers(changes, inside):
    asked = claims(**changes)

    assert covers(delegation(), asked, at=NOON) is inside
    if inside:
        require_covers(delegation(), asked, at=NOON, counted={})
    else:
        with pytest.raises(OutsideDelegation):
            require_covers(delegation(), asked, at=NOON, counted={})


grant_choices = st.sampled_from([sound_grant(), cast(grant_document(), AMINA)])
scopes = st.fixed_dictionaries(
    {},
    optional={
        "max_grants": st.integers(1, 50),
        "max_rounds": st.integers(1, 100_000),
        "resolution": st.text("abc -12", min_size=1).filter(str.strip),
        "delegate": st.sampled_from(["st-amina", "st-bela"]),
    },
)


@SOME
@given(grant_choices, scopes, st.lists(st.sampled_from([AMINA, BELA, CORA]), max_size=3))
def test_an_envelope_keeps_its_delegation_byte_for_byte(grant, scope, signers):
    document = delegation_document(**scope)
    signed = delegated(grant, cast(document, *signers))

    again = Signed.from_json(signed.to_json())

    assert again == signed
    assert again.to_json() == signed.to_json()
    assert again.digest == grant.digest
    assert parse_delegation(again.under.statement) == delegation(**scope)


def test_a_delegation_in_an_envelope_is_read_strictly():
    whole = json.loads(delegated().to_json())
    for under in (None, "", [], {}, whole, whole["under"] | {"note": ""}):
        with pytest.raises(Malformed):
            Signed.from_json(json.dumps(whole | {"under": under}))


def test_the_longest_delegation_is_a_year_and_a_day_of_leap():
    assert (
        delegation(
            not_before=time_text(NOON), not_after=time_text(NOON + timedelta(days=366))
        ).not_after
        == NOON + 366 * DAY
    )
