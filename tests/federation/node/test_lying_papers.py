"""A platform that lies in the papers it serves: charters, notices and grants."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from consent.grants.codec import b64u
from consent.grants.errors import (
    CharterSuperseded,
    GrantRefused,
    RolledBack,
    TooManyRounds,
    UnknownCharter,
    WrongCommunity,
)
from consent.grants.statements import Signed
from federation.node.books.state import State
from federation.node.decision import sync
from federation.node.decision.papers import require_stops_fresh
from federation.node.decision.sync import Findings
from federation.node.errors import NoFreshStops
from tests.federation.node.conftest import Made
from tests.federation.node.runs import GRANT, ask, bound, serve
from tests.hostile.community import passkeys, signed, steward
from tests.hostile.processes import size_of


def _now() -> datetime:
    return datetime.now(UTC)


def _fetch(made: Made) -> Findings:
    return sync.fetch_all(made.state, made.link(), at=_now())


def _next(made: Made, before: Signed, number: int, **changes: Any) -> Signed:
    document = made.community.charter(number=number, previous=before.digest, **changes)
    return signed(document, made.community.stewards[:2])


def _show(made: Made, *charters: Signed) -> None:
    made.platform.served["river"].charters = [charter.to_json() for charter in charters]


def test_a_charter_that_was_skipped_leads_nowhere(made: Made) -> None:
    second = _next(made, made.charter, 2)
    third = _next(made, second, 3)
    _show(made, made.charter, third)
    serve(made, charter=third, number=3)

    findings = _fetch(made)

    assert [charter.number for charter in made.state.chain()] == [1]
    assert "Charter 3 does not follow charter 1." in findings.warnings[0]
    with pytest.raises(UnknownCharter):
        ask(made, _now())


def test_charters_that_were_rolled_back_bring_no_old_key_back(made: Made) -> None:
    """Two keys were stolen and replaced; then the platform shows the old history again."""
    stolen = made.community.stewards[:2]
    fresh = [*passkeys(2), made.community.stewards[2]]
    _show(
        made,
        made.charter,
        _next(made, made.charter, 2, stewards=[steward(n, k) for n, k in enumerate(fresh)]),
    )
    _fetch(made)
    _show(made, made.charter)
    serve(made, by=stolen)

    findings = _fetch(made)

    assert [charter.number for charter in made.state.chain()] == [1, 2]
    assert findings.bad_notices is None
    with pytest.raises(CharterSuperseded):
        ask(made, _now())


def test_of_two_sound_charters_the_first_shown_counts_and_the_other_is_told(made: Made) -> None:
    one, other = _next(made, made.charter, 2), _next(made, made.charter, 2, nodes=[])
    _show(made, made.charter, one)
    _fetch(made)
    _show(made, made.charter, other)
    serve(made, charter=other, number=2)

    findings = _fetch(made)

    assert made.state.chain()[1].digest == one.digest
    assert "shows another charter 2" in findings.warnings[0]
    with pytest.raises(UnknownCharter):
        ask(made, _now())


def test_charters_in_any_order_and_a_thousand_times_make_one_chain(made: Made) -> None:
    second = _next(made, made.charter, 2)
    _show(made, *[second, made.charter] * 500)

    findings = _fetch(made)

    assert [charter.number for charter in made.state.chain()] == [1, 2]
    assert len(findings.warnings) <= 20


def test_another_communitys_charter_is_none_of_this_chain(made: Made) -> None:
    theirs = signed(
        made.community.charter(community="coast", number=2, previous=made.charter.digest),
        made.community.stewards,
    )
    _show(made, made.charter, theirs)

    assert "another community's" in _fetch(made).warnings[0]
    assert len(made.state.chain()) == 1


def _bad_notices(made: Made) -> GrantRefused:
    found = _fetch(made).bad_notices
    assert found is not None
    return found


def test_notices_of_another_community_are_not_this_ones(made: Made) -> None:
    """The platform holds both keys here, so the signature is sound."""
    made.community.name = "coast"
    made.platform.served["river"].notices = made.community.notices()

    assert isinstance(_bad_notices(made), WrongCommunity)
    assert made.state.notices() is None


@pytest.mark.parametrize("signature", [b"", b"\0" * 64, b"\0" * 63, b"x" * 10_000])
def test_notices_without_a_sound_signature_are_refused(made: Made, signature: bytes) -> None:
    text, _ = made.community.notices()
    made.platform.served["river"].notices = (text, signature)

    assert _bad_notices(made).code == "bad-signature"


def test_notices_signed_with_the_key_of_the_charter_before_are_refused(made: Made) -> None:
    """The platform's key was stolen and the community put another one in its charter."""
    new = Ed25519PrivateKey.generate()
    key = b64u(new.public_key().public_bytes_raw())
    _show(made, made.charter, _next(made, made.charter, 2, checkpoint_key=key))

    assert _bad_notices(made).code == "bad-signature"


def test_a_number_far_ahead_stops_the_node_and_never_starts_it(made: Made) -> None:
    """Who holds the platform's key can make a node stop; not make it miss a stop."""
    made.platform.served["river"].notices = made.community.notices(sequence=2**53 - 1)
    assert _fetch(made).bad_notices is None
    made.platform.served["river"].notices = made.community.notices()

    assert isinstance(_bad_notices(made), RolledBack)


def test_a_list_that_is_frozen_stops_being_fresh(made: Made) -> None:
    serve(made)
    _fetch(made)
    ask(made, _now())
    issued = made.state.notices()
    assert issued is not None
    late = issued.issued + timedelta(seconds=made.config.notice_max_age_s + 1)
    assert _fetch(made).bad_notices is None  # the same list again: sound, and no news

    with pytest.raises(NoFreshStops, match="too old"):
        require_stops_fresh(made.state, made.config, at=late)
    with pytest.raises(NoFreshStops):
        ask(made, late)


@pytest.mark.parametrize(
    "lie",
    [
        "[" * 100_000,
        '{"statement":' * 5_000,
        '{"statement": NaN, "ballots": []}',
        '{"statement": "' + "[" * 200_000 + '", "ballots": []}',
        json.dumps({"statement": "{}", "ballots": [[]] * 5_000}),
        json.dumps({"statement": "x" * 2_000_000, "ballots": []}),
        "\ud800",
        "",
    ],
    ids=lambda lie: f"{lie[:14]}x{len(lie)}",
)
def test_papers_that_are_made_to_break_a_reader_are_refused_by_it(made: Made, lie: str) -> None:
    served = made.platform.served["river"]
    served.charters, served.grants = [made.charter.to_json(), lie], [lie, lie]
    text, _ = made.community.notices([], sequence=9)
    served.notices = (text[:-3] + json.dumps([lie]).encode() + b"}", made.community.notices()[1])

    findings = _fetch(made)

    assert any("charter was not taken over" in warning for warning in findings.warnings)
    assert any("grant was not taken over" in warning for warning in findings.warnings)
    assert findings.bad_notices is not None
    assert made.state.grants() == []


def test_a_flood_of_large_made_up_grants_does_not_fill_the_disk(made: Made) -> None:
    ballot = replace(serve(made).ballots[0], signature=b"x" * 1024, client_data_json=b"x" * 2000)
    before, sent = size_of(made.home.folder), 0
    for batch in range(3):
        documents = [
            made.community.grant(bound(), made.charter, min_cohort=100 + 16 * batch + place)
            for place in range(16)
        ]
        texts = [replace(signed(d, []), ballots=(ballot,) * 190).to_json() for d in documents]
        made.platform.served["river"].grants = texts
        sent += sum(map(len, texts))
        assert _fetch(made).reached

    assert sent > 35_000_000
    assert size_of(made.home.folder) - before < 30_000_000
    assert 10 < len(made.state.grants()) < 40


def test_made_up_grants_do_not_push_out_one_that_was_decided(made: Made) -> None:
    serve(made)
    _fetch(made)
    for _ in range(3):
        made.platform.served["river"].grants = [
            signed(made.community.grant(bound(), made.charter), []).to_json() for _ in range(200)
        ]
        _fetch(made)

    assert ask(made, _now()).id == GRANT


def test_what_was_used_stays_used_when_the_node_starts_again(made: Made) -> None:
    """The same grant, shown once more after a restart, finds its rounds in the file."""
    serve(made)
    _fetch(made)
    claims = ask(made, _now())
    for _ in range(claims.max_rounds):
        made.state.reserve_round(claims)
    made.state.close()

    again = State(made.home.state)
    sync.fetch_all(again, made.link(), at=_now())

    with pytest.raises(TooManyRounds):
        ask(made, _now(), state=again)
    again.close()
