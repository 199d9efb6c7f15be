"""GA4GH visas: verified as a reader elsewhere would, from the key set alone."""

import json
import uuid
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from django.core.exceptions import ImproperlyConfigured
from django.test import Client
from django.utils import timezone
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from consent.actions import notices, reviews
from consent.models import Collaborator, Grant, TrainingRequest
from consent.visa_key import visa_key
from consent.visas import subject_for
from governance.models import AccessEvent
from governance.rules import PlatformRole
from tests.consent.accepting import accept
from tests.consent.factories import make_request, review_of, say_yes, sign_notice
from tests.factories import make_user
from tests.federation.calls import Script

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)
ORIGIN = "https://kinhold.example"
"""The issuer. It may be another address than the one people use."""


def write_key(path: Path, key: Any) -> str:
    path.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return str(path)


@pytest.fixture(params=["ES256", "RS256"])
def on(request: pytest.FixtureRequest, settings: Any, tmp_path: Path) -> str:
    """Visas are switched on; the algorithm of the key."""
    key: Any = (
        ec.generate_private_key(ec.SECP256R1())
        if request.param == "ES256"
        else rsa.generate_private_key(65537, 2048)
    )
    settings.KINHOLD_VISA_KEY_FILE = write_key(tmp_path / "visa.pem", key)
    settings.KINHOLD_VISA_ISSUER = ORIGIN
    return str(request.param)


@pytest.fixture
def granted(cast, dataset) -> Grant:
    return say_yes(review_of(make_request(cast.chi.user)), [cast.amina, cast.bo])


@pytest.fixture
def dataset(cast, protocol):
    from tests.factories import make_dataset

    return make_dataset(cast.river, cast.amina.user)


def ask(user, request: TrainingRequest) -> list[str]:
    answer = Script(user, "requests:read").get(f"requests/{request.public_id}/visas/")
    assert answer.status_code == 200, answer.content
    assert answer["Cache-Control"] == "no-store"
    visas: list[str] = answer.json()["visas"]
    return visas


def of(grant: Grant) -> TrainingRequest:
    return grant.review.revision.request


def read(visa: str, algorithm: str) -> jwt.Token:
    """What a reader elsewhere does: fetch the key set, verify, look at the times."""
    keys = KeySet.import_key_set(Client().get("/.well-known/jwks.json").json())
    token = jwt.decode(visa, keys, algorithms=[algorithm])
    registry = jwt.JWTClaimsRegistry(
        iss={"essential": True, "value": ORIGIN},
        sub={"essential": True},
        exp={"essential": True},
        iat={"essential": True},
    )
    registry.validate(token.claims)
    return token


def test_a_visa_says_who_may_use_which_data_by_whose_word(cast, granted, on, settings):
    here = settings.KINHOLD_ORIGIN
    now = timezone.now()
    [visa] = ask(cast.chi.user, of(granted))

    token = read(visa, on)

    assert token.header["typ"] == "vnd.ga4gh.visa+jwt"
    assert token.header["jku"] == f"{ORIGIN}/.well-known/jwks.json"
    assert token.header["alg"] == on and token.header["kid"]
    assert "scope" not in token.claims  # a document token; nobody signs in here for another
    assert token.claims["ga4gh_visa_v1"] == {
        "type": "ControlledAccessGrants",
        "asserted": int(granted.granted_at.timestamp()),
        "value": f"{here}/communities/river/datasets/river-diabetes/",
        "source": f"{here}/communities/river/",
        "by": "dac",
    }
    assert 0 <= token.claims["exp"] - int((now + HOUR).timestamp()) <= 10
    uuid.UUID(token.claims["jti"])


def test_nobody_is_named_in_it(cast, granted, on):
    claims = read(ask(cast.chi.user, of(granted))[0], on).claims

    text = json.dumps(claims)
    for word in (cast.chi.user.name, cast.chi.user.email, str(cast.chi.user.public_id), "Amina"):
        assert word not in text
    assert len(claims["sub"]) == 43


def test_a_person_is_called_the_same_by_one_community_and_otherwise_by_another():
    person, other = uuid.uuid4(), uuid.uuid4()
    names = {
        subject_for(who, community, issuer=issuer, secret=secret)
        for who in (person, other)
        for community in ("river", "coast")
        for issuer in ("https://a.example", "https://b.example")
        for secret in (b"1" * 32, b"2" * 32)
    }

    assert len(names) == 16


def test_each_is_told_in_the_log(cast, granted, on):
    [visa] = ask(cast.chi.user, of(granted))

    event = AccessEvent.objects.get(verb="visa.issue")
    assert (event.actor, event.community) == (cast.chi.user, cast.river)
    assert event.subject == f"grant:{granted.public_id}"
    assert event.correlation == read(visa, on).claims["jti"]


def test_a_visa_never_outlives_the_grant(cast, granted, on, settings):
    settings.KINHOLD_VISA_HOURS = 24
    ends = timezone.now() + HOUR
    Grant.objects.filter(pk=granted.pk).update(not_after=ends)

    [visa] = ask(cast.chi.user, of(granted))

    assert read(visa, on).claims["exp"] == int(ends.timestamp())


def test_a_changed_visa_does_not_hold(cast, granted, on):
    [visa] = ask(cast.chi.user, of(granted))
    head, body, seal = visa.split(".")

    with pytest.raises(JoseError):
        read(f"{head}.{body[:-2]}{'AA' if body[-2:] != 'AA' else 'BB'}.{seal}", on)


# --- when there is none ------------------------------------------------------------------------


def pause(cast, grant):
    notice = notices.pause(community_id=cast.river.pk, actor=cast.amina.user, reason="")
    sign_notice(notice, [cast.amina])


def take_back(cast, grant):
    notice = notices.propose_revocation(grant.pk, actor=cast.amina.user, reason="")
    sign_notice(notice, [cast.amina, cast.bo])


def end(cast, grant):
    past = timezone.now() - HOUR
    Grant.objects.filter(pk=grant.pk).update(not_before=past - HOUR, not_after=past)


def not_begun(cast, grant):
    Grant.objects.filter(pk=grant.pk).update(not_before=timezone.now() + HOUR)


def withdraw(cast, grant):
    TrainingRequest.objects.filter(pk=of(grant).pk).update(state="withdrawn")


def wait(cast, grant):
    Grant.objects.filter(pk=grant.pk).update(state="awaiting acceptance")


@pytest.mark.parametrize("spoil", [pause, take_back, end, not_begun, withdraw, wait])
def test_there_is_none_while_the_grant_does_not_hold(cast, granted, on, spoil):
    before = ask(cast.chi.user, of(granted))
    spoil(cast, granted)

    assert (len(before), ask(cast.chi.user, of(granted))) == (1, [])


def test_there_is_none_before_the_conditions_are_signed(cast, dataset, on):
    review = review_of(make_request(cast.chi.user))
    reviews.put_conditions(review.pk, actor=cast.amina.user, conditions=["Tell us first."])
    grant = say_yes(review, [cast.amina, cast.bo])
    before = ask(cast.chi.user, of(grant))

    accept(grant, cast.chi)

    [visa] = ask(cast.chi.user, of(grant))
    grant.refresh_from_db()
    assert before == []
    asserted = read(visa, on).claims["ga4gh_visa_v1"]["asserted"]
    assert asserted == int(grant.accepted_at.timestamp())


def test_a_draft_and_an_undecided_request_have_none(cast, dataset, on):
    request = make_request(cast.chi.user)

    assert ask(cast.chi.user, request) == []


def test_a_person_named_in_the_request_has_her_own_once_she_took_on_its_terms(cast, granted, on):
    uma = make_user("Uma", PlatformRole.RESEARCHER)
    row = Collaborator.objects.create(
        request=of(granted), name="Uma", email="uma@university.example", user=uma
    )
    address = f"requests/{of(granted).public_id}/visas/"
    before = Script(uma, "requests:read").get(address).status_code

    row.accepted_at, row.accepted_digest = timezone.now(), "a" * 64
    row.save()
    hers = read(ask(uma, of(granted))[0], on).claims["sub"]
    row.removed_at = timezone.now()
    row.save()

    assert before == 404
    assert hers != read(ask(cast.chi.user, of(granted))[0], on).claims["sub"]
    assert Script(uma, "requests:read").get(address).status_code == 404


@pytest.mark.parametrize("role", ["steward", "custodian", "outsider", "auditor", "admin"])
def test_nobody_but_the_people_who_asked_gets_one(cast, granted, on, role):
    client = cast.everybody[role].client()

    assert client.get(f"/api/v1/requests/{of(granted).public_id}/visas/").status_code == 403


# --- switched off ------------------------------------------------------------------------------


def test_off_there_is_no_such_page(cast, granted, settings):
    assert settings.KINHOLD_VISA_KEY_FILE == ""
    script = Script(cast.chi.user, "requests:read")

    assert script.get(f"requests/{of(granted).public_id}/visas/").status_code == 404
    for place in ("jwks.json", "openid-configuration"):
        assert Client().get(f"/.well-known/{place}").status_code == 404
    assert not AccessEvent.objects.filter(verb="visa.issue").exists()


def test_what_readers_find_holds_no_private_part_and_offers_no_login(on):
    keys = Client().get("/.well-known/jwks.json").json()
    about = Client().get("/.well-known/openid-configuration").json()

    [key] = keys["keys"]
    assert not {"d", "p", "q", "dp", "dq", "qi"} & key.keys()
    assert (key["alg"], key["use"]) == (on, "sig")
    assert about["issuer"] == ORIGIN
    assert about["jwks_uri"] == f"{ORIGIN}/.well-known/jwks.json"
    assert about["response_types_supported"] == []


@pytest.mark.parametrize(
    "key",
    [
        ed25519.Ed25519PrivateKey.generate(),
        ec.generate_private_key(ec.SECP384R1()),
        rsa.generate_private_key(65537, 1024),  # noqa: S505  too short: that is the test
        None,
    ],
    ids=["Ed25519", "P-384", "RSA 1024", "no key"],
)
def test_a_key_that_readers_could_not_use_stops_it_in_words(settings, tmp_path, key):
    path = tmp_path / "visa.pem"
    if key is None:
        path.write_text("not a key")
    else:
        write_key(path, key)
    settings.KINHOLD_VISA_KEY_FILE = str(path)

    with pytest.raises(ImproperlyConfigured, match="KINHOLD_VISA_KEY_FILE"):
        visa_key()
