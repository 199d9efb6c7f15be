"""The proposal as it is submitted: from a form or script to one checked document. Pure.

The document is what stewards read and what a grant names by digest. It is written as RFC 8785;
unlike a signed statement it may hold fractions, in the job's settings.
"""

from collections.abc import Mapping
from typing import Any

import rfc8785

from consent.errors import Incomplete
from consent.grants.codec import parse_json
from consent.jobs import JobFacts
from consent.purposes import PURPOSES
from consent.reading import Reader

MAX_DOCUMENT_BYTES = 131_072
LEAST_COHORT = 20  # DOMAIN: counts of 1 to 20 people are never shown, so no model on fewer
INSTITUTION_TYPES = ("public", "non-profit", "company")

# Name of the field and the most characters in it.
_LONG_TEXTS = {
    "question": 1000,
    "funders": 1000,
    "benefits": 2000,
    "harm_person": 2000,
    "harm_family": 2000,
    "harm_people": 2000,
    "ethics": 1000,
    "after": 2000,
}


def build(*, title: str, fields: Mapping[str, Any], job: JobFacts) -> dict[str, Any]:
    """Return the whole document of a request, or say all that is missing at once.

    Args:
        fields: the form as saved, in the shape of the document.
        job: the catalogue job with checked settings; nothing of it is taken from ``fields``.
    Raises:
        Incomplete: with one sentence for each field that cannot be used. Fields inside others
            are named with dots: ``people.0.email``, ``purpose.code``.
    """
    problems: dict[str, str] = {}
    read = Reader({**fields, "title": title}, problems)
    document = {
        "version": 1,
        "title": read.text("title", 160, line=True),
        "summary": read.summary("summary", most_words=300, most=4000),
        "commercial_interest": read.text("commercial_interest", 1000, optional=True),
        **{name: read.text(name, most) for name, most in _LONG_TEXTS.items()},
        "datasets": read.names("datasets", most=50, empty="Choose at least one dataset."),
        "months": read.integer("months", 1, 60),
        "max_rounds": read.integer("max_rounds", 1, 1000),
        "min_cohort": read.integer("min_cohort", LEAST_COHORT, 1_000_000),
        "min_nodes": read.integer("min_nodes", 1, 100),
        "purpose": _purpose(read.inner("purpose")),
        "diseases": read.diseases("diseases", most=20),
        "places": read.places("places", most=50),
        "people": _people(read),
        "institution": _institution(read.inner("institution")),
        "privacy": _privacy(read, fields.get("privacy")),
        "job": _job(job),
        "variables": list(job.variables),
        "outputs": list(job.outputs),
        **_protocols(read),
    }
    if not job.variables:
        read.refuse("variables", "Choose at least one variable.")
    if problems:
        raise Incomplete(problems)
    return document


def written(document: Mapping[str, Any]) -> str:
    """Write the document in its one spelling.

    Raises:
        Incomplete: it is longer than ``MAX_DOCUMENT_BYTES``, or a setting is not a number JSON
            can hold.
    """
    try:
        data = rfc8785.dumps(dict(document))
    except rfc8785.CanonicalizationError as error:
        raise Incomplete({"": "A setting holds a number that cannot be written down."}) from error
    if len(data) > MAX_DOCUMENT_BYTES:
        raise Incomplete({"": "The request is too long as a whole."})
    return data.decode()


def read_back(text: str) -> dict[str, Any]:
    """Read a document that ``written`` wrote."""
    return parse_json(text.encode(), limit=MAX_DOCUMENT_BYTES, floats=True)


def _protocols(read: Reader) -> dict[str, dict[str, str]]:
    """Only where a choice was made: of a community whose protocols on a dataset go by "any"."""
    chosen = read.pairs("protocols", most=50)
    return {"protocols": chosen} if chosen else {}


def _purpose(read: Reader) -> dict[str, str]:
    return {
        "code": read.choice("code", tuple(PURPOSES)),
        "text": read.text("text", 500, line=True),
    }


def _people(read: Reader) -> list[dict[str, str]]:
    people = [
        {
            "name": person.text("name", 120, line=True),
            "email": person.email("email"),
            "orcid": person.orcid("orcid"),
        }
        for person in read.items("people", most=20, empty="Name the people who will do the work.")
    ]
    emails = [person["email"] for person in people if person["email"]]
    if len(set(emails)) != len(emails):
        read.refuse("people", "Two people have the same e-mail address.")
    return people


def _institution(read: Reader) -> dict[str, str]:
    return {
        "name": read.text("name", 200, line=True),
        "ror": read.ror("ror"),
        "type": read.choice("type", INSTITUTION_TYPES),
    }


def _privacy(read: Reader, value: object) -> dict[str, Any]:
    # Neither can be promised before nodes can enforce it, so neither can be asked for.
    offered = {"dp": None, "secure_aggregation": False}
    if value not in (None, {}, offered):
        read.refuse("privacy", "Privacy noise and secure mixing cannot be asked for yet.")
    return offered


def _job(job: JobFacts) -> dict[str, Any]:
    return {
        "name": job.name,
        "version": job.version,
        "code": job.code,
        "title": job.title,
        "leaves": list(job.leaves),
        "parameters": dict(job.parameters),
        "config": dict(job.config),
        "config_digest": job.config_digest,
    }
