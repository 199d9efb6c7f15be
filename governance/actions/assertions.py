"""One steward's signature on one answer, verified twice, by two programs that share no code."""

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
    _verify_again(ballot, charter, challenge(statement.kind, text, answer))


def _verify_again(ballot: SignedBallot, charter: Charter, wanted: bytes) -> None:
    credential = {
        "id": b64u(ballot.credential_id),
        "rawId": b64u(ballot.credential_id),
        "type": "public-key",
        "response": {
            "authenticatorData": b64u(ballot.authenticator_data),
            "clientDataJSON": b64u(ballot.client_data_json),
            "signature": b64u(ballot.signature),
        },
    }
    try:
        verify_authentication_response(
            credential=credential,
            expected_challenge=wanted,
            expected_rp_id=charter.rp_id,
            expected_origin=list(charter.origins),
            credential_public_key=charter.cose_of(ballot.credential_id) or b"",
            # Synced passkeys keep their counter at zero, so it proves nothing.
            credential_current_sign_count=0,
            require_user_verification=True,
        )
    except WebAuthnException as refusal:
        raise SignatureRefused("The signature on your answer does not match.") from refusal
