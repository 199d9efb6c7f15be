"""Envelopes that cannot be read at all."""

import json
from typing import Any

from consent.grants.codec import b64u
from tests.consent.grants.papers import sound_grant
from tests.consent.grants.vector import Vector, refused

SOUND = sound_grant()


def envelope(why: str, text: str) -> Vector:
    return Vector(why, envelope=text, expect=refused("envelope", "malformed"))


def changed_text(**changes: Any) -> str:
    whole = json.loads(SOUND.to_json())
    return json.dumps({k: v for k, v in (whole | changes).items() if v is not None})


BAD: dict[str, Vector] = {
    "envelope-unknown-field": envelope(
        "The envelope holds something more.", changed_text(note="trust me")
    ),
    "envelope-no-ballots-field": envelope(
        "The envelope has no list of ballots.", changed_text(ballots=None)
    ),
    "envelope-unknown-answer": envelope(
        "An answer that does not exist.", SOUND.to_json().replace('"yes"', '"sure"', 1)
    ),
    "envelope-padded-base64": envelope(
        "Base64url with padding is a second spelling.",
        changed_text(
            ballots=[
                json.loads(SOUND.to_json())["ballots"][0]
                | {"signature": b64u(SOUND.ballots[0].signature[:64]) + "=="}
            ]
        ),
    ),
}
