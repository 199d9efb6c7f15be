"""The library of labels: whose words it holds, what it leaves out, and the tags of languages."""

import re

import pytest

from governance import labels
from governance.clauses import library as clause_library
from governance.rules import LabelKind
from tools.stack.parts import ROOT

PAGE = ROOT / "docs" / "labels.md"
ROW = re.compile(r"^\| (?P<name>[^|]+) \| `(?P<code>\w+)` \| (?P<meaning>[^|]+) \| [^|]+ \|$")
PICTURES = {".png", ".svg", ".jpg", ".jpeg", ".gif", ".webp", ".ico", ".avif"}


def reviewed() -> dict[str, tuple[str, str]]:
    """The table of docs/labels.md, which people read and agreed to."""
    rows = filter(None, map(ROW.match, PAGE.read_text(encoding="utf-8").splitlines()))
    return {row["code"]: (row["name"].strip(), row["meaning"].strip()) for row in rows}


def test_every_text_is_one_of_the_reviewed_ones_in_our_own_words() -> None:
    kept = {label.code: (label.name, label.meaning) for label in labels.library().values()}

    assert kept == reviewed()
    assert len(kept) == 34


def test_no_meaning_reads_like_an_official_template() -> None:
    """Those speak of themselves, at length; ours say in one short sentence what is meant."""
    for label in labels.library().values():
        assert len(label.meaning) <= 120
        assert not re.search(r"\bthis (label|notice|tk|bc)\b|being used", label.meaning, re.I)


def test_no_picture_is_shipped_but_our_own() -> None:
    folders = ("static", "templates", "governance", "consent", "federation", "config")
    pictures = {
        path.relative_to(ROOT).as_posix()
        for folder in folders
        for path in (ROOT / folder).rglob("*")
        if path.suffix.lower() in PICTURES
    }

    assert pictures == {"static/icon.svg"}


def test_the_library_is_that_of_the_hub() -> None:
    kinds = [(label.kind, label.family) for label in labels.library().values()]

    assert kinds.count((LabelKind.LABEL, "BC")) == 10
    assert kinds.count((LabelKind.LABEL, "TK")) == 20
    assert kinds.count((LabelKind.NOTICE, "")) == 4


def test_the_labels_that_hold_are_those_of_doubt_and_of_the_sacred() -> None:
    assert labels.holding() == ["bccnv", "tknv", "tkmr", "tkwr", "tkcs", "tkss"]


def test_labels_on_family_gender_and_the_sacred_are_not_for_researchers() -> None:
    assert labels.not_shown() == [
        "bccl",
        "tkcl",
        "tkf",
        "tkwg",
        "tkmg",
        "tkmr",
        "tkwr",
        "tkss",
    ]


def test_a_suggested_clause_is_in_the_library_or_explained() -> None:
    for label in labels.library().values():
        for code in label.suggested_clauses:
            assert (code in clause_library()) != (code in labels.BY_HAND), code
    assert labels.library()["bcnc"].clauses == ("NO_COMM",)
    assert labels.library()["bcr"].clauses == ("NO_COMM",)
    assert len(labels.library()["bcr"].by_hand) == 1


def test_the_library_can_be_searched_and_is_shown_in_groups() -> None:
    assert [label.code for label in labels.found("non-commercial BC")] == ["bcnc"]
    assert labels.found("no such words") == []
    groups = [[label.code for label in rows] for _title, rows in labels.grouped(labels.found(""))]
    assert [len(rows) for rows in groups] == [10, 20, 4]


@pytest.mark.parametrize(
    ("text", "tag"),
    [
        ("en", "en"),
        ("EN-ca", "en-CA"),
        (" mi ", "mi"),
        ("zh-hant-tw", "zh-Hant-TW"),
        ("es-419", "es-419"),
        ("sl-rozaj-biske", "sl-rozaj-biske"),
        ("x-Ours", "x-ours"),
        ("en-x-river", "en-x-river"),
    ],
)
def test_a_language_tag_is_written_in_the_usual_way(text: str, tag: str) -> None:
    assert labels.language_tag(text) == tag


@pytest.mark.parametrize(
    "text",
    ["", "e", "english language", "en_US", "en-", "-en", "x-", "en-x", "a" * 36, "<b>", "en\n-ca"],
)
def test_what_is_no_language_tag_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not a language tag"):
        labels.language_tag(text)


@pytest.mark.parametrize(
    ("wanted", "text"),
    [
        (["fr"], "French"),
        (["fr-CA", "en"], "French of Canada"),
        (["fr-BE", "en"], "French of Canada"),
        (["de", "en-GB"], "English"),
        (["de"], "English"),
        ([], "English"),
    ],
)
def test_a_reader_gets_the_text_she_understands_best(wanted: list[str], text: str) -> None:
    written = [("en", "English"), ("fr-CA", "French of Canada"), ("fr", "French")]

    assert labels.fitting(written, wanted) == text
