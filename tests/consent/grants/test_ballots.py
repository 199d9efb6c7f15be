"""A ballot counts for one statement, one answer, one community, one site, one steward."""

import hashlib
import json
from dataclasses import replace

import pytest

from consent.grants.ballots import verify_ballot
from consent.grants.charter import pin
from consent.grants.codec import b64u, canonical
from consent.grants.errors import BadBallot, Malformed
from consent.grants.statements import Answer, Ballot, challenge
from tests.consent.grants.cast import (
    AMINA,
    BELA,
    CORA_PHONE,
    ORIGIN,
    RP_ID,
    STRANGER,
    cast,
    chain_of_one,
    charter_document,
    passkey,
    steward,
)
from tests.consent.grants.papers import grant_document, sound_grant
from tools.soft_passkey import SoftPasskey

STATEMENT = canonical(grant_document())
YES = AMINA.sign(STATEMENT, "grant", "yes")
CHALLENGE = b64u(challenge("grant", STATEMENT, Answer.YES))
CLIENT = {"type": "webauthn.get", "challenge": CHALLENGE, "origin": ORIGIN, "crossOrigin": False}
RP_HASH = hashlib.sha256(RP_ID.encode()).digest()


def verify(ballot: Ballot, statement: bytes = STATEMENT):
    return verify_ballot(ballot, statement=statement, charter=chain_of_one()[0])


def signed_over(
    *, client: bytes | None = None, authenticator: bytes | None = None, key: SoftPasskey = AMINA
) -> Ballot:
    """A ballot whose signature is sound over whatever it carries."""
    client = YES.client_data_json if client is None else client
    authenticator = YES.authenticator_data if authenticator is None else authenticator
    signature = key.sign_bytes(authenticator + hashlib.sha256(client).digest())
    return Ballot(key.credential_id, authenticator, client, signature, Answer.YES)


def client_with(**changes) -> bytes:
    return json.dumps(CLIENT | changes).encode()


def client_without(name: str) -> bytes:
    return json.dumps({k: v for k, v in CLIENT.items() if k != name}).encode()


@pytest.mark.parametrize(("key", "name"), [(AMINA, "Amina"), (BELA, "Bela"), (CORA_PHONE, "Cora")])
@pytest.mark.parametrize("answer", Answer)
def test_each_steward_may_give_each_answer(key, name, answer):
    assert verify(key.sign(STATEMENT, "grant", answer)).name == name


def test_an_rsa_passkey_counts_too():
    rsa = SoftPasskey("RS256")
    signed = cast(
        charter_document(stewards=[steward("rosa", [rsa]), steward("amina", [AMINA])]), rsa, AMINA
    )
    charter = pin(signed, fingerprint=signed.digest)[0]

    ballot = rsa.sign(STATEMENT, "grant", "yes")

    assert verify_ballot(ballot, statement=STATEMENT, charter=charter).name == "Rosa"


@pytest.mark.parametrize(
    "ballot",
    [
        signed_over(),
        signed_over(client=client_with()),
        signed_over(client=client_without("crossOrigin")),
        signed_over(client=client_with(other_keys_can_be_added_here="do not compare", x=[1.5])),
        signed_over(authenticator=RP_HASH + b"\x05" + b"\x00\x00\x00\x09"),
        signed_over(authenticator=RP_HASH + b"\x0d" + bytes(4)),
        signed_over(authenticator=RP_HASH + b"\x1d" + bytes(4)),
    ],
    ids=[
        "as made",
        "with spaces",
        "no crossOrigin",
        "more members",
        "counter",
        "synced key",
        "synced and backed up",
    ],
)
def test_what_browsers_and_authenticators_really_send_is_accepted(ballot):
    assert verify(ballot).name == "Amina"


@pytest.mark.parametrize(
    "ballot",
    [
        STRANGER.sign(STATEMENT, "grant", "yes"),
        replace(STRANGER.sign(STATEMENT, "grant", "yes"), credential_id=AMINA.credential_id),
        replace(YES, credential_id=BELA.credential_id),
        replace(YES, signature=YES.signature[:-1]),
        replace(YES, signature=b"\x00"),
        replace(YES, answer=Answer.NO),
        AMINA.sign(STATEMENT, "revocation", "yes"),
        AMINA.sign(canonical(grant_document(min_nodes=2)), "grant", "yes"),
        AMINA.sign(canonical(grant_document(community="coast")), "grant", "yes"),
        passkey("amina", "ES256", RP_ID, "http://localhost:8001").sign(STATEMENT, "grant", "yes"),
        passkey("amina", "ES256", "evil.example", ORIGIN).sign(STATEMENT, "grant", "yes"),
        *(signed_over(client=client_without(n)) for n in ("type", "challenge", "origin")),
        signed_over(client=client_with(type="webauthn.create")),
        signed_over(client=client_with(type=None)),
        signed_over(client=client_with(challenge=CHALLENGE + "=")),
        signed_over(client=client_with(challenge=CHALLENGE[:-1])),
        signed_over(client=client_with(challenge="")),
        signed_over(client=client_with(challenge=[CHALLENGE])),
        signed_over(client=client_with(origin="http://localhost:8000/")),
        signed_over(client=client_with(origin="http://LOCALHOST:8000")),
        signed_over(client=client_with(origin=[ORIGIN])),
        signed_over(client=client_with(crossOrigin=True)),
        signed_over(client=client_with(crossOrigin="false")),
        signed_over(client=client_with(crossOrigin=0)),
        signed_over(client=client_with(crossOrigin=None)),
        signed_over(client=client_with(topOrigin=ORIGIN)),
        signed_over(client=client_with()[:-1] + b',"challenge":"' + CHALLENGE.encode() + b'"}'),
        signed_over(client=client_with()[:-1] + b',"type":"webauthn.get"}'),
        signed_over(client=client_with(x=float("nan"))),
        signed_over(client=b"\xef\xbb\xbf" + client_with()),
        signed_over(client=client_with() + b"{}"),
        signed_over(client=b"[]"),
        signed_over(client=b"\xff\xff"),
        signed_over(client=client_with(x="y" * 4096)),
        signed_over(client=client_with()[:-1] + b',"x":' + b"[" * 3000 + b"]" * 3000 + b"}"),
        *(signed_over(authenticator=RP_HASH + bytes([f]) + bytes(4)) for f in (0x00, 0x01, 0x04)),
        *(
            signed_over(authenticator=RP_HASH + bytes([0x05 | f]) + bytes(4))
            for f in (0x02, 0x10, 0x20, 0x40, 0x80)
        ),
        signed_over(authenticator=RP_HASH + b"\x05" + bytes(3)),
        signed_over(authenticator=RP_HASH + b"\x05" + bytes(5)),
        signed_over(authenticator=RP_HASH + b"\x85" + bytes(4) + b"\xa0"),
        signed_over(authenticator=hashlib.sha256(b"evil").digest() + b"\x05" + bytes(4)),
        signed_over(authenticator=b""),
    ],
)
def test_one_fault_is_enough_to_refuse(ballot):
    with pytest.raises(BadBallot):
        verify(ballot)


def test_client_data_has_at_most_4096_bytes():
    def padded(length: int) -> bytes:
        return client_with().ljust(length)

    assert verify(signed_over(client=padded(4096))).name == "Amina"
    with pytest.raises(BadBallot):
        verify(signed_over(client=padded(4097)))


def test_a_ballot_does_not_move_to_another_statement():
    for changed in (grant_document(version=1, cooling_off_s=0), grant_document(community="hill")):
        with pytest.raises(BadBallot):
            verify(sound_grant().ballots[0], canonical(changed))


def test_a_statement_that_cannot_be_read_gets_no_ballots():
    with pytest.raises(Malformed):
        verify(YES, STATEMENT + b"\n")
    with pytest.raises(Malformed):
        verify(YES, canonical(grant_document(version=2)))
