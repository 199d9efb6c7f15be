"""Every address, in everybody's name, held against the table of docs/permissions.md."""

import pytest
from django.urls import reverse

from governance.models import User
from governance.rules import CommunityRole
from tests import factories
from tests.permissions.addresses import Address, every_address
from tests.permissions.arguments import arguments, as_asked_by
from tests.permissions.asking import READS, Asked, ask, went_through
from tests.permissions.shape import faults, faults_in
from tests.permissions.table import NO_SUCH_PAGE, PEOPLE, Row, rows
from tests.permissions.words import PRIVATE, TOLD
from tests.permissions.world import World

pytestmark = pytest.mark.django_db

ROWS = rows()
REFUSALS = (NO_SUCH_PAGE, "login", "prove", "401", "403", "405")
# That a model or a file was fetched stands in the log: all that is written when somebody looks.
LOGGED = {
    "consent:advising",
    "consent:attachment",
    "consent:grant_file",
    "consent:request_dossier",
    "consent:request_file",
    "consent:review_dossier",
    "consent:review_packet",
    "consent:meeting_scan",
    "consent:year_report_file",
    "federation-api:attachment",
    "federation-api:run_result",
    "federation:run_result",
    "governance:protocol-file",
}
# Who holds the link is told by it whom it was made for.
LINKS = {
    "consent:advising",
    "consent:terms",
    "consent:terms_decline",
    "governance:join",
    "governance:way-back",
}
# Admins follow a link from here to Celery Flower, which has an address of its own.
LEADS_ELSEWHERE = {"federation:parts"}
INSIDERS = ("steward", "convenor", "custodian", "observer")


def test_every_address_has_one_row_and_every_row_an_address() -> None:
    names = [row.name for row in ROWS]

    assert sorted(names) == sorted(set(names)), "an address has more than one row"
    assert {address.name for address in every_address()} - set(names) == set(), "without a row"
    assert set(names) - {address.name for address in every_address()} == set(), "without an address"


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_each_person_gets_what_the_table_says_and_nothing_else_happens(
    row: Row, world: World
) -> None:
    address = next((one for one in every_address() if one.name == row.name), None)
    assert address is not None, f"{row.name} has a row and no address"
    filled = arguments(address, world.river)

    for person in PEOPLE:
        path = reverse(row.name, kwargs=as_asked_by(person, filled))
        expected = dict(zip(row.methods, row.outcomes[person], strict=True))
        for method in {**expected, "GET": "", "POST": ""}:
            asked = ask(world.everybody.visitors[person], method, path)
            problem = problem_with(row.name, person, method, expected.get(method), asked)
            assert not problem, f"{row.name}: {person}, {method}: {asked.outcome}{problem}"


def problem_with(name: str, person: str, method: str, expected: str | None, asked: Asked) -> str:
    """Say what is not as it should be; "" when all is well."""
    return (
        wrong_outcome(asked.outcome, expected)
        or ("" if name in LOGGED else traces(method, asked))
        or ("" if name in LINKS else told(person, asked))
        or ("" if name in LEADS_ELSEWHERE else faults(asked.answer))
    )


def wrong_outcome(outcome: str, expected: str | None) -> str:
    if expected is None:
        return "" if outcome in REFUSALS else ", though the table names no such method"
    return "" if outcome == expected else f" instead of {expected}"


def traces(method: str, asked: Asked) -> str:
    """What was done although somebody was refused or only looked."""
    if went_through(method, asked.outcome):
        return ""
    if asked.written:
        return f", and yet something was written: {sorted(asked.written)}"
    return ", and yet a mail was sent" if asked.mails else ""


def told(person: str, asked: Asked) -> str:
    """What the answer shows that is not for this person to read."""
    shown = asked.answer.getvalue().decode(errors="replace")
    words = [word for word in not_for(person) if word in shown]
    return f", and it shows {words}, which are not hers to read" if words else ""


def not_for(person: str) -> list[str]:
    """The words that somebody must never come to see."""
    hers = {
        "applicant": [TOLD["river"]],
        "researcher": [TOLD["coast"]],
        "holder": [TOLD["river"], PRIVATE["hill"]],
        **{insider: [TOLD["river"], PRIVATE["river"]] for insider in INSIDERS},
        **{f"o. {insider}": [TOLD["coast"], PRIVATE["coast"]] for insider in INSIDERS},
    }
    words = [*PRIVATE.values(), *TOLD.values()]
    return [word for word in words if word not in hers.get(person, [])]


@pytest.mark.parametrize("person", ["admin", "auditor", "researcher"])
def test_a_row_in_the_memberships_and_a_superusers_flags_open_nothing(
    person: str, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever works for the platform, or asks it for models, has no say in a community (R-50)."""
    for flag in ("is_staff", "is_superuser"):
        monkeypatch.setattr(User, flag, True, raising=False)
    monkeypatch.setattr(User, "has_perm", lambda *_: True, raising=False)
    user = world.everybody.people[person].user
    for role in CommunityRole:
        factories.make_membership(user, world.river.community, role)

    wrong = []
    for row in ROWS:
        address = next(one for one in every_address() if one.name == row.name)
        path = reverse(row.name, kwargs=arguments(address, world.river))
        for method, expected in zip(row.methods, row.outcomes[person], strict=True):
            asked = ask(world.everybody.visitors[person], method, path)
            if problem := problem_with(row.name, person, method, expected, asked):
                wrong.append(f"{row.name}, {method}: {asked.outcome}{problem}")
    assert wrong == []


@pytest.mark.parametrize(
    "text",
    [
        '<p style="color: red">',
        "<style>p {}</style>",
        '<button onclick="go()">',
        "<script>go()</script>",
        '<script src="https://elsewhere.example/a.js"></script>',
        '<img src="//elsewhere.example/a.png">',
        "<html><h1>One</h1><h1>Two</h1></html>",
        "<html></html>",
    ],
)
def test_a_page_out_of_shape_is_found(text: str) -> None:
    assert faults_in(text)


def test_the_table_is_read_as_it_is_written() -> None:
    address = Address("here", ())
    cells = " | ".join(["login", *["-"] * 5, "200 400", *["200 -"] * 3, *["-"] * 5])
    row_text = f"| `here` | GET POST | {cells} |"
    text = f"## Every address\n\n| `-` | 404 |\n\n### Here\n{row_text}\n\n## Next\n"

    [row] = rows(text)

    assert (row.name, row.methods) == (address.name, ("GET", "POST"))
    assert row.outcomes["steward"] == ("200", "400")
    assert row.outcomes["observer"] == ("200", "-")
    assert row.outcomes["holder"] == ("-", "-")
    with pytest.raises(ValueError, match="cells instead of"):
        rows(text.replace("| login", ""))
    with pytest.raises(ValueError, match="not one outcome for each"):
        rows(text.replace("200 400", "200 400 200"))


def test_a_look_is_never_allowed_to_write() -> None:
    assert not any(went_through(method, "200") for method in READS)
    assert went_through("POST", "302")
    assert not went_through("POST", "login")
    assert not went_through("POST", NO_SUCH_PAGE)
