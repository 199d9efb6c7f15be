"""The software passkey passes for a real one with both libraries the platform uses."""

import os

import pytest
import webauthn
from fido2 import features
from fido2.server import Fido2Server
from fido2.utils import websafe_decode
from fido2.webauthn import (
    AttestedCredentialData,
    CollectedClientData,
    PublicKeyCredentialRpEntity,
    PublicKeyCredentialUserEntity,
    RegistrationResponse,
)
from webauthn.helpers.exceptions import InvalidAuthenticationResponse

from consent.grants.codec import canonical
from consent.grants.cose import load_key
from tests.consent.grants.cast import ORIGIN, RP_ID, cast, charter_document
from tests.consent.grants.papers import grant_document
from tools.soft_passkey import SoftPasskey

ALGORITHMS = ["ES256", "EdDSA", "RS256"]
HANDLE = b"user 42"
ONCE = os.urandom(32)


@pytest.fixture(params=ALGORITHMS)
def passkey(request):
    return SoftPasskey(request.param, RP_ID, ORIGIN)


def test_py_webauthn_registers_and_authenticates_it(passkey):
    made = webauthn.verify_registration_response(
        credential=passkey.make_attestation(ONCE, HANDLE),
        expected_challenge=ONCE,
        expected_rp_id=RP_ID,
        expected_origin=ORIGIN,
        require_user_verification=True,
    )

    assert made.credential_id == passkey.credential_id
    assert made.credential_public_key == passkey.cose
    used = webauthn.verify_authentication_response(
        credential=passkey.assertion_json(ONCE, HANDLE),
        expected_challenge=ONCE,
        expected_rp_id=RP_ID,
        expected_origin=ORIGIN,
        credential_public_key=made.credential_public_key,
        credential_current_sign_count=0,
        require_user_verification=True,
    )
    assert used.user_verified


def test_py_webauthn_refuses_another_challenge(passkey):
    with pytest.raises(InvalidAuthenticationResponse):
        webauthn.verify_authentication_response(
            credential=passkey.assertion_json(ONCE, HANDLE),
            expected_challenge=os.urandom(32),
            expected_rp_id=RP_ID,
            expected_origin=ORIGIN,
            credential_public_key=passkey.cose,
            credential_current_sign_count=0,
        )


def test_fido2_registers_and_authenticates_it_as_allauth_asks(passkey):
    server = Fido2Server(
        PublicKeyCredentialRpEntity(id=RP_ID, name="Kinhold"), verify_origin=lambda o: o == ORIGIN
    )
    user = PublicKeyCredentialUserEntity(id=HANDLE, name="amina", display_name="Amina")
    _, state = server.register_begin(user, user_verification="required")
    asked = websafe_decode(state["challenge"])

    made = server.register_complete(state, passkey.make_attestation(asked, HANDLE))

    assert made.credential_data.credential_id == passkey.credential_id
    credential = AttestedCredentialData(made.credential_data)
    _, state = server.authenticate_begin([credential], user_verification="required")
    asked = websafe_decode(state["challenge"])
    response = passkey.assertion_json(asked, HANDLE)
    used = server.authenticate_complete(state, [credential], response)
    assert used.credential_id == passkey.credential_id
    assert websafe_decode(response["response"]["userHandle"]) == HANDLE


def test_allauths_stored_form_can_be_read_again(passkey):
    posted = passkey.make_attestation(ONCE, HANDLE, discoverable=True)

    stored = RegistrationResponse.from_dict(posted)

    assert stored.response.attestation_object.auth_data.credential_data.credential_id == (
        passkey.credential_id
    )
    assert isinstance(stored.response.client_data, CollectedClientData)
    assert posted["clientExtensionResults"] == {"credProps": {"rk": True}}
    assert passkey.make_attestation(ONCE, HANDLE)["clientExtensionResults"] == {}
    assert features is not None


def test_its_key_is_one_that_a_charter_takes(passkey):
    assert load_key(passkey.cose).algorithm == passkey.alg


def test_it_can_be_kept_as_json(passkey):
    again = SoftPasskey.from_json(passkey.to_json())

    assert (again.credential_id, again.cose) == (passkey.credential_id, passkey.cose)
    assert (again.alg, again.rp_id, again.origin) == (passkey.alg, RP_ID, ORIGIN)
    load_key(passkey.cose).verify(again.sign_bytes(b"x"), b"x")


def test_the_same_words_get_the_same_signature(passkey):
    statement = canonical(grant_document())

    assert passkey.sign(statement, "grant", "yes") == passkey.sign(statement, "grant", "yes")
    assert cast(charter_document(), passkey) == cast(charter_document(), passkey)


def test_it_knows_three_algorithms():
    with pytest.raises(ValueError, match="ES512"):
        SoftPasskey("ES512")
    with pytest.raises(ValueError, match="not for"):
        SoftPasskey("EdDSA", key=SoftPasskey("ES256").key)
