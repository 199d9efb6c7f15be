"""Where a grant stands: one table for what outweighs what, and the days that are left."""

import itertools
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.utils import translation

from consent.grant_rows import ROWS, Around, rows_of
from consent.grants.codec import canonical
from consent.grants.delegation_document import parse_delegation
from consent.grants.grant import Claims, DifferentialPrivacy, parse_grant
from consent.rules import GrantState
from consent.standing import ENDED, Course, Stand, now_of
from consent.standing_words import LABELS, sentence_of
from tests.consent.grants.papers import delegation_document, grant_document


def noise(epsilon: str) -> DifferentialPrivacy:
    return DifferentialPrivacy(Decimal(epsilon), Decimal("0.00001"), "person")


NOON = datetime(2031, 5, 4, 12, 0, 0, tzinfo=UTC)
DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)
SOUND = Course(
    state=GrantState.ACTIVE,
    granted_at=NOON - 9 * DAY,
    not_before=NOON - 9 * DAY,
    not_after=NOON + 9 * DAY,
    cooling_until=NOON - 8 * DAY,
)

# What makes each of them true, by weight.
MADE_SO = {
    Stand.TAKEN_BACK: {"state": GrantState.REVOKED, "revoked_at": NOON - DAY},
    Stand.REPLACED: {"replaced_at": NOON - 2 * DAY},
    Stand.OVER: {"not_after": NOON - 3 * DAY},
    Stand.AWAITS: {"state": GrantState.AWAITING_ACCEPTANCE},
    Stand.PAUSED: {"paused_at": NOON - 4 * DAY},
    Stand.NOT_YET: {"not_before": NOON + DAY},
    Stand.COOLING_OFF: {"cooling_until": NOON + 2 * DAY},
    Stand.IN_FORCE: {},
}


@pytest.mark.parametrize(("one", "other"), list(itertools.combinations_with_replacement(Stand, 2)))
def test_where_two_are_true_the_weightier_one_is_told(one, other):
    course = replace(SOUND, **(MADE_SO[other] | MADE_SO[one]))

    assert now_of(course, at=NOON).stand is one


@pytest.mark.parametrize(
    ("stand", "since", "until"),
    [
        (Stand.TAKEN_BACK, NOON - DAY, None),
        (Stand.REPLACED, NOON - 2 * DAY, None),
        (Stand.OVER, NOON - 3 * DAY, None),
        (Stand.AWAITS, SOUND.granted_at, SOUND.not_after),
        (Stand.PAUSED, NOON - 4 * DAY, None),
        (Stand.NOT_YET, SOUND.granted_at, NOON + DAY),
        (Stand.COOLING_OFF, SOUND.granted_at, NOON + 2 * DAY),
        (Stand.IN_FORCE, NOON - 8 * DAY, SOUND.not_after),
    ],
)
def test_each_tells_since_when_and_until_when(stand, since, until):
    now = now_of(replace(SOUND, **MADE_SO[stand]), at=NOON)

    assert (now.since, now.until) == (since, until)
    assert now.days_left == (0 if stand in ENDED else 9)
    with translation.override("en"):
        said = sentence_of(now)
    assert ("left" in said) is (stand not in ENDED)
    assert LABELS[stand]


@pytest.mark.parametrize(
    ("at", "stand"),
    [
        (SOUND.cooling_until - SECOND, Stand.COOLING_OFF),
        (SOUND.cooling_until, Stand.IN_FORCE),
        (SOUND.not_after - SECOND, Stand.IN_FORCE),
        (SOUND.not_after, Stand.OVER),
        (SOUND.not_before - SECOND, Stand.NOT_YET),
    ],
)
def test_each_edge_is_where_the_node_draws_it(at, stand):
    assert now_of(SOUND, at=at).stand is stand


@pytest.mark.parametrize(("left", "days"), [(SECOND, 1), (DAY, 1), (DAY + SECOND, 2)])
def test_a_begun_day_counts(left, days):
    assert now_of(SOUND, at=SOUND.not_after - left).days_left == days


# --- every bound item --------------------------------------------------------------------------


def test_every_field_of_a_grant_is_told_in_exactly_one_row():
    told = [name for _title, names, _tell in ROWS for name in names.split()]

    assert sorted(told) == sorted(field.name for field in fields(Claims))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"job": "another-job"}, "another-job"),
        ({"job_version": "9.9.9"}, "9.9.9"),
        ({"code": "f" * 64}, "f" * 64),
        ({"config": "e" * 64}, "e" * 64),
        ({"max_rounds": 17}, "At most 17 rounds."),
        ({"max_rounds": 1}, "At most 1 round."),
        ({"keeper": "hill"}, "Kept by hill."),
        ({"dataset": "hill-eyes"}, "hill-eyes"),
        ({"variables": ("height",)}, "height"),
        ({"purpose_code": "DUO:0000038"}, "DUO:0000038"),
        ({"purpose_text": "To see."}, "To see."),
        ({"institution_name": "Old Mill"}, "Old Mill"),
        ({"communities": ("river", "lake")}, "river, lake"),
        ({"min_nodes": 7}, "At least 7 communities must take part."),
        ({"not_before": NOON}, "2031-05-04 12:00 UTC"),
        ({"not_after": NOON}, "2031-05-04 12:00 UTC"),
        ({"min_cohort": 77}, "At least 77 people"),
        ({"secure_aggregation": True, "min_nodes": 3}, "Answers are mixed, so that nobody"),
        ({"secure_aggregation": True, "min_nodes": 2}, "that protects nothing"),
        (
            {"dp": noise("0.5")},
            "(epsilon) 0.5, delta 0.00001, counted for each person. That is strong.",
        ),
        ({"dp": noise("10")}, "That is usual in practice."),
        ({"dp": noise("10.1")}, "That is weak."),
        ({"outputs": ("means",)}, "means"),
        ({"cooling_off_s": 0}, "None: the node may begin at once."),
        ({"cooling_off_s": 86_400}, "waits 1 day after"),
        ({"conditions": ()}, "None beyond the protocol."),
        ({"conditions": ("Come and tell.",)}, "Come and tell."),
        ({"request_id": "another"}, "another"),
        ({"request_revision": 5}, "Revision 5"),
        ({"request_digest": "d" * 64}, "d" * 64),
        ({"charter_number": 6}, "Charter 6"),
        ({"charter_digest": "c" * 64}, "c" * 64),
        ({"id": "this-one"}, "this-one"),
        ({"digest": "b" * 64}, "b" * 64),
        ({"community": "lake"}, "lake"),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_a_change_in_a_field_changes_what_the_page_says(change, words):
    claims = parse_grant(canonical(grant_document()))

    before, after = _text(claims), _text(replace(claims, **change))

    assert words in after
    assert before != after


def test_a_grant_under_a_delegation_says_so():
    claims = parse_grant(canonical(grant_document()))
    under = parse_delegation(canonical(delegation_document()))

    assert "under a delegation" in _text(replace(claims, under=under))


def test_settings_protocols_and_variables_are_told_by_their_words():
    claims = parse_grant(canonical(grant_document()))
    around = Around(
        job_title="Linear regression",
        parameters={"outcome": "progression", "scaled": True, "rounds": 3},
        dataset_title="Diabetes",
        variables={"age": "Age in years"},
        communities={"river": "River"},
        protocols={claims.protocols[0].digest: ("Our protocol", "/p/1/")},
        request_url="/reviews/1/",
    )

    rows = {str(row.title): row.lines for row in rows_of(claims, around)}

    told = [line.text for line in rows["Settings"]]
    assert told[:3] == ["outcome: progression", "scaled: yes", "rounds: 3"]
    assert rows["Code"][0].text == "Linear regression (linear-regression 1.0.0)"
    assert rows["Variables that are read"][0].text == "age: Age in years"
    [protocol] = rows["Protocols it follows"]
    assert (protocol.text, protocol.url) == ("Our protocol, version 1", "/p/1/")
    assert rows["Request"][0].url == "/reviews/1/"
    assert rows["Together with"][0].text == "coast, hill, River"


def _text(claims: Claims) -> str:
    rows = rows_of(claims, Around())
    return "\n".join(f"{line.text} {line.digest}" for row in rows for line in row.lines)
