"""What a protocol means, what is loose in it, and where two of them differ, as people see it."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from governance.clauses import library
from governance.models import Charter, Protocol
from governance.protocol_content import Content, blank, preview
from governance.protocol_diff import Change, compare
from governance.protocol_warnings import loosened
from governance.protocol_words import meaning_of
from governance.withdrawal import ALWAYS, LEVELS
from tests import factories
from tests.cast import Cast
from tests.governance.pages import draft_protocol, url_of
from tests.governance.test_protocols import begin

PEOPLE = {"steward", "convenor", "custodian", "observer"}


def written(clauses: dict[str, dict[str, str]] | None = None, **changed: Any) -> dict[str, Any]:
    content: Any = blank() | {"ancestry": "no"} | changed
    if clauses is not None:
        content["clauses"] = clauses
    return preview(Content(**content))


def settings(**changed: int | str) -> dict[str, Any]:
    return {"settings": blank()["settings"] | changed}


# --- what is loose


def test_nothing_that_is_recommended_is_called_loose() -> None:
    assert loosened(written()) == []


@pytest.mark.parametrize(
    ("document", "code", "what"),
    [
        (written(**settings(min_cohort=99)), "min_cohort", "99 people in the data are enough."),
        (written(**settings(max_rounds=21)), "max_rounds", "21 rounds of training are allowed."),
        (written(**settings(max_months=13)), "max_months", "A yes may last 13 months."),
        (written(**settings(cooling_off_s=6 * 86_400)), "cooling_off_s", "waits only 6 days"),
        (written(**settings(min_nodes=2)), "min_nodes", "Work may begin with 2 nodes."),
        (written(**settings(code_policy="pinned")), "code_policy", "Code may be sent"),
        (written(use="DUO:0000042"), "use", "Research of every kind"),
        (written(use="DUO:0000004"), "use", "Any use is allowed."),
        (
            written(blank(["DP_REQUIRED"])["clauses"] | {"DP_REQUIRED": {"eps": "3.5"}}),
            "DP_REQUIRED",
            "A privacy loss of 3.5",
        ),
        (
            written(blank()["clauses"] | {"PUB_REVIEW": {"days": "59"}}),
            "PUB_REVIEW",
            "only 59 days",
        ),
        (written(blank()["clauses"] | {"WITHDRAW": {"choice": "W0"}}), "WITHDRAW", "stays and may"),
    ],
)
def test_what_is_looser_than_recommended_is_told(
    document: dict[str, Any], code: str, what: str
) -> None:
    (found,) = loosened(document)

    assert found.code == code
    assert what in found.what and found.why


@pytest.mark.parametrize("code", [c.code for c in library().values() if c.on and not c.locked])
def test_a_recommended_clause_left_out_is_told_with_what_may_happen(code: str) -> None:
    clauses = {k: v for k, v in blank()["clauses"].items() if k != code}

    found = loosened(written(clauses, ancestry="ask"))

    assert [(each.code, each.why) for each in found] == [(code, library()[code].warn_off)]


# --- what it means


def test_the_meaning_is_told_in_three_lists() -> None:
    meaning = meaning_of(
        written(
            {"PLACE": {"places": "NZ"}, "PUB_REVIEW": {"days": "30"}, "NO_COMM": {}},
            use="DUO:0000006",
        )
    )

    assert meaning.refuses == [
        "Anything that you have not said yes to. Silence never counts as a yes.",
        "Research that is not about health.",
        "Studies of ancestry, origins, migration or inbreeding.",
        "Any use to earn money.",
        "Computers or people outside of: New Zealand.",
        "Work that goes on after you have said stop.",
        "Training on fewer than 100 people.",
        "More than 20 rounds of training.",
        "A yes for more than 12 months.",
        "Work in the first 7 days after a yes.",
        "Work with fewer than 3 communities' nodes together.",
    ]
    assert meaning.asks == [
        "30 days for you to read papers and talks first.",
        "That at the end they destroy all updates and in-between copies.",
    ]
    assert meaning.allows[:2] == [
        "Health and medical research, when you say yes to that request.",
        "Up to 20 rounds of training, on at least 100 people.",
    ]


def test_ancestry_is_allowed_only_where_somebody_said_so() -> None:
    clauses = {"NO_COMM": {}}
    told = {
        answer: " ".join(meaning_of(written(clauses, ancestry=answer)).allows)
        for answer in ("no", "ask", "yes")
    }

    assert "ancestry" not in told["no"]
    assert "only after a talk" in told["ask"]
    assert "Studies of ancestry, when you say yes" in told["yes"]


# --- side by side


def test_two_versions_differ_where_they_differ() -> None:
    left = written({"NO_COMM": {}, "PUB_REVIEW": {"days": "60"}})
    right = written(
        {"NO_LINK": {}, "PUB_REVIEW": {"days": "30"}},
        law={"governing": "Ours", "disputes": ""},
        **settings(max_rounds=5),
    )

    told = {(row.what, row.change.value) for part in compare(left, right) for row in part.changed}

    assert told == {
        ("Law", "added"),
        ("No business use", "removed"),
        ("No joining of data", "added"),
        ("We read first", "changed"),
        ("Rounds of training", "changed"),
    }
    assert all(row.change is Change.SAME for part in compare(left, left) for row in part.rows)


@pytest.mark.django_db
def test_versions_and_drafts_stand_side_by_side_in_words(
    cast: Cast, charter: Charter, protocol: Protocol
) -> None:
    second = factories.make_protocol(cast.river, cast.signers, max_rounds=5)
    draft = begin(cast, line="main", start=str(second.pk))
    url = url_of("protocol-compare")
    client = cast.amina.client()

    page = client.get(url, {"left": protocol.pk, "right": second.pk}).content.decode()
    same = client.get(url, {"left": draft.public_id, "right": second.pk}).content.decode()

    assert "At most 20 rounds of training." in page and "At most 5 rounds of training." in page
    assert "≠" in page and "changed" in page
    assert 'data-label="Before"' in page  # on a phone the columns stand below each other
    assert same.count("No difference.") == 3


@pytest.mark.django_db
def test_who_may_compare_what(cast: Cast, protocol: Protocol) -> None:
    draft = begin(cast, line="main", start=str(protocol.pk))
    url = url_of("protocol-compare")
    both = {"left": str(protocol.pk), "right": str(draft.public_id)}

    for role, person in cast.everybody.items():
        answer = person.client().get(url, both)
        assert answer.status_code == (200 if role in PEOPLE else 404)
        if role in ("custodian", "observer"):
            assert "parts" not in answer.context and "Draft" not in answer.content.decode()
    assert Client().get(url).status_code == 302


# --- pages


@pytest.mark.django_db
@pytest.mark.parametrize("level", LEVELS)
def test_what_stopping_cannot_undo_stands_there_before_and_after_the_yes(
    cast: Cast, charter: Charter, level: str
) -> None:
    protocol = factories.propose_protocol(
        cast.river, cast.amina.user, {"WITHDRAW": {"choice": level}}
    )
    wanted = [str(LEVELS[level].undone), str(LEVELS[level].stays), *map(str, ALWAYS)]

    def shown(who: Any) -> bool:
        page = who.client().get(url_of("protocol", protocol.pk)).content.decode()
        return all(sentence.replace("'", "&#x27;") in page for sentence in wanted)

    assert shown(cast.amina)
    assert [shown(person) for person in (cast.amina, cast.ola)] == [True, True]


@pytest.mark.django_db
def test_the_page_of_a_protocol_says_all_of_it(cast: Cast, protocol: Protocol) -> None:
    page = cast.ola.client().get(url_of("protocol", protocol.pk)).content.decode()

    for clause in factories.document_of(protocol.statement)["clauses"]:
        assert clause["text"].replace("'", "&#x27;") in page
        assert library()[clause["code"]].limits.replace("'", "&#x27;") in page
    assert "River&#x27;s own law" in page
    assert "It would refuse" in page and "It would allow, if you also say yes" in page


@pytest.mark.django_db
def test_protocols_can_be_filtered_by_line_and_state(cast: Cast, protocol: Protocol) -> None:
    bank = factories.make_protocol(cast.river, cast.signers, line="bank", title="Blood bank")
    waiting = draft_protocol(cast, max_rounds=2)
    client = cast.ola.client()

    def shown(**query: str) -> set[int]:
        listing = client.get(url_of("protocols"), query).context["listing"]
        return {row.pk for row in listing.page}

    assert shown() == {protocol.pk, bank.pk, waiting.pk}
    assert shown(line="bank") == {bank.pk}
    assert shown(state="open") == {waiting.pk}
    assert shown(state="in-force") == {protocol.pk, bank.pk}
    assert shown(q="blood") == {bank.pk}
    assert shown(state="declined") == shown(state="fallen") == shown(state="replaced") == set()


@pytest.mark.django_db
def test_more_versions_do_not_mean_more_queries(cast: Cast, protocol: Protocol) -> None:
    client = cast.amina.client()
    client.get(url_of("protocols"))
    counts = []
    for page in ("protocols", "protocol-compare"):
        with CaptureQueriesContext(connection) as few:
            client.get(url_of(page))
        counts.append(len(few))
    for rounds in (5, 6):
        factories.make_protocol(cast.river, cast.signers, max_rounds=rounds)
    for page, before in zip(("protocols", "protocol-compare"), counts, strict=True):
        with CaptureQueriesContext(connection) as many:
            client.get(url_of(page))
        assert len(many) == before


@pytest.mark.django_db
def test_an_empty_list_says_what_to_do_next(cast: Cast) -> None:
    writer = cast.eli.client().get(url_of("protocols")).content.decode()
    reader = cast.ola.client().get(url_of("protocols")).content.decode()

    assert "There is no protocol yet." in writer and "Write the first protocol" in writer
    assert "you need a charter first" in writer
    assert "There is no protocol yet." in reader and "Write the first protocol" not in reader
