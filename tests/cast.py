"""The people of the tests, each with real passkeys, and River, the community they are about.

Named ``tests.cast`` in ``pytest_plugins`` of the root conftest, so every test can ask for them.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from secrets import token_urlsafe

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from django.conf import settings
from django.db import connection
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoDbBlocker

from governance.models import Charter, Community, Membership, Protocol, User
from governance.rules import CommunityRole, PlatformRole
from tests import factories
from tests.remembered import remembered
from tools.soft_passkey import SoftPasskey

ROLES = (
    "steward",
    "convenor",
    "custodian",
    "observer",
    "researcher",
    "outsider",
    "auditor",
    "admin",
)
"""Everybody's role, as ``Cast.everybody`` names them."""


@dataclass(frozen=True)
class Person:
    user: User
    passkey: SoftPasskey
    membership: Membership | None = None

    @property
    def signer(self) -> tuple[User, SoftPasskey]:
        return self.user, self.passkey

    def client(self) -> Client:
        """A browser in which this person is signed in, second factor and all."""
        client = Client()
        client.force_login(self.user, backend="allauth.account.auth_backends.AuthenticationBackend")
        return client


@dataclass(frozen=True)
class Cast:
    """River's stewards amina, bo and cleo, and everybody who is not one of them."""

    river: Community
    amina: Person
    bo: Person
    cleo: Person
    dov: Person  # custodian of River
    ola: Person  # observer of River
    eli: Person  # convenor of River
    chi: Person  # researcher
    zed: Person  # outsider: steward of Coast
    aud: Person  # auditor
    max: Person  # admin
    coast: Community

    @property
    def stewards(self) -> tuple[Person, Person, Person]:
        return self.amina, self.bo, self.cleo

    @property
    def signers(self) -> list[tuple[User, SoftPasskey]]:
        return [person.signer for person in self.stewards]

    @property
    def everybody(self) -> dict[str, Person]:
        """By role, for tests that ask every view in everybody's name."""
        return {
            "steward": self.amina,
            "custodian": self.dov,
            "observer": self.ola,
            "convenor": self.eli,
            "researcher": self.chi,
            "outsider": self.zed,
            "auditor": self.aud,
            "admin": self.max,
        }


def _person(name: str, role: PlatformRole = PlatformRole.MEMBER) -> Person:
    user = factories.make_user(name, role)
    return Person(user, factories.make_passkey(user))


def _member(name: str, community: Community, role: CommunityRole = CommunityRole.STEWARD) -> Person:
    person = _person(name)
    membership = factories.make_membership(person.user, community, role)
    return Person(person.user, person.passkey, membership)


@pytest.fixture
def cast(db: None, request: pytest.FixtureRequest) -> Cast:
    """Everybody, before any charter."""
    return remembered(request, _everybody)


def _everybody() -> Cast:
    river = factories.make_community("river")
    coast = factories.make_community("coast")
    return Cast(
        river=river,
        coast=coast,
        amina=_member("Amina", river),
        bo=_member("Bo", river),
        cleo=_member("Cleo", river),
        dov=_member("Dov", river, CommunityRole.CUSTODIAN),
        eli=_member("Eli", river, CommunityRole.CONVENOR),
        ola=_member("Ola", river, CommunityRole.OBSERVER),
        chi=_person("Chi", PlatformRole.RESEARCHER),
        zed=_member("Zed", coast),
        aud=_person("Aud", PlatformRole.AUDITOR),
        max=_person("Max", PlatformRole.ADMIN),
    )


@pytest.fixture
def charter(cast: Cast, request: pytest.FixtureRequest) -> Charter:
    """River's first charter, in force: two of three decide, one may pause."""
    return remembered(request, lambda: factories.make_charter(cast.river, cast.signers))


@pytest.fixture
def protocol(cast: Cast, charter: Charter, request: pytest.FixtureRequest) -> Protocol:
    """River's first protocol, in force."""
    return remembered(request, lambda: factories.make_protocol(cast.river, cast.signers))


@pytest.fixture
def newcomer(db: None) -> User:
    """Somebody who has just joined: an account with a password, no second factor."""
    return factories.make_user("Nia")


@pytest.fixture
def browser(newcomer: User) -> Client:
    """The newcomer's browser, signed in and trusted a moment ago."""
    browser = Client()
    words = {"password": factories.PASSWORD}
    browser.post(reverse("account_login"), words | {"login": newcomer.email})
    browser.post(reverse("account_reauthenticate"), words)
    return browser


@pytest.fixture(scope="session", autouse=True)
def checkpoint_key_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkpoint key of this test session."""
    path: Path = tmp_path_factory.mktemp("checkpoint") / "key.pem"
    key = Ed25519PrivateKey.generate()
    path.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    settings.KINHOLD_CHECKPOINT_KEY_FILE = str(path)
    return path


@pytest.fixture(scope="session", autouse=True)
def sealing_key() -> None:
    """The key that wraps communities' own keys, of this test session."""
    settings.KINHOLD_SEALING_KEY = token_urlsafe(32)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Let tests that need real transactions empty the tables between them.

    Only TRUNCATE is let through, and only in the test database: UPDATE and DELETE stay refused.
    """
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute(
            "ALTER TABLE governance_accessevent DISABLE TRIGGER access_event_no_truncate"
        )
    yield
