"""Every page of this app, asked in the name of everybody: who gets it, and who learns nothing."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from governance.actions import tokens
from governance.actions.audit import record
from governance.models import Charter, Protocol
from tests import factories
from tests.cast import ROLES, Cast

pytestmark = pytest.mark.django_db

SIGN_IN = "/accounts/login/?next="

OF_A_DATASET = (
    *("dataset-edit", "dataset-provenance", "dataset-record", "dataset-publish"),
    *("dataset-unpublish", "dataset-holder", "dataset-lines", "dataset-leave"),
)

OF_A_PERSON = ("way-back-new", "way-back-take-back", "passkey-replace", "passkey-stolen")


@dataclass(frozen=True)
class River:
    """River with a charter and protocol in force, one draft of each kind of page, a dataset."""

    cast: Cast
    charter: Charter
    protocol: Protocol

    @property
    def bo(self) -> int:
        assert self.cast.bo.membership
        return self.cast.bo.membership.pk

    def url(self, name: str) -> str:
        slug = self.cast.river.slug
        args: dict[str, list[object]] = {
            "home": [],
            "communities": [],
            "log": [],
            "tokens": [],
            "charter": [slug, self.charter.pk],
            "charter-sign": [slug, self.charter.pk],
            "charter-take-back": [slug, self.charter.pk],
            "charter-compare": [slug, self.charter.pk],
            **{name: [slug, self.bo] for name in OF_A_PERSON},
            "protocol": [slug, self.protocol.pk],
            "protocol-sign": [slug, self.protocol.pk],
            "protocol-take-back": [slug, self.protocol.pk],
            "dataset": [slug, "river-diabetes"],
            **{name: [slug, "river-diabetes"] for name in OF_A_DATASET},
        }
        return reverse(f"governance:{name}", args=args.get(name, [slug]))


@pytest.fixture
def river(cast: Cast, charter: Charter, protocol: Protocol) -> River:
    factories.make_dataset(cast.river, cast.amina.user)
    return River(cast, charter, protocol)


# Who gets which page is told, and tested for every address, in docs/permissions.md.
FORMS = (
    "charter-sign",
    "charter-take-back",
    "way-back-new",
    "way-back-take-back",
    "passkey-replace",
    "passkey-stolen",
    "protocol-new",
    "protocol-sign",
    "protocol-take-back",
    "dataset-new",
    "dataset-edit",
    "dataset-provenance",
    "dataset-publish",
    "dataset-unpublish",
    "dataset-holder",
    "dataset-lines",
    "dataset-leave",
    "tokens",
)


@pytest.mark.parametrize("page", FORMS)
def test_a_form_without_its_csrf_token_is_refused(river: River, page: str) -> None:
    person = river.cast.chi if page == "tokens" else river.cast.amina
    client = Client(enforce_csrf_checks=True)
    client.force_login(person.user, backend="allauth.account.auth_backends.AuthenticationBackend")

    answer = client.post(river.url(page))

    assert answer.status_code == 403
    assert b"Please send that again" in answer.content


def test_another_communitys_documents_cannot_be_reached_through_ones_own(river: River) -> None:
    client = river.cast.zed.client()

    for name, key in [("charter", river.charter.pk), ("protocol", river.protocol.pk)]:
        url = reverse(f"governance:{name}", args=["coast", key])
        assert client.get(url).status_code == 404
        assert client.post(url + "sign/").status_code == 404
    assert (
        client.get(reverse("governance:dataset", args=["coast", "river-diabetes"])).status_code
        == 404
    )


def test_another_persons_token_cannot_be_seen_or_stopped(river: River) -> None:
    token, _secret = tokens.issue(river.cast.chi.user, "nightly", ["datasets:read"], 30)
    url = reverse("governance:token-revoke", args=[token.pk])

    assert {
        role: person.client().post(url).status_code
        for role, person in river.cast.everybody.items()
        if role != "researcher"
    } == dict.fromkeys(set(ROLES) - {"researcher"}, 404)
    token.refresh_from_db()
    assert token.revoked_at is None


def _more_people(river: River) -> None:
    for name in ("Pia", "Pol", "Pam"):
        factories.make_membership(factories.make_user(name), river.cast.river)


def _more_datasets(river: River) -> None:
    for slug in ("one", "two", "three"):
        factories.make_dataset(river.cast.river, river.cast.amina.user, slug)


def _more_charters(river: River) -> None:
    for _ in range(3):
        factories.make_charter(river.cast.river, river.cast.signers[:2])


def _more_protocols(river: River) -> None:
    for number in (50, 60, 70):
        factories.make_protocol(river.cast.river, river.cast.signers[:2], min_cohort=number)


def _more_events(river: River) -> None:
    for number in range(3):
        record("test.act", actor=river.cast.bo.user, subject=f"thing:{number}")


def _more_tokens(river: River) -> None:
    for label in ("one", "two", "three"):
        tokens.issue(river.cast.chi.user, label, ["datasets:read"], 30)


@pytest.mark.parametrize(
    ("page", "who", "more"),
    [
        ("community", "amina", _more_people),
        ("community", "amina", _more_datasets),
        ("charters", "amina", _more_charters),
        ("charter-chain", "amina", _more_charters),
        ("passkeys", "amina", _more_people),
        ("protocols", "amina", _more_protocols),
        ("log", "aud", _more_events),
        ("tokens", "chi", _more_tokens),
    ],
)
def test_more_rows_do_not_mean_more_queries(
    river: River, page: str, who: str, more: Callable[[River], None]
) -> None:
    if page == "tokens":
        tokens.issue(river.cast.chi.user, "first", ["datasets:read"], 30)
    client = getattr(river.cast, who).client()

    with CaptureQueriesContext(connection) as few:
        client.get(river.url(page))
    more(river)
    with CaptureQueriesContext(connection) as many:
        client.get(river.url(page))

    assert len(many) == len(few)
