"""``kinhold-node pin``: people compare the first charter by voice, and only then it counts."""

import json
import sys
from argparse import Namespace
from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO

from consent.grants.charter import Charter, extend_chain, parse_charter, pin
from consent.grants.codec import parse_json
from consent.grants.errors import GrantRefused
from consent.grants.statements import Signed
from consent.grants.words import FINGERPRINT_WORDS, fingerprint_words, words_match
from federation.node import keys
from federation.node.books.events import OPERATOR
from federation.node.books.state import State
from federation.node.decision.holders import holder_state
from federation.node.errors import NodeError
from federation.node.home import Home, NodeConfig
from federation.node.mixing.peers import all_peers
from federation.node.platform import Platform, PlatformUnreachable
from federation.node.setting_up.asking import at_terminal, read_line
from federation.node.setting_up.qr import drawn
from federation.node.settings import read_config

_CHARTER_LIMIT = 8 * 1_048_576
_TRIES = 3
_NOTHING = "Nothing was pinned."


def pin_charter(home: Home, arguments: Namespace) -> int:
    """Show the first charter's fingerprint, and pin it when people confirm it.

    Raises:
        NodeError: no charter can be had, the words do not match, or one is pinned already.
    """
    out = sys.stderr if arguments.json else sys.stdout
    pinned = pin_first(
        home,
        fingerprint=arguments.fingerprint,
        holder=arguments.holder or "",
        file=arguments.charter,
        out=out,
    )
    if arguments.json:
        told = {
            "community": pinned[-1].community,
            "fingerprint": pinned[0].digest,
            "words": fingerprint_words(pinned[0].digest),
            "newest": pinned[-1].number,
        }
        sys.stdout.write(json.dumps(told, indent=2) + "\n")
    return 0


def pin_first(
    home: Home,
    *,
    fingerprint: str | None,
    out: TextIO,
    holder: str = "",
    file: str | None = None,
) -> tuple[Charter, ...]:
    """Do it; return the chain that stands from now on.

    Args:
        fingerprint: words or hex that were compared elsewhere; None asks for them.
        holder: another community whose say counts here; "" is the node's own.
        file: takes the charter from there instead of from the platform.
    Raises:
        NodeError: as ``pin_charter``.
    """
    config = read_config(home)
    community = holder or config.community
    state = _state_of(home, config, community)
    if state.chain():
        raise NodeError("A charter is pinned already. A node never changes to another one.")
    charters = _charters(home, config, file, community)
    first = charters[0]
    if parse_charter(first.statement).community != community:
        other = parse_charter(first.statement).community
        raise NodeError(f"This is the charter of {other}, not {community}. {_NOTHING}")
    out.write(_shown(first, out))
    _require_compared(first.digest, fingerprint, out)
    try:
        chain = pin(first, fingerprint=first.digest)
    except GrantRefused as refusal:
        raise NodeError(f"This charter cannot be pinned. {refusal}") from refusal
    chain = _keep(state, chain, charters)
    state.close()
    out.write(f"Pinned. The newest charter of {community} is {chain[-1].number}.\n")
    return chain


def _keep(state: State, chain: tuple[Charter, ...], charters: list[Signed]) -> tuple[Charter, ...]:
    """Write the first charter, and those after it as far as each follows from the one before."""
    now = datetime.now(UTC)
    with state.writing():
        state.add_charter(1, charters[0], now)
        for signed in charters[1:]:
            try:
                chain = extend_chain(chain, signed)
            except GrantRefused as refusal:
                sys.stderr.write(f"A later charter was not taken over: {refusal}\n")
                break
            state.add_charter(chain[-1].number, signed, now)
        state.note(f"The operator pinned charter 1 ({charters[0].digest}).", now, OPERATOR)
    return chain


def _require_compared(digest: str, given: str | None, out: TextIO) -> None:
    """Let nobody pass who does not name the words.

    Raises:
        NodeError: they are other words, or nobody is there to say them.
    """
    if given is not None:
        if not words_match(given, digest):
            raise NodeError(f"These are not the words of this charter. {_NOTHING}")
        return
    if not at_terminal():
        raise NodeError(
            f"{_NOTHING} Compare the words above with what your stewards read to you, "
            'then run: kinhold-node pin --fingerprint "the twelve words"'
        )
    out.write("Ring a steward. Let her read the twelve words from her own page, not you.\n")
    for left in reversed(range(_TRIES)):
        said = read_line("Type the words that you hear: ", out)
        if words_match(said, digest):
            return
        count = len(said.replace("-", " ").split())
        if count < FINGERPRINT_WORDS:
            out.write("Type all twelve words; a yes is not enough.\n")
        else:
            out.write("These are not the words of this charter.\n")
        out.write(f"Tries left: {left}.\n" if left else "")
    raise NodeError(
        f"{_NOTHING} If she reads other words than are shown here, this platform shows you "
        "another charter than hers: do not run this node, and tell all stewards."
    )


def _state_of(home: Home, config: NodeConfig, community: str) -> State:
    """Give the file for a community's charter: the node's own, or a holder's or peer's."""
    if community == config.community:
        return State(home.state)
    if community not in all_peers(config):
        raise NodeError(
            f"No dataset of this node is held by {community} too, and it is no peer of this node. "
            f'Write it into {home.config} first: holders = ["{community}"] below the dataset, or '
            f'peers = ["{community}"] at the top, if answers are to be mixed with its node\'s.'
        )
    return holder_state(home, community)


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
        with path.open("rb") as file:
            content = file.read(_CHARTER_LIMIT + 1)
    except (OSError, ValueError) as error:
        raise NodeError(f"Cannot read {path}: {error}.") from None
    try:
        document = parse_json(content, limit=_CHARTER_LIMIT)
    except GrantRefused as refusal:
        raise NodeError(f"{path} is not a charter. {refusal}") from refusal
    listed = document.get("charters")
    if isinstance(listed, list):
        return [str(item) for item in listed]
    return [content.decode("utf-8").strip()]


def _from_platform(home: Home, config: NodeConfig, community: str) -> list[str]:
    platform = Platform.of(config, keys.receipt_key(home))
    try:
        return platform.charters(of="" if community == config.community else community)
    except PlatformUnreachable as error:
        raise NodeError(
            f"The charter could not be fetched: {error}. Is this node's card registered there?"
        ) from None
    finally:
        platform.close()


def _shown(first: Signed, out: TextIO) -> str:
    charter = parse_charter(first.statement)
    stewards = ", ".join(steward.name for steward in charter.stewards)
    return (
        f"First charter of {charter.community}, stewards: {stewards}\n"
        f"Fingerprint in words: {fingerprint_words(first.digest)}\n"
        f"Fingerprint in hex:   {first.digest}\n{drawn(first.digest, out)}\n"
    )
