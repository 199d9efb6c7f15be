"""What comes after a yes: a promise that is reported, and papers with and without an answer.

They are the researcher's words, so they carry the word of the community that she told them to.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from consent.actions import obligations, publications
from consent.models import Obligation, Publication
from consent.rules import PublicationAnswer, PublicationKind
from tests.cast import Person
from tests.permissions.words import TOLD

if TYPE_CHECKING:
    from tests.permissions.world import Things


def _promise(things: "Things", stewards: Sequence[Person]) -> Any:
    row = Obligation.objects.filter(grant=things.grant, kind="benefit")[0]
    word = TOLD[things.community.slug]
    obligations.report(
        row.pk, actor=things.decided.applicant, answers={"text": f"The {word} was planted."}
    )
    return row.public_id


def _put(things: "Things", title: str) -> Publication:
    wanted = publications.Wanted(
        kind=PublicationKind.PAPER,
        title=f"{TOLD[things.community.slug]} {title}",
        where="A journal",
        plain_summary="It grows by the water.",
    )
    return publications.submit(things.grant.pk, actor=things.decided.applicant, wanted=wanted)


def _publication(things: "Things", stewards: Sequence[Person]) -> Any:
    return _put(things, "paper").public_id


def _sent_back(things: "Things", stewards: Sequence[Person]) -> Any:
    row = _put(things, "talk")
    actor = stewards[1].user
    publications.answer(row.pk, actor=actor, answer=PublicationAnswer.CHANGES, text="Shorter.")
    return row.public_id


AFTER = {
    "promise_id": _promise,
    "publication_id": _publication,
    "publication_sent_back": _sent_back,
    "year": lambda things, stewards: timezone.localdate().year,
}
