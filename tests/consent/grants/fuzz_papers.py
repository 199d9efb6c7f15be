"""The sound papers that ``fuzz.py`` changes, and how a node reads each of them."""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from consent.grants.charter import extend_chain, pin
from consent.grants.notices import (
    Notices,
    require_fresh,
    require_not_rolled_back,
    verify_notices,
)
from consent.grants.statements import Answer, Signed
from tests.consent.grants.cast import (
    AMINA,
    BELA,
    CHECKPOINT,
    CORA,
    DORI,
    NOON,
    STRANGER,
    cast,
    chain_of_one,
    chain_of_two,
    first_charter,
    second_charter,
)
from tests.consent.grants.papers import (
    NOTICE_IDS,
    Case,
    delegated,
    grant_document,
    notices_document,
    pause,
    resume,
    revocation,
    sound_delegation,
    sound_grant,
)
from tools.soft_passkey import SoftPasskey

LAST_SEQUENCE, MAX_AGE_S = 7, 86_400
# Too few, or strangers, or hers whose stolen key was replaced: never enough.
THIEVES: tuple[tuple[SoftPasskey, ...], ...] = ((STRANGER, DORI), (BELA,), (BELA, STRANGER), ())
AFTER_THE_THEFT: tuple[tuple[SoftPasskey, ...], ...] = ((AMINA, BELA), (AMINA, STRANGER), (CORA,))


@dataclass(frozen=True)
class Paper:
    """One sound paper: its envelope, whose signatures suffice, and how a node reads it.

    ``read`` returns what the node would take it to say.
    """

    name: str
    text: str
    signers: tuple[SoftPasskey, ...]
    read: Callable[[str], object]
    thieves: tuple[tuple[SoftPasskey, ...], ...] = THIEVES


def _read_grant(text: str) -> object:
    return replace(Case(), signed=Signed.from_json(text), counted={}).allow()


def _read_later_grant(text: str) -> object:
    case = replace(Case(), chain=chain_of_two(), first_seen_charter=2)
    return replace(case, signed=Signed.from_json(text)).allow()


@cache
def _later_grant() -> Signed:
    charter = {"number": 2, "digest": second_charter().digest}
    return cast(grant_document(charter=charter), BELA, DORI)


def _read_first_charter(text: str) -> object:
    return pin(Signed.from_json(text), fingerprint=first_charter().digest)


def _read_next_charter(text: str) -> object:
    return extend_chain(chain_of_one(), Signed.from_json(text))


@cache
def sound_items() -> tuple[Signed, ...]:
    """The notices of the sound list: the grant revoked, two pauses, one of them lifted."""
    return (
        cast(revocation(0), AMINA, BELA),
        cast(pause(1), CORA),
        cast(pause(3, scope=NOTICE_IDS[9]), CORA),
        cast(resume(2), AMINA, BELA),
    )


def _verified(document: dict[str, Any], kept: Iterable[str] = ()) -> Notices:
    text = dump(document)
    data = text.encode("utf-8", "surrogatepass")
    return verify_notices(data, CHECKPOINT.sign(data), chain=chain_of_one(), kept=kept)


@cache
def sound_list() -> Notices:
    return _verified(notices_document(*sound_items()))


def _read_notice(text: str) -> object:
    """Read a changed revocation in a list that the platform signs, as it can sign any."""
    items = [text, *(item.to_json() for item in sound_items()[1:])]
    return _verified(notices_document() | {"items": items})


def read_list(text: str) -> Notices:
    """Read a list that the platform changed and signed; the node holds what stopped before."""
    document = json.loads(text)
    found = _verified(document, kept=sound_list().keep)
    require_not_rolled_back(found, LAST_SEQUENCE)
    require_fresh(found, at=NOON, max_age_s=MAX_AGE_S)
    return found


@cache
def papers() -> dict[str, Paper]:
    held = (
        Paper("grant", sound_grant().to_json(), (AMINA, BELA), _read_grant),
        Paper(
            "grant under the next charter",
            _later_grant().to_json(),
            (BELA, DORI),
            _read_later_grant,
            AFTER_THE_THEFT,
        ),
        Paper("delegated grant", delegated().to_json(), (AMINA, BELA), _read_grant),
        Paper("first charter", first_charter().to_json(), (AMINA, BELA, CORA), _read_first_charter),
        Paper("next charter", second_charter().to_json(), (BELA, CORA), _read_next_charter),
        Paper("notice", sound_items()[0].to_json(), (AMINA, BELA), _read_notice),
    )
    return {paper.name: paper for paper in held}


@cache
def other_ballots() -> list[Any]:
    """Ballots that were really cast, on other things or with other answers."""
    noes = cast(grant_document(), CORA, BELA, answer=Answer.NO)
    later = cast(grant_document(id=NOTICE_IDS[11]), AMINA, BELA, CORA)
    theirs = cast(grant_document(community="coast"), AMINA, BELA)
    signed = (
        noes,
        later,
        theirs,
        *sound_items(),
        sound_delegation(),
        first_charter(),
        second_charter(),
    )
    return [ballot for one in signed for ballot in json.loads(one.to_json())["ballots"]]


def dump(value: object) -> str:
    """Write JSON as the canonical form has it, as far as that can be."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
