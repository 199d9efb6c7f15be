"""What must hold for every byte, order and subset, tried on many of each."""

import contextlib
import itertools
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from consent.grants.ballots import verify_ballot
from consent.grants.charter import pin
from consent.grants.codec import canonical
from consent.grants.decision import DecisionRule, decide, decision_on
from consent.grants.errors import BadBallot, GrantRefused, NotDecided
from consent.grants.notices import verify_notices
from consent.grants.receipts import verify_receipt
from consent.grants.statements import TYPES, Answer, Signed
from tests.consent.grants.cast import (
    AMINA,
    BELA,
    CHECKPOINT,
    CORA,
    CORA_PHONE,
    RECEIPT,
    ballot,
    cast,
    chain_of_one,
    charter_document,
    first_charter,
    passkey,
    rules,
    steward,
)
from tests.consent.grants.papers import (
    Case,
    grant_document,
    notices_document,
    pause,
    receipt_document,
    revocation,
    sound_grant,
)

MANY = settings(max_examples=300, deadline=None)
SOME = settings(max_examples=120, deadline=None)
FEW = settings(max_examples=40, deadline=None)

CHARTER = chain_of_one()[0]
SOUND = sound_grant()
BALLOT_BYTES = ["credential_id", "authenticator_data", "client_data_json", "signature"]

flips = st.tuples(st.integers(0, 10**6), st.integers(1, 255))


def flipped(data: bytes, flip: tuple[int, int]) -> bytes:
    """``data`` with one byte changed, anywhere in it."""
    position, change = flip
    changed = bytearray(data)
    changed[position % len(data)] ^= change
    return bytes(changed)


@MANY
@given(flips)
def test_any_flipped_byte_of_a_grant_refuses(flip):
    with pytest.raises(GrantRefused):
        replace(Case(), signed=replace(SOUND, statement=flipped(SOUND.statement, flip))).allow()


@MANY
@given(st.sampled_from(BALLOT_BYTES), st.integers(0, 1), flips)
def test_any_flipped_byte_of_a_ballot_refuses(name, which, flip):
    ballots = list(SOUND.ballots)
    whole = getattr(ballots[which], name)
    ballots[which] = replace(ballots[which], **{name: flipped(whole, flip)})

    with pytest.raises(BadBallot):
        replace(Case(), signed=replace(SOUND, ballots=tuple(ballots))).allow()


@SOME
@given(flips)
def test_any_flipped_byte_of_an_envelope_refuses(flip):
    text = flipped(SOUND.to_json().encode(), flip)

    with pytest.raises((GrantRefused, UnicodeDecodeError)):
        replace(Case(), signed=Signed.from_json(text.decode())).allow()


@SOME
@given(flips)
def test_any_flipped_byte_of_a_first_charter_refuses(flip):
    signed = replace(first_charter(), statement=flipped(first_charter().statement, flip))

    with pytest.raises(GrantRefused):
        pin(signed, fingerprint=first_charter().digest)
    with pytest.raises(GrantRefused):
        pin(signed, fingerprint=signed.digest)


@SOME
@given(st.booleans(), flips)
def test_any_flipped_byte_of_a_list_or_its_signature_refuses(in_text, flip):
    text = canonical(notices_document(cast(pause(), CORA)))
    signature = CHECKPOINT.sign(text)
    changed = (flipped(text, flip), signature) if in_text else (text, flipped(signature, flip))

    with pytest.raises(GrantRefused):
        verify_notices(*changed, chain=chain_of_one())


@SOME
@given(flips)
def test_any_flipped_byte_of_a_signed_item_refuses_the_list(flip):
    item = cast(revocation(), AMINA, BELA).to_json().encode()
    with contextlib.suppress(UnicodeDecodeError, GrantRefused):
        document = notices_document() | {"items": [flipped(item, flip).decode()]}
        text = canonical(document)
        verify_notices(text, CHECKPOINT.sign(text), chain=chain_of_one())
        pytest.fail("the platform changed a byte of a notice and the list still held")


@SOME
@given(flips)
def test_any_flipped_byte_of_a_receipt_refuses(flip):
    receipt = canonical(receipt_document())
    public = RECEIPT.public_key().public_bytes_raw()

    with pytest.raises(GrantRefused):
        verify_receipt(flipped(receipt, flip), RECEIPT.sign(receipt), public)


cast_ballots = st.lists(
    st.tuples(st.sampled_from([AMINA, BELA, CORA, CORA_PHONE]), st.sampled_from(Answer)),
    max_size=5,
)


@FEW
@given(cast_ballots, st.randoms(use_true_random=False))
def test_the_order_and_repetition_of_ballots_do_not_matter(votes, random):
    ballots = [ballot(key, SOUND.statement, "grant", answer) for key, answer in votes]
    expected = decision_on(
        replace(SOUND, ballots=tuple(ballots)), charter=CHARTER, statement_type="grant"
    )
    random.shuffle(ballots)
    shuffled = replace(SOUND, ballots=(*ballots, *ballots))

    assert decision_on(shuffled, charter=CHARTER, statement_type="grant") == expected


@FEW
@given(cast_ballots)
def test_a_grant_is_allowed_exactly_when_two_stewards_say_yes_and_nothing_else(votes):
    people = {AMINA: "a", BELA: "b", CORA: "c", CORA_PHONE: "c"}
    said: dict[str, set[Answer]] = {}
    for key, answer in votes:
        said.setdefault(people[key], set()).add(answer)
    enough = sum(answers == {Answer.YES} for answers in said.values()) >= 2
    case = replace(Case(), signed=cast(grant_document()))
    ballots = tuple(ballot(key, SOUND.statement, "grant", answer) for key, answer in votes)
    case = replace(case, signed=replace(case.signed, ballots=ballots))

    if enough:
        assert case.allow()
    else:
        with pytest.raises(NotDecided):
            case.allow()


statements = st.fixed_dictionaries(
    {
        "cooling_off_s": st.integers(0, 9),
        "community": st.sampled_from(["river", "coast"]),
        "min_nodes": st.integers(1, 3),
    }
)


@SOME
@given(
    signed_as=st.tuples(st.sampled_from(sorted(TYPES)), statements, st.sampled_from(Answer)),
    shown_as=st.tuples(st.sampled_from(sorted(TYPES)), statements, st.sampled_from(Answer)),
)
def test_a_ballot_counts_for_its_own_type_statement_community_and_answer_only(signed_as, shown_as):
    def statement(kind, changes, _):
        return canonical(grant_document(type=kind, **changes))

    made = AMINA.sign(statement(*signed_as), signed_as[0], signed_as[2])
    shown = replace(made, answer=shown_as[2])

    if signed_as == shown_as:
        assert verify_ballot(shown, statement=statement(*shown_as), charter=CHARTER)
    else:
        with pytest.raises(BadBallot):
            verify_ballot(shown, statement=statement(*shown_as), charter=CHARTER)


NINE = {f"s{n}": passkey(f"nine {n}", "EdDSA") for n in range(9)}


def nine_decide(rule: dict, floor: int = 1):
    people = [steward(name, [key]) for name, key in NINE.items()]
    document = charter_document(stewards=people, floor=floor, rules=rules(5, grant=rule))
    signed = cast(document, *NINE.values())
    return pin(signed, fingerprint=signed.digest)[0]


@pytest.mark.parametrize("m", [1, 5, 9])
def test_no_subset_below_the_rule_decides_and_every_one_at_it_does(m):
    charter = nine_decide({"rule": "threshold", "m": m})
    everyone = cast(grant_document(), *NINE.values()).ballots
    for size in (m - 1, m):
        for some in itertools.islice(itertools.combinations(everyone, size), 25):
            signed = Signed(SOUND.statement, some)
            assert decision_on(signed, charter=charter, statement_type="grant").met is (size == m)


def test_consensus_of_nine_needs_all_nine():
    charter = nine_decide({"rule": "consensus"}, floor=3)
    everyone = cast(grant_document(), *NINE.values()).ballots

    assert decision_on(
        Signed(SOUND.statement, everyone), charter=charter, statement_type="grant"
    ).met
    for some in itertools.combinations(everyone, 8):
        signed = Signed(SOUND.statement, some)
        assert not decision_on(signed, charter=charter, statement_type="grant").met


answer_sets = st.frozensets(st.sampled_from(Answer), max_size=3)
rule_values = st.one_of(
    st.integers(1, 6).map(lambda m: DecisionRule("threshold", m)),
    st.just(DecisionRule("consensus")),
)


@MANY
@given(
    rule_values,
    st.integers(1, 6),
    st.dictionaries(st.sampled_from("abcdef"), answer_sets),
    st.sampled_from("abcdef"),
)
def test_a_steward_left_out_never_turns_refusal_into_decision(rule, floor, answers, withheld):
    fewer = {s: a for s, a in answers.items() if s != withheld}
    whole = decide(rule, stewards="abcdef", floor=floor, answers=answers)
    part = decide(rule, stewards="abcdef", floor=floor, answers=fewer)

    assert whole.met or not part.met
    assert part.yes <= whole.yes
