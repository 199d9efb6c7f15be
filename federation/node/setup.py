"""``kinhold-node init`` and ``pin``: making a node and binding it to its community."""

import csv
import json
import sys
from argparse import Namespace
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from consent.grants.charter import extend_chain, parse_charter, pin
from consent.grants.codec import b64u, parse_json
from consent.grants.errors import GrantRefused
from consent.grants.statements import Signed
from consent.grants.words import fingerprint_words, words_match
from federation.node import keys
from federation.node.errors import NodeError
from federation.node.holders import all_holders, holder_state
from federation.node.home import LEAST_COHORT, Home, NodeConfig
from federation.node.platform import Platform, PlatformUnreachable
from federation.node.settings import read_config
from federation.node.state import State

_CHARTER_LIMIT = 8 * 1_048_576

_QUESTIONS = {
    "community": "Short name of the community, as on the platform (like river): ",
    "name": "Name of this node (like river-node): ",
    "platform": "Address of the platform (like https://kinhold.example): ",
    "superlink": "Address of the platform's SuperLink (host:port): ",
}


def init(home: Home, arguments: Namespace) -> int:
    """Make the folder, the keys and ``node.toml``; print the node's card.

    Raises:
        NodeError: there is a node already, or an answer cannot be used.
    """
    if home.config.exists():
        raise NodeError(f"There is a node at {home.folder} already; nothing was changed.")
    answers = {name: getattr(arguments, name) or _ask(name) for name in _QUESTIONS}
    text = _config_text(answers, arguments)
    try:
        home.folder.mkdir(parents=True, exist_ok=True)
        home.folder.chmod(0o700)
        for folder in (home.log, home.run, home.work):
            folder.mkdir(mode=0o700, exist_ok=True)
        keys.write_private(home.config, text.encode())
        config = _checked(home)
        if not home.keys.exists():
            keys.make_keys(home)
    except OSError as error:
        raise NodeError(f"Cannot write to {home.folder}: {error.strerror}.") from None
    State(home.state).close()
    card = json.dumps(_card(home, config), indent=2)
    home.card.write_text(card + "\n")
    sys.stdout.write(card + "\n")
    sys.stderr.write(
        f"\nThe node is at {home.folder}. Give the card above to your stewards; it is also in "
        f"{home.card}.\nThen compare the charter's fingerprint with them: kinhold-node pin\n"
    )
    return 0


def pin_charter(home: Home, arguments: Namespace) -> int:
    """Show the first charter's fingerprint, and pin it when people confirm it.

    Raises:
        NodeError: no charter can be had, the words do not match, or one is pinned already.
    """
    config = read_config(home)
    community = arguments.holder or config.community
    state = _state_of(home, config, community)
    if state.chain():
        raise NodeError("A charter is pinned already. A node never changes to another one.")
    charters = _charters(home, config, arguments.charter, community)
    first = charters[0]
    sys.stdout.write(_shown(first))
    said = arguments.fingerprint or _ask_words()
    if not words_match(said, first.digest):
        raise NodeError("These are not the words of this charter. Nothing was pinned.")
    try:
        chain = pin(first, fingerprint=first.digest)
    except GrantRefused as refusal:
        raise NodeError(f"This charter cannot be pinned. {refusal}") from refusal
    if chain[0].community != community:
        raise NodeError(f"This is the charter of {chain[0].community}, not {community}.")
    now = datetime.now(UTC)
    state.add_charter(1, first, now)
    state.note(f"The operator pinned charter 1 ({first.digest}).", now)
    for signed in charters[1:]:
        try:
            chain = extend_chain(chain, signed)
        except GrantRefused as refusal:
            sys.stderr.write(f"A later charter was not taken over: {refusal}\n")
            break
        state.add_charter(chain[-1].number, signed, now)
    sys.stdout.write(f"Pinned. The newest charter of {community} is {chain[-1].number}.\n")
    return 0


def _state_of(home: Home, config: NodeConfig, community: str) -> State:
    """Give the file in which a community's charter is pinned: the node's own, or a holder's."""
    if community == config.community:
        return State(home.state)
    if community not in all_holders(config):
        raise NodeError(
            f"No dataset of this node is held by {community} too. Write it into {home.config} "
            f'first, below the dataset: holders = ["{community}"]'
        )
    return holder_state(home, community)


def _card(home: Home, config: NodeConfig) -> dict[str, str]:
    return {
        "community": config.community,
        "name": config.name,
        "receipt_key": b64u(keys.receipt_key(home).public_key().public_bytes_raw()),
        "supernode_key": keys.supernode_public_key(home),
    }


def _checked(home: Home) -> NodeConfig:
    """Read back what was just written; a file that cannot be used does not stay."""
    try:
        return read_config(home)
    except NodeError:
        home.config.unlink()
        raise


def _ask(name: str) -> str:
    if not sys.stdin.isatty():
        raise NodeError(f"--{name} is missing.")
    sys.stderr.write(_QUESTIONS[name])
    sys.stderr.flush()
    return sys.stdin.readline().strip()


def _ask_words() -> str:
    if not sys.stdin.isatty():
        raise NodeError(
            "Nothing was pinned. Compare the words above with what your stewards read to you, "
            'then run: kinhold-node pin --fingerprint "the twelve words"'
        )
    sys.stdout.write("Type the twelve words that a steward reads to you: ")
    sys.stdout.flush()
    return sys.stdin.readline().strip()


def _config_text(answers: dict[str, str], arguments: Namespace) -> str:
    lines = [f"{name} = {json.dumps(value)}" for name, value in answers.items()]
    for name in ("superlink_ca", "platform_ca"):
        if path := getattr(arguments, name):
            lines.append(f"{name} = {json.dumps(str(Path(path).absolute()))}")
    lines += [
        "# A list of notices older than this many seconds counts as: stop.",
        "notice_max_age_s = 86400",
        '# "preinstalled" runs only the jobs installed here; "pinned" also unpacks granted code.',
        f"code_policy = {json.dumps(arguments.code_policy)}",
    ]
    for dataset in arguments.dataset or ():
        lines += _dataset_lines(dataset, arguments.min_cohort)
    return "\n".join(lines) + "\n"


def _dataset_lines(text: str, min_cohort: int) -> list[str]:
    name, _, file = text.partition("=")
    if not name or not file:
        raise NodeError(f"--dataset must be like river-diabetes=/data/diabetes.csv, not {text!r}.")
    path = Path(file).expanduser().absolute()
    kind = "parquet" if path.suffix == ".parquet" else "csv"
    return [
        "",
        f"[datasets.{name}]",
        f"path = {json.dumps(str(path))}",
        f'format = "{kind}"',
        f"min_cohort = {max(min_cohort, LEAST_COHORT)}",
        "# What people read of it on the platform; look at it with: kinhold-node datasets describe",
        'title = ""',
        'description = ""',
        "",
        '# Types: "number", "yes-no" (0 or 1), "category". Take out what no job may ever use.',
        '# Beside the type: unit = "years", label = "Age at visit", range = [0, 120].',
        f"[datasets.{name}.variables]",
        *(f'{json.dumps(column)} = {{ type = "number" }}' for column in _columns(path, kind)),
    ]


def _columns(path: Path, kind: str) -> Sequence[str]:
    """Read the header only."""
    try:
        if kind == "csv":
            with path.open(encoding="utf-8-sig", newline="") as file:
                return [name.strip() for name in next(csv.reader(file), [])]
        import pyarrow
        import pyarrow.parquet

        names: list[str] = pyarrow.parquet.read_schema(path).names
        return names
    except OSError as error:
        raise NodeError(f"Cannot read {path}: {error.strerror or error}.") from None
    except (csv.Error, UnicodeDecodeError):
        raise NodeError(f"{path} is not a CSV table in UTF-8.") from None
    except pyarrow.ArrowException:
        raise NodeError(f"{path} is not a Parquet table.") from None


def _charters(home: Home, config: NodeConfig, file: str | None, community: str) -> list[Signed]:
    texts = _from_file(Path(file)) if file else _from_platform(home, config, community)
    try:
        charters = [Signed.from_json(text) for text in texts]
        for signed in charters:
            parse_charter(signed.statement)
    except GrantRefused as refusal:
        raise NodeError(f"What was given is not a charter. {refusal}") from refusal
    if not charters:
        raise NodeError(f"The platform has no charter of {community} yet.")
    return charters


def _from_file(path: Path) -> list[str]:
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise NodeError(f"Cannot read {path}: {error}.") from None
    try:
        document = parse_json(text.encode(), limit=_CHARTER_LIMIT)
    except GrantRefused as refusal:
        raise NodeError(f"{path} is not a charter. {refusal}") from refusal
    listed = document.get("charters")
    return [str(item) for item in listed] if isinstance(listed, list) else [text.strip()]


def _from_platform(home: Home, config: NodeConfig, community: str) -> list[str]:
    platform = Platform.of(config, keys.receipt_key(home))
    try:
        return platform.charters(of="" if community == config.community else community)
    except PlatformUnreachable as error:
        raise NodeError(
            f"The charter could not be fetched: {error}. Is this node's card registered there?"
        ) from None


def _shown(first: Signed) -> str:
    charter = parse_charter(first.statement)
    stewards = ", ".join(steward.name for steward in charter.stewards)
    return (
        f"First charter of {charter.community}, stewards: {stewards}\n"
        f"Fingerprint in words: {fingerprint_words(first.digest)}\n"
        f"Fingerprint in hex:   {first.digest}\n{_qr(first.digest)}\n"
    )


def _qr(text: str) -> str:
    """Draw a QR code in characters; nothing when the library is not installed."""
    try:
        import qrcode
    except ImportError:
        return ""
    code = qrcode.QRCode(border=1)
    code.add_data(text)
    code.make()
    rows = code.get_matrix()
    return "\n".join("".join("██" if dark else "  " for dark in row) for row in rows)
