"""A node's home folder: where each file is, and ``node.toml`` read and checked."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn

from federation.node.errors import NodeError

LEAST_COHORT = 20
"""No aggregate of fewer people ever leaves a node, whatever its settings say."""

_SLUG = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")
_ADDRESS = re.compile(r"[A-Za-z0-9.-]+:[0-9]{1,5}")
_POLICIES = frozenset({"preinstalled", "pinned"})
_FORMATS = frozenset({"csv", "parquet"})
_TYPES = frozenset({"number", "yes-no", "category"})
_COLUMN = frozenset({"type", "unit", "label", "range", "categories"})
_DAY_S = 86_400


@dataclass(frozen=True)
class Home:
    """Paths below one node's folder. Nothing here reads or writes."""

    folder: Path

    @property
    def config(self) -> Path:
        return self.folder / "node.toml"

    @property
    def keys(self) -> Path:
        return self.folder / "keys"

    @property
    def receipt_key(self) -> Path:
        return self.keys / "receipt.pem"

    @property
    def supernode_key(self) -> Path:
        return self.keys / "supernode"

    @property
    def card(self) -> Path:
        return self.folder / "card.json"

    @property
    def state(self) -> Path:
        return self.folder / "state.sqlite"

    @property
    def holders(self) -> Path:
        return self.folder / "holders"

    @property
    def log(self) -> Path:
        return self.folder / "log"

    @property
    def run(self) -> Path:
        return self.folder / "run"

    @property
    def work(self) -> Path:
        return self.folder / "work"

    @property
    def heartbeat(self) -> Path:
        return self.run / "heartbeat.json"

    @property
    def paused(self) -> Path:
        return self.folder / "paused"


@dataclass(frozen=True)
class Dataset:
    """One dataset as the operator described it.

    Attributes:
        min_cohort: fewest people with complete values; never below ``LEAST_COHORT``.
        holders: further communities that have a say; each must allow every use.
        variables: type of each column: "number", "yes-no" (0 or 1) or "category" (text,
            which no job of the catalogue can use so far).
    """

    id: str
    path: Path
    format: str
    min_cohort: int
    variables: Mapping[str, str]
    holders: tuple[str, ...] = ()
    words: "Words" = field(default_factory=lambda: Words())


@dataclass(frozen=True)
class Words:
    """What the operator tells people of a dataset; none of it matters to a job.

    Attributes:
        id_column: the column that tells people apart, where one has several rows. Its name never
            leaves the node.
        provenance: a JSON file with the record of where the data comes from.
        columns: the whole table of each variable in ``node.toml``, with unit, label and limits.
    """

    title: str = ""
    description: str = ""
    id_column: str = ""
    provenance: Path | None = None
    columns: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


@dataclass(frozen=True)
class NodeConfig:
    """``node.toml``, checked.

    Attributes:
        superlink: host:port.
        superlink_ca, platform_ca: certificates to trust; None means the system's.
        notice_max_age_s: seconds after which a list of notices counts as "stop".
        code_policy: "preinstalled" runs only the catalogue installed here; "pinned" also
            unpacks a bundle whose digest stands in the grant.
        job_limit_s: seconds one job may take.
        job_memory_mb: address space of one job.
        job_folders: further folders a job may write to; empty unless an operator says so.
        allow_unconfined: run unpacked code although the kernel cannot confine it.
    """

    community: str
    name: str
    platform: str
    superlink: str
    superlink_ca: Path | None
    platform_ca: Path | None
    notice_max_age_s: int
    code_policy: str
    job_limit_s: int
    job_memory_mb: int
    job_folders: tuple[Path, ...]
    allow_unconfined: bool
    datasets: Mapping[str, Dataset]


def read_config(home: Home) -> NodeConfig:
    """Read ``node.toml``.

    Raises:
        NodeError: it is missing, or a value in it cannot be used.
    """
    try:
        document = tomllib.loads(home.config.read_text("utf-8"))
    except FileNotFoundError:
        raise NodeError(
            f"There is no node at {home.folder}. Make one with: kinhold-node init"
        ) from None
    except OSError as error:
        raise NodeError(f"Cannot read {home.config}: {error.strerror}.") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise NodeError(f"{home.config} is not valid TOML: {error}.") from None
    return _Reader(home, document).config()


class _Reader:
    """Takes values out of the document one by one, naming the first that is wrong."""

    def __init__(self, home: Home, document: dict[str, Any]) -> None:
        self._home = home
        self._left = dict(document)

    def config(self) -> NodeConfig:
        datasets = self._take("datasets", dict, {})
        config = NodeConfig(
            community=self._matching("community", _SLUG, "a short name like river"),
            name=self._matching("name", _SLUG, "a short name like river-node"),
            platform=self._platform(),
            superlink=self._matching("superlink", _ADDRESS, "host:port"),
            superlink_ca=self._path("superlink_ca"),
            platform_ca=self._path("platform_ca"),
            notice_max_age_s=self._number("notice_max_age_s", _DAY_S, 60, 30 * _DAY_S),
            code_policy=self._choice("code_policy", "preinstalled", _POLICIES),
            job_limit_s=self._number("job_limit_s", 600, 1, 7 * _DAY_S),
            job_memory_mb=self._number("job_memory_mb", 4096, 512, 1_000_000),
            job_folders=tuple(self._below(p) for p in self._take("job_folders", list, [])),
            allow_unconfined=self._take("allow_unconfined", bool, False),
            datasets={name: self._dataset(name, table) for name, table in datasets.items()},
        )
        if self._left:
            self._fail(f"{sorted(self._left)[0]} is not a setting of this version")
        self._same_holders(config.datasets)
        return config

    def _same_holders(self, datasets: Mapping[str, Dataset]) -> None:
        """Refuse one file under two names of which one would pass over a further holder."""
        first: dict[Path, Dataset] = {}
        for dataset in datasets.values():
            other = first.setdefault(dataset.path.resolve(), dataset)
            if set(other.holders) != set(dataset.holders):
                same = f"is the same file as datasets.{other.id}"
                self._fail(f"datasets.{dataset.id} {same} and names other holders")

    def _dataset(self, name: str, table: object) -> Dataset:
        where = f"datasets.{name}"
        if not _SLUG.fullmatch(name) or not isinstance(table, dict):
            self._fail(f"{where} is not a table with a short name")
        inner = _Reader(self._home, table)
        inner._where = f"{where}."
        columns = inner._take("variables", dict, {})
        dataset = Dataset(
            id=name,
            path=inner._below(inner._take("path", str, None)),
            format=inner._choice("format", "csv", _FORMATS),
            min_cohort=inner._number("min_cohort", LEAST_COHORT, LEAST_COHORT, 10**9),
            variables={n: inner._type(n, t) for n, t in columns.items()},
            holders=inner._names("holders"),
            words=inner._words(columns),
        )
        if inner._left:
            self._fail(f"{where}.{sorted(inner._left)[0]} is not a setting of this version")
        return dataset

    def _words(self, columns: dict[str, Any]) -> Words:
        words = Words(
            title=self._take("title", str, ""),
            description=self._take("description", str, ""),
            id_column=self._take("id_column", str, ""),
            provenance=self._path("provenance"),
            columns=columns,
        )
        if words.id_column in columns:
            self._fail(
                f"{self._where}id_column tells people apart, so it must not be a variable too"
            )
        return words

    _where = ""

    def _take(self, name: str, kind: type, default: Any) -> Any:
        value = self._left.pop(name, default)
        if value is None or not isinstance(value, kind) or (kind is int and value is True):
            wanted = {str: "a text", int: "a whole number", dict: "a table", bool: "true or false"}
            self._fail(f"{self._where}{name} must be {wanted.get(kind, 'a list')}")
        return value

    def _matching(self, name: str, pattern: re.Pattern[str], wanted: str) -> str:
        value: str = self._take(name, str, None)
        if not pattern.fullmatch(value):
            self._fail(f"{self._where}{name} must be {wanted}, not {value!r}")
        return value

    def _choice(self, name: str, default: str, allowed: frozenset[str]) -> str:
        value: str = self._take(name, str, default)
        if value not in allowed:
            self._fail(f"{self._where}{name} must be one of {', '.join(sorted(allowed))}")
        return value

    def _number(self, name: str, default: int, least: int, most: int) -> int:
        value: int = self._take(name, int, default)
        if not least <= value <= most:
            self._fail(f"{self._where}{name} must be {least} to {most}, not {value}")
        return value

    def _names(self, name: str) -> tuple[str, ...]:
        values: list[Any] = self._take(name, list, [])
        if not all(isinstance(value, str) and _SLUG.fullmatch(value) for value in values):
            self._fail(f'{self._where}{name} must be a list of short names, like ["coast"]')
        return tuple(dict.fromkeys(values))

    def _type(self, name: str, table: object) -> str:
        kind = table.get("type") if isinstance(table, dict) else None
        if kind not in _TYPES:
            self._fail(
                f'{self._where}variables.{name} must be {{type = "number"}}, "yes-no" or "category"'
            )
        if isinstance(table, dict) and (odd := sorted(set(table) - _COLUMN)):
            self._fail(f"{self._where}variables.{name}.{odd[0]} is not a setting of this version")
        return str(kind)

    def _platform(self) -> str:
        url: str = self._take("platform", str, None).rstrip("/")
        if not re.fullmatch(r"https?://[^/?#\s]+", url):
            self._fail(f"platform must be an address like https://kinhold.example, not {url!r}")
        return url

    def _path(self, name: str) -> Path | None:
        value: str = self._take(name, str, "")
        return self._below(value) if value else None

    def _below(self, value: object) -> Path:
        """Take a path as it stands, or below the home folder when it is relative."""
        if not isinstance(value, str) or not value:
            self._fail("a path must be a text that is not empty")
        return self._home.folder / Path(value).expanduser()

    def _fail(self, problem: str) -> NoReturn:
        raise NodeError(f"{self._home.config}: {problem}.")
