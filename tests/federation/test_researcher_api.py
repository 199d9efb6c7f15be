import json
from typing import Any

import pytest
from django.test import Client

from consent.models import Grant, TrainingRequest
from consent.terms import TERMS_DIGEST
from federation.actions import runs
from federation.actions.catalogue import publish
from federation.gateway.memory import MemoryGateway
from federation.models import Run
from governance.models import User
from governance.rules import PlatformRole
from tests import factories as people
from tests.consent.factories import fields
from tests.federation.calls import Script
from tests.federation.factories import FIELDS, JOB, REFUSAL, RESULT, agree, finish
from tests.federation.story import Three

ALL = ("datasets:read", "requests:read", "requests:write", "runs:read", "results:read")


def draft(**changes: Any) -> dict[str, Any]:
    plain = fields() | FIELDS | {"title": "Weight and illness", "job": JOB}
    plain["datasets"] = ["river-diabetes", "coast-diabetes", "hill-diabetes"]
    del plain["privacy"]
    return plain | changes


@pytest.fixture
def chi(three: Three) -> Script:
    publish("linear-regression")
    return Script(three.chi.user, *ALL)


def test_a_script_finds_datasets_and_jobs(chi: Script) -> None:
    assert [d["slug"] for d in chi.get("datasets/").json()["results"]] == [
        "coast-diabetes",
        "hill-diabetes",
        "river-diabetes",
    ]
    [job] = chi.get("jobs/").json()["results"]
    assert (job["name"], job["version"]) == ("linear-regression", "1.0.0")
    assert [p["name"] for p in job["parameters"]] == ["outcome", "predictors"]


def test_a_script_asks_follows_and_fetches(
    chi: Script, three: Three, gateway: MemoryGateway
) -> None:
    made = chi.post("requests/", draft(question=""))
    assert made.status_code == 201
    address = f"requests/{made.json()['id']}/"
    terms = {"terms": chi.get("requests/terms/").json()["digest"]}
    missing = chi.post(f"{address}submit/", terms)
    assert missing.status_code == 400
    assert missing["Content-Type"] == "application/problem+json"
    assert missing.json()["errors"] == {"question": ["Please fill this in."]}
    assert chi.patch(address, {"question": "Does body mass go with it?"}).status_code == 200
    held = {h["community"] for h in chi.get(f"{address}precheck/").json()}
    assert held == {"coast", "hill", "river"}
    assert list(chi.post(f"{address}submit/").json()["errors"]) == ["terms"]
    sent = chi.post(f"{address}submit/", terms).json()
    assert (sent["state"], sent["why_not"]) == ("in review", "Not every community has decided yet.")

    request = TrainingRequest.objects.get()
    agree(request, *three.all)
    told = chi.get(address).json()
    assert [(c["community"], c["said"]) for c in told["communities"]] == [
        ("coast", "approved"),
        ("hill", "approved"),
        ("river", "approved"),
    ]
    started = chi.post(f"{address}runs/")
    assert started.status_code == 201

    run = Run.objects.get()
    runs.dispatch(run.pk, gateway=gateway)
    run.refresh_from_db()
    assert chi.get(f"runs/{run.public_id}/result/").status_code == 404
    finish(run, three.all, gateway)
    shown = chi.get(f"runs/{run.public_id}/").json()
    assert (shown["state"], shown["rounds_done"], shown["has_result"]) == ("finished", 1, True)
    result = chi.get(f"runs/{run.public_id}/result/")
    assert result.json()["result"] == RESULT
    assert result["Content-Disposition"].startswith("attachment;")


def test_what_each_node_says_is_told_without_its_numbers(
    chi: Script, running: Run, three: Three
) -> None:
    three.river.tells(running, **REFUSAL)

    shown = chi.get(f"runs/{running.public_id}/").json()

    [river] = [node for node in shown["nodes"] if node["community"] == "river"]
    [receipt] = river["receipts"]
    assert set(receipt) == {
        "sequence",
        "round",
        "outcome",
        "code",
        "reason",
        "people",
        "data_opened",
        "checks",
        "made_at",
    }
    assert (receipt["outcome"], receipt["data_opened"]) == ("refused", False)
    assert receipt["reason"] == "The signed answers do not suffice."


# Each way in, and the scope it asks for.
WAYS = {
    ("get", "jobs/"): "datasets:read",
    ("get", "requests/"): "requests:read",
    ("post", "requests/"): "requests:write",
    ("get", "requests/{request}/"): "requests:read",
    ("patch", "requests/{request}/"): "requests:write",
    ("get", "requests/{request}/precheck/"): "requests:read",
    ("get", "requests/terms/"): "requests:read",
    ("post", "requests/{request}/copy/"): "requests:write",
    ("post", "requests/{request}/submit/"): "requests:write",
    ("post", "requests/{request}/withdraw/"): "requests:write",
    ("post", "requests/{request}/grants/{grant}/accept/"): "requests:write",
    ("post", "requests/{request}/runs/"): "requests:write",
    ("get", "runs/"): "runs:read",
    ("get", "runs/{run}/"): "runs:read",
    ("get", "runs/{run}/result/"): "results:read",
    ("post", "runs/{run}/stop/"): "requests:write",
}


def call(script: Script, way: tuple[str, str], run: Run) -> Any:
    verb, path = way
    grant = Grant.objects.get(community__slug="river")
    path = path.format(
        request=run.revision.request.public_id, run=run.public_id, grant=grant.public_id
    )
    return script.get(path) if verb == "get" else getattr(script, verb)(path, {})


@pytest.mark.parametrize("way", WAYS, ids=" ".join)
def test_a_token_opens_only_what_its_scopes_name(
    way: tuple[str, str], running: Run, three: Three
) -> None:
    wanted = WAYS[way]
    others = [scope for scope in ALL if scope != wanted]

    refused = call(Script(three.chi.user, *others), way, running)
    let_in = call(Script(three.chi.user, wanted), way, running)

    assert (refused.status_code, refused.json()["code"]) == (403, "permission-denied")
    # Let in means that something else than the token decided.
    assert let_in.status_code in {200, 201, 202, 400, 404, 409}


@pytest.mark.parametrize("way", [w for w in WAYS if "{" in w[1]], ids=" ".join)
def test_another_researchers_things_do_not_exist(
    way: tuple[str, str], running: Run, three: Three
) -> None:
    eve = people.make_user("Eve", PlatformRole.RESEARCHER)
    people.make_passkey(eve)

    answer = call(Script(eve, *ALL), way, running)

    assert answer.status_code == 404
    assert "Weight" not in answer.content.decode()
    running.refresh_from_db()
    assert running.stop_asked_at is None


def test_another_researchers_lists_are_empty(running: Run, three: Three) -> None:
    eve = people.make_user("Eve", PlatformRole.RESEARCHER)
    people.make_passkey(eve)
    script = Script(eve, *ALL)

    assert script.get("requests/").json()["count"] == 0
    assert script.get("runs/").json()["count"] == 0


@pytest.mark.parametrize("way", WAYS, ids=" ".join)
@pytest.mark.parametrize(
    "who", ["steward", "convenor", "custodian", "observer", "auditor", "admin"]
)
def test_nobody_but_researchers_uses_it(
    way: tuple[str, str], who: str, running: Run, three: Three
) -> None:
    verb, path = way
    client: Client = three.cast.everybody[who].client()
    path = "/api/v1/" + path.format(
        request=running.revision.request.public_id,
        run=running.public_id,
        grant=running.sites.all()[0].grant.public_id,
    )

    answer = (
        getattr(client, verb)(path, "{}", content_type="application/json")
        if (verb != "get")
        else client.get(path)
    )

    assert answer.status_code in {403, 404}


def test_strangers_are_asked_for_a_token(running: Run) -> None:
    answer = Client().get("/api/v1/runs/")

    assert (answer.status_code, answer["WWW-Authenticate"]) == (401, "Bearer")


def test_a_field_that_is_misspelt_is_not_lost_in_silence(chi: Script) -> None:
    answer = chi.post("requests/", draft(sumary="x", people=[{"nmae": "Chi"}]))

    assert answer.status_code == 400
    assert answer.json()["code"] == "invalid"
    assert "sumary" in json.dumps(answer.json()["errors"])


def test_settings_that_a_job_cannot_take_are_named(chi: Script) -> None:
    job = {"name": "linear-regression", "parameters": {"outcome": "age", "predictors": "age,x y"}}
    made = chi.post("requests/", draft(job=job)).json()

    answer = chi.post(f"requests/{made['id']}/submit/", {"terms": TERMS_DIGEST})

    assert answer.status_code == 400
    assert list(answer.json()["errors"]) == ["job.parameters.predictors"]


def test_a_variable_that_a_dataset_lacks_is_named(chi: Script) -> None:
    job = {"name": "linear-regression", "parameters": {"outcome": "age", "predictors": "shoes"}}
    made = chi.post("requests/", draft(job=job)).json()

    answer = chi.post(f"requests/{made['id']}/submit/", {"terms": TERMS_DIGEST})

    assert answer.json()["errors"] == {"variables": ["Coast Diabetes has no variable shoes."]}


def test_what_cannot_be_done_now_is_a_conflict_in_words(chi: Script, running: Run) -> None:
    address = f"requests/{running.revision.request.public_id}/"

    again = chi.post(f"{address}runs/")
    withdrawn = chi.post(f"{address}withdraw/")

    assert (again.status_code, again.json()["code"]) == (409, "not-dispatchable")
    assert again.json()["detail"] == "A run of this request is under way already."
    assert (withdrawn.status_code, withdrawn.json()["code"]) == (409, "transition-refused")


def test_stopping_is_taken_and_told(chi: Script, running: Run) -> None:
    answer = chi.post(f"runs/{running.public_id}/stop/")

    assert answer.status_code == 202
    running.refresh_from_db()
    assert running.stop_reason == "The researcher stopped the run."


def test_lists_come_in_pages_and_can_be_filtered(chi: Script, running: Run) -> None:
    for number in range(3):
        chi.post("requests/", draft(title=f"Draft {number}"))

    page = chi.get("requests/?state=draft&page_size=2").json()
    assert (page["count"], len(page["results"])) == (3, 2)
    assert [r["title"] for r in page["results"]] == ["Draft 2", "Draft 1"]
    assert chi.get("requests/?state=in%20review").json()["count"] == 0
    assert chi.get("requests/?state=nonsense").status_code == 400
    request = running.revision.request.public_id
    assert chi.get(f"runs/?state=running&request={request}").json()["count"] == 1
    assert chi.get("runs/?state=failed").json()["count"] == 0


def test_a_session_needs_the_csrf_token_as_on_pages(three: Three) -> None:
    client = Client(enforce_csrf_checks=True)
    user: User = three.chi.user
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")

    answer = client.post("/api/v1/requests/", draft(), content_type="application/json")

    assert answer.status_code == 403
    assert not TrainingRequest.objects.exists()
