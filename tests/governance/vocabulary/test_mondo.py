"""R-10: a disease fits when it is a permitted one or a kind of one, and never the other way."""

import json
from itertools import product

import pytest
from django.core.management import CommandError, call_command

from governance.vocabulary import mondo, obo
from governance.vocabulary.errors import BadVocabulary

CANCER, LUNG_CANCER, LUNG_DISORDER = "MONDO:0004992", "MONDO:0008903", "MONDO:0005275"
DIABETES, TYPE_2 = "MONDO:0005015", "MONDO:0005148"
NOT_HERE = "MONDO:9999999"

OBO = """\
format-version: 1.2
data-version: http://purl.obolibrary.org/obo/mondo/releases/2031-05-06/mondo.owl
ontology: mondo

[Term]
id: MONDO:0004992
name: cancer
synonym: "malignant \\"thing\\"" EXACT []
synonym: "cancer (broad)" RELATED []
is_a: MONDO:0005070 {source="DOID:162"} ! neoplasm

[Term]
id: MONDO:0008903
name: lung cancer
is_a: MONDO:0004992 ! cancer
is_a: HP:0000001 ! something else

[Term]
id: MONDO:0000009
name: obsolete illness
is_obsolete: true
replaced_by: MONDO:0004992

[Term]
id: HP:0000118
name: Phenotypic abnormality

[Typedef]
id: part_of
name: part of
"""
GRAPH = {
    "graphs": [
        {
            "meta": {"version": "http://purl.obolibrary.org/obo/mondo/releases/2031-05-06/x.json"},
            "nodes": [
                {
                    "id": "http://purl.obolibrary.org/obo/MONDO_0004992",
                    "lbl": "cancer",
                    "meta": {
                        "synonyms": [
                            {"pred": "hasExactSynonym", "val": 'malignant "thing"'},
                            {"pred": "hasRelatedSynonym", "val": "cancer (broad)"},
                        ]
                    },
                },
                {"id": "http://purl.obolibrary.org/obo/MONDO_0008903", "lbl": "lung cancer"},
                {
                    "id": "http://purl.obolibrary.org/obo/MONDO_0000009",
                    "lbl": "obsolete illness",
                    "meta": {"deprecated": True},
                },
                {"id": "http://purl.obolibrary.org/obo/HP_0000118", "lbl": "Abnormality"},
            ],
            "edges": [
                {
                    "sub": "http://purl.obolibrary.org/obo/MONDO_0008903",
                    "pred": "is_a",
                    "obj": "http://purl.obolibrary.org/obo/MONDO_0004992",
                },
                {
                    "sub": "http://purl.obolibrary.org/obo/MONDO_0008903",
                    "pred": "part_of",
                    "obj": "http://purl.obolibrary.org/obo/MONDO_0000001",
                },
            ],
        }
    ]
}
WHOLE = {
    "source": obo.SOURCE,
    "release": "2031-05-06",
    "licence": "CC BY 4.0",
    "changes": "Ids, labels, exact names and parents only.",
    "terms": [
        {"id": CANCER, "label": "cancer", "names": ['malignant "thing"'], "parents": []},
        {"id": LUNG_CANCER, "label": "lung cancer", "names": [], "parents": [CANCER]},
    ],
}


@pytest.fixture(autouse=True)
def shipped(settings):
    """The selection that is shipped, whatever was loaded on this machine."""
    before = settings.KINHOLD_MONDO_FILE
    mondo.use(mondo.SUBSET)
    yield
    mondo.use(before)


def test_lung_cancer_may_be_studied_with_data_for_cancer():
    assert mondo.covers([CANCER], LUNG_CANCER) is True


def test_cancer_may_not_be_studied_with_data_for_lung_cancer():
    assert mondo.covers([LUNG_CANCER], CANCER) is False


@pytest.mark.parametrize(
    ("permitted", "asked", "covered"),
    [
        ([DIABETES], DIABETES, True),
        ([DIABETES], TYPE_2, True),
        ([TYPE_2], DIABETES, False),
        ([DIABETES], CANCER, False),
        ([DIABETES, CANCER], LUNG_CANCER, True),
        ([LUNG_DISORDER], LUNG_CANCER, True),  # a term may have several parents
        ([], DIABETES, None),
        ([DIABETES], NOT_HERE, None),
        ([NOT_HERE], DIABETES, None),
        ([NOT_HERE], NOT_HERE, True),
        ([NOT_HERE, DIABETES], TYPE_2, True),
        ([NOT_HERE, TYPE_2], DIABETES, None),
        ([DIABETES], "a feeling of being tired", None),
    ],
)
def test_same_or_kind_of(permitted, asked, covered):
    assert mondo.covers(permitted, asked) is covered


def test_in_the_shipped_selection_nothing_is_a_kind_of_itself_through_others():
    vocabulary = mondo.load(mondo.SUBSET)

    for one, other in product(vocabulary.terms, repeat=2):
        if one != other and vocabulary.covers([one], other):
            assert vocabulary.covers([other], one) is False


def test_every_parent_in_the_shipped_selection_is_in_it_and_every_name_is_found():
    vocabulary = mondo.load(mondo.SUBSET)

    for term in vocabulary.terms.values():
        assert set(term.parents) <= set(vocabulary.terms)
        assert all(vocabulary.find(each) == term for each in (term.id, term.label, *term.names))
    assert 60 <= len(vocabulary.terms) <= 150


@pytest.mark.parametrize(
    "written",
    [
        "MONDO:0005148",
        "mondo:0005148",
        "Type 2  diabetes mellitus",
        "T2D",
        "type 2 diabetes mellitus (MONDO:0005148)",
    ],
)
def test_a_term_is_found_by_id_or_name_whatever_the_case(written):
    term = mondo.find(written)

    assert term is not None and term.id == TYPE_2


@pytest.mark.parametrize("written", ["", "sugar sickness", "diabetes mellitu", "MONDO:0000000"])
def test_free_text_is_no_term(written):
    assert mondo.find(written) is None


def test_a_search_finds_every_word_anywhere_shortest_names_first():
    assert [term.label for term in mondo.search("lung CANCER")] == ["lung cancer"]
    assert [term.label for term in mondo.search("type diabetes")][:2] == [
        "type 1 diabetes mellitus",
        "type 2 diabetes mellitus",
    ]
    assert mondo.search("kidney injury")[0].label == "acute kidney failure"
    assert mondo.search("  ") == []
    assert len(mondo.search("d")) == mondo.MOST_FOUND


def test_all_of_mondo_is_read_from_obo_and_from_a_graph_alike():
    assert obo.compact(OBO) == WHOLE
    assert obo.compact(json.dumps(GRAPH)) == WHOLE


@pytest.mark.parametrize(
    "text",
    [
        "",
        "nothing of the kind",
        "{",
        "{}",
        '{"graphs": []}',
        '{"graphs": [{"nodes": 1}]}',
        "[Term]\nid: HP:0000001\nname: other\n",
    ],
)
def test_a_file_that_is_not_mondo_is_refused(text):
    with pytest.raises(BadVocabulary):
        obo.compact(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        '{"release": "1", "terms": []}',
        '{"release": "1", "terms": [{"id": "HP:1", "label": "x"}]}',
    ],
)
def test_a_broken_compact_file_is_refused(tmp_path, text):
    path = tmp_path / "terms.json"
    path.write_text(text)

    with pytest.raises(BadVocabulary):
        mondo.load(path)


def test_the_command_loads_a_release_and_it_is_used(tmp_path, settings, capsys):
    settings.KINHOLD_MONDO_FILE = tmp_path / "kept" / "mondo.json"
    (tmp_path / "mondo.obo").write_text(OBO)

    call_command("load_mondo", str(tmp_path / "mondo.obo"))

    assert capsys.readouterr().out == "2 terms of release 2031-05-06.\n"
    assert json.loads(settings.KINHOLD_MONDO_FILE.read_text()) == WHOLE
    assert mondo.find("diabetes mellitus") is None
    assert mondo.covers([CANCER], LUNG_CANCER) is True


def test_the_command_keeps_what_was_loaded_when_the_new_file_is_broken(tmp_path, settings):
    settings.KINHOLD_MONDO_FILE = tmp_path / "mondo.json"
    (tmp_path / "mondo.obo").write_text(OBO)
    (tmp_path / "broken.obo").write_text("not this")
    call_command("load_mondo", str(tmp_path / "mondo.obo"))

    with pytest.raises(CommandError, match="no terms of Mondo"):
        call_command("load_mondo", str(tmp_path / "broken.obo"))
    with pytest.raises(CommandError, match="No such file"):
        call_command("load_mondo", str(tmp_path / "nowhere.obo"))

    assert json.loads(settings.KINHOLD_MONDO_FILE.read_text()) == WHOLE
