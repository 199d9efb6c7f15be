"""Nothing here claims to comply with, or to be endorsed by, principles that belong to others."""

import re
import subprocess

import pytest

from tools.stack.parts import ROOT

_CLAIMED = re.compile(r"complian|compliant|certif|endors|accredit|approved by", re.IGNORECASE)
_WHOSE = re.compile(r"\b(OCAP|CARE|IEEE|Local Contexts)\b")
_DENIED = re.compile(r"\b(no|not|nor|never|neither|nothing|without)\b", re.IGNORECASE)
_ENDINGS = (".md", ".html", ".txt", ".json", ".po", ".py", ".toml", ".yml")


def claims(text: str) -> list[str]:
    """Return the sentences that name one of those and a word of approval, and deny nothing."""
    sentences = re.split(r"(?<=[.!?])\s+|\n\s*\n|\n(?=[-#|*])", text)
    return [
        sentence.strip()
        for sentence in sentences
        if _WHOSE.search(sentence) and _CLAIMED.search(sentence) and not _DENIED.search(sentence)
    ]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Kinhold is OCAP compliant.", 1),
        ("Certified against IEEE 2890.", 1),
        ("Endorsed by\nLocal Contexts.", 1),
        ("Kinhold does not claim to comply with CARE.", 0),
        ("It is not endorsed by Local Contexts.", 0),
        ("The nurse takes care. A certificate follows.", 0),
    ],
)
def test_a_claim_is_found_and_a_denial_is_not(text: str, found: int) -> None:
    assert len(claims(text)) == found


def test_no_text_of_ours_makes_such_a_claim() -> None:
    listed = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.splitlines()
    texts = [name for name in listed if name.endswith(_ENDINGS) and "test_claims" not in name]

    assert len(texts) > 300
    assert {
        name: made
        for name in texts
        if (ROOT / name).exists() and (made := claims((ROOT / name).read_text("utf-8")))
    } == {}
