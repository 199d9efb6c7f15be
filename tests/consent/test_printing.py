"""What is printed: tagged PDF, the same each time, without a look at the network."""

import io
import re
import sys
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from pypdf import PdfReader

from consent.errors import CannotPrint
from consent.printing import first_that_fits, pdf_of
from tests.consent.papers import tags_of

_PAPER = (
    '{% extends "print/base.html" %}{% block title %}A paper{% endblock %}'
    "{% block content %}<h1>{{ head }}</h1>{% for line in lines %}<p>{{ line }}</p>{% endfor %}"
    '<img src="{{ image }}" alt="A picture"><h2>After it</h2>{% endblock %}'
)


@pytest.fixture
def paper(tmp_path: Path, settings: LazySettings) -> str:
    (tmp_path / "paper.html").write_text(_PAPER)
    mine: list[dict[str, Any]] = [dict(engine) for engine in settings.TEMPLATES]
    mine[0]["DIRS"] = [*mine[0]["DIRS"], tmp_path]
    settings.TEMPLATES = mine
    return "paper.html"


def test_a_paper_is_tagged_titled_and_says_its_language(paper: str) -> None:
    made = PdfReader(io.BytesIO(pdf_of(paper, {"head": "Hello"})))

    root = made.trailer["/Root"]
    assert root["/Lang"] == "en"
    assert root["/MarkInfo"]["/Marked"]
    assert made.metadata is not None
    assert made.metadata.title == "A paper"
    assert "/StructTreeRoot" in root
    assert tags_of(root["/StructTreeRoot"]) >= {"/H1", "/H2"}
    assert b"pdfuaid" in root["/Metadata"].get_data()


def test_the_same_content_gives_the_same_bytes_and_no_time(paper: str) -> None:
    first, second = (pdf_of(paper, {"head": "Hello"}) for _ in range(2))

    assert first == second
    assert not re.search(rb"CreationDate|ModDate|D:20\d\d", first)


def test_what_somebody_wrote_stays_words(paper: str) -> None:
    made = PdfReader(io.BytesIO(pdf_of(paper, {"head": "<b>not bold</b>"})))

    assert "<b>not bold</b>" in made.pages[0].extract_text()


def test_nothing_is_fetched_not_even_from_this_machine(paper: str, tmp_path: Path) -> None:
    picture = tmp_path / "picture.svg"
    picture.write_text('<svg xmlns="http://www.w3.org/2000/svg"><text y="9">Seen</text></svg>')

    with_it = pdf_of(paper, {"head": "Hello", "image": picture.as_uri()})

    assert with_it == pdf_of(paper, {"head": "Hello", "image": "file:///nowhere.svg"})
    assert "Seen" not in PdfReader(io.BytesIO(with_it)).pages[0].extract_text()


def test_large_type_is_sixteen_points_and_more(paper: str) -> None:
    def sizes(pdf: bytes) -> list[float]:
        found: list[float] = []

        def look(text: str, _cm: object, tm: list[float], _font: object, size: float) -> None:
            if text.strip():
                found.append(abs(size * tm[3]))

        PdfReader(io.BytesIO(pdf)).pages[0].extract_text(visitor_text=look)
        return found

    large = sizes(pdf_of(paper, {"head": "Hello", "lines": ["Some words."]}, large=True))
    usual = sizes(pdf_of(paper, {"head": "Hello", "lines": ["Some words."]}))

    assert len(large) == len(usual)
    assert max(large) > max(usual)


def test_the_first_that_fits_is_printed(paper: str) -> None:
    long, short, shorter = ({"lines": ["word " * 2000] * 4}, {"head": "Short"}, {"head": "No"})

    made = PdfReader(io.BytesIO(first_that_fits(paper, [long, long, short, shorter], sides=1)))

    assert len(made.pages) == 1
    assert "Short" in made.pages[0].extract_text()
    with pytest.raises(CannotPrint):
        first_that_fits(paper, [long], sides=1)


def test_a_machine_without_pango_says_what_to_install(
    paper: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    class NoPango(MetaPathFinder):
        def find_spec(self, name: str, *_rest: object) -> ModuleSpec | None:
            if name == "weasyprint":
                raise OSError("cannot load library 'libpango-1.0-0'")
            return None

    monkeypatch.delitem(sys.modules, "weasyprint", raising=False)
    monkeypatch.setattr(sys, "meta_path", [NoPango(), *sys.meta_path])

    with pytest.raises(CannotPrint, match="install Pango"):
        pdf_of(paper, {})
