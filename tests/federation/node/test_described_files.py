"""What is described of PLINK files and of people who opted out, and what settings must say."""

import json

import pytest

from federation.node.data import optouts
from federation.node.home import Home
from federation.node.settings import read_config
from tests.federation.node.test_datasets import TOML, Output, made, people, run


def test_who_opted_out_is_not_in_the_size_band(home: Home, capsys: Output) -> None:
    made(home, people(55, visits=2))
    dataset = read_config(home).datasets["river-diabetes"]
    optouts.add(home, dataset, [f"p{n}" for n in range(6)])

    assert run(home, "describe", "--json") == 0

    assert json.loads(capsys.readouterr().out)["size_band"] == "21-49"


PLINK = """
[datasets.river-genes]
path = "genes.bed"
format = "plink"

[datasets.river-genes.variables]
rs2 = { type = "number", label = "Copies of C", range = [0, 2] }
sex = { type = "yes-no", label = "Woman" }
"""


def genes(home: Home, toml: str = PLINK) -> None:
    """Write sixty people with three variants each, of which one may be used."""
    home.config.write_text(TOML.partition("[datasets")[0].format() + toml)
    bed = home.folder / "genes.bed"
    bed.write_bytes(bytes.fromhex("6c1b01") + bytes(range(45)))
    bed.with_suffix(".bim").write_text("".join(f"1 rs{n} 0 {n} C T\n" for n in (1, 2, 3)))
    bed.with_suffix(".fam").write_text("".join(f"f {n} 0 0 {n % 3} -9\n" for n in range(60)))


def test_plink_files_are_described_by_the_variants_that_may_be_used(
    home: Home, capsys: Output
) -> None:
    genes(home)
    optouts.add(home, read_config(home).datasets["river-genes"], [f"f {n}" for n in range(12)])

    assert run(home, "describe", "--json") == 0

    document = json.loads(capsys.readouterr().out)
    assert [v["name"] for v in document["variables"]] == ["rs2", "sex"]
    assert document["size_band"] == "21-49"
    (home.folder / "genes.fam").write_text("f 1 0 0 1 1\n")
    assert run(home, "describe") == 2
    assert "does not have the length" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (("genes.bed", "genes.bim"), "must be the .bed file"),
        (('format = "plink"', 'format = "plink"\nid_column = "IID"'), "It has no id_column"),
        (('rs2 = { type = "number"', 'rs2 = { type = "yes-no"'), "is only for a number"),
        (("range = [0, 2]", "range = [0, 1e16]"), "two numbers, the smaller first"),
        (("range = [0, 2]", "range = [2, 2]"), "two numbers, the smaller first"),
        (('label = "Woman"', "range = [0, 1]"), "is only for a number; a yes-no has none"),
        (('sex = { type = "yes-no"', 'sex = { type = "number"'), "sex of a PLINK file must be"),
        (('"number", label', '"category", label'), "is only for a number; a category has none"),
    ],
)
def test_settings_of_ranges_and_of_plink_files_are_looked_at_when_they_are_read(
    home: Home, capsys: Output, change: tuple[str, str], sentence: str
) -> None:
    genes(home, PLINK.replace(*change))

    assert run(home, "list") == 2

    assert sentence in capsys.readouterr().err
