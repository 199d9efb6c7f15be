"""The proposal as it is submitted: from a form or script to one checked document. Pure.

The document is what stewards read and what a grant names by digest. It is written as RFC 8785;
unlike a signed statement it may hold fractions, in the job's settings. Readers of older documents
(version 1) find fewer fields in them and must not expect any by name.
"""

from collections.abc import Iterable, Mapping
from typing import Any

import rfc8785

from consent import document_parts as parts
from consent.document_parts import BODY_TYPES as INSTITUTION_TYPES
from consent.errors import Incomplete
from consent.grants.codec import parse_json
from consent.jobs import JobFacts
from consent.questions import QUESTIONS
from consent.reading import Reader

__all__ = [
    "INSTITUTION_TYPES",
    "LEAST_COHORT",
    "MAX_DOCUMENT_BYTES",
    "MOST_SUMMARY_WORDS",
    "VERSION",
    "build",
    "read_back",
    "written",
]

VERSION = 2
MAX_DOCUMENT_BYTES = 131_072
LEAST_COHORT = 20  # DOMAIN: counts of 1 to 20 people are never shown, so no model on fewer
MOST_COHORT = 1_000_000
MOST_SUMMARY_WORDS = 300


def build(
    *,
    title: str,
    fields: Mapping[str, Any],
    job: JobFacts,
    attachments: Iterable[parts.AttachedFile] = (),
    approvals: Iterable[parts.Approval] = (),
) -> dict[str, Any]:
    """Return the whole document of a request, or say all that is missing at once.

    Args:
        fields: the form as saved, in the shape of the document.
        job: the catalogue job with checked settings; nothing of it is taken from ``fields``.
        attachments: the files that lie with the request; nor are they taken from ``fields``.
        approvals: the letters of ethics boards that were entered with it.
    Raises:
        Incomplete: with one sentence for each field that cannot be used. Fields inside others
            are named with dots: ``people.0.email``, ``purpose.code``.
    """
    problems: dict[str, str] = {}
    read = Reader({**fields, "title": title}, problems)
    document = {"version": VERSION, **_answers(read), **_limits(read), **_protocols(read)}
    document |= {
        "privacy": parts.privacy(
            read,
            fields.get("privacy"),
            communities=len(document["datasets"]),  # one of each community
            together=document["min_nodes"],
        ),
        "attachments": [parts.attached(each) for each in attachments],
        "approvals": [parts.approved(each) for each in approvals],
        "job": parts.job(job),
        "variables": list(job.variables),
        "outputs": list(job.outputs),
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


def _answers(read: Reader) -> dict[str, Any]:
    return {
        "title": read.text("title", 160, line=True),
        "summary": read.summary("summary", most_words=MOST_SUMMARY_WORDS, most=4000),
        **{name: read.text(name, question.most) for name, question in QUESTIONS.items()},
        "datasets": read.names("datasets", most=50, empty="Choose at least one dataset."),
        "purpose": parts.purpose(read.inner("purpose")),
        "diseases": read.diseases("diseases", most=20),
        "places": read.places("places", most=50),
        "people": parts.people(read),
        "institution": parts.body(read.inner("institution")),
        "partners": parts.partners(read),
        "funding": parts.funding(read),
        "benefits_list": parts.benefits(read),
        "results_return": parts.results_return(read.inner("results_return")),
        "contact": parts.contact(read.inner("contact")),
    }


def _limits(read: Reader) -> dict[str, int | None]:
    least = read.integer("min_cohort", LEAST_COHORT, MOST_COHORT)
    most = read.whole_or_none("max_cohort", LEAST_COHORT, MOST_COHORT)
    if most is not None and most < least:
        read.refuse("max_cohort", "This is less than the fewest people.")
    return {
        "months": read.integer("months", 1, 60),
        "max_rounds": read.integer("max_rounds", 1, 1000),
        "min_cohort": least,
        "max_cohort": most,
        "min_nodes": read.integer("min_nodes", 1, 100),
    }


def _protocols(read: Reader) -> dict[str, dict[str, str]]:
    """Only where a choice was made: of a community whose protocols on a dataset go by "any"."""
    chosen = read.pairs("protocols", most=50)
    return {"protocols": chosen} if chosen else {}
