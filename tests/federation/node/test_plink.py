"""PLINK files: decoded as the format's own description says, and never when they are odd."""

from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import numpy as np
import pytest

from federation.node.data.columns import Table, read_table
from federation.node.data.marks import Marker
from federation.node.errors import JobFailed
from federation.node.home import Dataset

# The example in PLINK's description of its binary files: six people, three variants.
BED = bytes.fromhex("6c1b01dc0fe70f6b01")
BIM = "1 snp1 0 1 G A\n1 snp2 0 2 1 2\n1 snp3 0 3 A C\n"
FAM = "1 1 0 0 1 0\n1 2 0 0 1 0\n1 3 1 2 1 2\n2 1 0 0 1 0\n2 2 0 0 1 2\n2 3 1 2 2 1\n"
NAN = float("nan")
KINDS = {"snp1": "number", "snp2": "number", "snp3": "number", "sex": "yes-no"}


def _files(
    folder: Path, bed: bytes = BED, bim: str = BIM, fam: str = FAM, phenotype: str = "yes-no"
) -> Dataset:
    path = folder / "river.bed"
    path.write_bytes(bed)
    path.with_suffix(".bim").write_text(bim)
    path.with_suffix(".fam").write_text(fam)
    return Dataset("river-genes", path, "plink", 20, KINDS | {"phenotype": phenotype})


def _read(dataset: Dataset, *names: str) -> Table:
    return read_table(dataset, names, Marker(bytes(32)))


def test_the_formats_own_example_is_decoded_as_its_text_form_says(tmp_path: Path) -> None:
    """Its test.ped has GG AA 00 AA AA AA; 22 00 12 22 22 22; CC AC AC 00 00 AA; A1 is G, 1, A."""
    columns = _read(_files(tmp_path), "snp3", "snp1", "snp2").columns

    np.testing.assert_array_equal(columns["snp1"], [2, 0, NAN, 0, 0, 0])
    np.testing.assert_array_equal(columns["snp2"], [0, NAN, 1, 0, 0, 0])
    np.testing.assert_array_equal(columns["snp3"], [0, 1, 1, NAN, NAN, 2])


def test_sex_and_phenotype_come_from_the_fam_file(tmp_path: Path) -> None:
    fam = "1 1 0 0 1 1\n1 2 0 0 2 2\n1 3 0 0 0 0\n1 4 0 0 9 -9\n1 5 0 0 2 NA\n1 6 0 0 1 2\n"

    columns = _read(_files(tmp_path, fam=fam), "sex", "phenotype").columns

    np.testing.assert_array_equal(columns["sex"], [0, 1, NAN, NAN, 1, 0])
    np.testing.assert_array_equal(columns["phenotype"], [0, 1, NAN, NAN, NAN, 1])


def test_a_measured_phenotype_has_a_zero_and_no_minus_nine(tmp_path: Path) -> None:
    fam = "".join(f"1 {n} 0 0 1 {t}\n" for n, t in enumerate(["0", "-9", "NA", "2.5", "1", "-9.0"]))

    columns = _read(_files(tmp_path, fam=fam, phenotype="number"), "phenotype").columns

    np.testing.assert_array_equal(columns["phenotype"], [0, NAN, NAN, 2.5, 1, NAN])


def _slowly(bed: bytes, people: int, variants: int) -> list[list[float]]:
    """Decode bit by bit, straight from the description: the pairs of a byte from the right."""
    meaning = {"00": 2.0, "01": NAN, "10": 1.0, "11": 0.0}
    found, place = [], 3
    for _ in range(variants):
        pairs: list[str] = []
        while len(pairs) < people:
            bits = f"{bed[place]:08b}"
            pairs += [bits[6:8], bits[4:6], bits[2:4], bits[0:2]]
            place += 1
        found.append([meaning[pair] for pair in pairs[:people]])
    return found


@pytest.mark.parametrize("people", [1, 4, 5, 199])
def test_every_byte_is_decoded_as_a_slow_reader_decodes_it(tmp_path: Path, people: int) -> None:
    chance = np.random.default_rng(people)
    variants = 30
    bed = BED[:3] + chance.bytes(variants * -(-people // 4))
    bim = "".join(f"22\trs{n}\t0\t{n}\tA\tC\n" for n in range(variants))
    fam = "".join(f"f{n} i{n} 0 0 1 1\n" for n in range(people))
    names = [f"rs{n}" for n in (7, 0, 29, 13)]

    columns = _read(_files(tmp_path, bed, bim, fam), *names).columns

    slow = _slowly(bed, people, variants)
    for name in names:
        np.testing.assert_array_equal(columns[name], slow[int(name[2:])])


def test_variants_are_found_across_the_pieces_a_long_file_is_read_in(tmp_path: Path) -> None:
    count = 60_000
    bim = "".join(f"1 rs{n} 0 {n} A{'C' * (n % 40)} G\n" for n in range(count)).rstrip("\n")
    bed = BED[:3] + bytes(n % 4 for n in range(count))
    assert len(bim) > 1 << 20
    dataset = _files(tmp_path, bed, bim, "1 1 0 0 1 1\n")

    columns = _read(dataset, "rs0", "rs30002", "rs43211", "rs59999").columns

    assert [columns[name][0] for name in ("rs0", "rs30002")] == [2, 1]
    assert np.isnan(_read(dataset, "rs30001").columns["rs30001"][0])
    assert [columns[name][0] for name in ("rs43211", "rs59999")] == [0, 0]


def test_a_person_is_told_by_both_parts_of_the_id(tmp_path: Path) -> None:
    marks = _read(_files(tmp_path), "snp1").marks.tolist()

    assert len(set(marks)) == 6
    assert marks[3] == Marker(bytes(32)).of_person(" 2   1 ")


def test_the_version_is_over_all_three_files_in_order_with_their_lengths(tmp_path: Path) -> None:
    parts = (BED, BIM.encode(), FAM.encode())
    whole = b"".join(len(part).to_bytes(8, "big") + part for part in parts)

    assert _read(_files(tmp_path), "snp1").version == sha256(whole).hexdigest()
    assert (
        _read(_files(tmp_path, bim=BIM.replace("0 3", "0 4")), "snp1").version
        != sha256(whole).hexdigest()
    )


ODD: dict[str, tuple[dict[str, object], str]] = {
    "no magic number": ({"bed": b"\x00\x00" + BED[2:]}, "not a PLINK 1 file"),
    "an unknown order": ({"bed": BED[:2] + b"\x02" + BED[3:]}, "not a PLINK 1 file"),
    "an empty file": ({"bed": b""}, "not a PLINK 1 file"),
    "person by person": ({"bed": BED[:2] + b"\x00" + BED[3:]}, "plink --make-bed"),
    "too short": ({"bed": BED[:-1]}, "does not have the length"),
    "too long": ({"bed": BED + b"\x00"}, "does not have the length"),
    "a variant more": ({"bim": BIM + "1 snp4 0 4 A C\n"}, "does not have the length"),
    "people missing": ({"fam": FAM[:12]}, "does not have the length"),
    "a variant twice": ({"bim": BIM.replace("snp3", "snp1")}, "2 variables named snp1, not one"),
    "no such variant": ({"bim": BIM.replace("snp1", "snp10")}, "0 variables named snp1, not one"),
    "a variant called sex": ({"bim": BIM.replace("snp3", "sex")}, "2 variables named sex"),
    "a broken line": ({"bim": BIM.replace("G A", "G")}, "does not have 6 fields"),
    "a broken person": ({"fam": FAM.replace("2 2 0 0", "2 2 0")}, "does not have 6 fields"),
    "somebody twice": ({"fam": FAM.replace("2 2 0 0", "1 2 0 0")}, "names somebody twice"),
    "an odd phenotype": ({"fam": FAM.replace("2 2 1\n", "2 2 3\n")}, "codes other than"),
    "cases as a number": ({"phenotype": "number"}, "only the codes of cases and controls"),
    "a text as a number": (
        {"phenotype": "number", "fam": FAM.replace("2 2 1\n", "2 2 tall\n")},
        "not a number",
    ),
}


@pytest.mark.parametrize("name", ODD)
def test_odd_files_are_an_error_and_never_a_value(tmp_path: Path, name: str) -> None:
    changes, sentence = ODD[name]

    with pytest.raises(JobFailed, match=sentence) as caught:
        _read(_files(tmp_path, **changes), "snp1", "sex", "phenotype")  # type: ignore[arg-type]

    assert caught.value.code == "data-unreadable"
    assert not any(word in str(caught.value) for word in ("tall", "G A"))


def test_a_file_that_is_missing_is_told_in_words(tmp_path: Path) -> None:
    dataset = _files(tmp_path)
    dataset.path.with_suffix(".fam").unlink()

    with pytest.raises(JobFailed, match="river-genes cannot be read"):
        _read(dataset, "snp1")
    with pytest.raises(JobFailed, match="cannot be read"):
        _read(replace(dataset, path=tmp_path / "none.bed"), "snp1")
