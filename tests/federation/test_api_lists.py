"""Lists of the API are narrowed, ordered and paged as the lists on the pages are."""

from typing import Any

import pytest

from federation.actions.catalogue import publish
from federation.models import Run
from tests.cast import Cast
from tests.consent.factories import make_draft
from tests.federation.calls import Script
from tests.federation.factories import JOB
from tests.federation.story import Three


@pytest.fixture
def script(cast: Cast) -> Script:
    publish("linear-regression")
    make_draft(cast.chi.user, "Sleep and weight", job=JOB)
    make_draft(cast.chi.user, "Asthma", job={"name": "logistic-regression", "parameters": {}})
    make_draft(cast.chi.user, "Food and sleep", job=JOB)
    return Script(cast.chi.user, "requests:read", "runs:read")


def titles(answer: Any) -> list[str]:
    assert answer.status_code == 200, answer.content
    return [row["title"] for row in answer.json()["results"]]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["Food and sleep", "Asthma", "Sleep and weight"]),
        ("?order=created", ["Sleep and weight", "Asthma", "Food and sleep"]),
        ("?order=-title", ["Sleep and weight", "Food and sleep", "Asthma"]),
        ("?title=SLEEP&order=title", ["Food and sleep", "Sleep and weight"]),
        ("?job=logistic-regression", ["Asthma"]),
        ("?state=decided", []),
        ("?page_size=1&page=2", ["Asthma"]),
    ],
)
def test_requests_are_narrowed_and_ordered(script: Script, query: str, found: list[str]) -> None:
    assert titles(script.get(f"requests/{query}")) == found


@pytest.mark.parametrize("query", ["?order=applicant__email", "?state=unheard-of"])
def test_what_the_list_does_not_know_is_refused_in_words(script: Script, query: str) -> None:
    answer = script.get(f"requests/{query}")

    assert answer.status_code == 400
    assert answer.json()["code"] == "invalid"
    assert set(answer.json()["errors"]) == {query[1:].partition("=")[0]}


@pytest.mark.parametrize(("slug", "number"), [("coast", 1), ("lake", 0)])
def test_runs_are_narrowed_by_community(running: Run, three: Three, slug: str, number: int) -> None:
    script = Script(three.chi.user, "runs:read")

    assert script.get(f"runs/?community={slug}&order=-planned").json()["count"] == number
