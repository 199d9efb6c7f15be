"""The clause library: whole, honest about who checks what, and strict about its holes."""

import inspect
import itertools
import re

import pytest

from consent.grants import verify
from federation.node.errors import LOCAL_STEPS
from governance import clauses
from governance.clause_params import Entry, Param, entries, parse, words
from governance.clauses import ENFORCEMENT, OpenHole, compose, library
from governance.protocol_content import blank, content_of, parts
from governance.vocabulary import duo
from governance.withdrawal import LEVELS
from tests import factories

# Written by hand: what the software itself keeps today. All else is a promise, and is called one.
NODE = {
    "NO_SECONDARY",
    "TIME",
    "MAX_ROUNDS",
    "MIN_COHORT",
    "OPEN_CODE",
    "WITHDRAW",
    "DP_REQUIRED",
    "SECAGG_REQUIRED",
    "INDIVIDUAL_OPT_OUT",
}
PLATFORM = {"JOINT"}
TRACKED = {
    "ETHICS_DOC",
    "RETURN_RESULTS",
    "MODEL_COPY",
    "PUB_REVIEW",
    "PUB_MORATORIUM",
    "BIAS_REPORT",
    "BENEFIT",
    "DESTROY",
}
LATER = {"SEASON", "SUBGROUP"}
TYPED = {
    "diseases": "type 2 diabetes mellitus",
    "places": "NZ",
    "people": "Amina, 0000-0002-1825-0097",
    "institutions": "A university, https://ror.org/04gyf1771",
    "bodies": "Elders",
    "fields": "age",
    "date": "2027-03-31",
    "number": "3",
}


def filled_in(code: str) -> dict[str, str]:
    return {p.name: p.default or TYPED.get(p.type, "something") for p in library()[code].asked}


def test_the_library_is_whole() -> None:
    assert len(library()) == 38
    assert [code for code, clause in library().items() if clause.locked] == ["DESTROY", "WITHDRAW"]
    assert {clause.group for clause in library().values()} == set(clauses.GROUPS)


def test_no_clause_claims_more_than_the_software_does() -> None:
    kinds = {
        kind: {c.code for c in library().values() if c.enforcement == kind} for kind in ENFORCEMENT
    }

    assert kinds["node"] == NODE
    assert kinds["platform"] == PLATFORM
    assert kinds["tracked"] == TRACKED
    assert len(kinds["contract"]) == 38 - len(NODE | PLATFORM | TRACKED)
    assert "the software cannot enforce this" in ENFORCEMENT["contract"]


def test_what_comes_later_says_so() -> None:
    said = {
        c.code for c in library().values() if c.limits.startswith("Not checked by the software")
    }

    assert said == LATER
    assert not said & (NODE | PLATFORM)


def test_what_is_called_checked_by_the_node_has_a_step_at_the_node() -> None:
    steps = inspect.getsource(verify)
    for words_of_step in ("WrongCode", "WrongConfiguration", "TooManyRounds", "Expired", "Paused"):
        assert words_of_step in steps
    own = {name for _step, name in LOCAL_STEPS}
    assert {
        "hidden by noise or mixing as far as is demanded",
        "enough people with complete values",
        "privacy budget reaches",
    } <= own


@pytest.mark.parametrize("code", library())
def test_every_clause_says_what_it_means_and_where_it_ends(code: str) -> None:
    clause = library()[code]

    assert clause.title and clause.source and clause.limits.endswith(".")
    assert clause.refuses or clause.asks
    assert bool(clause.warn_off) == (clause.on and not clause.locked)
    assert clause.odrl["rule"] in {"permission", "prohibition", "duty", "constraint"}
    assert set(clause.duo) <= set(duo.terms())
    assert clause.duo or not clause.duo_exact
    for param in clause.asked:
        assert param.label.endswith("?") and param.help


@pytest.mark.parametrize("code", library())
def test_a_filled_clause_reads_as_a_sentence_and_can_be_taken_up_again(code: str) -> None:
    made = compose(code, filled_in(code), factories.SETTINGS)

    assert "{" not in made["text"] and made["text"].endswith(".")
    assert compose(code, made["params"], factories.SETTINGS) == made


def test_the_words_for_stewards_are_short() -> None:
    texts = [
        text
        for clause in library().values()
        for text in (clause.text, clause.limits, clause.warn_off, *(p.help for p in clause.asked))
    ]
    for sentence in itertools.chain.from_iterable(re.split(r"(?<=[.!?:]) ", t) for t in texts):
        assert len(sentence.split()) <= 26, sentence


@pytest.mark.parametrize("code", [c.code for c in library().values() if c.asked])
def test_a_hole_that_is_open_is_told_and_a_draft_shows_dots(code: str) -> None:
    needed = [p for p in library()[code].asked if not p.default and not p.optional]

    shown = compose(code, {}, factories.SETTINGS, lenient=True)["text"]

    assert ("…" in shown) == bool(needed)
    if needed:
        with pytest.raises(OpenHole, match="Fill in what is missing") as refusal:
            compose(code, {}, factories.SETTINGS)
        assert (refusal.value.code, refusal.value.param) == (code, needed[0].name)


def test_what_somebody_wrote_is_never_a_hole_itself() -> None:
    made = compose("COAUTHOR", {"names": "{names} and {n}"}, {})

    assert made["text"] == "Offer authorship to: {names} and {n}."


@pytest.mark.parametrize(
    ("kind", "written", "kept"),
    [
        ("people", "Amina, 0000-0002-1825-0097", "Amina (0000-0002-1825-0097)"),
        ("people", "https://orcid.org/0000-0002-1694-233x Bo", "Bo (0000-0002-1694-233X)"),
        ("people", " Cleo \n\nCleo", "Cleo"),
        ("institutions", "A school: ror.org/04GYF1771", "A school (https://ror.org/04gyf1771)"),
        ("institutions", "A house without a number", "A house without a number"),
        ("places", "nz\nAustralia", "New Zealand (NZ)\nAustralia (AU)"),
        (
            "diseases",
            "MONDO:0005148\nbad dreams",
            "type 2 diabetes mellitus (MONDO:0005148)\nbad dreams",
        ),
    ],
)
def test_a_list_is_kept_with_its_identifiers(kind: str, written: str, kept: str) -> None:
    param = Param("list", type=kind)

    assert parse(param, written) == kept
    assert parse(param, kept) == kept
    assert "\n".join(str(entry) for entry in entries(kept)) == kept


@pytest.mark.parametrize(
    ("param", "written", "sentence"),
    [
        (Param("p", type="people"), "Amina 0000-0002-1825-0098", "a mistake in its digits"),
        (Param("p", type="people"), "Amina, ORCID 12", "an ORCID looks like"),
        (Param("i", type="institutions"), "https://ror.org/04gyf1772", "a ROR address looks like"),
        (Param("i", type="institutions"), "https://ror.org/ilo", "a ROR address looks like"),
        (Param("c", type="places"), "Atlantis", "not a country that we know"),
        (Param("d", type="date"), "31.3.2027", "please give a date"),
        (Param("n", type="number", least="1", most="9"), "10", "from 1 to 9"),
        (Param("n", type="number", least="1", most="9"), "2.5", "a whole number"),
        (Param("n", type="number"), "three", "please give a number"),
        (Param("c", type="choice"), "other", "one of the offered answers"),
        (Param("t"), "x" * 401, "at most 400 characters"),
        (Param("t"), "safe\u202etxt", "cannot be seen"),
        (Param("f", type="fields"), "\n".join(map(str, range(51))), "at most 50 lines"),
        (Param("f", type="fields"), "a\u2066b", "characters on a line"),
    ],
)
def test_what_does_not_fit_is_refused_with_a_sentence(
    param: Param, written: str, sentence: str
) -> None:
    with pytest.raises(ValueError, match=sentence):
        parse(param, written)


def test_free_text_for_an_illness_is_marked_as_not_known() -> None:
    assert words(Param("d", type="diseases"), "bad dreams") == "bad dreams (not in our list)"
    assert entries("bad dreams\nasthma (MONDO:0004979)") == [
        Entry("", "bad dreams"),
        Entry("MONDO:0004979", "asthma"),
    ]


def test_a_number_may_have_a_fraction_where_that_makes_sense() -> None:
    param = Param("eps", type="number", decimal=True, least="0.1", most="20")

    assert [parse(param, text) for text in ("0.50", "3", "10")] == ["0.5", "3", "10"]


def test_every_level_of_withdrawal_can_be_chosen_and_is_explained() -> None:
    choice = library()["WITHDRAW"].asked[0]

    assert [c.value for c in choice.choices] == list(LEVELS)
    assert choice.default in LEVELS
    for level in LEVELS.values():
        assert level.undone and level.stays and level.kept_by


def test_content_and_statement_say_the_same() -> None:
    content = blank() | {"law": {"governing": "Ours", "disputes": "Council"}, "ancestry": "no"}
    made = parts(content)  # type: ignore[arg-type]  # a plain dict of the same shape

    assert parts(content_of(made)) == made
