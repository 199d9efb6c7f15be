import json
import re
from pathlib import Path

import pytest
from django.test import Client

import federation.node
from consent.grants.errors import GrantRefused
from federation.actions import runs
from federation.gateway.memory import MemoryGateway
from federation.labels import REFUSALS, refusal
from federation.models import Run
from federation.node.errors import LocalRefusal
from tests.federation.factories import REFUSAL, RESULT, finish
from tests.federation.story import Three


def page(client: Client, run: Run, part: str = "") -> str:
    return client.get(f"/runs/{run.public_id}/{part}").content.decode()


def test_a_run_under_way_asks_for_its_progress_again_and_again(running: Run, three: Three) -> None:
    shown = page(three.chi.client(), running)

    assert f'hx-get="/runs/{running.public_id}/progress/?seen=' in shown
    assert 'hx-trigger="every 2s"' in shown
    assert "vendor/htmx/htmx.min.js" in shown
    assert "0 of at most 3 rounds" in shown
    assert shown.count("Nothing heard yet.") == 3
    assert "<noscript>" in shown


def test_nothing_new_is_answered_with_nothing(running: Run, three: Three) -> None:
    chi = three.chi.client()
    mark = page(chi, running).partition("?seen=")[2].partition('"')[0]
    url = f"/runs/{running.public_id}/progress/?seen={mark}"
    assert chi.get(url).status_code == 204

    three.river.tells(running)

    answer = chi.get(url)
    assert answer.status_code == 200
    assert "1 of at most 3 rounds" in answer.content.decode()


def test_the_asking_ends_when_the_run_is_over(
    running: Run, three: Three, gateway: MemoryGateway
) -> None:
    finish(running, three.all, gateway)

    assert "hx-get" not in page(three.chi.client(), running, "progress/")
    assert "htmx.min.js" not in page(three.chi.client(), running)


def test_a_finished_run_shows_the_model_and_hands_it_out(
    running: Run, three: Three, gateway: MemoryGateway
) -> None:
    finish(running, three.all, gateway)
    chi = three.chi.client()

    shown = page(chi, running)
    assert "The model is ready: 3 nodes trained, in 1 round." in shown
    assert "From 200-499 people at 3 nodes, in 1 round." in shown
    assert '<th scope="row">bmi</th><td data-label="Coefficient">-2</td>' in shown
    assert '<td data-label="Standard error">0.75</td>' in shown
    answer = chi.get(f"/runs/{running.public_id}/result.json")
    assert answer["Content-Disposition"] == (
        f'attachment; filename="kinhold-{running.public_id}.json"'
    )
    assert json.loads(answer.content)["result"] == RESULT


def test_a_steward_sees_the_model_and_gets_no_download(
    running: Run, three: Three, gateway: MemoryGateway
) -> None:
    finish(running, three.all, gateway)

    shown = page(three.cast.amina.client(), running)

    assert "The model" in shown
    assert "result.json" not in shown


def test_a_refused_run_shows_why_each_node_refused_and_that_no_data_was_opened(
    running: Run, three: Three, gateway: MemoryGateway
) -> None:
    for place in three.all:
        place.tells(running, **REFUSAL)
    gateway.finish(int(running.flower_run or 0), sub_status="completed")
    runs.follow(running.pk, gateway=gateway)

    shown = page(three.chi.client(), running)

    assert "badge-refused" in shown
    assert shown.count("No data was opened.") == 3
    assert shown.count("<strong>The signed answers do not suffice.</strong>") == 3
    assert "well formed: ok" in shown


def test_a_nodes_own_words_are_for_its_own_community(
    running: Run, three: Three, gateway: MemoryGateway
) -> None:
    words = "The signature on the ballot of Amina does not match."
    for place in three.all:
        place.tells(running, **REFUSAL | {"code": "bad-ballot"})
    three.river.tells(running, **REFUSAL | {"code": "bad-ballot", "reason": words})
    gateway.finish(int(running.flower_run or 0), sub_status="failed", details=words)
    runs.follow(running.pk, gateway=gateway)
    chi, zed = three.chi.client(), three.cast.zed.client()

    assert words in page(three.cast.amina.client(), running)
    for told in (
        page(chi, running),
        chi.get("/runs/").content.decode(),
        chi.get(f"/api/v1/runs/{running.public_id}/").content.decode(),
        page(zed, running),
        zed.get("/runs/").content.decode(),
        zed.get("/log/").content.decode(),
    ):
        assert "A signed answer does not hold." in told
        assert "Amina" not in told


def test_every_code_of_a_refusal_has_its_own_sentence() -> None:
    def kinds(of: type[GrantRefused]) -> set[type[GrantRefused]]:
        return {of}.union(*(kinds(kind) for kind in of.__subclasses__()))

    # What a node can refuse with; it never sees the acceptance of a condition.
    known = [kind for kind in kinds(GrantRefused) if kind.__module__ != "consent.grants.acceptance"]
    codes = {kind.code for kind in known}
    node = Path(federation.node.__file__).parent
    told = re.compile(r"""Job(?:Failed|Stopped)\(\s*"([a-z-]+)\"""")
    for source in node.rglob("*.py"):
        codes |= set(told.findall(source.read_text(encoding="utf-8")))

    assert {kind.code for kind in kinds(LocalRefusal)} < codes
    assert {"job-failed", "time-limit", "nearly-same-people", "budget-spent"} <= codes
    assert codes <= REFUSALS.keys()
    assert refusal("unheard-of") == "The node refused."


def test_people_are_told_as_bands_only(running: Run, three: Three) -> None:
    three.river.tells(running, people="100-199")

    assert "People in the data: 100-199." in page(three.chi.client(), running)


def test_what_holds_a_run_up_stands_on_its_page(
    planned: Run, three: Three, gateway: MemoryGateway
) -> None:
    gateway.reachable = False
    runs.dispatch(planned.pk, gateway=gateway)

    assert "Flower does not answer." in page(three.chi.client(), planned)


def test_stopping_asks_first(running: Run, three: Three) -> None:
    chi = three.chi.client()
    assert "Stop this run?" in page(chi, running, "stop/")
    running.refresh_from_db()
    assert running.stop_asked_at is None

    answer = chi.post(f"/runs/{running.public_id}/stop/", follow=True)

    shown = answer.content.decode()
    assert "It is being stopped." in shown
    assert "Stop this run</a>" not in shown


def test_a_custodian_sees_a_run_and_cannot_stop_it(running: Run, three: Three) -> None:
    dov = three.cast.dov.client()
    assert "Stop this run" not in page(dov, running)

    answer = dov.post(f"/runs/{running.public_id}/stop/")

    assert answer.status_code == 404, "to her there is no such page"
    running.refresh_from_db()
    assert running.stop_asked_at is None


def test_a_decided_request_is_run_once_more_after_a_question(
    running: Run, three: Three, gateway: MemoryGateway
) -> None:
    finish(running, three.all, gateway)
    chi = three.chi.client()
    url = f"/requests/{running.revision.request.public_id}/start/"
    assert "Run it once more?" in chi.get(url).content.decode()
    assert Run.objects.count() == 1

    answer = chi.post(url)

    second = Run.objects.latest("pk")
    assert Run.objects.count() == 2
    assert answer["Location"] == f"/runs/{second.public_id}/"


def test_a_second_run_beside_the_first_is_refused_in_words(running: Run, three: Three) -> None:
    url = f"/requests/{running.revision.request.public_id}/start/"

    answer = three.chi.client().post(url, follow=True)

    assert "A run of this request is under way already." in answer.content.decode()


def test_the_list_of_runs_filters_and_says_why(running: Run, three: Three) -> None:
    chi = three.chi.client()

    assert "Weight and illness" in chi.get("/runs/?state=running").content.decode()
    assert "Nothing fits." in chi.get("/runs/?state=failed").content.decode()


@pytest.mark.parametrize("receipts", [1, 3])
def test_a_run_page_asks_the_database_as_often_whatever_the_nodes_said(
    running: Run, three: Three, receipts: int, django_assert_num_queries: object
) -> None:
    for place in three.all:
        for number in range(receipts):
            place.tells(running, round=number + 1)
    chi = three.chi.client()
    page(chi, running)

    with django_assert_num_queries(8):  # type: ignore[operator]  # a fixture of pytest-django
        page(chi, running)
