"""One ServerApp, from its task token to its result, in a process of its own."""

import json
import logging
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import Queue

from flwr.app import RecordDict
from flwr.common.config import get_fused_config_from_dir
from flwr.common.constant import SubStatus
from flwr.common.serde import context_from_proto, context_to_proto, fab_from_proto, run_from_proto
from flwr.proto.runtime_pb2 import PullTaskInputRequest, PushTaskOutputRequest
from flwr.server.run_serverapp import run as run_server_app
from flwr.supercore.heartbeat import HeartbeatSender, make_task_heartbeat_fn_http
from flwr.supercore.logger import mirror_output_to_queue, start_log_uploader, stop_log_uploader
from flwr.supercore.task_identity import TaskIdentity

from federation.aggregator.grid import GovernedGrid
from federation.aggregator.outbox import Outbox
from federation.aggregator.settings import Settings
from federation.catalogue.fab import component, unpack

log = logging.getLogger(__name__)

_DETAILS_LIMIT = 2_000


def run_task(settings: Settings, token: str) -> None:
    """Run the ServerApp of the task that ``token`` stands for, and tell SuperLink the end."""
    grid = GovernedGrid(settings.runtime_address, False, settings.superlink_ca, token=token)
    client = grid._runtime_client
    heartbeat = HeartbeatSender(make_task_heartbeat_fn_http(client))
    heartbeat.start()
    context = None
    outcome, details = SubStatus.FAILED, "the aggregator was stopped"
    try:
        task = client.PullTaskInput(PullTaskInputRequest())
        context = context_from_proto(task.context)
        run = run_from_proto(task.run)
        grid.set_run(run)
        # Flower's log handler prints these with every line.
        TaskIdentity.task_id, TaskIdentity.run_id = task.task_id, run.run_id
        TaskIdentity.node_id = context.node_id
        with _logs_to_superlink(client, run.run_id):
            _run_app(settings, grid, context, fab_from_proto(task.fab).content)
        outcome, details = SubStatus.COMPLETED, ""
    except Exception as error:  # the app's code may raise anything
        details = str(error)[:_DETAILS_LIMIT] or type(error).__name__
        log.exception("the ServerApp failed")
    finally:
        if context is not None:
            # The result went to the platform; SuperLink has no use for it.
            context.state = RecordDict()
        client.PushTaskOutput(
            PushTaskOutputRequest(
                context=context_to_proto(context) if context else None,
                sub_status=outcome,
                details=details,
            )
        )
        heartbeat.stop()
        grid.close()


def _run_app(settings: Settings, grid: GovernedGrid, context, fab: bytes) -> None:  # type: ignore[no-untyped-def]  # flwr's Context is skipped by mypy
    run = grid.run
    with tempfile.TemporaryDirectory(dir=settings.home / "work") as name:
        folder = Path(name)
        unpack(fab, folder)
        context.run_config = get_fused_config_from_dir(folder, run.override_config)
        nodes = str(context.run_config.get("kinhold.nodes", ""))
        grid.allowed = frozenset(int(n) for n in nodes.split(",") if n) or None
        run_server_app(
            grid=grid,
            context=context,
            server_app_dir=str(folder),
            server_app_attr=component(folder, "serverapp"),
        )
    kinhold_run = str(context.run_config.get("kinhold.run", ""))
    if kinhold_run and "kinhold.result" in context.state:
        result = json.loads(str(context.state["kinhold.result"]["json"]))
        outbox = Outbox(settings.home / "outbox", settings.platform, settings.token)
        outbox.post(outbox.put(kinhold_run, run.run_id, result))


@contextmanager
def _logs_to_superlink(client, run_id: int) -> Iterator[None]:  # type: ignore[no-untyped-def]  # flwr's client is skipped by mypy
    """Send what the app prints to SuperLink, where ``flwr log`` shows it."""
    lines: Queue[str | None] = Queue()
    mirror_output_to_queue(lines)
    uploader = start_log_uploader(lines, 0, run_id, client)
    try:
        yield
    finally:
        stop_log_uploader(lines, uploader)
