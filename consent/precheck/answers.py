"""What a request says on a matter, whichever version of the form it was written on. Pure."""

from collections.abc import Iterator

from consent.precheck.verdict import Document, said
from consent.questions import QUESTIONS

# Answers that say there is nothing.
_NOTHING = frozenset({"-", "no", "none", "nothing", "n/a", "not applicable"})

# Version 1 asked for these in one text each.
_FIRST_FORM = {
    "funders": "who pays",
    "benefits": "what comes back",
    "after": "what happens afterwards",
    **{
        name: QUESTIONS[name].words
        for name in (
            "question",
            "commercial_interest",
            "harm_person",
            "harm_family",
            "harm_people",
            "ethics",
        )
    },
}
_LISTS = {"funding": "who pays", "benefits_list": "what comes back", "approvals": "ethics letters"}
# Of each row of a list, what it must tell; no number that a person or institution may not have.
_ROWS = {
    "people": {"name": "a person's name", "email": "a person's e-mail address"},
    "partners": {"name": "a partner", "type": "a partner's kind"},
    "funding": {
        "name": "who pays",
        "type": "what kind of body pays",
        "conditions": "the conditions of the money",
    },
    "benefits_list": {
        "text": "what comes back",
        "due_months": "when it comes back",
        "checked_by": "who checks what comes back",
    },
}
_GROUPS = {
    "purpose": {"code": "the kind of research", "text": "the purpose"},
    "institution": {"name": "the institution", "type": "the kind of institution"},
}
_NEW_GROUPS = {
    "results_return": {"how": "how results come back", "due_months": "when results come back"},
    "contact": {"name": "whom to ask later", "email": "the address to ask later"},
}
_ALWAYS = {
    "title": "the title",
    "summary": "the summary",
    "diseases": "the illnesses",
    "places": "the places",
    "people": "the people",
    "variables": "the variables",
    "outputs": "the outputs",
    "job": "the job",
    "datasets": "the datasets",
}


def on_first_form(document: Document) -> bool:
    """Whether it was written on the form of version 1, which asked for less."""
    return document.get("version") == 1


def unanswered(document: Document) -> list[str]:
    """Name every question that has no answer, in words for a sentence.

    Numbers that a person or an institution may not have (ORCID, ROR) are not among them; nor are
    partners, a largest cohort and attachments: having none is no missing answer.
    """
    first = on_first_form(document)
    texts = _FIRST_FORM if first else {name: q.words for name, q in QUESTIONS.items()} | _LISTS
    missing = [words for name, words in (_ALWAYS | texts).items() if not document.get(name)]
    for group, fields in (_GROUPS if first else _GROUPS | _NEW_GROUPS).items():
        inner = document.get(group) or {}
        missing += [words for name, words in fields.items() if not inner.get(name)]
    if not document.get("privacy"):
        missing.append("privacy")
    return list(dict.fromkeys([*missing, *_gaps(document)]))


def _gaps(document: Document) -> Iterator[str]:
    for name, fields in _ROWS.items():
        for row in document.get(name) or []:
            yield from (words for field, words in fields.items() if not row.get(field))


def answer(document: Document, name: str) -> str | None:
    """Return what was answered, "" for nothing ("none", "no"), None when it was not answered."""
    written = str(document.get(name) or "").strip().rstrip(".").lower()
    return None if not written else "" if written in _NOTHING else written


def payers(document: Document) -> list[tuple[str, str]]:
    """Who pays: name and kind. On the first form that is one text, of no kind."""
    if on_first_form(document):
        text = str(document.get("funders") or "")
        return [(text, "")] if text else []
    found = document.get("funding") or []
    return [(str(payer.get("name", "")), str(payer.get("type", ""))) for payer in found]


def money_text(document: Document) -> str:
    """Everything that is said about who pays, and on which conditions."""
    rows = document.get("funding") or []
    told = [f"{row.get('name', '')}\n{row.get('conditions', '')}" for row in rows]
    return "\n".join([said(document, "funders"), *told])


def good_text(document: Document) -> str:
    """Everything that is promised to the communities."""
    told = [str(row.get("text", "")) for row in document.get("benefits_list") or []]
    how = str((document.get("results_return") or {}).get("how", ""))
    return "\n".join([said(document, "benefits", "capacity"), *told, how])


def after_text(document: Document) -> str:
    """Everything that is said about the model afterwards."""
    return said(
        document,
        *("after", "where_published", "model_licence", "deployment", "retention", "destruction"),
    )


def says_afterwards(document: Document, name: str) -> bool:
    """Whether the question on the end was answered: the one text of the first form, or this."""
    return bool(document.get("after" if on_first_form(document) else name))
