"""What of the files and letters beside a request stands in its document."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from consent.document import build
from tests.consent.factories import JOB, fields


@dataclass(frozen=True)
class Letter:
    public_id: UUID
    kind: str = "ethics"
    title: str = "Letter of the board"
    file_name: str = "letter.pdf"
    size: int = 1024
    digest: str = "e" * 64


@dataclass(frozen=True)
class Board:
    letter: Letter | None
    board: str = "University board"
    number: str = "12"
    valid_from: date = date(2026, 1, 1)
    valid_until: date = date(2027, 12, 31)


def test_files_and_letters_are_named_as_they_lie_with_the_request_not_as_the_form_says():
    letter = Letter(UUID(int=7))
    document = build(
        title="T",
        fields=fields(attachments=["mine"], approvals=["mine"]),
        job=JOB,
        attachments=[letter],
        approvals=[Board(letter), Board(None)],
    )

    assert document["attachments"] == [
        {
            "id": "00000000-0000-0000-0000-000000000007",
            "kind": "ethics",
            "title": "Letter of the board",
            "name": "letter.pdf",
            "size": 1024,
            "digest": "e" * 64,
        }
    ]
    approval = {"board": "University board", "number": "12", "from": "2026-01-01"}
    approval |= {"until": "2027-12-31"}
    assert document["approvals"] == [
        approval | {"attachment": "e" * 64},
        approval | {"attachment": ""},
    ]
