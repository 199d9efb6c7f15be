"""How the tests of our words look at pages."""

from django.urls import reverse

from governance.models import ClauseVoice
from tests.cast import Person

SAID = "Nobody earns money with it."


def url(name: str, voice: ClauseVoice, slug: str = "river") -> str:
    args: dict[str, list[object]] = {
        "voices": [slug],
        "voice-clause": [slug, voice.clause],
        "voice-write": [slug, voice.clause],
    }
    return reverse(f"governance:{name}", args=args.get(name, [slug, voice.public_id]))


def shown(person: Person, path: str, languages: str = "en") -> str:
    answer = person.client().get(path, headers={"Accept-Language": languages})
    assert answer.status_code == 200
    return answer.content.decode()
