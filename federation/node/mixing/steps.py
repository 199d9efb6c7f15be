"""The four steps of secure aggregation, as one node takes them in each round of a run.

The platform passes everything on and is trusted with nothing: the node itself works out how many
must answer, who takes part, and what all of them were asked; it takes each step once and in order.
"""

import importlib
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from consent.grants.codec import config_digest
from federation.catalogue.shared import masks
from federation.node import keys
from federation.node.books.state import State
from federation.node.decision.gate import Asked, Plan
from federation.node.decision.holders import Holders
from federation.node.errors import JobFailed, NotHidden
from federation.node.home import Home, NodeConfig
from federation.node.mixing import crypto, memory, parts, peers, reading, statements
from federation.node.mixing.memory import Place
from federation.node.mixing.parts import Parties, Secrets, Shares
from federation.node.platform import Platform
from federation.node.work import Work

Reply = dict[str, Any]


class Post(Protocol):
    """What of the guard secure aggregation needs."""

    home: Home
    config: NodeConfig
    state: State
    holders: Holders
    platform: Platform


def rounds_counted(state: State, work: Work, grant: str) -> int:
    """Give how many of a grant's used rounds are this very one.

    The last step comes after the round was counted. It is no further round.
    """
    place = Place(work.flower_run, work.round, grant)
    last = work.mixing.get("stage") == "unmask"
    return int(last and memory.is_at(state, place, "collect"))


class Mixing:
    """One message of a round in which answers are mixed."""

    def __init__(self, post: Post, work: Work, asked: Asked, plan: Plan, *, at: datetime) -> None:
        self._post, self._work, self._plan, self._at = post, work, plan, at
        self._place = Place(work.flower_run, work.round, plan.claims.id)
        self._own = post.config.community
        self._told = _told(work, asked, self._own)
        self._exact = plan.claims.dp is None
        if plan.job is None:
            raise NotHidden("Only answers of the catalogue's own jobs can be mixed with others.")
        for community in set(self._told.communities) - {self._own}:
            peers.pinned_peer(post.holders, post.config, community)

    def take(self) -> Reply | None:
        """Take the step that was asked for; give what may leave.

        Returns:
            None for the one step that needs the data: then ``hide`` gives what may leave.
        Raises:
            NotHidden: the step is not to be taken; the sentence says why.
        """
        steps: dict[str, Callable[[], Reply | None]] = {
            "setup": self._setup,
            "share": self._share,
            "collect": self._collect,
            "unmask": self._unmask,
        }
        return steps[reading.step_of(self._work.mixing)]()

    def _setup(self) -> Reply:
        before = memory.sum_opened(self._post.state, self._place.grant)
        if self._exact and before is not None and not before <= set(self._told.communities):
            raise NotHidden(memory.OTHER_SUM)
        made = Secrets.new()
        public = made.public(self._own, self._post.config.name)
        key = keys.receipt_key(self._post.home)
        statement, signature = statements.stated(self._told, public, key)
        kept = {"secrets": made.kept(), "statement": statement.decode()}
        memory.begin(self._post.state, self._place, "setup", kept, self._at)
        return {"statement": statement, "signature": signature}

    def _share(self) -> Reply:
        kept = self._kept("setup")
        count = len(self._told.communities)
        texts = reading.blobs(self._work.mixing, "statements", count)
        signatures = reading.blobs(self._work.mixing, "signatures", count)
        mine = kept["statement"].encode()
        for text, signature in zip(texts, signatures, strict=True):
            if text != mine:
                self._verify(text, signature)
        parties = Parties.of(self._own, texts)
        if mine not in texts or tuple(parties.keys) != self._told.communities:
            raise NotHidden("The keys are not those of this node and of each other one, once.")
        own, sealed = parts.share_out(Secrets.from_kept(kept["secrets"]), parties)
        kept |= {"statements": [text.decode() for text in texts], "own": _written(own)}
        memory.go_on(self._post.state, self._place, "setup", "share", kept)
        return {"to": list(sealed), "sealed": list(sealed.values())}

    def _collect(self) -> None:
        """Open the others' shares and keep them; after this the round is this node's to answer."""
        kept = self._kept("share")
        parties = _parties(self._own, kept)
        senders = reading.texts(self._work.mixing, "from")
        sealed = reading.blobs(self._work.mixing, "sealed", len(senders))
        if not set(senders) <= set(parties.others) or len(senders) + 1 < parties.least:
            raise NotHidden(
                f"{len(senders) + 1} nodes would be mixed, or others than agreed. At least "
                f"{parties.least} of the {len(parties.keys)} are needed, so that none is seen."
            )
        made = Secrets.from_kept(kept["secrets"])
        try:
            shares = {
                sender: _written(parts.opened(made, parties, sender, text))
                for sender, text in zip(senders, sealed, strict=True)
            }
        except crypto.Unsealable as error:
            raise NotHidden(f"Secure aggregation: {error}.") from error
        shares[self._own] = kept["own"]
        left = {name: kept[name] for name in ("statement", "statements")} | {"shares": shares}
        memory.go_on(self._post.state, self._place, "share", "collect", left)
        self._hiding = (made, parties, frozenset(shares))

    def hide(self, reply: Mapping[str, Sequence[float]]) -> Reply:
        """Give a checked reply in the only form in which it may leave: as masked sums.

        Raises:
            JobFailed: a number in it is too large to be mixed; nothing wraps around.
        """
        made, parties, sharing = self._hiding
        sums = _additive(self._plan).to_sums(parts.blurred(reply))
        try:
            values = masks.to_fixed(value for part in sums.values() for value in part)
        except masks.NotANumber as error:
            raise JobFailed("bad-reply", f"Nothing was mixed: {error}.") from error
        return {
            "masked": masks.pack_fixed(parts.masked(values, made, parties, sharing)),
            "names": list(sums),
            "lengths": [len(part) for part in sums.values()],
        }

    def _unmask(self) -> Reply:
        kept = self._kept("collect")
        parties = _parties(self._own, kept)
        active = reading.texts(self._work.mixing, "active")
        dropped = reading.texts(self._work.mixing, "dropped")
        if set(active) & set(dropped) or {*active, *dropped} != set(kept["shares"]):
            raise NotHidden(
                "Each node that shared must be either in the sum or left out of it: both masks "
                "of one node are never lifted."
            )
        if self._own not in active or len(active) < parties.least:
            raise NotHidden(
                f"A sum of {len(active)} nodes' answers is not opened. At least {parties.least} "
                "are needed, this node's among them."
            )
        held = {name: Shares(*map(bytes.fromhex, kept["shares"][name])) for name in kept["shares"]}
        memory.open_sum(self._post.state, self._place, active, same=self._exact)
        given = {name: held[name].seed for name in active}
        given |= {name: held[name].key for name in dropped}
        return {"of": list(given), "shares": list(given.values())}

    def _kept(self, step: str) -> dict[str, Any]:
        """Give what was kept at the step before, if the message is still about the same."""
        kept = memory.secrets_at(self._post.state, self._place, step, self._at)
        statements.require_told(kept["statement"].encode(), self._told)
        return kept

    def _verify(self, text: bytes, signature: bytes) -> None:
        community = statements.community_of(text)
        if community not in self._told.communities or community == self._own:
            raise NotHidden("The keys are not those of this node and of each other one, once.")
        post = self._post
        state = peers.pinned_peer(post.holders, post.config, community)
        try:
            statements.verified(text, signature, told=self._told, chain=state.chain())
        except NotHidden:
            # Perhaps its community decided on another node since: ask for its charters once.
            for warning in peers.fetch(state, post.platform, community, at=self._at):
                state.note(warning, self._at)
            statements.verified(text, signature, told=self._told, chain=state.chain())


def _told(work: Work, asked: Asked, own: str) -> statements.Round:
    together = tuple(sorted(asked.communities))
    if len(set(together)) != len(together) or own not in together:
        raise NotHidden("A community takes part in a sum with one node, and once.")
    if len(together) < masks.LEAST_NODES:
        raise NotHidden(
            f"{len(together)} communities take part. Secure aggregation among fewer than "
            f"{masks.LEAST_NODES} protects nothing; ask for privacy noise, and not for it."
        )
    if len(together) > masks.MOST_NODES or work.round < 1:
        raise NotHidden("Secure aggregation needs a round's number, and not too many communities.")
    return statements.Round(
        flower_run=work.flower_run,
        number=work.round,
        run=asked.run,
        request=asked.request,
        config=config_digest(work.config),
        question=work.question_digest,
        communities=together,
    )


def _parties(own: str, kept: Mapping[str, Any]) -> Parties:
    return Parties.of(own, (text.encode() for text in kept["statements"]))


def _written(shares: Shares) -> list[str]:
    return [shares.seed.hex(), shares.key.hex()]


def _additive(plan: Plan) -> Any:
    """Give the job's own way of telling its reply as sums; every job of the catalogue has one."""
    package = plan.job.package if plan.job is not None else ""
    return importlib.import_module(f"federation.catalogue.{package}.additive")
