"""Where the community's own words stand, and the list of what is missing."""

from pathlib import Path

import pytest
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries, Settings

from governance.actions import protocol_drafts, voices
from governance.models import ClauseVoice, Protocol
from tests import factories
from tests.cast import Cast
from tests.consent.factories import make_request, review_of
from tests.governance.said import SAID, shown, url
from tests.governance.sounds import MP3

pytestmark = pytest.mark.django_db

LIST_QUERIES = 7
PAGE_QUERIES = {"protocol": 16, "builder": 9, "read": 10, "review": 38}


@pytest.fixture(autouse=True)
def _media(settings: Settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def voice(cast: Cast, protocol: Protocol) -> ClauseVoice:
    """Not confirmed, with a recording."""
    return factories.make_voice(cast.river, cast.bo.user, text=SAID, audio=MP3)


def pages_with_clauses(cast: Cast, protocol: Protocol) -> dict[str, str]:
    """The pages on which a clause stands with what is said of it, for a steward."""
    content = factories.protocol_content()
    draft = protocol_drafts.start(
        community_id=cast.river.pk, actor=cast.amina.user, title="Next", content=content, line=""
    )
    dataset = factories.make_dataset(cast.river, cast.amina.user)
    assert dataset.listed
    review = review_of(make_request(cast.chi.user))
    at = ["river", draft.public_id]
    return {
        "protocol": reverse("governance:protocol", args=["river", protocol.pk]),
        "builder": reverse("governance:protocol-draft", args=at),
        "read": reverse("governance:protocol-draft-read", args=at),
        "review": reverse("consent:review", args=[review.public_id]),
    }


def test_confirmed_words_stand_beside_the_clause_and_replace_nothing(
    cast: Cast, voice: ClauseVoice, protocol: Protocol
) -> None:
    signed = protocol.statement.text
    factories.make_voice(
        cast.river, cast.amina.user, cast.bo.user, language="fr", text="Personne n'y gagne."
    )
    yan = factories.make_user("Yan")
    factories.make_membership(yan, cast.coast)
    factories.make_voice(cast.coast, cast.zed.user, yan, text="Coast says it so.")
    pages = pages_with_clauses(cast, protocol)

    for name, path in pages.items():
        html = shown(cast.amina, path, "en")
        assert SAID not in html, f"{name}: not confirmed yet"
        assert "Personne n&#x27;y gagne." in html, name
    voices.confirm(voice.pk, actor=cast.amina.user)
    for name, path in pages.items():
        html = shown(cast.amina, path, "en-CA,fr;q=0.5")
        assert f'<blockquote lang="en" dir="auto"><p>{SAID}</p></blockquote>' in html, name
        assert f'preload="none" src="{url("voice-audio", voice)}"' in html, name
        assert html.index("No commercial use of data") < html.index(SAID), name
        assert "Coast says it so." not in html, name
        french = shown(cast.amina, path, "fr")
        assert name == "review" or french.index("gagne.") < french.index(SAID), name
    protocol.statement.refresh_from_db()
    assert protocol.statement.text == signed


@pytest.mark.parametrize("name", PAGE_QUERIES)
def test_a_page_asks_once_for_all_words(
    name: str,
    cast: Cast,
    protocol: Protocol,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    path = pages_with_clauses(cast, protocol)[name]
    client = cast.amina.client()
    client.get(path)
    for clauses in (["NO_COMM"], ["NO_REID", "WITHDRAW"]):
        for clause in clauses:
            factories.make_voice(cast.river, cast.amina.user, cast.bo.user, clause=clause)
        with django_assert_num_queries(PAGE_QUERIES[name]) as asked:
            html = client.get(path).content.decode()
        assert sum('FROM "governance_clausevoice"' in each["sql"] for each in asked) == 1
    assert html.count('class="voice"') == 3


def test_the_list_shows_every_clause_and_what_is_missing(
    cast: Cast, voice: ClauseVoice, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client = cast.amina.client()
    here = url("voices", voice)
    with django_assert_num_queries(LIST_QUERIES):
        one = client.get(here)
    for clause in ("SEASON", "PLACE"):
        factories.make_voice(
            cast.river, cast.amina.user, cast.bo.user, clause=clause, language="fr", text="Dit."
        )
    with django_assert_num_queries(LIST_QUERIES):
        html = client.get(here).content.decode()

    assert (one.context["listing"].total, len(one.context["listing"].page)) == (38, 25)
    assert "2 of 38 confirmed" in html
    assert "1 waits for a second person" in html

    def total(query: str) -> int:
        return int(client.get(f"{here}?{query}").context["listing"].total)

    assert total("state=unconfirmed") == 1
    assert total("state=confirmed") == 2
    assert total("state=confirmed&language=en") == 0
    assert total("state=missing&language=fr") == 36
    assert total("state=machine") == 0
    assert total("q=EARNS+money") == 1
    assert total("q=no+such+words") == 0
    assert total("group=people&language=fr&state=confirmed") == 2
    assert total("state=nonsense&language=nonsense") == 38
    observer = cast.ola.client()
    assert observer.get(f"{here}?state=unconfirmed").context["listing"].total == 38
    assert observer.get(f"{here}?q=earns").context["listing"].total == 0


def test_an_empty_list_says_how_to_begin(cast: Cast) -> None:
    here = reverse("governance:voices", args=["river"])

    assert "Another steward then confirms it." in shown(cast.eli, here)
    assert "A steward or a convenor can begin." in shown(cast.ola, here)
    assert cast.ola.client().get(f"{here}?state=missing").context["listing"].total == 38
    assert here in shown(cast.ola, reverse("governance:community", args=["river"]))
