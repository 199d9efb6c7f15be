"""What people read before and after they sign: what would change, whom it waits for, the chain."""

import re
from dataclasses import replace
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from consent.grants.charter import Charter as ParsedCharter
from consent.grants.charter import NodeKeys, SigningKey
from consent.grants.codec import digest
from consent.grants.statements import Answer
from consent.grants.words import fingerprint_words
from governance.actions import charters, statements
from governance.comparing import CHANGED, GONE, NEW, SAME, side_by_side, would_change
from governance.models import Body, Charter, Membership, Statement
from governance.queries import charter_chain
from governance.rules import StatementKind
from tests import factories
from tests.cast import Cast, Person
from tests.governance.pages import sign_on_page, url_of

pytestmark = pytest.mark.django_db

WORDS = {"elders": "Council of elders"}


@pytest.fixture
def first(cast: Cast, charter: Charter) -> ParsedCharter:
    return charter_chain(cast.river)[0]


def draft(cast: Cast, rules: dict[str, Any] | None = None, floor: int = 2) -> Charter:
    return charters.draft(
        community_id=cast.river.pk,
        actor=cast.amina.user,
        nodes=[],
        rules=rules or factories.threshold(3),
        floor=floor,
    )


def page_of(person: Person, name: str, *args: object, **query: object) -> str:
    return person.client().get(url_of(name, *args), query).content.decode()


def test_a_charter_changes_nothing_beside_itself(first: ParsedCharter) -> None:
    assert would_change(first, first) == []
    rows = [row for section in side_by_side(first, first) for row in section.rows]
    assert {row.change for row in rows} == {SAME}
    assert len(rows) > 10


def test_who_joined_left_and_changed_is_said(first: ParsedCharter) -> None:
    amina, bo, cleo = first.stewards
    key = SigningKey(b"new", cleo.keys[0].cose[:-1] + b"\x00")
    after = replace(
        first,
        stewards=(
            replace(amina, bodies=("elders",)),
            replace(cleo, keys=(key,), name="Cleo B"),
            replace(bo, id="st-new", name="Dina"),
        ),
    )

    old, new = (fingerprint_words(digest(k.cose)) for k in (cleo.keys[0], key))
    assert would_change(first, after, WORDS) == [
        "Amina sits in Council of elders; before: no body.",
        "Cleo is called Cleo B now.",
        "Cleo B signs with other passkeys than before.",
        f"New passkey of Cleo B: {new}",
        f"No longer a passkey of Cleo B: {old}",
        "Dina joins the stewards.",
        "Bo leaves the stewards.",
    ]
    changes = [row.change for row in side_by_side(first, after, WORDS)[0].rows]
    assert changes == [CHANGED, CHANGED, NEW, GONE]


def test_rules_floor_nodes_and_the_platform_are_compared_too(first: ParsedCharter) -> None:
    node = NodeKeys("river-node", b"k" * 32, "ecdsa-sha2-nistp384 AAAA")
    after = replace(
        first,
        rules={**first.rules, "grant": first.rules["pause"]},
        floor=1,
        nodes=(node,),
        origins=("https://kinhold.example",),
        checkpoint_key=b"c" * 32,
    )

    found = would_change(first, after)

    assert [sentence.split(":")[0] for sentence in found] == [
        "Saying yes to a researcher's request",
        "Least number of yes",
        "Node river-node",
        "Where stewards sign",
        "The platform's own key",
    ]
    assert would_change(after, replace(after, nodes=()))[0] == "Node river-node: no longer."
    other = replace(after, nodes=(replace(node, receipt_key=b"x" * 32),))
    assert would_change(after, other)[0].startswith("Node river-node: now “signs receipts with:")


def test_what_would_change_stands_on_the_page_before_signing(cast: Cast, charter: Charter) -> None:
    second = draft(cast)

    page = page_of(cast.bo, "charter", second.pk)

    assert "What would change" in page
    assert "Changing this charter: now “All 3 stewards must sign yes.”" in page
    assert page.index("What would change") < page.index("Sign your answer")
    assert "What would change" not in page_of(cast.bo, "charter", charter.pk)


def test_a_charter_is_laid_beside_the_one_it_follows_or_any_other(
    cast: Cast, charter: Charter
) -> None:
    second = factories.make_charter(cast.river, cast.signers[:2], rules=factories.threshold(3))
    third = draft(cast, factories.threshold(2))

    page = page_of(cast.ola, "charter-compare", third.pk)
    assert "<h1>Charter 2 beside charter 3</h1>" in page
    assert "<strong>changed</strong>" in page
    page = page_of(cast.ola, "charter-compare", third.pk, other=charter.pk)
    assert "<h1>Charter 1 beside charter 3</h1>" in page
    assert "<strong>changed</strong>" not in page
    # Whichever comes first on the way there, the older one stands first.
    assert "Charter 1 beside charter 2" in page_of(
        cast.ola, "charter-compare", charter.pk, other=second.pk
    )
    assert "Charter 2 beside charter 3" in page_of(
        cast.ola, "charter-compare", third.pk, other="nonsense"
    )


def test_a_single_charter_has_nothing_beside_it(cast: Cast, charter: Charter) -> None:
    assert "no other charter to compare with" in page_of(cast.ola, "charter-compare", charter.pk)


def test_more_versions_do_not_mean_more_queries(cast: Cast, charter: Charter) -> None:
    second = factories.make_charter(cast.river, cast.signers[:2])
    client, url = cast.ola.client(), url_of("charter-compare", second.pk)

    with CaptureQueriesContext(connection) as few:
        client.get(url)
    for _number in range(3):
        factories.make_charter(cast.river, cast.signers[:2])
    with CaptureQueriesContext(connection) as many:
        client.get(url)

    assert len(many) == len(few)


def test_another_communitys_charter_is_never_laid_beside(cast: Cast, charter: Charter) -> None:
    theirs = factories.make_charter(
        cast.coast, [cast.zed.signer], rules=factories.threshold(1), floor=1
    )
    draft(cast)

    page = page_of(cast.amina, "charter-compare", charter.pk, other=theirs.pk)

    assert not re.search(r"\bZed\b", page)


def test_whom_a_charter_waits_for_is_told_to_who_has_answered(cast: Cast, charter: Charter) -> None:
    second = draft(cast)

    assert "Asked for next" not in page_of(cast.bo, "charter", second.pk)
    page = sign_on_page(cast.amina, "charter", second.pk, Answer.YES)

    assert "2 of 3 stewards must sign yes; 1 signed so far." in page
    assert "Asked for next: Bo, Cleo." in page
    for person in (cast.bo, cast.ola):
        assert "Asked for next" not in page_of(person, "charter", second.pk)


def test_what_is_missing_is_said_with_the_communitys_own_word_for_a_body(cast: Cast) -> None:
    Body.objects.create(community=cast.river, slug="elders", name="Council of elders")
    assert cast.cleo.membership
    Membership.objects.filter(pk=cast.cleo.membership.pk).update(bodies=["elders"])
    rules = factories.threshold(2)
    rules["charter"] = {
        "rule": "sequence",
        "steps": [{"body": "elders", "rule": "consensus"}],
    }
    factories.make_charter(cast.river, cast.signers, rules=rules)
    second = draft(cast)

    page = page_of(cast.amina, "charter", second.pk)

    assert "Every steward of Council of elders who has not stepped aside must sign yes" in page
    assert "First Council of elders: all its stewards" in page
    assert "Cleo (Council of elders)" in page


def test_the_printed_chain_has_every_adopted_version_and_who_signed_it(
    cast: Cast, charter: Charter
) -> None:
    second = factories.make_charter(cast.river, cast.signers[:2], rules=factories.threshold(3))
    third = draft(cast)

    page = page_of(cast.ola, "charter-chain")

    for row in (charter, second):
        assert row.statement.digest in page
        assert fingerprint_words(row.statement.digest) in page
    assert third.statement.digest not in page
    assert "Signed by Amina, Bo, Cleo." in page
    assert "Signed by Amina, Bo." in page
    assert page.count('<svg class="qr"') == 2
    assert page.index(fingerprint_words(second.statement.digest)) < page.index("At the node")
    assert "Read out the twelve words of charter 1" in page
    assert "“Charter 2”, pinned as the twelve words of charter 1" in page
    assert "style=" not in page


def test_without_a_charter_there_is_nothing_to_print(cast: Cast) -> None:
    assert "There is no charter yet." in page_of(cast.amina, "charter-chain")
    assert "Write the first charter" in page_of(cast.amina, "charters")
    assert "Write the first charter" not in page_of(cast.ola, "charters")


def test_the_list_is_searched_filtered_and_ordered(cast: Cast, charter: Charter) -> None:
    second = factories.make_charter(cast.river, cast.signers[:2], rules=factories.threshold(3))
    third = draft(cast)
    charters.take_back(third.pk, actor=cast.amina.user, reason="No")
    client = cast.ola.client()

    def numbers(**query: str) -> list[int]:
        found = client.get(url_of("charters"), query).context["listing"].page
        return [row.number for row in found]

    assert numbers() == [3, 2, 1]
    assert numbers(sort="oldest") == [1, 2, 3]
    assert numbers(state="in-force") == [2]
    assert numbers(state="replaced") == [1]
    assert numbers(state="fallen") == [3]
    assert numbers(state="declined") == []
    # Its own fingerprint, and the charter that names it as the one before.
    assert numbers(q=second.statement.digest[:12]) == [3, 2]
    assert numbers(q="Cleo") == [3, 2, 1]
    assert numbers(q="Nobody") == []


def test_every_protocol_line_and_delegation_falls_with_a_new_charter(
    cast: Cast, charter: Charter
) -> None:
    held = cast.amina.membership
    for number, kind in enumerate([StatementKind.PROTOCOL, StatementKind.PROTOCOL, "delegation"]):
        statements.propose(
            community=cast.river,
            kind=StatementKind(kind),
            document={"type": str(kind), "n": number},
            proposed_by=held,
        )

    factories.make_charter(cast.river, cast.signers[:2])

    others = Statement.objects.exclude(kind="charter")
    assert [row.state for row in others] == ["fallen"] * 3
