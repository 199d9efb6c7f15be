"""Runs real ClientApps and ServerApps in this process, over Flower's own Grid interface."""

import json
import os
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from flwr.app import Context, Error, Message, RecordDict
from flwr.clientapp import ClientApp
from flwr.serverapp import Grid, ServerApp
from flwr.supercore.task_identity import TaskIdentity

from federation.catalogue.registry import job_config, job_named

CATALOGUE = Path(__file__).parents[3] / "federation" / "catalogue"
Columns = Mapping[str, np.ndarray]


class LocalGrid(Grid):
    """Each node holds one ``.npz`` file; a node listed in ``refuses`` answers with an error.

    ``leaves`` maps a node to the number of messages after which it falls silent.
    """

    def __init__(self, app: ClientApp, config: dict[str, Any], files: Mapping[int, Path]) -> None:
        self.app, self.config, self.files = app, config, files
        self.refuses: dict[int, str] = {}
        self.leaves: dict[int, int] = {}
        self.asked: dict[int, int] = dict.fromkeys(files, 0)
        self.replies: list[Message] = []

    def set_run(self, run: Any) -> None:
        raise NotImplementedError

    @property
    def run(self) -> Any:
        raise NotImplementedError

    def create_message(self, *arguments: Any, **named: Any) -> Message:
        raise NotImplementedError

    def push_messages(self, messages: Iterable[Message]) -> Iterable[str]:
        raise NotImplementedError

    def pull_messages(self, message_ids: Iterable[str]) -> Iterable[Message]:
        raise NotImplementedError

    def get_node_ids(self) -> Iterable[int]:
        return list(self.files)

    def send_and_receive(
        self, messages: Iterable[Message], *, timeout: float | None = None
    ) -> Iterable[Message]:
        replies = [self._answer(message) for message in messages]
        self.replies += [reply for reply in replies if reply is not None]
        return [reply for reply in replies if reply is not None]

    def _answer(self, message: Message) -> Message | None:
        node = message.metadata.dst_node_id
        message.metadata.__dict__["_message_id"] = message.object_id
        self.asked[node] += 1
        if self.asked[node] > self.leaves.get(node, 10**6):
            return None
        if node in self.refuses:
            return Message(Error(code=1451, reason=self.refuses[node]), reply_to=message)
        os.environ["KINHOLD_DATA"] = str(self.files[node])
        try:
            return self.app(message=message, context=_context(self.config, node))
        finally:
            del os.environ["KINHOLD_DATA"]


def run_config(job: str, parameters: Mapping[str, object], **more: Any) -> dict[str, Any]:
    """Give the whole run configuration, as Flower fuses it from the bundle and the run."""
    text = (CATALOGUE / job_named(job).package / "pyproject.toml").read_text()
    defaults = tomllib.loads(text)["tool"]["flwr"]["app"]["config"]
    flat = {f"{table}.{key}": v for table, keys in defaults.items() for key, v in keys.items()}
    return flat | job_config(job, parameters) | more


def fit(server: ServerApp, grid: LocalGrid) -> dict[str, Any]:
    """Run the ServerApp to its end and give its result."""
    context = _context(grid.config, 0)
    # Flower stamps new messages with these; its own runner sets them.
    TaskIdentity.task_id, TaskIdentity.run_id, TaskIdentity.node_id = 1, 1, 0
    server(grid=grid, context=context)
    result: dict[str, Any] = json.loads(str(context.state["kinhold.result"]["json"]))
    return result


def split(folder: Path, columns: Columns, sites: int = 3) -> dict[int, Path]:
    """Give each site its part of the people, in a file of its own."""
    people = len(next(iter(columns.values())))
    files = {}
    for site, part in enumerate(np.array_split(np.arange(people), sites), start=1):
        files[site] = folder / f"site-{site}.npz"
        np.savez(files[site], **{name: values[part] for name, values in columns.items()})
    return files


def _context(config: dict[str, Any], node: int) -> Context:
    return Context(
        run_id=1, node_id=node, node_config={}, state=RecordDict(), run_config=dict(config)
    )
