"""``kinhold-node pin``: nothing counts before people have compared the words by voice."""

import io
import json

import pytest

from consent.grants.words import fingerprint_words
from federation.node.__main__ import main
from federation.node.books.state import State
from federation.node.setting_up.qr import drawn
from tests.federation.node.conftest import Made
from tests.federation.node.qr_reader import modules_of, read
from tests.federation.node.terminal import typed
from tests.hostile.community import Community, signed

Output = pytest.CaptureFixture[str]

DIGEST = "5f" * 16 + "0a" * 16


class Screen(io.StringIO):
    """Output to a terminal that writes as ``written``."""

    def __init__(self, written: str) -> None:
        super().__init__()
        self._written = written

    @property
    def encoding(self) -> str:  # type: ignore[override]  # a plain attribute there
        return self._written

    def isatty(self) -> bool:
        return True


@pytest.fixture
def unpinned(made: Made) -> Made:
    made.state.db.executescript("DROP TRIGGER charters_stay; DELETE FROM charters;")
    return made


def _pin(made: Made, *words: str) -> int:
    return main(["--home", str(made.home.folder), "pin", *words])


def test_the_words_that_a_steward_reads_pin_the_charter(unpinned: Made, capsys: Output) -> None:
    words = fingerprint_words(unpinned.charter.digest)

    with typed("", "yes", words.replace(" ", "  ").upper()):
        assert _pin(unpinned) == 0

    told = capsys.readouterr().out
    assert told.count("a yes is not enough") == 2
    assert "Pinned. The newest charter of river is 1." in told
    assert len(State(unpinned.home.state).chain()) == 1


def test_without_the_words_nothing_is_pinned(unpinned: Made, capsys: Output) -> None:
    three = (("y", "yes", ""), ("amber " * 12,) * 3, ("\x00\x1b[A",) * 3)
    for answers in (*three, ("yes",), ()):
        with typed(*answers):
            assert _pin(unpinned) == 2, answers
        assert ("tell all stewards" in capsys.readouterr().err) == (len(answers) == 3)

    assert State(unpinned.home.state).chain() == ()


def test_the_words_of_half_a_charter_are_not_enough(unpinned: Made) -> None:
    words = fingerprint_words(unpinned.charter.digest).split()

    assert _pin(unpinned, "--fingerprint", " ".join(words[:11])) == 2
    assert _pin(unpinned, "--fingerprint", "") == 2
    assert _pin(unpinned, "--fingerprint", unpinned.charter.digest[:24]) == 2

    assert State(unpinned.home.state).chain() == ()


def test_another_communitys_charter_is_not_even_shown(unpinned: Made, capsys: Output) -> None:
    coast = Community(
        "coast", {**_card(unpinned), "community": "coast"}, unpinned.community.platform_key
    )
    other = coast.first_charter()
    unpinned.platform.served["river"].charters = [other.to_json()]

    assert _pin(unpinned, "--fingerprint", other.digest) == 2

    told = capsys.readouterr()
    assert (told.out, "the charter of coast, not river" in told.err) == ("", True)


def test_later_charters_are_taken_as_far_as_each_follows(unpinned: Made, capsys: Output) -> None:
    forged = signed(
        unpinned.community.charter(number=2, previous="0" * 64), unpinned.community.stewards[:2]
    )
    unpinned.platform.served["river"].charters.append(forged.to_json())

    assert _pin(unpinned, "--fingerprint", unpinned.charter.digest, "--json") == 0

    told = capsys.readouterr()
    assert "A later charter was not taken over" in told.err
    assert json.loads(told.out) == {
        "community": "river",
        "fingerprint": unpinned.charter.digest,
        "words": fingerprint_words(unpinned.charter.digest),
        "newest": 1,
    }


def test_init_goes_on_to_the_charter_where_there_is_one(unpinned: Made, capsys: Output) -> None:
    """As where settings are made anew and the keys are those that stewards know."""
    unpinned.home.config.unlink()
    words = fingerprint_words(unpinned.charter.digest)
    new = ("--community", "river", "--name", "river-node", "--superlink-ca", "", "--json")
    where = ("--platform", unpinned.platform.url, "--superlink", "127.0.0.1:1")

    with typed("", "yes", "y", words):  # no data file; there is a charter; not enough; the words
        assert main(["--home", str(unpinned.home.folder), "init", *new, *where]) == 0

    told = capsys.readouterr()
    checks = {check["check"]: check["level"] for check in json.loads(told.out)["checks"]}
    assert (checks["platform"], checks["clock"]) == ("ok", "ok")
    assert f"Fingerprint in words: {words}" in told.err
    assert len(State(unpinned.home.state).chain()) == 1


def test_init_that_cannot_pin_says_that_the_node_is_made(unpinned: Made, capsys: Output) -> None:
    unpinned.home.config.unlink()
    where = ("--platform", unpinned.platform.url, "--superlink", "127.0.0.1:1")
    words = ("--community", "river", "--fingerprint", "amber")

    assert main(["--home", str(unpinned.home.folder), "init", *where, *words]) == 2

    assert "The node is made, but not pinned. These are not the words" in capsys.readouterr().err
    assert unpinned.home.config.exists()
    assert State(unpinned.home.state).chain() == ()


@pytest.mark.parametrize("text", [DIGEST, "x", "https://kinhold.example/" + "long/" * 30])
def test_a_drawn_code_reads_back_as_its_text(text: str) -> None:
    lines = drawn(text, Screen("utf-8"))

    plain = lines.replace("\x1b[30;107m", "").replace("\x1b[0m", "")
    rows = modules_of(plain)
    assert read(rows) == text
    assert all(line.startswith("\x1b[30;107m") for line in lines.splitlines())
    assert not any(any(row[:4]) for row in rows)  # the quiet border
    assert len(lines.splitlines()) <= 24 or text != DIGEST


def test_where_blocks_cannot_be_written_the_words_must_do() -> None:
    for written in ("ascii", "latin-1", "no-such-thing"):
        assert "cannot show" in drawn(DIGEST, Screen(written))


def _card(made: Made) -> dict[str, str]:
    card: dict[str, str] = json.loads(made.home.card.read_text())
    return card
