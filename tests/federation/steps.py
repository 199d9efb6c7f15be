"""A whole request as a browser posts it, step by step."""

import re
from typing import Any

from django.test import Client

from consent.models import TrainingRequest
from consent.terms import TERMS_DIGEST
from tests.consent.factories import ANSWERS, fields

TITLE = "Weight and illness"
DATASETS = ["river-diabetes", "coast-diabetes", "hill-diabetes"]


def rows(name: str, held: list[dict[str, Any]]) -> dict[str, Any]:
    """One list, with an empty row at its end."""
    posted: dict[str, Any] = {f"{name}-TOTAL_FORMS": len(held) + 1, f"{name}-INITIAL_FORMS": 0}
    for number, row in enumerate(held):
        posted |= {f"{name}-{number}-{field}": value for field, value in row.items()}
    return posted


def answers(*names: str) -> dict[str, str]:
    return {name: ANSWERS[name] for name in names}


def step(key: str, **changes: Any) -> dict[str, Any]:
    """One step, filled in to the end."""
    return _STEPS[key] | changes


_WHOLE = fields()
_STEPS: dict[str, dict[str, Any]] = {
    "job": {"title": TITLE, "job": "linear-regression", "datasets": DATASETS},
    "who": {
        **rows("people", _WHOLE["people"]),
        **rows("partners", _WHOLE["partners"]),
        "institution_name": "Lakeside University",
        "institution_type": "public",
        "institution_ror": "",
        **answers("contact_made", "past_work", "conflicts"),
    },
    "money": {
        **rows("funding", _WHOLE["funding"]),
        **answers("forced_sharing", "commercial_interest", "patents", "sales", "ownership"),
    },
    "plain": {
        "summary": _WHOLE["summary"],
        **answers("question", "why_us", "why_not_other"),
    },
    "purpose": {
        "purpose_code": _WHOLE["purpose"]["code"],
        "purpose_text": _WHOLE["purpose"]["text"],
        "diseases": "type 2 diabetes mellitus (MONDO:0005148)",
        "places": "CH",
        "months": "6",
        "max_rounds": "3",
        "min_cohort": "100",
        "max_cohort": "",
        "min_nodes": "3",
        **answers("others_decide"),
    },
    "settings": {
        "job-outcome": "progression",
        "job-predictors": ["age", "bmi"],
        **answers("code_review", "attack_test"),
    },
    "good": {
        **rows("benefits_list", _WHOLE["benefits_list"]),
        "results_return_how": _WHOLE["results_return"]["how"],
        "results_return_due_months": "3",
        **answers("capacity", "authorship"),
    },
    "harm": answers("harm_person", "harm_family", "harm_people", "mitigation", "bias"),
    "ethics": answers("ethics", "community_board", "data_protection"),
    "after": {
        **answers("where_published", "model_licence", "deployment", "retention", "destruction"),
        **answers("withdrawal_handling", "complaints"),
        "contact_name": _WHOLE["contact"]["name"],
        "contact_email": _WHOLE["contact"]["email"],
    },
}
KEYS = list(_STEPS)


def begin(client: Client, **changes: Any) -> TrainingRequest:
    answer = client.post("/requests/new/", step("job") | changes)
    assert answer.status_code == 302, answer.content.decode()
    return TrainingRequest.objects.latest("pk")


def url(draft: TrainingRequest, key: str = "") -> str:
    return f"/requests/{draft.public_id}/edit/{f'{key}/' if key else ''}"


def seen(client: Client, draft: TrainingRequest, key: str) -> str:
    """The mark of a step as a window that opens it now holds it."""
    page = client.get(url(draft, key)).content.decode()
    found = re.search(r'name="seen" value="([0-9a-f]+)"', page)
    assert found, page
    return found[1]


def save(client: Client, draft: TrainingRequest, key: str, **changes: Any) -> Any:
    """Open one step, fill it in, save it."""
    return client.post(url(draft, key), step(key, **changes) | {"seen": seen(client, draft, key)})


def write(client: Client, **changes: dict[str, Any]) -> TrainingRequest:
    """Write a whole request; ``changes`` by step."""
    draft = begin(client)
    for key in KEYS:
        save(client, draft, key, **changes.get(key, {}))
    draft.refresh_from_db()
    return draft


def submit(client: Client, draft: TrainingRequest, **changes: Any) -> Any:
    return client.post(
        f"/requests/{draft.public_id}/submit/", {"terms": TERMS_DIGEST} | changes, follow=True
    )
