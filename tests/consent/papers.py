"""Printed papers for tests: what stands on them, and the longest request that there can be."""

import itertools
from typing import Any

from consent.document_parts import MOST_BENEFITS, MOST_FUNDERS, MOST_PARTNERS, MOST_PEOPLE
from consent.questions import QUESTIONS


def text_of(made: Any) -> str:
    """All words of a PDF, with one space between them."""
    return " ".join(" ".join(page.extract_text() for page in made.pages).split())


def tags_of(node: Any) -> set[str]:
    """The kinds of tags below a node of a PDF's structure."""
    node = node.get_object()
    kids = node.get("/K", []) if isinstance(node, dict) else []
    found = {str(node["/S"])} if isinstance(node, dict) and "/S" in node else set()
    for kid in kids if isinstance(kids, list) else [kids]:
        if isinstance(kid.get_object(), dict):
            found |= tags_of(kid)
    return found


def filler(start: str, most: int) -> str:
    """A text of exactly so many characters, of words as long as people write them."""
    word = itertools.cycle(["consideration ", "of ", "neighbourhoods ", "and ", "families "])
    text = start
    while len(text) < most:
        text += " " + next(word).strip()
    return text[: most - 1] + "."


def longest(**changes: Any) -> dict[str, Any]:
    """The longest request that the form takes."""
    many = {
        "people": [
            {"name": filler(f"P{n}", 120), "email": f"p{n}@university.example", "orcid": ""}
            for n in range(MOST_PEOPLE)
        ],
        "partners": [
            {"name": filler(f"Q{n}", 200), "ror": "", "type": "public"}
            for n in range(MOST_PARTNERS)
        ],
        "funding": [
            {"name": filler(f"F{n}", 200), "type": "company", "conditions": filler("C", 1000)}
            for n in range(MOST_FUNDERS)
        ],
        "benefits_list": [
            {
                "text": filler(f"BENEFIT{n}", 500),
                "due_months": 12,
                "checked_by": filler("K", 200),
            }
            for n in range(MOST_BENEFITS)
        ],
        "results_return": {"how": filler("R", 1000), "due_months": 3},
        "summary": " ".join(["neighbourly"] * 300),
        "purpose": {"code": "DUO:0000037", "text": filler("Purpose", 500)},
        "institution": {"name": filler("Institution", 200), "ror": "", "type": "company"},
        "title": filler("Title", 160),
        "max_rounds": 900,
        "months": 60,
    }
    answers = {name: filler(name.upper(), q.most) for name, q in QUESTIONS.items()}
    return answers | many | changes
