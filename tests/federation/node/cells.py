"""Runs a piece of code as a job, in real processes behind the real walls."""

import os
import struct
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from flwr.app import Context, Message, RecordDict
from flwr.common.serde import context_to_proto, message_to_proto
from flwr.supercore.task_identity import TaskIdentity

from federation.node.data.columns import hand_over
from federation.node.flower_link import read_records
from federation.node.walls import confine, flower_job
from federation.node.walls.folders import give_to, prepare_work
from federation.node.walls.job_user import JobUser, nobodys
from federation.node.walls.jobs import Launcher, run_job
from federation.node.walls.launcher import Request, Setting

APP = """
import os, sys, time
from flwr.app import Message, MetricRecord, ConfigRecord, RecordDict
from flwr.clientapp import ClientApp
app = ClientApp()
@app.train()
def train(message, context):
{body}
"""

_TELLING = """
import errno, json
told = {}
def attempt(name, act):
    try:
        told[name] = f"did: {act()!r}"[:200]
    except (OSError, MemoryError) as error:
        told[name] = errno.errorcode.get(getattr(error, "errno", 0) or 0, type(error).__name__)
%s
return Message(RecordDict({"told": ConfigRecord({"json": json.dumps(told)})}), reply_to=message)
"""


def job_input() -> bytes:
    TaskIdentity.task_id, TaskIdentity.run_id, TaskIdentity.node_id = 1, 1, 0
    message = Message(RecordDict(), 5, "train", group_id="1")
    message.metadata.__dict__["_message_id"] = message.object_id
    config = {"job.outcome": "y", "job.predictors": "x"}
    context = Context(1, 5, {}, RecordDict(), config)
    first = message_to_proto(message).SerializeToString()
    return struct.pack(">Q", len(first)) + first + context_to_proto(context).SerializeToString()


def look_away(_seconds: float) -> None:
    return


@dataclass
class Cell:
    """A launcher as a node starts it here, and which walls this machine's kernel gave it."""

    launcher: Launcher
    held: dict[str, bool]
    work: Path

    def tell(self, folder: str, code: str, **options: Any) -> dict[str, Any]:
        """Run code as a job; give what it put into ``told``, by ``attempt`` or itself."""
        import json

        records = read_records(self.run(folder, _TELLING % code, **options))
        told: dict[str, Any] = json.loads(str(records["told"]["json"]))
        return told

    def run(
        self,
        folder: str,
        body: str,
        look: Callable[[float], None] = look_away,
        **options: Any,
    ) -> bytes:
        """Run a body of ``train`` as unpacked code."""
        place = self.work / folder
        bundle = place / "bundle"
        bundle.mkdir(parents=True)
        indented = "\n".join(f"    {line}" for line in body.splitlines())
        (bundle / "granted.py").write_text(APP.format(body=indented))
        request = Request(
            reference="granted:app",
            folder=str(bundle),
            home=str(give_to(self.launcher.user, place)),
            errors=str(place / "job.log"),
            **({"seconds": 60, "memory_mb": 4096, "writable": ()} | options),
        )
        data = hand_over({"x": np.arange(30.0), "y": np.arange(30.0) ** 2})
        return run_job(
            self.launcher, request, job_input=job_input(), data=data, most=100_000, look=look
        )


def open_cell(folder: Path) -> Cell:
    """Start a launcher with every wall that can be had here."""
    user: JobUser | None = nobodys(folder) if os.geteuid() == 0 else None
    work = folder / "work"
    work.mkdir()
    prepare_work(work, user)
    held = confine.what_holds(user, (*flower_job.code_folders(), work))
    user = user if held["own user"] else None
    launcher = Launcher(folder / "node.log", Setting(user, (str(work),), held["disk"]))
    launcher.wait_ready()
    return Cell(launcher, held, work)
