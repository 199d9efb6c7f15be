"""What the researcher does: asks, follows and fetches, all through the API with her own key."""

import re
from collections.abc import Sequence
from typing import Any

import httpx

from tools.demo.data import OUTCOME, PREDICTORS
from tools.demo.visitor import DemoStep, Visitor

SCOPES = ("datasets:read", "requests:read", "requests:write", "runs:read", "results:read")
PARAMETERS = {"outcome": OUTCOME, "predictors": ",".join(PREDICTORS)}

PROPOSAL: dict[str, Any] = {
    "summary": (
        "We want to learn which measurements, taken at a first visit, go together with how fast "
        "diabetes gets worse within a year. We fit one simple straight-line model. Your records "
        "stay with you: each node sends sums over all people and nothing about one person."
    ),
    "question": "Which of ten measurements go with the progression of diabetes after one year?",
    "job": {"name": "linear-regression", "parameters": PARAMETERS},
    "max_rounds": 5,
    "min_cohort": 100,
    "months": 6,
    "min_nodes": 3,
    "purpose": {"code": "DUO:0000037", "text": "Biomedical research on diabetes care"},
    "people": [{"name": "Rowan", "email": "rowan@university.example", "orcid": ""}],
    "institution": {"name": "An invented university", "ror": "", "type": "public"},
    "funders": "An invented public fund. It asks for no data and no model.",
    "benefits": "Results in plain words within three months, at a meeting with each community.",
    "harm_person": "Sums over 100 or more people say next to nothing about one of them.",
    "harm_family": "None that we know of: no family links are used.",
    "harm_people": "A headline could call a community sick. We publish no result by community.",
    "ethics": "Invented board, approval 1, valid for 2026 and 2027.",
    "after": "We keep the model for five years, share it with nobody else, then delete it.",
}


class Research:
    """The API as one researcher uses it. ``visitor`` is her browser, for making the key."""

    def __init__(self, visitor: Visitor, base: str) -> None:
        # A key outlives the session, so the platform asks for a recent proof of who she is.
        visitor.prove()
        page = visitor.submit(
            "/account/tokens/",
            "label",
            "days",
            values={"label": "demo", "scopes": SCOPES, "days": "30"},
        )
        found = re.search(r"Bearer (\S+)", page.text)
        if found is None:
            raise DemoStep(f"no key for scripts was shown: {page.text[:300]}")
        self._http = httpx.Client(
            base_url=f"{base}/api/v1/",
            timeout=30,
            headers={"Authorization": f"Bearer {found[1]}"},
        )

    def close(self) -> None:
        self._http.close()

    def call(self, method: str, path: str, body: object = None) -> Any:
        answer = self._http.request(method, path, json=body)
        if answer.status_code >= 300:
            raise DemoStep(f"{method} {path} answered {answer.status_code}: {answer.text[:600]}")
        return answer.json()

    def ask(self, title: str, datasets: Sequence[str]) -> dict[str, Any]:
        """Write a request and submit it; return it as the API tells it."""
        draft = self.call(
            "POST", "requests/", {**PROPOSAL, "title": title, "datasets": list(datasets)}
        )
        submitted: dict[str, Any] = self.call("POST", f"requests/{draft['id']}/submit/")
        return submitted

    def run_of(self, request: dict[str, Any]) -> dict[str, Any] | None:
        """The newest run of a request, if there is one yet."""
        runs = [r for r in self.call("GET", "runs/")["results"] if r["request"] == request["id"]]
        if not runs:
            return None
        run: dict[str, Any] = self.call("GET", f"runs/{runs[0]['id']}/")
        return run

    def model(self, run: dict[str, Any]) -> dict[str, Any]:
        """Fetch the model and check that it is the one whose digest the platform names."""
        document: dict[str, Any] = self.call("GET", f"runs/{run['id']}/result/")
        if not re.fullmatch(r"[0-9a-f]{64}", document["digest"]):
            raise DemoStep("the result comes without a digest")
        return document
