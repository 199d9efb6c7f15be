"""Verify one ballot: a WebAuthn assertion against the keys of a charter.

Source: docs/grant-format.md, "Ballot checks" (WebAuthn Level 3, section 7.2).
"""

import hashlib

from consent.grants.charter_document import Charter, Steward
from consent.grants.codec import b64u, parse_json
from consent.grants.cose import load_key
from consent.grants.errors import BadBallot, BadSignature, Malformed
from consent.grants.statements import Ballot, Signed, challenge

MAX_CLIENT_DATA_BYTES = 4096

_PRESENT = 0x01
_VERIFIED = 0x04
_ELIGIBLE = 0x08
_BACKED_UP = 0x10
_KNOWN_FLAGS = _PRESENT | _VERIFIED | _ELIGIBLE | _BACKED_UP


def verify_ballot(ballot: Ballot, *, statement: bytes, charter: Charter) -> Steward:
    """Return the steward of ``charter`` who gave this answer to this statement.

    Raises:
        BadBallot: any check failed.
        Malformed, WrongType: the statement itself cannot be read.
    """
    statement_type = Signed(statement, ()).type
    return verify_cast(ballot, statement_type=statement_type, statement=statement, charter=charter)


def verify_cast(
    ballot: Ballot, *, statement_type: str, statement: bytes, charter: Charter
) -> Steward:
    """The same for a caller that has read the statement's type already."""
    # The key comes from the charter that the stewards signed, never from the ballot.
    steward = charter.steward_of(ballot.credential_id)
    cose = charter.cose_of(ballot.credential_id)
    if steward is None or cose is None:
        raise BadBallot("A ballot is signed with a key that is not in the charter.")
    wanted = challenge(statement_type, statement, ballot.answer)
    check_client_data(ballot.client_data_json, wanted=wanted, origins=charter.origins)
    check_authenticator_data(ballot.authenticator_data, rp_id=charter.rp_id)
    signed = ballot.authenticator_data + hashlib.sha256(ballot.client_data_json).digest()
    try:
        load_key(cose).verify(ballot.signature, signed)
    except BadSignature as error:
        raise BadBallot(f"The signature on the ballot of {steward.name} does not match.") from error
    return steward


def check_client_data(data: bytes, *, wanted: bytes, origins: tuple[str, ...]) -> None:
    """Check what the browser says it was asked to sign, and where.

    Browsers add members over time, so unknown ones are passed over; two members of one name
    refuse, because the browser's reader and ours could pick different ones.
    """
    try:
        client = parse_json(data, limit=MAX_CLIENT_DATA_BYTES, floats=True)
    except Malformed as error:
        raise BadBallot("A ballot's client data cannot be read.") from error
    if client.get("type") != "webauthn.get":
        raise BadBallot("A ballot is not a passkey assertion.")
    if client.get("challenge") != b64u(wanted):
        raise BadBallot("A ballot was cast on another statement or with another answer.")
    if client.get("origin") not in origins:
        raise BadBallot("A ballot was signed on a page that is not in the charter.")
    # In a frame of someone else's page the steward may not see what she signs.
    if client.get("crossOrigin", False) is not False or "topOrigin" in client:
        raise BadBallot("A ballot was signed inside another site's page.")


def check_authenticator_data(data: bytes, *, rp_id: str) -> None:
    """Check the 37 bytes that the authenticator signed.

    The last four, the signature counter, are not read: synced passkeys leave it at zero, and
    a node that sees ballots in any order could not use it.
    """
    if len(data) != 37:
        raise BadBallot("A ballot's authenticator data is not 37 bytes long.")
    if data[:32] != hashlib.sha256(rp_id.encode("ascii")).digest():
        raise BadBallot("A ballot was made for another site.")
    flags = data[32]
    if flags & ~_KNOWN_FLAGS:
        raise BadBallot("A ballot carries data that Kinhold did not ask for.")
    if flags & _BACKED_UP and not flags & _ELIGIBLE:
        raise BadBallot("A ballot's backup flags contradict each other.")
    if not flags & _PRESENT or not flags & _VERIFIED:
        raise BadBallot("A ballot was signed without the steward being verified.")
