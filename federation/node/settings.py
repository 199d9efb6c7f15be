"""Reads ``node.toml`` and checks every value in it; a wrong one is named and nothing runs."""

import re
import tomllib
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, NoReturn

from federation.node.data.variables import require_described
from federation.node.errors import NodeError
from federation.node.home import (
    DEFAULT_COHORT,
    LEAST_COHORT,
    Allowed,
    Budget,
    Dataset,
    Home,
    NodeConfig,
    Words,
)

SLUG = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")
ADDRESS = re.compile(r"[A-Za-z0-9.-]+:[0-9]{1,5}")
PLATFORM = re.compile(r"https?://[^/?#\s]+")
_SHA256 = re.compile(r"(?:[0-9a-f]{64})?")
_POLICIES = frozenset({"preinstalled", "pinned"})
_FORMATS = frozenset({"csv", "parquet", "plink"})
_WHEN = frozenset({"when-asked", "always"})
_TYPES = frozenset({"number", "yes-no", "category"})
_COLUMN = frozenset({"type", "unit", "label", "range", "categories"})
_DAY_S = 86_400
_MOST_EPSILON, _MOST_DELTA = Decimal(100), Decimal("0.01")


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
            community=self._matching("community", SLUG, "a short name like river"),
            name=self._matching("name", SLUG, "a short name like river-node"),
            platform=self._platform(),
            superlink=self._matching("superlink", ADDRESS, "host:port"),
            superlink_ca=self._path("superlink_ca"),
            platform_ca=self._path("platform_ca"),
            notice_max_age_s=self._number("notice_max_age_s", _DAY_S, 60, 30 * _DAY_S),
            code_policy=self._choice("code_policy", "preinstalled", _POLICIES),
            job_limit_s=self._number("job_limit_s", 600, 1, 7 * _DAY_S),
            job_memory_mb=self._number("job_memory_mb", 4096, 512, 1_000_000),
            job_folders=tuple(self._below(p) for p in self._take("job_folders", list, [])),
            allow_unconfined=self._take("allow_unconfined", bool, False),
            datasets={name: self._dataset(name, table) for name, table in datasets.items()},
            job_processes=self._number("job_processes", 64, 1, 10_000),
            job_user=self._take("job_user", str, ""),
            peers=self._names("peers"),
            allowed=self._allowed(),
        )
        self._end()
        self._same_promises(config.datasets)
        return config

    def _same_promises(self, datasets: Mapping[str, Dataset]) -> None:
        """Refuse one file under two names of which one promises its people less.

        Whoever writes grants chooses the name. What is counted for a file is found by its path, so
        a second path to it (a hard link) would begin a count of its own.
        """
        first: dict[object, Dataset] = {}
        for dataset in datasets.values():
            other = first.setdefault(_which_file(dataset.path), dataset)
            same = f"datasets.{dataset.id} is the same file as datasets.{other.id}"
            if set(other.holders) != set(dataset.holders):
                self._fail(f"{same} and names other holders")
            for name in ("noise", "mixing", "budget"):
                if getattr(other, name) != getattr(dataset, name):
                    self._fail(f"{same} and has another setting for {name}")
            if other.path.resolve() != dataset.path.resolve():
                self._fail(f"{same} by another path, a hard link; name it by one path")

    def _dataset(self, name: str, table: object) -> Dataset:
        where = f"datasets.{name}"
        if not SLUG.fullmatch(name) or not isinstance(table, dict):
            self._fail(f"{where} is not a table with a short name")
        inner = _Reader(self._home, table)
        inner._where = f"{where}."
        columns = inner._take("variables", dict, {})
        dataset = Dataset(
            id=name,
            path=inner._below(inner._take("path", str, None)),
            format=inner._choice("format", "csv", _FORMATS),
            min_cohort=inner._number("min_cohort", DEFAULT_COHORT, LEAST_COHORT, 10**9),
            variables={n: inner._type(n, t) for n, t in columns.items()},
            holders=inner._names("holders"),
            words=inner._words(columns),
            rows_per_person=inner._number("rows_per_person", 1, 1, 1000),
            noise=inner._choice("noise", "when-asked", _WHEN),
            mixing=inner._choice("mixing", "when-asked", _WHEN),
            budget=inner._budget(),
            sha256=inner._matching("sha256", _SHA256, "64 digits of hex", default=""),
            code_policy=inner._choice("code_policy", "", _POLICIES | {""}),
        )
        inner._end()
        if dataset.rows_per_person > 1 and not dataset.id_column:
            self._fail(f"{where}.rows_per_person above 1 needs an id_column")
        try:
            require_described(dataset)
        except NodeError as error:
            raise NodeError(f"{self._home.config}: {where}: {error}") from None
        return dataset

    def _allowed(self) -> Allowed:
        inner = self._inner("allow")
        allowed = Allowed(
            people=inner._texts("people"),
            institutions=inner._texts("institutions"),
            jobs=inner._names("jobs"),
        )
        inner._end()
        return allowed

    def _budget(self) -> Budget | None:
        if "budget" not in self._left:
            return None
        inner = self._inner("budget")
        budget = Budget(
            inner._decimal("epsilon", _MOST_EPSILON), inner._decimal("delta", _MOST_DELTA)
        )
        inner._end()
        return budget

    def _inner(self, name: str) -> "_Reader":
        inner = _Reader(self._home, self._take(name, dict, {}))
        inner._where = f"{self._where}{name}."
        return inner

    def _end(self) -> None:
        if self._left:
            self._fail(f"{self._where}{sorted(self._left)[0]} is not a setting of this version")

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

    def _decimal(self, name: str, most: Decimal) -> Decimal:
        """Read a number above zero that stands there as text, so that nothing rounds it."""
        try:
            value = Decimal(self._take(name, str, None))
        except InvalidOperation:
            value = Decimal(0)
        if not 0 < value <= most:
            self._fail(f"{self._where}{name} must be a number in quotes, above 0 and up to {most}")
        return value

    def _matching(
        self, name: str, pattern: re.Pattern[str], wanted: str, default: str | None = None
    ) -> str:
        value: str = self._take(name, str, default)
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
        if not all(isinstance(value, str) and SLUG.fullmatch(value) for value in values):
            self._fail(f'{self._where}{name} must be a list of short names, like ["coast"]')
        return tuple(dict.fromkeys(values))

    def _texts(self, name: str) -> tuple[str, ...]:
        values: list[Any] = self._take(name, list, [])
        if not all(isinstance(value, str) and value for value in values):
            self._fail(f"{self._where}{name} must be a list of texts")
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
        if not PLATFORM.fullmatch(url):
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


def _which_file(path: Path) -> object:
    """Tell files apart by what they are, and by their path while they are not there."""
    try:
        status = path.stat()
    except OSError:
        return path.resolve()
    return status.st_dev, status.st_ino
