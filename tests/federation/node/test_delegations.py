"""A grant that rests on a delegation: seen, told, used, counted and stopped at the node."""

import multiprocessing
import sqlite3
import uuid
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from consent.grants.codec import digest, time_text
from consent.grants.errors import GrantRefused
from consent.grants.grant import Claims
from consent.grants.statements import Signed
from federation.node.__main__ import main
from federation.node.books.receipts import Account
from federation.node.books.state import State
from federation.node.decision import sync
from federation.node.decision.gate import held_grant, read_asked, require_allowed
from federation.node.decision.papers import papers_in_force
from federation.node.decision.stops import Stops
from federation.node.errors import DelegationUsedUp, JobStopped
from federation.node.home import Home
from federation.node.work import Work
from tests.consent.grants.papers import Case, delegated
from tests.federation.node.conftest import Made
from tests.federation.node.test_gate import FAB, REQUEST, _config, _run
from tests.hostile.community import signed

Output = pytest.CaptureFixture[str]


def _now() -> datetime:
    return datetime.now(UTC)


def _document(made: Made, **run: object) -> dict[str, Any]:
    return made.community.grant(_run(**run), made.charter)


def _serve(made: Made, *grants: Signed) -> None:
    made.platform.served["river"].grants = [grant.to_json() for grant in grants]
    sync.fetch_all(made.state, made.link(), at=_now())


def _allow(made: Made, grant: Signed) -> Claims:
    config = _config() | {"kinhold.grants": f"river={grant.document['id']}"}
    asked = read_asked(config, "river")
    assert asked.request == REQUEST
    work = Work(
        flower_run=5,
        message_type="train",
        round=1,
        code_claimed=digest(FAB),
        fab=FAB,
        config=config,
        job_input=b"",
    )
    claims, _facts = require_allowed(
        held_grant(made.state, asked),
        asked,
        work,
        papers_in_force(made.state, made.config, Account(), at=_now()),
        state=made.state,
        config=made.config,
        at=_now(),
    )
    return claims


def _rests(made: Made, **changes: Any) -> tuple[Signed, Signed]:
    """A delegation and a grant under it, both served."""
    document = _document(made)
    delegation = made.community.delegation(document, **changes)
    grant = made.community.delegated(document, delegation)
    _serve(made, grant)
    return delegation, grant


def test_a_delegated_grant_is_kept_with_its_delegation_and_allowed(made: Made) -> None:
    delegation, grant = _rests(made)

    held = made.state.grant(grant.document["id"])
    assert held is not None
    assert held.signed == grant
    assert (held.first_seen is not None, held.first_seen_charter) == (True, 1)
    claims = _allow(made, grant)
    assert claims.under is not None
    assert claims.under.id == delegation.document["id"]


@pytest.mark.parametrize(
    "changes",
    [
        {"scope": {"keeper": "river", "dataset": "river-genomes", "code": digest(FAB)}},
        {"scope": {"keeper": "river", "dataset": "river-diabetes", "code": "a" * 64}},
        {"max_rounds": 2},
        {"not_before": time_text(_now() + timedelta(days=1))},
        {"not_after": time_text(_now() - timedelta(hours=2))},
    ],
)
def test_a_grant_outside_its_delegation_is_neither_seen_as_decided_nor_allowed(
    made: Made, changes: Mapping[str, Any]
) -> None:
    _delegation, grant = _rests(made, **changes)

    held = made.state.grant(grant.document["id"])
    assert held is not None
    assert held.first_seen is None
    with pytest.raises(GrantRefused) as refused:
        _allow(made, grant)
    assert (refused.value.code, refused.value.step) == ("outside-delegation", 5)


def test_a_grant_counts_once_and_the_one_too_many_is_refused(made: Made) -> None:
    first, second = _document(made), _document(made)
    delegation = made.community.delegation(first)
    grants = [made.community.delegated(document, delegation) for document in (first, second)]
    _serve(made, *grants)

    for _ in range(2):
        made.state.reserve_round(_allow(made, grants[0]))

    assert made.state.counted() == {delegation.document["id"]: {grants[0].digest}}
    with pytest.raises(
        GrantRefused, match="Every grant that the delegation allowed is used"
    ) as refused:
        _allow(made, grants[1])
    assert (refused.value.code, refused.value.step) == ("outside-delegation", 5)
    made.state.reserve_round(_allow(made, grants[0]))


def test_another_text_under_the_same_id_is_another_grant(made: Made) -> None:
    first = _document(made)
    second = first | {"min_cohort": 50}
    delegation = made.community.delegation(first)
    grants = [made.community.delegated(document, delegation) for document in (first, second)]
    _serve(made, grants[0])
    made.state.reserve_round(_allow(made, grants[0]))

    _serve(made, grants[1])

    with pytest.raises(GrantRefused, match="is used"):
        _allow(made, grants[1])


def test_a_grant_that_stewards_decided_uses_nothing_up(made: Made) -> None:
    document = _document(made)
    delegation = made.community.delegation(document)
    grant = replace(signed(document, made.community.stewards[:2]), under=delegation)
    _serve(made, grant)

    made.state.reserve_round(_allow(made, grant))

    assert made.state.counted() == {}


def _claims(number: int) -> Claims:
    """Allowed claims of grants that differ, under one delegation of three."""
    allowed = replace(Case(), signed=delegated(max_grants=3), counted={}).allow()
    return replace(allowed, id=str(uuid.UUID(int=number)), digest=f"{number:064d}")


def _take(path: Path, racer: int, results: "multiprocessing.Queue[int | None]") -> None:
    state = State(path)
    for number in range(5):
        claims = _claims(10 * racer + number)
        try:
            state.reserve_round(claims)
        except DelegationUsedUp:
            results.put(None)
        else:
            results.put(int(claims.digest))


def test_processes_that_race_for_the_last_grant_get_no_more_than_there_are(home: Home) -> None:
    State(home.state).close()
    fork = multiprocessing.get_context("fork")
    results: multiprocessing.Queue[int | None] = fork.Queue()
    racers = [fork.Process(target=_take, args=(home.state, n, results)) for n in range(4)]
    for racer in racers:
        racer.start()
    taken = [results.get(timeout=30) for _ in range(20)]
    for racer in racers:
        racer.join()

    got = [number for number in taken if number is not None]
    (counted,) = State(home.state).counted().values()
    assert len(got) == len(set(got)) == 3
    assert counted == {f"{number:064d}" for number in got}


def test_a_grant_that_lost_the_race_uses_no_round_either(state: State) -> None:
    for number in range(3):
        state.reserve_round(_claims(number))

    with pytest.raises(DelegationUsedUp) as refused:
        state.reserve_round(_claims(3))

    assert (refused.value.code, refused.value.local_step) == ("outside-delegation", 115)
    assert state.rounds_used(_claims(3).id) == 0
    assert state.reserve_round(_claims(2)) == 2


@pytest.mark.parametrize(
    "attempt", ["DELETE FROM delegated", "UPDATE delegated SET grant_digest = ''"]
)
def test_what_was_counted_stays_counted(state: State, attempt: str) -> None:
    state.reserve_round(_claims(0))

    with pytest.raises(sqlite3.IntegrityError, match="stays counted"):
        state.db.execute(attempt)


@pytest.mark.parametrize(("stop", "code"), [("pause", "paused"), ("revocation", "revoked")])
def test_a_stop_of_the_delegation_ends_the_job_under_it(made: Made, stop: str, code: str) -> None:
    delegation, grant = _rests(made)
    claims = _allow(made, grant)
    stops = Stops(made.home, made.config, made.state, made.link(), claims)
    stops.fetch()
    notice = getattr(made.community, stop)(delegation.document["id"])
    made.platform.served["river"].notices = made.community.notices([notice])

    with pytest.raises(JobStopped) as stopped:
        stops.fetch()

    assert stopped.value.code == code
    with pytest.raises(GrantRefused) as refused:
        _allow(made, grant)
    assert refused.value.code == code


def test_a_job_ends_with_the_time_of_its_delegation(made: Made) -> None:
    _delegation, grant = _rests(made)
    claims = _allow(made, grant)
    assert claims.under is not None
    ended = replace(claims, under=replace(claims.under, not_after=_now() - timedelta(seconds=1)))

    Stops(made.home, made.config, made.state, made.link(), claims).require_none()
    with pytest.raises(JobStopped, match="delegation's time ended"):
        Stops(made.home, made.config, made.state, made.link(), ended).require_none()


def test_the_console_says_on_which_delegation_a_grant_rests(made: Made, capsys: Output) -> None:
    delegation, grant = _rests(made)
    made.state.reserve_round(_allow(made, grant))

    assert main(["--home", str(made.home.folder), "grants"]) == 0

    words = capsys.readouterr().out
    assert (
        f"It rests on delegation {delegation.document['id']}, not on enough stewards' own "
        "signatures:\n  Steward 0 may say yes alone for river to at most one grant.\n" in words
    )
    assert "  Decided in: minute 12.\n" in words
    assert "  Grants used under it at this node: 1 of 1.\n" in words


def test_the_console_says_when_a_delegation_does_not_count(made: Made, capsys: Output) -> None:
    document = _document(made)
    narrow = made.community.delegation(document, max_rounds=1)
    unknown = _document(made) | {"charter": {"number": 1, "digest": "d" * 64}}
    enough = _document(made)
    _serve(
        made,
        made.community.delegated(document, narrow),
        made.community.delegated(unknown, narrow),
        replace(signed(enough, made.community.stewards[:2]), under=narrow),
        signed(_document(made), made.community.stewards[:2]),
    )

    main(["--home", str(made.home.folder), "grants"])

    words = capsys.readouterr().out
    assert words.count("A delegation came with this grant") == 3
    assert "does not count here: The delegation allows no more rounds than 1." in words
    assert "does not count here: The grant names a charter that this node does not hold." in words
    assert "came with this grant and is not needed: enough stewards signed." in words
