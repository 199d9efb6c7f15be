"""What the platform serves is taken over as far as it verifies, and never undoes a stop."""

from datetime import timedelta

import pytest

from consent.grants.codec import time_text
from federation.node import keys
from federation.node.books.receipts import Account, count_unsent, write_receipt
from federation.node.decision import sync
from federation.node.decision.sync import Findings
from tests.federation.node.conftest import AT, Made
from tests.hostile.community import passkeys, signed, steward

GRANT = "33333333-3333-4333-8333-333333333333"
RUN = {
    "job": "linear-regression",
    "code": "a" * 64,
    "config": "b" * 64,
    "request": "c" * 64,
    "max_rounds": 3,
    "variables": ["age", "bmi"],
    "communities": ["river", "coast"],
}


def _fetch(made: Made) -> Findings:
    return sync.fetch_all(made.state, made.link(), at=AT)


def _second(made: Made, **changes: object) -> dict[str, object]:
    return made.community.charter(number=2, previous=made.charter.digest, **changes)


def test_a_charter_adopted_under_the_one_before_extends_the_chain(made: Made) -> None:
    second = signed(_second(made), made.community.stewards[:2])
    made.platform.served["river"].charters.append(second.to_json())

    findings = _fetch(made)

    assert (findings.warnings, findings.reached) == ([], True)
    assert [charter.number for charter in made.state.chain()] == [1, 2]
    assert made.state.chain()[1].digest == second.digest


def test_a_charter_the_platform_made_up_is_not_taken_over(made: Made) -> None:
    (mine,) = passkeys(1)
    forged = signed(_second(made, stewards=[steward(0, mine)], floor=1), [mine])
    made.platform.served["river"].charters.append(forged.to_json())

    findings = _fetch(made)

    assert [charter.number for charter in made.state.chain()] == [1]
    assert "was not taken over" in findings.warnings[0]


def test_another_history_is_told_and_changes_nothing(made: Made) -> None:
    other = signed(made.community.charter(created="2020-01-01T00:00:00Z"), made.community.stewards)
    made.platform.served["river"].charters = [other.to_json()]

    findings = _fetch(made)

    assert findings.warnings == [
        "The platform shows another charter 1 than the one this node holds."
    ]
    assert made.state.chain()[0].digest == made.charter.digest


def test_a_charter_that_is_no_charter_is_told(made: Made) -> None:
    made.platform.served["river"].charters = ["{}"]

    assert "was not taken over" in _fetch(made).warnings[0]


def test_without_a_pinned_charter_nothing_is_fetched(made: Made) -> None:
    made.state.db.executescript("DROP TRIGGER charters_stay; DELETE FROM charters;")

    assert not _fetch(made).reached

    assert made.platform.requests == []


def test_a_stop_stays_when_a_later_list_leaves_it_out(made: Made) -> None:
    served = made.platform.served["river"]
    pause = made.community.pause("all")
    served.notices = made.community.notices([made.community.revocation(GRANT), pause])
    _fetch(made)
    served.notices = made.community.notices()
    _fetch(made)

    notices = made.state.notices()

    assert notices is not None
    assert (notices.sequence, notices.revoked, notices.paused) == (3, {GRANT}, {"all"})

    served.notices = made.community.notices([made.community.resume(pause)])
    assert _fetch(made).warnings == []
    lifted = made.state.notices()
    assert lifted is not None
    assert (lifted.revoked, lifted.paused) == ({GRANT}, frozenset())


def test_an_older_list_is_refused_and_the_newer_one_kept(made: Made) -> None:
    served = made.platform.served["river"]
    old = served.notices
    served.notices = made.community.notices()
    _fetch(made)
    served.notices = old

    findings = _fetch(made)

    assert findings.bad_notices is not None
    assert findings.bad_notices.code == "rolled-back"
    notices = made.state.notices()
    assert notices is not None
    assert notices.sequence == 2


def test_the_same_number_with_an_earlier_date_is_no_news(made: Made) -> None:
    served = made.platform.served["river"]
    served.notices = made.community.notices(sequence=5, issued=AT)
    _fetch(made)
    served.notices = made.community.notices(sequence=5, issued=AT - timedelta(days=1))

    assert _fetch(made).bad_notices is None

    notices = made.state.notices()
    assert notices is not None
    assert notices.issued == AT


@pytest.mark.parametrize("signature", [b"\0" * 64, b""])
def test_a_list_nobody_signed_is_refused(made: Made, signature: bytes) -> None:
    text, _ = made.community.notices()
    made.platform.served["river"].notices = (text, signature)

    findings = _fetch(made)

    assert findings.bad_notices is not None
    assert findings.bad_notices.code == "bad-signature"
    assert made.state.notices() is None


def _grant(made: Made, **changes: object) -> dict[str, object]:
    return made.community.grant(RUN, made.charter, id=GRANT, **changes)


def test_a_decided_grant_is_first_seen_now_and_told_to_the_operator(made: Made) -> None:
    grant = signed(_grant(made), made.community.stewards[:2])
    made.platform.served["river"].grants = [grant.to_json()]

    assert _fetch(made).warnings == []

    held = made.state.grant(GRANT)
    assert held is not None
    assert (held.first_seen, held.first_seen_charter) == (AT, 1)
    assert made.state.events()[-1] == (
        time_text(AT),
        f"Grant {GRANT} was first seen: linear-regression on river-diabetes for Chi, A university.",
    )


@pytest.mark.parametrize("signers", [0, 1])
def test_a_grant_with_too_few_ballots_does_not_make_cooling_off_run(
    made: Made, signers: int
) -> None:
    grant = signed(_grant(made), made.community.stewards[:signers])
    made.platform.served["river"].grants = [grant.to_json()]

    _fetch(made)

    held = made.state.grant(GRANT)
    assert held is not None
    assert held.first_seen is None


def test_a_grant_under_another_charter_does_not_count_as_decided(made: Made) -> None:
    document = _grant(made) | {"charter": {"number": 1, "digest": "d" * 64}}
    grant = signed(document, made.community.stewards[:2])
    made.platform.served["river"].grants = [grant.to_json()]

    _fetch(made)

    held = made.state.grant(GRANT)
    assert held is not None
    assert held.first_seen is None


def test_a_grant_of_another_community_is_told_and_not_kept(made: Made) -> None:
    grant = signed(_grant(made, community="coast"), made.community.stewards[:2])
    made.platform.served["river"].grants = [grant.to_json()]

    findings = _fetch(made)

    assert findings.warnings == ["A grant of coast was served to this node."]
    assert findings.foreign == {GRANT}
    assert made.state.grants() == []


def test_a_platform_that_earns_many_warnings_gets_a_few(made: Made) -> None:
    made.platform.served["river"].grants = ["[]"] * 1000

    assert len(_fetch(made).warnings) == 20


def test_one_bad_grant_does_not_hide_the_next(made: Made) -> None:
    grant = signed(_grant(made), made.community.stewards[:2])
    made.platform.served["river"].grants = ["[]", made.charter.to_json(), grant.to_json()]

    findings = _fetch(made)

    assert len(findings.warnings) == 2
    assert made.state.grant(GRANT) is not None


def test_receipts_wait_for_the_platform_and_arrive_once_and_in_order(made: Made) -> None:
    made.platform.down = True
    key = keys.receipt_key(made.home)
    for _ in range(3):
        write_receipt(made.state, Account(), community="river", node="river-node", key=key)

    assert sync.send_receipts(made.state, made.link()) == 0
    assert count_unsent(made.state) == 3

    made.platform.down = False
    assert sync.send_receipts(made.state, made.link()) == 3
    assert sync.send_receipts(made.state, made.link()) == 0
    assert [r["sequence"] for r in made.platform.receipts["river"]] == [1, 2, 3]


def test_a_platform_that_claims_another_receipt_cannot_hold_up_the_rest(made: Made) -> None:
    key = keys.receipt_key(made.home)
    for _ in range(2):
        write_receipt(made.state, Account(), community="river", node="river-node", key=key)
    made.platform.receipts["river"].append({"sequence": 1, "flower_run": ""})

    assert sync.send_receipts(made.state, made.link()) == 2

    assert count_unsent(made.state) == 0
    assert made.state.events()[-1][1] == "The platform holds another receipt in the place of 1."


def test_an_unreachable_platform_is_a_warning_and_no_more(made: Made) -> None:
    made.platform.down = True

    findings = _fetch(made)

    assert not findings.reached
    assert findings.bad_notices is None
    assert findings.warnings == ["the platform answered 503 to charters"]
