"""Reads PLINK 1 files: genotypes (.bed), variants (.bim) and people (.fam).

A variant is read as how many copies of the .bim file's first allele (A1) somebody has: 0, 1, 2.
Of the .fam file come ``sex`` (0 a man, 1 a woman) and ``phenotype``. A person's id is "FID IID".
Source: https://www.cog-genomics.org/plink/1.9/formats, ``.bed``, ``.bim`` and ``.fam``.
"""

import math
import os
import re
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from hashlib import sha256
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from federation.node.data.files import UNREADABLE, chunks, unchanged
from federation.node.data.marks import MISSING, Marker, plain_id
from federation.node.data.variables import FAM_VARIABLES
from federation.node.errors import JobFailed
from federation.node.home import Dataset

Floats = NDArray[np.float64]

_MAGIC = b"\x6c\x1b"
_BY_PERSON, _BY_VARIANT = b"\x00", b"\x01"
_HEADER = 3
_IN_A_BYTE = 4
_FIELDS = 6
_NOTHING = rb"(?!)"  # a pattern that no text fits

# Two bits a person: 00 two of A1, 01 missing, 10 one of each, 11 two of the other.
_COPIES = np.array([2.0, math.nan, 1.0, 0.0])
# What each byte says of its four people; the lowest bits are the first of them.
_OF_A_BYTE: Floats = _COPIES[(np.arange(256)[:, None] >> np.array([0, 2, 4, 6])) & 3]

_SEX = {"1": 0.0, "2": 1.0}
_CASE = {"1": 0.0, "2": 1.0}
_NO_CASE = MISSING | {"0", "-9"}
_CASE_CODES = (0.0, 1.0, 2.0)
_NO_NUMBER = -9.0


@dataclass(frozen=True)
class _Fam:
    """The .fam file: what it says of sex and phenotype, and a mark for each person."""

    sex: list[str]
    phenotype: list[str]
    marks: bytearray

    @property
    def people(self) -> int:
        return len(self.sex)


def read_plink(
    dataset: Dataset, names: Sequence[str], marker: Marker
) -> tuple[dict[str, Floats], bytearray, str]:
    """Give columns, marks and version of the three files; only these variants are decoded.

    The version is the SHA-256 over .bed, .bim and .fam, each after its length in eight bytes.

    Raises:
        OSError: a file cannot be read.
        JobFailed: the files are not what they should be, or do not fit together.
    """
    with ExitStack() as files:
        bed, bim, fam = (
            files.enter_context(unchanged(dataset.path.with_suffix(end)))
            for end in (".bed", ".bim", ".fam")
        )
        digest = sha256()
        for file in (bed, bim, fam):
            digest.update(os.fstat(file.fileno()).st_size.to_bytes(8))
            for chunk in chunks(file):
                digest.update(chunk)
            file.seek(0)
        places, variants = _find_variants(bim, names)
        people = _read_fam(fam, marker)
        _require_fitting(bed, people.people, variants)
        columns = {
            name: _from_fam(dataset, people, name)
            if name in FAM_VARIABLES
            else _decode(bed, places[name], people.people)
            for name in names
        }
    return columns, people.marks, digest.hexdigest()


def _find_variants(bim: BinaryIO, names: Sequence[str]) -> tuple[dict[str, int], int]:
    """Find the lines of these variants; return them and how many lines there are.

    A .bim file may have millions of lines, so Python looks at none but those.
    """
    wanted = b"|".join(re.escape(name.encode()) for name in names) or _NOTHING
    pattern = re.compile(rb"^[ \t]*[^\s]+[ \t]+(" + wanted + rb")(?=[ \t]).*$", re.MULTILINE)
    found: dict[str, list[int]] = {name: [] for name in names}
    lines, rest = 0, b""
    for chunk in chunks(bim):
        whole, line_end, rest = (rest + chunk).rpartition(b"\n")
        lines += _find_in(whole + line_end, pattern, lines, found)
    if rest:
        lines += _find_in(rest + b"\n", pattern, lines, found)
    for name, places in found.items():
        if (count := len(places) + (name in FAM_VARIABLES)) != 1:
            raise JobFailed(UNREADABLE, f"The files have {count} variables named {name}, not one.")
    return {name: places[0] for name, places in found.items() if places}, lines


def _find_in(
    text: bytes, pattern: "re.Pattern[bytes]", before: int, found: dict[str, list[int]]
) -> int:
    counted, place = 0, before
    for match in pattern.finditer(text):
        place += text.count(b"\n", counted, match.start())
        counted = match.start()
        if len(match.group().split()) != _FIELDS:
            raise JobFailed(UNREADABLE, f"A line of the .bim file does not have {_FIELDS} fields.")
        found[match.group(1).decode()].append(place)
    return text.count(b"\n")


def _read_fam(fam: BinaryIO, marker: Marker) -> _Fam:
    people, seen = _Fam([], [], bytearray()), set()
    try:
        for line in b"".join(chunks(fam)).splitlines():
            fields = line.decode().split()
            if len(fields) != _FIELDS:
                raise JobFailed(
                    UNREADABLE, f"A line of the .fam file does not have {_FIELDS} fields."
                )
            mark = marker.of_person(plain_id(f"{fields[0]} {fields[1]}"))
            if mark in seen:
                raise JobFailed(UNREADABLE, "The .fam file names somebody twice.")
            seen.add(mark)
            people.marks.extend(mark)
            people.sex.append(fields[4])
            people.phenotype.append(fields[5])
    except UnicodeDecodeError:
        raise JobFailed(UNREADABLE, "The .fam file is not text in UTF-8.") from None
    return people


def _require_fitting(bed: BinaryIO, people: int, variants: int) -> None:
    header = os.pread(bed.fileno(), _HEADER, 0)
    if header[:2] != _MAGIC or header[2:] not in (_BY_PERSON, _BY_VARIANT):
        raise JobFailed(UNREADABLE, "The .bed file is not a PLINK 1 file.")
    if header[2:] == _BY_PERSON:
        raise JobFailed(
            UNREADABLE,
            "The .bed file goes person by person. Write it anew with: plink --make-bed",
        )
    length = _HEADER + variants * _block(people)
    if os.fstat(bed.fileno()).st_size != length:
        raise JobFailed(
            UNREADABLE, "The .bed file does not have the length that .bim and .fam give it."
        )


def _block(people: int) -> int:
    """Bytes of one variant: each begins in a byte of its own."""
    return -(-people // _IN_A_BYTE)


def _decode(bed: BinaryIO, place: int, people: int) -> Floats:
    # Read, not mapped: a file that is cut short meanwhile must not kill the process.
    block = os.pread(bed.fileno(), _block(people), _HEADER + place * _block(people))
    if len(block) != _block(people):
        raise JobFailed(UNREADABLE, "The .bed file is shorter than it was.")
    copies: Floats = _OF_A_BYTE[np.frombuffer(block, dtype=np.uint8)].reshape(-1)[:people]
    return copies


def _from_fam(dataset: Dataset, people: _Fam, name: str) -> Floats:
    """Read sex or phenotype.

    Sex: 1 and 2 are a man (0) and a woman (1); anything else is missing, as PLINK has it.
    Phenotype as yes-no: 1 and 2 are control (0) and case (1); 0 and -9 are missing. As a number:
    -9 is missing and 0 is a value.
    """
    if name == "sex":
        return np.array([_SEX.get(code, math.nan) for code in people.sex], dtype=np.float64)
    if dataset.variables[name] == "yes-no":
        return np.array([_case(code) for code in people.phenotype], dtype=np.float64)
    values = np.array([_trait(code) for code in people.phenotype], dtype=np.float64)
    known = values[~np.isnan(values)]
    if known.size and np.isin(known, _CASE_CODES).all():
        # PLINK takes such a column for cases and controls; its 0 would then be no value.
        raise JobFailed(
            UNREADABLE,
            "The phenotype has only the codes of cases and controls. Set it up in node.toml as: "
            'phenotype = { type = "yes-no" }',
        )
    return values


def _case(code: str) -> float:
    if code in _NO_CASE:
        return math.nan
    if code not in _CASE:
        raise JobFailed(UNREADABLE, "The phenotype holds codes other than -9, 0, 1 and 2.")
    return _CASE[code]


def _trait(code: str) -> float:
    if code in MISSING:
        return math.nan
    try:
        value = float(code)
    except ValueError:
        value = math.inf
    if math.isinf(value):
        raise JobFailed(UNREADABLE, "The phenotype holds something that is not a number.")
    return math.nan if value == _NO_NUMBER else value
