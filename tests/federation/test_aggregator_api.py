import json
import uuid
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from federation.actions.results import MAX_RESULT_BYTES
from federation.models import Run, RunResult
from tests.federation.factories import RESULT

URL = "/api/v1/aggregator/results"
TOKEN = "the-aggregator's-own-token"


@pytest.fixture(autouse=True)
def _token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "KINHOLD_AGGREGATOR_TOKEN", TOKEN)


def post(body: Any, authorization: str = f"Bearer {TOKEN}") -> Any:
    text = body if isinstance(body, bytes) else json.dumps(body).encode()
    headers = {"Authorization": authorization} if authorization else {}
    return Client(headers=headers).generic("POST", URL, text, content_type="application/json")


def body_of(about: Run, **changes: Any) -> dict[str, Any]:
    return {
        "run": str(about.public_id),
        "flower_run": str(about.flower_run),
        "result": RESULT,
    } | changes


def test_a_result_is_taken_once(running: Run) -> None:
    first, again = post(body_of(running)), post(body_of(running))

    kept = RunResult.objects.get()
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == {"run": str(running.public_id), "digest": kept.digest}
    assert json.loads(kept.text) == RESULT


@pytest.mark.parametrize(
    "authorization",
    [
        "",
        "Bearer",
        "Bearer ",
        "Bearer wrong",
        f"Basic {TOKEN}",
        f"Bearer {TOKEN}x",
        f"Bearer {'ü' * 9}",
    ],
)
def test_without_the_token_nothing_is_taken(running: Run, authorization: str) -> None:
    answer = post(body_of(running), authorization)

    assert (answer.status_code, answer["WWW-Authenticate"]) == (401, "Bearer")
    assert not RunResult.objects.exists()


def test_without_a_token_in_the_settings_nobody_is_let_in(
    running: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "KINHOLD_AGGREGATOR_TOKEN", "")

    assert post(body_of(running), "Bearer ").status_code == 401
    assert post(body_of(running), "Bearer").status_code == 401


def test_a_signed_in_person_is_no_aggregator(running: Run, cast: Any) -> None:
    for person in (cast.chi, cast.max):
        answer = person.client().post(URL, body_of(running), content_type="application/json")
        assert answer.status_code in {401, 403}
    assert not RunResult.objects.exists()


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"run": str(uuid.UUID(int=5))}, 404, "unknown-run"),
        ({"flower_run": "12345"}, 409, "result-refused"),
        ({"result": RESULT | {"per_site": 1}}, 409, "result-refused"),
        ({"run": "x"}, 400, "invalid"),
        ({"flower_run": "-1"}, 400, "invalid"),
        ({"flower_run": "1" * 21}, 400, "invalid"),
        ({"result": [1]}, 400, "invalid"),
    ],
)
def test_what_does_not_fit_is_refused(
    running: Run, changes: dict[str, Any], status: int, code: str
) -> None:
    answer = post(body_of(running, **changes))

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert not RunResult.objects.exists()


def test_a_number_that_is_none_is_refused(running: Run) -> None:
    text = json.dumps(body_of(running)).encode().replace(b"0.25", b"NaN")

    assert post(text).status_code == 400


def test_a_result_that_is_too_long_is_refused_unread(running: Run) -> None:
    answer = post(b" " * (MAX_RESULT_BYTES + 1))

    assert (answer.status_code, answer.json()["code"]) == (413, "too-long")
