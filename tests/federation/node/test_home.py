"""node.toml: what is missing, odd or unknown is named; nothing is guessed."""

import os

import pytest

from federation.node import keys
from federation.node.errors import NodeError
from federation.node.home import Home
from federation.node.settings import read_config
from tests.federation.node.conftest import CONFIG

SOUND = CONFIG.format(platform="https://kinhold.example/")


def _read(home: Home, text: str) -> object:
    home.config.write_text(text)
    return read_config(home)


def test_a_sound_file_is_read_with_its_defaults(home: Home) -> None:
    home.config.write_text(SOUND)

    config = read_config(home)

    assert config.platform == "https://kinhold.example"
    assert config.code_policy == "preinstalled"
    assert config.datasets["river-diabetes"].path == home.folder / "data.csv"
    assert config.datasets["river-diabetes"].variables["sex"] == "yes-no"
    assert (config.job_limit_s, config.job_folders, config.superlink_ca) == (600, (), None)


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ('community = "river"', "", "community must be a text"),
        ('community = "river"', "community = 5", "community must be a text"),
        ('"river"', '"River!"', "community must be a short name"),
        ("https://kinhold.example/", "ftp://x", "platform must be an address"),
        ("https://kinhold.example/", "https://x/path", "platform must be an address"),
        ('"127.0.0.1:1"', '"127.0.0.1"', "superlink must be host:port"),
        ("= 86400", "= 5", "notice_max_age_s must be 60 to 2592000, not 5"),
        ("= 86400", "= true", "notice_max_age_s must be a whole number"),
        ("= 86400", '= 86400\ncode_policy = "any"', "code_policy must be one of pinned, prein"),
        ("= 86400", "= 86400\nspeed = 1", "speed is not a setting of this version"),
        ("= 86400", "= 86400\njob_folders = [1]", "a path must be a text"),
        ('format = "csv"', 'format = "xls"', "datasets.river-diabetes.format must be one of csv"),
        ("min_cohort = 20", "min_cohort = 5", "river-diabetes.min_cohort must be 20 to"),
        ("min_cohort = 20", "rows = 5", "river-diabetes.rows is not a setting"),
        ('path = "data.csv"', "", "river-diabetes.path must be a text"),
        ('age = { type = "number" }', "age = 1", "variables.age must be"),
        ("[datasets.river-diabetes]", "[datasets.River]", "datasets.River is not a table"),
        ("community =", "community = =", "is not valid TOML"),
    ],
)
def test_one_wrong_line_is_named(home: Home, old: str, new: str, problem: str) -> None:
    assert old in SOUND
    text = SOUND.replace(old, new, 1)

    with pytest.raises(NodeError) as caught:
        _read(home, text)

    assert problem in str(caught.value)


def test_a_home_that_is_none_is_told_with_the_way_out(home: Home) -> None:
    with pytest.raises(NodeError, match="Make one with: kinhold-node init"):
        read_config(home)


@pytest.mark.parametrize("name", ["receipt_key", "supernode_key"])
def test_a_key_others_can_read_is_not_used(home: Home, name: str) -> None:
    getattr(home, name).chmod(0o640)
    load = keys.receipt_key if name == "receipt_key" else keys.supernode_public_key

    with pytest.raises(NodeError, match=r"can be read by others.*chmod 600"):
        load(home)


@pytest.mark.parametrize("content", [b"", b"nonsense", b"-----BEGIN PRIVATE KEY-----\n"])
def test_a_damaged_key_is_told_in_words(home: Home, content: bytes) -> None:
    home.receipt_key.write_bytes(content)
    home.supernode_key.write_bytes(content)

    with pytest.raises(NodeError, match="not an Ed25519 private key"):
        keys.receipt_key(home)
    with pytest.raises(NodeError, match="not an OpenSSH EC private key"):
        keys.supernode_public_key(home)


def test_one_key_does_not_pass_for_the_other(home: Home) -> None:
    home.receipt_key.write_bytes(home.supernode_key.read_bytes())

    with pytest.raises(NodeError, match="not an Ed25519 private key"):
        keys.receipt_key(home)


def test_keys_are_never_written_over(home: Home) -> None:
    with pytest.raises(FileExistsError):
        keys.make_keys(home)


def test_one_file_under_two_names_has_the_same_holders(home: Home) -> None:
    """Else who holds it too is asked under one name and passed over under the other."""
    again = """
[datasets.copy]
path = "./data.csv"
{holders}
[datasets.copy.variables]
age = {{ type = "number" }}
"""
    held = SOUND.replace("min_cohort = 20", 'min_cohort = 20\nholders = ["coast"]')

    with pytest.raises(NodeError, match=r"copy.*the same file as.*other holders"):
        _read(home, held + again.format(holders=""))
    _read(home, held + again.format(holders='holders = ["coast"]'))
    _read(home, SOUND + again.format(holders=""))


@pytest.mark.parametrize(
    "other",
    ['noise = "always"', 'mixing = "always"', 'budget = { epsilon = "3", delta = "0.001" }'],
)
def test_one_file_under_two_names_makes_the_same_promises(home: Home, other: str) -> None:
    """Else whoever writes a grant chooses the name that promises less."""
    again = f'\n[datasets.copy]\npath = "./data.csv"\n{other}\n[datasets.copy.variables]\n'

    with pytest.raises(NodeError, match=r"the same file as.*another setting for"):
        _read(home, SOUND + again)


def test_one_file_by_two_hard_links_is_refused(home: Home) -> None:
    """Noise and earlier runs are counted by path: the second would begin a count of its own."""
    (home.folder / "data.csv").write_text("age\n1\n")
    os.link(home.folder / "data.csv", home.folder / "link.csv")
    again = '\n[datasets.copy]\npath = "./link.csv"\n[datasets.copy.variables]\n'

    with pytest.raises(NodeError, match="hard link"):
        _read(home, SOUND + again)
