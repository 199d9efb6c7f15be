"""Requests, reviews and grants for tests, made through the same actions that the pages use."""

from collections.abc import Mapping, Sequence
from typing import Any

from consent.actions import notices, requests, reviews
from consent.grants.codec import config_digest
from consent.grants.statements import Answer
from consent.hiding import LEAST_HIDDEN
from consent.jobs import JobFacts
from consent.models import Grant, Notice, Review, TrainingRequest
from governance.actions.statements import CastResult
from governance.models import User
from tests.cast import Person
from tests.factories import assertion

CONFIG: dict[str, str | int | float | bool] = {
    "job.outcome": "progression",
    "job.predictors": "age,bmi",
    "job.tolerance": 1e-09,
}
JOB = JobFacts(
    name="linear-regression",
    version="1.0.0",
    code="a" * 64,
    config=CONFIG,
    config_digest=config_digest(CONFIG),
    outputs=("coefficients", "standard-errors"),
    variables=("age", "bmi", "progression"),
    title="Linear regression",
    leaves=("How many people have all the needed values.", "No person's own values."),
    parameters={"outcome": "progression", "predictors": "age,bmi"},
)

NOISE = {"epsilon": "1", "delta": "0.00001", "unit": "person"}

# The questions that are answered in one text each (consent/questions.py).
ANSWERS: dict[str, str] = {
    "question": "Does body mass go with progression?",
    "why_us": "The illness is common where these communities live.",
    "why_not_other": "Public data holds few people of this age.",
    "contact_made": "Chi met the health committee in autumn.",
    "past_work": "None before this.",
    "conflicts": "Nobody of us gains by one result rather than another.",
    "forced_sharing": "Nobody makes us share data or model.",
    "commercial_interest": "None.",
    "patents": "No.",
    "sales": "Nothing.",
    "ownership": "The communities own what is learned from their data.",
    "others_decide": "No other community decides.",
    "code_review": "Two engineers read the code of the catalogue.",
    "attack_test": "Tested on invented people only.",
    "where_published": "In a journal that all may read.",
    "model_licence": "No licence; it is not passed on.",
    "deployment": "It is not put to use.",
    "retention": "The model is kept for two years.",
    "capacity": "Two people of each community learn to read the results.",
    "authorship": "Whoever helps and wishes it is an author.",
    "harm_person": "A person might be guessed from the sums.",
    "harm_family": "A family's illness might be talked about.",
    "harm_people": "The community might be called ill.",
    "mitigation": "We publish no result by community.",
    "bias": "It may work less well for the young.",
    "ethics": "University board, letter 12.",
    "community_board": "The health committees were asked.",
    "data_protection": "Assessed by the data office in spring.",
    "destruction": "Then it is destroyed, with a witness.",
    "withdrawal_handling": "A finished model is not used any more.",
    "complaints": "To the university's ombudsman.",
}


def fields(**changes: Any) -> dict[str, Any]:
    """A whole form, in which every answer can be told from every other."""
    return (
        {
            "summary": "We want to see how weight and age go with the illness.",
            "datasets": ["river-diabetes"],
            "max_rounds": 3,
            "months": 6,
            "min_cohort": 50,
            "max_cohort": None,
            "min_nodes": 1,
            "purpose": {"code": "DUO:0000037", "text": "To learn who needs care first."},
            "diseases": [{"id": "MONDO:0005148", "text": "type 2 diabetes mellitus"}],
            "places": ["CH"],
            "people": [{"name": "Chi", "email": "chi@university.example", "orcid": ""}],
            "institution": {"name": "Lakeside University", "ror": "", "type": "public"},
            "partners": [{"name": "Hillside Hospital", "ror": "", "type": "non-profit"}],
            "funding": [
                {
                    "name": "The national science fund",
                    "type": "public",
                    "conditions": "It asks for a report.",
                }
            ],
            "benefits_list": [
                {
                    "text": "A plain report within a year.",
                    "due_months": 12,
                    "checked_by": "The health committee",
                }
            ],
            "results_return": {"how": "At a meeting, in plain words.", "due_months": 3},
            "contact": {"name": "The data office", "email": "office@university.example"},
        }
        | ANSWERS
        | {"privacy": hidden(changes)}
        | changes
    )


def hidden(changes: Mapping[str, Any]) -> dict[str, Any]:
    """The least that so many communities need: fewer than three cannot do without noise."""
    together = min(len(changes.get("datasets", ["one"])), changes.get("min_nodes") or 1)
    return {"dp": NOISE if together < LEAST_HIDDEN else None, "secure_aggregation": False}


def make_draft(
    applicant: User, title: str = "Weight and illness", **changes: Any
) -> TrainingRequest:
    """A whole draft, in which the applicant is the only person named unless others are given."""
    own = {"name": applicant.name, "email": "chi@university.example", "orcid": ""}
    return requests.draft(
        actor=applicant, title=title, fields=fields(**({"people": [own]} | changes))
    )


def make_request(applicant: User, **changes: Any) -> TrainingRequest:
    """A request in review."""
    request = make_draft(applicant, **changes)
    return requests.submit(request.pk, actor=applicant, job=JOB)


def review_of(request: TrainingRequest, community: str = "river") -> Review:
    return Review.objects.select_related("statement", "community").get(
        revision__request=request, community__slug=community
    )


def answer(
    review: Review, person: Person, answer: Answer = Answer.YES, *, conditions: str = ""
) -> CastResult:
    """One steward's signed answer to the review's present text."""
    review.refresh_from_db()
    return reviews.cast(
        review.pk,
        actor=person.user,
        answer=answer,
        assertion=assertion(person.passkey, review.statement, answer),
        conditions=conditions,
    )


def say_yes(review: Review, people: Sequence[Person]) -> Grant:
    """Have each of the people say yes; return the grant that comes of it."""
    for person in people:
        result = answer(review, person)
    assert result.adopted, result.outcome.missing
    return Grant.objects.get(review=review)


def sign_notice(
    notice: Notice, people: Sequence[Person], answer: Answer = Answer.YES
) -> CastResult:
    for person in people:
        result = notices.sign(
            notice.pk,
            actor=person.user,
            answer=answer,
            assertion=assertion(person.passkey, notice.statement, answer),
        )
    notice.refresh_from_db()
    return result
