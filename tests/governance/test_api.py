"""The API: tokens, scopes, pages, and errors that a script can read."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from governance.actions import dataset_protocols, tokens
from governance.errors import NotAllowed, NotReady
from governance.models import AccessEvent, ApiToken, Protocol
from governance.rules import ROLE_SCOPES, PlatformRole
from tests import factories
from tests.cast import Cast
from tests.governance.browser import add_passkey, reauthenticate, soft

pytestmark = pytest.mark.django_db

ME = "/api/v1/me/"
DATASETS = "/api/v1/datasets/"
ALL = ROLE_SCOPES[PlatformRole.RESEARCHER]


def _bearer(secret: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {secret}"}


@pytest.fixture
def secret(cast: Cast) -> str:
    return tokens.issue(cast.chi.user, "nightly", ["datasets:read"], 30)[1]


def test_a_token_tells_who_it_is_and_what_it_may(cast: Cast, secret: str) -> None:
    answer = Client().get(ME, headers=_bearer(secret))

    assert answer.json() == {
        "name": "Chi",
        "email": cast.chi.user.email,
        "role": "researcher",
        "scopes": ["datasets:read"],
        "communities": [],
    }


def test_who_is_signed_in_has_the_scopes_of_her_role(cast: Cast) -> None:
    assert cast.chi.client().get(ME).json()["scopes"] == list(ALL)
    assert cast.amina.client().get(ME).json() == {
        "name": "Amina",
        "email": cast.amina.user.email,
        "role": "member",
        "scopes": [],
        "communities": [{"slug": "river", "name": "River", "role": "steward"}],
    }


def test_the_secret_is_shown_once_and_kept_as_a_digest_only(cast: Cast) -> None:
    client, url = cast.chi.client(), reverse("governance:tokens")
    reauthenticate(client)

    page = client.post(url, {"label": "nightly", "scopes": ["datasets:read"], "days": 30})

    secret = page.context["secret"]
    assert secret in page.content.decode()
    assert secret not in client.get(url).content.decode()
    assert secret not in str(vars(ApiToken.objects.get()))
    assert Client().get(ME, headers=_bearer(secret)).status_code == 200


def test_an_open_session_alone_makes_no_token(cast: Cast) -> None:
    client, url = cast.chi.client(), reverse("governance:tokens")
    assert client.get(url).status_code == 200

    answer = client.post(url, {"label": "nightly", "scopes": ["datasets:read"], "days": 30})

    assert answer.status_code == 302
    assert "reauthenticate" in answer.headers["Location"]
    assert not ApiToken.objects.exists()


def test_a_passkey_made_just_now_is_proof_enough_for_a_token(db: None) -> None:
    user = factories.make_user("Rowan", PlatformRole.RESEARCHER)
    client, url = Client(), reverse("governance:tokens")
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    reauthenticate(client)
    add_passkey(client, soft())

    page = client.post(url, {"label": "demo", "scopes": ["datasets:read"], "days": 30})

    assert page.context["secret"]


@pytest.mark.parametrize("fault", ["unknown", "revoked", "expired", "owner closed"])
def test_a_token_that_does_not_work_says_so(cast: Cast, secret: str, fault: str) -> None:
    token = ApiToken.objects.get()
    if fault == "unknown":
        secret += "x"
    elif fault == "revoked":
        tokens.revoke(token, actor=cast.chi.user)
    elif fault == "expired":
        ApiToken.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    else:
        cast.chi.user.is_active = False
        cast.chi.user.save()

    answer = Client().get(ME, headers=_bearer(secret))

    assert answer.status_code == 401
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert answer.json() == {
        "type": "urn:kinhold:problem:authentication-failed",
        "title": "Unauthorized",
        "status": 401,
        "detail": "This token is not known, or does not work any more.",
        "code": "authentication-failed",
    }


def test_without_a_token_nothing_is_told(db: None) -> None:
    for path in (ME, DATASETS):
        answer = Client().get(path)
        assert (answer.status_code, answer.json()["code"]) == (401, "not-authenticated")


def test_a_token_does_no_more_than_its_scopes(cast: Cast) -> None:
    _token, secret = tokens.issue(cast.chi.user, "runs", ["runs:read"], 30)

    answer = Client().get(DATASETS, headers=_bearer(secret))

    assert (answer.status_code, answer.json()["code"]) == (403, "permission-denied")


@pytest.mark.parametrize("who", ["amina", "dov", "ola", "zed", "aud", "max"])
def test_only_researchers_have_scopes(cast: Cast, who: str) -> None:
    person = getattr(cast, who)

    assert person.client().get(DATASETS).status_code == 403
    with pytest.raises(NotAllowed):
        tokens.issue(person.user, "mine", ["datasets:read"], 30)


def test_a_token_loses_what_its_owners_role_loses(cast: Cast, secret: str) -> None:
    cast.chi.user.role = PlatformRole.AUDITOR
    cast.chi.user.save()

    assert Client().get(DATASETS, headers=_bearer(secret)).status_code == 403
    assert Client().get(ME, headers=_bearer(secret)).json()["scopes"] == []


@pytest.mark.parametrize(
    ("scopes", "days", "error"),
    [([], 30, NotReady), (ALL, 0, NotReady), (ALL, 367, NotReady), (["admin"], 30, NotAllowed)],
)
def test_tokens_have_bounds(
    cast: Cast, scopes: list[str], days: int, error: type[Exception]
) -> None:
    with pytest.raises(error):
        tokens.issue(cast.chi.user, "x", scopes, days)


def test_nobody_stops_anothers_token(cast: Cast, secret: str) -> None:
    with pytest.raises(NotAllowed):
        tokens.revoke(ApiToken.objects.get(), actor=cast.bo.user)


def test_issuing_and_stopping_stand_in_the_log(cast: Cast, secret: str) -> None:
    token = ApiToken.objects.get()
    tokens.revoke(token, actor=cast.chi.user)
    tokens.revoke(token, actor=cast.chi.user)

    verbs = AccessEvent.objects.filter(subject=f"token:{token.pk}").order_by("pk")
    assert [event.verb for event in verbs] == ["token.issue", "token.revoke"]


def test_datasets_are_those_that_are_listed_by_who_can_decide(
    cast: Cast, protocol: Protocol, secret: str
) -> None:
    factories.make_dataset(cast.river, cast.amina.user, "river-listed")
    factories.make_dataset(cast.river, cast.amina.user, "river-hidden", listed=False)
    factories.make_dataset(cast.coast, cast.zed.user, "coast-listed")  # Coast has no charter

    answer = Client().get(DATASETS, headers=_bearer(secret)).json()

    assert answer["count"] == 1
    assert answer["results"] == [
        {
            "slug": "river-listed",
            "title": "River Listed",
            "description": "Made for tests.",
            "community": {"slug": "river", "name": "River"},
            "variables": [v | {"range": None, "categories": []} for v in factories.VARIABLES],
            "size_band": "100-199",
            "holders": [
                {
                    "community": {"slug": "river", "name": "River"},
                    "keeper": True,
                    "combine": "all",
                    "protocols": [
                        {
                            "line": "main",
                            "title": "Our protocol",
                            "number": 1,
                            "digest": protocol.statement.digest,
                        }
                    ],
                }
            ],
        }
    ]


def test_a_hidden_dataset_is_gone_from_the_list(
    cast: Cast, protocol: Protocol, secret: str
) -> None:
    dataset = factories.make_dataset(cast.river, cast.amina.user)
    dataset_protocols.unpublish(dataset.pk, actor=cast.amina.user)

    assert Client().get(DATASETS, headers=_bearer(secret)).json()["count"] == 0


def test_pages_and_filters(cast: Cast, protocol: Protocol, secret: str) -> None:
    for number in range(30):
        factories.make_dataset(cast.river, cast.amina.user, f"set-{number:02}")
    client = Client(headers=_bearer(secret))

    def slugs(**query: object) -> list[str]:
        answer = client.get(DATASETS, query).json()  # type: ignore[arg-type]
        return [row["slug"] for row in answer["results"]]

    assert len(slugs()) == 25
    assert slugs(page=2) == [f"set-{number}" for number in range(25, 30)]
    assert len(slugs(page_size=500)) == 30
    assert slugs(title="set 07") == ["set-07"]
    assert slugs(community="coast") == []
    assert client.get(DATASETS, {"page": 9}).json()["code"] == "not-found"


def test_a_write_without_its_csrf_token_is_refused_for_cookies(cast: Cast) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.chi.user, backend="allauth.account.auth_backends.AuthenticationBackend")

    answer = client.post(DATASETS, {})

    assert answer.status_code == 403
    assert answer.headers["Content-Type"] == "application/problem+json"


def test_wrong_methods_are_problems_too(cast: Cast) -> None:
    answer = cast.chi.client().delete(ME)

    assert (answer.status_code, answer.json()["code"]) == (405, "method-not-allowed")


def test_the_schema_is_open_and_names_every_part(db: None) -> None:
    answer = Client().get("/api/schema/", headers={"Accept": "application/json"})

    assert answer.status_code == 200
    schema = answer.json()
    assert schema["openapi"].startswith("3.1")
    assert {"/api/v1/me/", "/api/v1/datasets/"} <= set(schema["paths"])
    assert schema["components"]["securitySchemes"]["token"]["scheme"] == "bearer"
