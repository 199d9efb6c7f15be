"""What the researcher does: asks, follows and fetches, all through the API with her own key."""

import re
from collections.abc import Sequence
from typing import Any

import httpx

from tools.demo.data import OUTCOME, PREDICTORS
from tools.demo.visitor import DemoStep, Visitor

SCOPES = ("datasets:read", "requests:read", "requests:write", "runs:read", "results:read")
PARAMETERS = {"outcome": OUTCOME, "predictors": ",".join(PREDICTORS)}

TEXTS = {
    "question": "Which of ten measurements go with the progression of diabetes after one year?",
    "why_us": "Diabetes is common where you live, and care there is planned without numbers.",
    "why_not_other": "Public data was gathered elsewhere and says little about your people.",
    "contact_made": "Rowan spoke with one steward of each community in spring.",
    "past_work": "None before this.",
    "conflicts": "None.",
    "forced_sharing": "None.",
    "commercial_interest": "None.",
    "patents": "None.",
    "sales": "None.",
    "ownership": "What is learned from your data belongs to you.",
    "others_decide": "Only the three communities named here decide.",
    "code_review": "It is the code of the open catalogue; two people read each version.",
    "attack_test": "None on real data. Sums over 100 people were tested with invented people.",
    "where_published": "In a journal that everybody may read, after your own review.",
    "model_licence": "None. It is not passed on.",
    "deployment": "None. It is read, not used on people.",
    "retention": "Five years, then it is deleted.",
    "capacity": "One day of teaching in each community.",
    "authorship": "Whoever worked on it and wishes to be named is named.",
    "harm_person": "Sums over 100 or more people say next to nothing about one of them.",
    "harm_family": "None that we know of: no family links are used.",
    "harm_people": "A headline could call a community sick.",
    "mitigation": "We publish no result by community, and you read the paper first.",
    "bias": "It may fit less well for the oldest. We tell you how well it fits.",
    "ethics": "Invented board, approval 1, valid for 2026 and 2027.",
    "community_board": "None of you has asked for a board of its own.",
    "data_protection": "Looked at by the university's data office: low risk.",
    "destruction": "The model is deleted after five years; you get a letter that says so.",
    "withdrawal_handling": "We stop, and do not use what was learned for anything new.",
    "complaints": "To the university's office for complaints; it answers in 20 days.",
}

PROPOSAL: dict[str, Any] = {
    "summary": (
        "We want to learn which measurements, taken at a first visit, go together with how fast "
        "diabetes gets worse within a year. We fit one simple straight-line model. Your records "
        "stay with you: each node sends sums over all people and nothing about one person."
    ),
    "job": {"name": "linear-regression", "parameters": PARAMETERS},
    "max_rounds": 5,
    "min_cohort": 100,
    "months": 6,
    "min_nodes": 3,
    "purpose": {"code": "DUO:0000037", "text": "Biomedical research on diabetes care"},
    "diseases": [{"id": "MONDO:0005015"}],
    "places": ["CH"],
    "people": [{"name": "Rowan", "email": "rowan@university.example", "orcid": ""}],
    "institution": {"name": "An invented university", "ror": "", "type": "public"},
    "partners": [],
    "funding": [{"name": "An invented public fund", "type": "public", "conditions": "None."}],
    "benefits_list": [
        {
            "text": "Results in plain words, at a meeting with each community.",
            "due_months": 3,
            "checked_by": "The stewards",
        },
        {
            "text": "A day of teaching on how such models are read.",
            "due_months": 9,
            "checked_by": "The stewards",
        },
    ],
    "results_return": {"how": "First to each community, at a meeting.", "due_months": 3},
    "contact": {"name": "The university's data office", "email": "data@university.example"},
    **TEXTS,
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

    def ask(self, title: str, datasets: Sequence[str], **changes: object) -> dict[str, Any]:
        """Write a request and submit it; return it as the API tells it."""
        wanted = {**PROPOSAL, **changes, "title": title, "datasets": list(datasets)}
        draft = self.call("POST", "requests/", wanted)
        terms = {"terms": self.call("GET", "requests/terms/")["digest"]}
        submitted: dict[str, Any] = self.call("POST", f"requests/{draft['id']}/submit/", terms)
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
