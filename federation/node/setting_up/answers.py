"""What ``init`` must know: from flags, or asked one by one with help and what is usual."""

import re
import sys
from argparse import Namespace
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from federation.node.errors import NodeError
from federation.node.home import LEAST_COHORT
from federation.node.setting_up.asking import ask, at_terminal
from federation.node.setting_up.guessing import columns_of, format_of
from federation.node.setting_up.proposal import dataset_lines
from federation.node.settings import ADDRESS, PLATFORM, SLUG

_USUAL_PORT = 9092
_MOST_PORT = 65_535
_MOST_PEOPLE = 10**9


@dataclass(frozen=True)
class Answers:
    """Every answer, checked.

    Attributes:
        superlink: host:port.
        superlink_ca, platform_ca: None means the system's own certificates.
        datasets: the section of each dataset for ``node.toml``, line by line.
    """

    community: str
    name: str
    platform: str
    superlink: str
    superlink_ca: Path | None
    platform_ca: Path | None
    code_policy: str
    datasets: tuple[str, ...]


@dataclass(frozen=True)
class _Question:
    """``usual`` makes the default from earlier answers; ``wrong`` names what is wrong."""

    name: str
    text: str
    about: str
    usual: Callable[[Mapping[str, str]], str]
    wrong: Callable[[str], str]


def _slug(example: str) -> Callable[[str], str]:
    return lambda text: "" if SLUG.fullmatch(text) else f"must be a short name like {example}"


def _platform(text: str) -> str:
    if PLATFORM.fullmatch(text.rstrip("/")) and _port_is_sound(text):
        return ""
    return "must be an address like https://kinhold.example"


def _port_is_sound(url: str) -> bool:
    try:
        return urlsplit(url).hostname is not None and urlsplit(url).port != 0
    except ValueError:
        return False


def _superlink(text: str) -> str:
    if ADDRESS.fullmatch(text) and 0 < int(text.rpartition(":")[2]) <= _MOST_PORT:
        return ""
    return "must be host:port, like kinhold.example:9092"


def _certificate(text: str) -> str:
    if not text:
        return ""
    try:
        content = Path(text).expanduser().read_bytes()
    except (OSError, RuntimeError, ValueError) as error:
        return f"cannot be read ({getattr(error, 'strerror', None) or error})"
    return "" if b"-----BEGIN CERTIFICATE-----" in content else "is not a certificate in PEM"


_QUESTIONS = (
    _Question(
        "community",
        "Short name of the community",
        "As it stands in the address of the community's page on the platform, like river.",
        lambda _known: "",
        _slug("river"),
    ),
    _Question(
        "name",
        "Name of this node",
        "Stewards and receipts will call it so.",
        lambda known: f"{known['community']}-node",
        _slug("river-node"),
    ),
    _Question(
        "platform",
        "Address of the platform",
        "What you type into a browser to get there, without what comes after the host.",
        lambda _known: "",
        _platform,
    ),
    _Question(
        "superlink",
        "Address of the platform's SuperLink",
        "Host and port where nodes fetch their work. Whoever runs the platform knows them.",
        lambda known: f"{urlsplit(known['platform']).hostname}:{_USUAL_PORT}",
        _superlink,
    ),
    _Question(
        "superlink_ca",
        "Certificate file for SuperLink",
        "A file from whoever runs the platform. Leave it empty if a public authority signed it.",
        lambda _known: "",
        _certificate,
    ),
)


def gather(arguments: Namespace) -> Answers:
    """Take every answer from the flags, or ask for it when somebody is there.

    Raises:
        NodeError: one is missing or cannot be used, and there is nobody to ask again.
    """
    asked = at_terminal()
    known: dict[str, str] = {}
    for question in _QUESTIONS:
        known[question.name] = _answer(question, getattr(arguments, question.name), known, asked)
    platform_ca = arguments.platform_ca or ""
    if problem := _certificate(platform_ca):
        raise NodeError(f"platform_ca {problem}: {platform_ca}")
    if not LEAST_COHORT <= arguments.min_cohort <= _MOST_PEOPLE:
        raise NodeError(f"min_cohort must be {LEAST_COHORT} or more, not {arguments.min_cohort}.")
    return Answers(
        community=known["community"],
        name=known["name"],
        platform=known["platform"].rstrip("/"),
        superlink=known["superlink"],
        superlink_ca=_path(known["superlink_ca"]),
        platform_ca=_path(platform_ca),
        code_policy=arguments.code_policy,
        datasets=_datasets(arguments, known["community"], asked),
    )


def _answer(question: _Question, given: str | None, known: Mapping[str, str], asked: bool) -> str:
    if given is not None:
        if problem := question.wrong(given):
            raise NodeError(f"{question.name} {problem}, not {given!r}.")
        return given
    usual = question.usual(known)
    if not asked:
        if question.wrong(usual):
            raise NodeError(f"--{question.name.replace('_', '-')} is missing.")
        return usual
    return ask(
        question.text,
        about=question.about,
        default=usual,
        wrong=question.wrong,
        out=sys.stderr,
    )


def _datasets(arguments: Namespace, community: str, asked: bool) -> tuple[str, ...]:
    given: list[str] | None = arguments.dataset
    if given is None:
        given = _asked_dataset(community) if asked else []
    lines: list[str] = []
    names: set[str] = set()
    for text in given:
        name, _, file = text.partition("=")
        if not name or not file:
            raise NodeError(
                f"--dataset must be like river-diabetes=/data/diabetes.csv, not {text!r}."
            )
        if name in names:
            raise NodeError(f"Two datasets cannot both be named {name}.")
        names.add(name)
        lines += dataset_lines(name, _full(file), min_cohort=arguments.min_cohort)
    return tuple(lines)


def _asked_dataset(community: str) -> list[str]:
    """Ask for one file; more can be given as flags, or written into ``node.toml`` later."""
    file = ask(
        "A data file",
        about="A CSV or Parquet table or a PLINK .bed file. Leave it empty to describe it later.",
        default="",
        wrong=_data_file,
        out=sys.stderr,
    )
    if not file:
        return []
    words = re.findall(r"[a-z0-9]+", Path(file).stem.lower())
    name = ask(
        "Short name of this dataset",
        about="Requests and receipts will call it so.",
        default="-".join((community, *words)),
        wrong=_slug("river-diabetes"),
        out=sys.stderr,
    )
    return [f"{name}={file}"]


def _data_file(text: str) -> str:
    if not text:
        return ""
    try:
        path = _full(text)
        if (kind := format_of(path)) == "plink":
            return "" if path.is_file() else f"there is no file {path}"
        columns_of(path, kind)
    except NodeError as error:
        return str(error).rstrip(".")
    return ""


def _path(text: str) -> Path | None:
    return _full(text) if text else None


def _full(text: str) -> Path:
    try:
        return Path(text).expanduser().absolute()
    except RuntimeError as error:
        raise NodeError(f"{text!r} is not a path on this machine: {error}") from None
