"""Every page of this app, asked in the name of everybody: who gets it, and who learns nothing."""

import re
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from governance.actions import tokens
from governance.actions.audit import record
from governance.label_urls import label_patterns
from governance.models import Charter, Protocol
from governance.people_urls import people_patterns
from governance.urls import urlpatterns
from governance.voice_urls import voice_patterns
from tests import factories
from tests.cast import Cast

pytestmark = pytest.mark.django_db

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


def row(**expected: int) -> dict[str, int]:
    """One row of the table: 404 for everybody who is not named."""
    return dict.fromkeys(ROLES, 404) | expected


MEMBERS = row(steward=200, convenor=200, custodian=200, observer=200)
STEWARDS = row(steward=200)
KEEPERS = row(steward=200, custodian=200)

# Written by hand. A page that is missing here fails test_no_page_is_forgotten.
READ = {
    "home": dict.fromkeys(ROLES, 200),
    "communities": dict.fromkeys(ROLES, 200),
    "community": MEMBERS,
    "charters": MEMBERS,
    "charter": MEMBERS,
    "charter-take-back": STEWARDS,
    "charter-compare": MEMBERS,
    "charter-chain": MEMBERS,
    "passkeys": STEWARDS,
    **dict.fromkeys(OF_A_PERSON, STEWARDS),
    "protocols": MEMBERS,
    "protocol": MEMBERS,
    "protocol-new": row(steward=200, convenor=200),
    "protocol-take-back": STEWARDS,
    "dataset": MEMBERS,
    "datasets": MEMBERS,
    "dataset-new": KEEPERS,
    "dataset-word": STEWARDS,
    "dataset-edit": KEEPERS,
    "dataset-provenance": KEEPERS,
    "dataset-record": MEMBERS,
    "dataset-publish": STEWARDS,
    "dataset-unpublish": STEWARDS,
    "dataset-holder": STEWARDS,
    "dataset-lines": row(steward=302),
    "dataset-leave": row(),  # the keeper cannot leave
    "log": row(steward=200, convenor=200, custodian=200, auditor=200, admin=200, outsider=200),
    "tokens": row(researcher=200),
}
WRITE = {
    "charter-sign": row(steward=302),
    "charter-take-back": row(steward=400),
    "way-back-new": STEWARDS,  # it shows the link, this once
    "way-back-take-back": row(steward=302),
    "passkey-replace": row(steward=400),
    "passkey-stolen": row(steward=400),
    "protocol-new": row(steward=400, convenor=400),
    "protocol-sign": row(steward=302),
    "protocol-take-back": row(steward=400),
    "dataset-new": row(steward=400, custodian=400),
    "dataset-edit": row(steward=400, custodian=400),
    "dataset-provenance": row(steward=400, custodian=400),
    "dataset-publish": row(steward=400),
    "dataset-unpublish": row(steward=302),
    "dataset-holder": row(steward=400),
    "dataset-lines": row(steward=302),
    "dataset-leave": row(),
    "tokens": row(researcher=302),  # to prove who she is, before a key is made
}


@pytest.mark.parametrize("page", READ)
def test_who_may_read_which_page(river: River, page: str) -> None:
    url = river.url(page)

    assert {
        role: person.client().get(url).status_code for role, person in river.cast.everybody.items()
    } == READ[page]


@pytest.mark.parametrize("page", WRITE)
def test_who_may_send_which_form(river: River, page: str) -> None:
    """A form without its fields: 400 or a way back says that the person was let through to it."""
    url = river.url(page)

    assert {
        role: person.client().post(url, {"sent": "yes"}).status_code
        for role, person in river.cast.everybody.items()
    } == WRITE[page]


@pytest.mark.parametrize("page", sorted({*READ, *WRITE} - {"home"}))
def test_strangers_are_sent_to_sign_in(river: River, page: str) -> None:
    url = river.url(page)
    client = Client()

    for answer in (client.get(url), client.post(url)):
        assert (answer.status_code, answer.headers.get("Location")) == (302, SIGN_IN + url)


def test_no_page_is_forgotten() -> None:
    names = {pattern.name for pattern in urlpatterns}
    # The way back in is for people who are not signed in; these have tests of their own.
    own_tests = {"join", "token-revoke", "way-back", "way-back-passkey", "passkey-undo"}
    own_tests |= {pattern.name for pattern in label_patterns}  # test_label_pages.py
    own_tests |= {pattern.name for pattern in people_patterns}  # test_people_pages.py
    own_tests |= {pattern.name for pattern in voice_patterns}  # test_voice_pages.py
    assert names == {*READ, *WRITE, *own_tests}


@pytest.mark.parametrize("page", sorted(set(WRITE) - set(READ)))
def test_reading_an_act_changes_nothing(river: River, page: str) -> None:
    assert river.cast.amina.client().get(river.url(page)).status_code == 405


@pytest.mark.parametrize("page", WRITE)
def test_a_form_without_its_csrf_token_is_refused(river: River, page: str) -> None:
    person = river.cast.chi if page == "tokens" else river.cast.amina
    client = Client(enforce_csrf_checks=True)
    client.force_login(person.user, backend="allauth.account.auth_backends.AuthenticationBackend")

    answer = client.post(river.url(page))

    assert answer.status_code == 403
    assert b"Please send that again" in answer.content


@pytest.mark.parametrize("page", sorted(set(READ) - {"dataset-record", "dataset-lines"}))
def test_no_page_has_inline_script_style_or_anything_from_elsewhere(
    river: River, page: str
) -> None:
    person = river.cast.chi if page == "tokens" else river.cast.amina
    html = person.client().get(river.url(page)).content.decode()

    assert not re.search(r"<style|\sstyle=|\son[a-z]+=|javascript:|srcdoc=", html)
    for script in re.findall(r"<script[^>]*>", html):
        assert 'src="/static/' in script or 'type="application/json"' in script
    assert set(re.findall(r'(?:src|href|action)="(\w+:)?//', html)) == set()
    assert html.count("<h1>") == 1


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
