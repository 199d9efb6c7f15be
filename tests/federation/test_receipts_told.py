"""Receipts of both versions; what a community reads of its own, and what nobody else may (R-53)."""

import json
import re
from typing import Any

import pytest

from consent.grants.receipts import sign_receipt
from federation.actions import receipts, runs
from federation.gateway.memory import MemoryGateway
from federation.models import Receipt, Run
from federation.queries import rounds_done, rounds_used
from tests.federation.calls import Script
from tests.federation.dying import events
from tests.federation.factories import PREPARED, REFUSAL, finish
from tests.federation.story import Three

# Each value of a kind of its own, so that it can be found wherever it goes.
FILE = "f00d" * 16
OPTOUTS = 4711
SPENT = {
    "unit": "person",
    "noise": "3.14159265",
    "round": 1,
    "rounds": 3,
    "epsilon": "0.7654321",
    "delta": "0.0000123",
}
TOLD: dict[str, Any] = {
    "dataset_version": FILE,
    "optouts": OPTOUTS,
    "mixed": True,
    "spent": SPENT,
    "bytes_out": 86_753,
}
# What a node tells of its own, as it would stand on a page or in a file.
SECRET = (FILE, FILE[:12], "4711", "3.14159", "0.7654321", "0.0000123", "86753", "86,753")


def script_of(three: Three) -> Script:
    return Script(three.chi.user, "requests:read", "runs:read", "results:read", "datasets:read")


def run_page(three: Three, run: Run, who: Any) -> str:
    page: str = who.client().get(f"/runs/{run.public_id}/").content.decode()
    return page


@pytest.mark.parametrize("version", [1, 2])
def test_receipts_of_both_versions_are_taken(running: Run, three: Three, version: int) -> None:
    machine = three.river.machine
    about = {"run": str(running.public_id), "flower_run": str(running.flower_run)}
    document = json.loads(machine.receipt(**about, **TOLD)[0]) | {"version": version}
    if version == 1:
        document = {k: v for k, v in document.items() if k == "bytes_out" or k not in TOLD}
    text, signature = sign_receipt(document, machine.key)

    taken = receipts.take(three.river.node, text=text, signature=signature)

    assert taken.created
    assert taken.receipt.text.encode() == text
    page = run_page(three, running, three.cast.amina)
    assert "The node checked everything, trained, and sent its sums." in page
    assert ("List of opt-outs: version 4711." in page) == (version == 2)


def test_a_community_reads_of_its_own_node_what_others_do_not(running: Run, three: Three) -> None:
    three.river.tells(running, **TOLD)

    own = run_page(three, running, three.cast.amina)
    assert f"Data file: version {FILE[:12]}." in own
    assert "List of opt-outs: version 4711. The people on it were left out." in own
    assert "The answer was mixed with those of others" in own
    assert "multiplier 3.14159265, round 1 of 3" in own
    assert "(epsilon) 0.7654321, delta 0.0000123, counted for each person." in own

    for other in (three.chi, three.cast.zed):
        assert not [word for word in SECRET if word in run_page(three, running, other)]


def test_the_page_of_nodes_tells_the_last_receipt_to_the_community(
    running: Run, three: Three
) -> None:
    three.river.tells(running)
    three.river.tells(running, **TOLD)

    page = three.cast.amina.client().get("/communities/river/nodes/").content.decode()

    assert "Last receipt: number 2," in page
    assert "List of opt-outs: version 4711." in page
    assert "kinhold-node status" in page


@pytest.mark.parametrize("code", ["cohort-too-small", "too-many-parameters", "nearly-same-people"])
@pytest.mark.parametrize("band", ["0", "1-20"])
def test_what_the_people_of_a_node_are_like_is_not_told_outside(
    running: Run, three: Three, code: str, band: str
) -> None:
    steps = [110, 111, 112, 113]
    checks = [{"step": n, "name": f"step {n}", "result": "ok"} for n in steps]
    refused = {"code": code, "people": band, "reason": "Only 7 people.", "data_opened": True}
    three.river.tells(running, **REFUSAL | refused | {"checks": checks})

    shown = script_of(three).get(f"runs/{running.public_id}/").json()
    [river] = [node for node in shown["nodes"] if node["community"] == "river"]
    [receipt] = river["receipts"]
    told = {key: receipt[key] for key in ("code", "people", "checks", "reason")}
    assert told == {
        "code": "cohort-too-small",
        "people": "0-20",
        "checks": [
            {"step": 110, "name": "step 110", "result": "ok"},
            {"step": 111, "name": "data that suffices", "result": "refused"},
        ],
        "reason": "The node cannot take part with the data it has.",
    }
    page = run_page(three, running, three.chi)
    assert "People in the data: 0-20." in page and "step 112" not in page
    assert "Only 7 people." in run_page(three, running, three.cast.amina)


def test_a_step_of_mixing_is_no_round_and_no_end(
    running: Run, three: Three, gateway: MemoryGateway
) -> None:
    for place in three.all:
        place.tells(running, **PREPARED)
        place.tells(running, **PREPARED)
    grant = running.sites.get(node=three.river.node).grant
    assert (rounds_done(running), rounds_used(grant)) == (0, 0)

    runs.follow(running.pk, gateway=gateway)
    running.refresh_from_db()
    assert running.state == "running"
    page = run_page(three, running, three.chi)
    assert page.count("And 2 steps of secure mixing, without data.") == 3

    finish(running, three.all, gateway)

    assert (rounds_done(running), rounds_used(grant)) == (1, 1)
    assert "The model is ready: 3 nodes trained, in 1 round." in running.why


def test_a_step_of_mixing_stands_in_the_log_without_a_reason(running: Run, three: Three) -> None:
    three.river.tells(running, **PREPARED)

    [event] = events("receipt.prepared")
    assert (event.outcome, event.reason) == ("done", "")


# --- everything that a researcher can open of a finished run -----------------------------------

_LINK = re.compile(r'(?:href|hx-get)="(/(?:runs|requests|files|api)[^"#]*)')


def opened_by(three: Three, begin: list[str]) -> dict[str, bytes]:
    """Every page and file that is linked from these, with those linked from there, and so on."""
    client, found, waiting = three.chi.client(), {}, list(begin)
    while waiting:
        path = waiting.pop().replace("&amp;", "&")
        if path in found:
            continue
        answer = client.get(path)
        found[path] = answer.content if not answer.streaming else b"".join(answer)
        if answer.status_code == 200 and "html" in answer.get("Content-Type", ""):
            waiting.extend(_LINK.findall(answer.content.decode()))
    return found


def test_nothing_that_a_researcher_opens_of_a_run_tells_one_node_from_another(
    running: Run, three: Three, gateway: MemoryGateway
) -> None:
    for place in three.all:
        place.tells(running, **TOLD, people="1-20")
    finish(running, three.all, gateway)
    request = running.revision.request.public_id
    chi = script_of(three)

    files = opened_by(
        three,
        [
            f"/runs/{running.public_id}/",
            f"/runs/{running.public_id}/progress/",
            f"/runs/{running.public_id}/result.json",
            "/runs/",
            f"/requests/{request}/",
            f"/requests/{request}/export/",
            f"/requests/{request}/dossier.pdf",
        ],
    )
    paths = ("runs/", f"runs/{running.public_id}/", f"runs/{running.public_id}/result/")
    files |= {path: chi.get(path).content for path in (*paths, f"requests/{request}/")}

    assert len(files) > 15
    for path, content in files.items():
        text = content.decode(errors="replace")
        assert not [word for word in SECRET if word in text], path
        assert "1-20" not in text, path
    told = json.loads(files[f"runs/{running.public_id}/"])
    allowed = {
        *("sequence", "round", "outcome", "code", "reason", "people", "data_opened", "checks"),
        "made_at",
    }
    assert {key for node in told["nodes"] for row in node["receipts"] for key in row} == allowed
    result = json.loads(files[f"runs/{running.public_id}/result/"])["result"]
    assert not {"n", "counts", "metrics", "sites"} & result.keys()
    assert Receipt.objects.filter(run=running, people="1-20").count() == 3
