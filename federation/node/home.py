"""A node's home folder: where each file is, and what ``node.toml`` says once it is read."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

LEAST_COHORT = 20
"""No aggregate of fewer people ever leaves a node, whatever its settings say."""

DEFAULT_COHORT = 100
"""Fewest people unless ``node.toml`` says otherwise. Source: docs/adr/0025."""


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
    def people_key(self) -> Path:
        return self.keys / "people"

    @property
    def optouts(self) -> Path:
        return self.folder / "optouts"

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
class Budget:
    """The most that all noised answers over a dataset's lifetime may give away, together.

    In (epsilon, delta) differential privacy, for one person.
    """

    epsilon: Decimal
    delta: Decimal


@dataclass(frozen=True)
class Dataset:
    """One dataset as the operator described it.

    Attributes:
        path: the table; for PLINK the .bed file, beside which .bim and .fam lie.
        format: "csv", "parquet" or "plink".
        min_cohort: fewest people with complete values; never below ``LEAST_COHORT``.
        holders: further communities that have a say; each must allow every use.
        variables: type of each column: "number", "yes-no" (0 or 1) or "category" (text,
            which no job of the catalogue can use so far).
        rows_per_person: most rows of one person that are used; needs an id column if above 1.
        noise: "always" demands privacy noise of every grant; "when-asked" leaves it to grants
            and to the node's own rules.
        mixing: "always" demands secure aggregation of every grant.
        budget: for noise; without one no noised job runs here.
        sha256: digest of the file that alone may be used; "" lets it change.
        code_policy: as the node's own, for this dataset alone; "" takes the node's.
    """

    id: str
    path: Path
    format: str
    min_cohort: int
    variables: Mapping[str, str]
    holders: tuple[str, ...] = ()
    words: "Words" = field(default_factory=lambda: Words())
    rows_per_person: int = 1
    noise: str = "when-asked"
    mixing: str = "when-asked"
    budget: Budget | None = None
    sha256: str = ""
    code_policy: str = ""

    @property
    def id_column(self) -> str:
        """The column that tells people apart; "" where each row is a person of its own."""
        return self.words.id_column


@dataclass(frozen=True)
class Words:
    """What the operator tells people of a dataset. Jobs never see it.

    Attributes:
        id_column: the column that tells people apart. Neither it nor its name leaves the node.
        provenance: a JSON file with the record of where the data comes from.
        columns: the whole table of each variable in ``node.toml``, with unit, label and limits.
    """

    title: str = ""
    description: str = ""
    id_column: str = ""
    provenance: Path | None = None
    columns: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


@dataclass(frozen=True)
class Allowed:
    """Whom and what this node works for at all, whatever a grant says; empty means anybody.

    Attributes:
        people: e-mail addresses; everybody whom a grant names must be among them.
        institutions: names or ROR addresses.
        jobs: names of jobs.
    """

    people: tuple[str, ...] = ()
    institutions: tuple[str, ...] = ()
    jobs: tuple[str, ...] = ()


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
        job_processes: most processes and threads of one job.
        job_user: the system's user that jobs run as, where the node itself runs as root; ""
            takes a user id that nobody has.
        allow_unconfined: run unpacked code although the kernel cannot confine it.
        peers: further communities whose charters are pinned here, so that secure aggregation
            knows their nodes.
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
    job_processes: int = 64
    job_user: str = ""
    peers: tuple[str, ...] = ()
    allowed: Allowed = Allowed()
