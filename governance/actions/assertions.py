"""One steward's signature on one answer, verified twice, by two programs that share no code."""

from collections.abc import Sequence
from dataclasses import dataclass

from webauthn import verify_authentication_response
from webauthn.helpers.exceptions import WebAuthnException

from consent.grants.ballots import verify_ballot
from consent.grants.charter import Charter
from consent.grants.codec import b64u
from consent.grants.errors import GrantRefused
from consent.grants.statements import Answer, challenge
from consent.grants.statements import Ballot as SignedBallot
from governance.errors import NotAllowed, SignatureRefused
from governance.models import Membership, Statement
from governance.queries import is_stopped


@dataclass(frozen=True)
class Assertion:
    """What a passkey gave: the four byte strings of a WebAuthn assertion, untouched."""

    credential_id: bytes
    authenticator_data: bytes
    client_data_json: bytes
    signature: bytes


def verify(
    statement: Statement,
    charter: Charter,
    membership: Membership,
    answer: Answer,
    assertion: Assertion,
) -> None:
    """Verify the signature twice, by two programs that share no code.

    Raises:
        NotAllowed: the person is not named in the charter.
        SignatureRefused: either program refuses, or the key is another steward's.
    """
    if membership.steward_id not in {steward.id for steward in charter.stewards}:
        raise NotAllowed("You are a steward, but the charter that decides here does not name you.")
    if is_stopped(assertion.credential_id):
        raise SignatureRefused("This passkey was reported as stolen. It signs nothing any more.")
    text = statement.text.encode()
    ballot = SignedBallot(
        credential_id=assertion.credential_id,
        authenticator_data=assertion.authenticator_data,
        client_data_json=assertion.client_data_json,
        signature=assertion.signature,
        answer=answer,
    )
    try:
        steward = verify_ballot(ballot, statement=text, charter=charter)
    except GrantRefused as refusal:
        raise SignatureRefused(str(refusal)) from refusal
    # Two people may share a machine: a sound signature of the neighbour is not hers.
    if steward.id != membership.steward_id:
        raise SignatureRefused("This passkey belongs to another steward.")
    verify_again(
        assertion,
        wanted=challenge(statement.kind, text, answer),
        cose=charter.cose_of(assertion.credential_id) or b"",
        rp_id=charter.rp_id,
        origins=charter.origins,
    )


def verify_again(
    assertion: Assertion, *, wanted: bytes, cose: bytes, rp_id: str, origins: Sequence[str]
) -> None:
    """Verify an assertion with the library that the pure verifier shares no code with.

    Args:
        wanted: the challenge that the passkey was to sign.
        cose: public key, COSE_Key.
    Raises:
        SignatureRefused: the library refuses.
    """
    credential = {
        "id": b64u(assertion.credential_id),
        "rawId": b64u(assertion.credential_id),
        "type": "public-key",
        "response": {
            "authenticatorData": b64u(assertion.authenticator_data),
            "clientDataJSON": b64u(assertion.client_data_json),
            "signature": b64u(assertion.signature),
        },
    }
    try:
        verify_authentication_response(
            credential=credential,
            expected_challenge=wanted,
            expected_rp_id=rp_id,
            expected_origin=list(origins),
            credential_public_key=cose,
            # Synced passkeys keep their counter at zero, so it proves nothing.
            credential_current_sign_count=0,
            require_user_verification=True,
        )
    except WebAuthnException as refusal:
        raise SignatureRefused("The signature on your answer does not match.") from refusal
