"""The Hub is asked over a real connection, and its answer is believed only as far as it is due."""

import json
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone
from pytest_django import Settings

from governance import hub, labels
from governance.actions import hub as asking
from governance.errors import HubTrouble, NotAllowed, NotReady
from governance.models import AccessEvent, AppliedLabel, HubProject
from tests import factories
from tests.cast import Cast
from tests.governance.hub_here import LABEL, PROJECT, Hub, answer, serving


@pytest.fixture
def there() -> Iterator[Hub]:
    with serving() as hub_here:
        hub_here.says(json.dumps(answer()).encode())
        yield hub_here


def fetch(there: Hub) -> hub.Project:
    return hub.fetch(PROJECT, url=there.url, key="word", loopback=True)


def test_a_project_is_read_without_pictures_and_official_texts(there: Hub) -> None:
    project = fetch(there)

    assert there.asked == [(f"/api/v2/projects/{PROJECT}/", "word")]
    assert (project.title, project.notices) == ("A project", ("biocultural",))
    (label,) = project.labels
    assert (label.uuid, label.family, label.type) == (str(LABEL), "BC", "non_commercial")
    assert [(text.language, text.text) for text in label.texts] == [
        ("en", "Not for sale."),
        ("fr", "Pas à vendre."),
    ]
    kept = json.dumps(project.body())
    assert "elsewhere.example" not in kept
    assert "official" not in kept
    assert hub.Project.of_body(json.loads(kept)) == project


def test_a_label_is_found_by_its_number_or_by_its_kind(there: Hub) -> None:
    project, library = fetch(there), labels.library()

    assert len(project.fitting(library["bcnc"], None)) == 1
    assert len(project.fitting(library["bcnc"], LABEL)) == 1
    assert project.fitting(library["bcnc"], uuid4()) == []
    assert project.fitting(library["tknc"], None) == []
    assert project.has_notice(library["biocultural"])
    assert not project.has_notice(library["open_to_collaborate"])


def _label(**changed: Any) -> list[dict[str, Any]]:
    return [answer()["bc_labels"][0] | changed]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"not json",
        b"\xff",
        json.dumps(answer(unique_id=str(uuid4()))).encode(),
        json.dumps(answer(unique_id="no number")).encode(),
        json.dumps(answer(title=7)).encode(),
        json.dumps(answer(title="x" * 201)).encode(),
        json.dumps(answer(bc_labels={"a": 1})).encode(),
        json.dumps(answer(bc_labels=["a"])).encode(),
        json.dumps(answer(bc_labels=_label() * 101)).encode(),
        json.dumps(answer(bc_labels=_label(language_tag="<b>"))).encode(),
        json.dumps(answer(bc_labels=_label(label_text="x" * 8001))).encode(),
        json.dumps(answer(bc_labels=_label(label_text="a\x00"))).encode(),
        json.dumps(answer(bc_labels=_label(unique_id=None))).encode(),
        (b'{"a":' * 20) + b"1" + b"}" * 20,
        json.dumps(answer(title="x") | {"pad": "x" * hub.MAX_ANSWER_BYTES}).encode(),
    ],
)
def test_an_answer_of_another_shape_is_not_used(there: Hub, body: bytes) -> None:
    there.says(body)

    with pytest.raises(HubTrouble):
        fetch(there)


@pytest.mark.parametrize(
    ("status", "sentence"),
    [
        (404, "knows no project"),
        (401, "does not accept"),
        (403, "does not accept"),
        (429, "asks us to wait"),
        (301, "sends us elsewhere"),
        (307, "sends us elsewhere"),
        (500, "error 500"),
    ],
)
def test_each_refusal_is_a_sentence_and_no_redirect_is_followed(
    there: Hub, status: int, sentence: str
) -> None:
    with serving() as elsewhere:
        there.says(b"{}", status, Location=elsewhere.url)

        with pytest.raises(HubTrouble, match=sentence):
            fetch(there)

        assert elsewhere.asked == []


def test_a_page_instead_of_data_is_not_used(there: Hub) -> None:
    there.says(json.dumps(answer()).encode(), kind="text/html")

    with pytest.raises(HubTrouble, match="has not the shape"):
        fetch(there)


@pytest.mark.parametrize(
    "url",
    [
        "http://hub.example/api/v2/",
        "ftp://127.0.0.1/",
        "https://localhost:9/",
        "https://127.0.0.2/",
        "https://10.0.0.1/",
        "https://192.168.1.1/",
        "https://169.254.169.254/latest/",
        "https://[::ffff:127.0.0.1]/",
        "https://[fd00::1]/",
        "https://[fec0::1]/",
        "https://[64:ff9b::a9fe:a9fe]/",
        "https://[2002:7f00:1::]/",
        "https://[::10.0.0.1]/",
        "https://224.0.0.1/",
        "https://0.0.0.0/",
        "",
    ],
)
def test_no_address_inside_a_network_is_called(url: str) -> None:
    with pytest.raises(HubTrouble, match=r"private network|must start with https"):
        hub.fetch(PROJECT, url=url, loopback=True)


def test_loopback_is_for_trials_only(there: Hub) -> None:
    with pytest.raises(HubTrouble, match="must start with https"):
        hub.fetch(PROJECT, url=there.url)

    assert there.asked == []


def test_nobody_there_is_a_sentence(there: Hub) -> None:
    with serving() as gone:
        pass

    with pytest.raises(HubTrouble, match="could not be reached"):
        fetch(gone)


def test_a_hub_that_trickles_is_cut_off(there: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hub, "TIMEOUT_S", 0.5)

    def trickle(request: BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        request.send_header("Content-Type", "application/json")
        request.end_headers()
        with pytest.raises(OSError):
            for _ in range(100):
                request.wfile.write(b" ")
                time.sleep(0.1)

    there.reply = trickle
    began = time.monotonic()
    with pytest.raises(HubTrouble, match="could not be reached"):
        fetch(there)
    assert time.monotonic() - began < 3


@pytest.fixture
def applied(cast: Cast, settings: Settings, there: Hub) -> AppliedLabel:
    """A label with the project's number, on a platform that may ask."""
    settings.KINHOLD_LABEL_HUB_URL, settings.KINHOLD_LABEL_HUB_KEY = there.url, "word"
    dataset = factories.make_dataset(cast.river, cast.amina.user)
    label = factories.make_label(dataset, cast.amina.user)
    label.project_uuid = PROJECT
    label.save()
    return label


@pytest.mark.django_db
def test_an_answer_is_kept_with_its_date_and_asked_for_once_a_minute(
    cast: Cast, applied: AppliedLabel, there: Hub
) -> None:
    before = timezone.now()

    kept = asking.ask(applied.pk, actor=cast.dov.user)
    again = asking.ask(applied.pk, actor=cast.amina.user)

    assert kept == again
    assert before <= kept.fetched_at <= timezone.now()
    assert len(there.asked) == 1
    event = AccessEvent.objects.get(verb="label.ask-hub")
    assert (event.actor, event.reason) == (cast.dov.user, f"project {PROJECT}")
    HubProject.objects.update(fetched_at=before - asking.AGAIN_AFTER)
    there.says(json.dumps(answer(title="Another title")).encode())
    assert asking.ask(applied.pk, actor=cast.dov.user).body["title"] == "Another title"


@pytest.mark.django_db
def test_what_is_kept_stays_when_the_hub_is_silent(
    cast: Cast, applied: AppliedLabel, there: Hub
) -> None:
    asking.ask(applied.pk, actor=cast.dov.user)
    HubProject.objects.update(fetched_at=timezone.now() - asking.AGAIN_AFTER)
    there.says(b"", 500)

    with pytest.raises(HubTrouble):
        asking.ask(applied.pk, actor=cast.dov.user)

    assert HubProject.objects.get().body["title"] == "A project"


@pytest.mark.django_db
@pytest.mark.parametrize("who", ["eli", "ola", "chi", "zed", "aud", "max"])
def test_only_who_labels_may_have_the_hub_asked(
    cast: Cast, applied: AppliedLabel, there: Hub, who: str
) -> None:
    with pytest.raises(NotAllowed):
        asking.ask(applied.pk, actor=getattr(cast, who).user)

    assert there.asked == []


@pytest.mark.django_db
def test_without_an_address_or_a_number_nobody_is_asked(
    cast: Cast, applied: AppliedLabel, there: Hub, settings: Settings
) -> None:
    settings.KINHOLD_LABEL_HUB_URL = ""
    with pytest.raises(NotReady, match="not set up"):
        asking.ask(applied.pk, actor=cast.amina.user)
    settings.KINHOLD_LABEL_HUB_URL = there.url
    AppliedLabel.objects.update(project_uuid=None)
    with pytest.raises(NotReady, match="no project number"):
        asking.ask(applied.pk, actor=cast.amina.user)

    assert there.asked == []
