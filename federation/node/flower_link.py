"""The node's hand on Flower: takes messages from its SuperNode and gives replies back.

The SuperNode runs with ``--isolation process``: it moves messages and executes nothing. What
``flower-superexec`` would do is done here, so that a check can stand before it. These are
Flower's own, semi-private clients; ``flower_job.py`` and ``supernode.py`` are the only other
files of the node that know Flower.
"""

import hashlib
import struct
from collections.abc import Mapping
from typing import Any, TypeAlias

import httpx
from flwr.app import ConfigRecord, Error, Message, MetricRecord, RecordDict
from flwr.common.constant import SubStatus
from flwr.common.serde import (
    context_to_proto,
    message_to_proto,
    recorddict_from_proto,
    recorddict_to_proto,
)
from flwr.proto.recorddict_pb2 import RecordDict as RecordDictProto
from flwr.proto.runtime_pb2 import (
    AcquireTaskRequest,
    PushTaskOutputRequest,
    SendTaskHeartbeatRequest,
)
from flwr.supercore.constant import TaskType
from flwr.supercore.interceptors import (
    RuntimeTokenHttpInterceptor,
    RuntimeVersionHttpInterceptor,
    SuperExecAuthHttpInterceptor,
)
from flwr.supercore.runtime import RuntimeHttpClient
from flwr.supernode.runtime.run_clientapp import pull_task_input, push_message
from google.protobuf.message import DecodeError  # type: ignore[import-untyped]  # no stubs

from federation.node.work import Work

Records: TypeAlias = RecordDict
"""What a reply is made of."""

QUESTION, MIXING = "question", "mixing"
"""Names of the records in a message that the guard reads for itself."""

REFUSED = 1451
STOPPED = 1452
FAILED = 1500
"""Codes of error replies; Flower's own end far below. The reason carries ours in words."""

LINK_ERRORS = (httpx.HTTPError, ValueError, RuntimeError)
"""What a broken link to the SuperNode raises in Flower's clients."""


class LinkDown(Exception):
    """The SuperNode on this machine does not answer, or answers nonsense."""


class Acquirer:
    """Asks the SuperNode for work, as its SuperExec.

    Args:
        address: host:port of the SuperNode's Runtime API, on loopback.
        secret: shared with the SuperNode, so that no other local process can take work.
    """

    def __init__(self, address: str, secret: bytes) -> None:
        self._client = RuntimeHttpClient.from_server_address(
            server_address=address,
            insecure=True,
            root_certificates=None,
            interceptors=[
                RuntimeVersionHttpInterceptor(component_name="SuperExec"),
                SuperExecAuthHttpInterceptor(
                    master_secret=secret,
                    protected_methods=frozenset({"/flwr.proto.Runtime/AcquireTask"}),
                ),
            ],
        )
        # Every kind of task is taken, so that one that is not a ClientApp is refused by us
        # instead of lying there until somebody else asks.
        self._request = AcquireTaskRequest(
            supported_task_types=[TaskType.CLIENT_APP, TaskType.AGENT_APP]
        )

    def acquire(self) -> str | None:
        """Take one task; return its token, or None when there is none.

        Raises:
            LinkDown: the SuperNode did not answer.
        """
        try:
            answer = self._client.AcquireTask(self._request)
        except LINK_ERRORS as error:
            raise LinkDown(str(error)) from error
        return str(answer.token) if answer.HasField("task") and answer.token else None


class TaskLink:
    """One task, from the pulling of its message to the reply."""

    def __init__(self, address: str, token: str) -> None:
        self._client = RuntimeHttpClient.from_server_address(
            server_address=address,
            insecure=True,
            root_certificates=None,
            interceptors=[
                RuntimeVersionHttpInterceptor(component_name="flwr-clientapp"),
                RuntimeTokenHttpInterceptor(token),
            ],
        )
        self._message: Any = None
        self._context: Any = None

    def pull(self) -> Work:
        """Fetch message, context, run and bundle; nothing of the bundle is unpacked.

        Raises:
            LinkDown: the SuperNode did not hand them over.
        """
        try:
            self._message, self._context, run, fab = pull_task_input(self._client)
            message = message_to_proto(self._message).SerializeToString()
            context = context_to_proto(self._context).SerializeToString()
        except LINK_ERRORS as error:
            raise LinkDown(str(error)) from error
        group = self._message.metadata.group_id
        return Work(
            flower_run=int(run.run_id),
            message_type=str(self._message.metadata.message_type),
            round=int(group) if group.isascii() and group.isdigit() and len(group) < 7 else 0,
            code_claimed=str(run.fab_hash),
            fab=bytes(fab.content),
            config=dict(self._context.run_config),
            job_input=struct.pack(">Q", len(message)) + message + context,
            question=_lists(self._message.content),
            mixing=_record(self._message.content, MIXING),
            question_digest=_asked_digest(self._message.content),
            flower_node=int(self._message.metadata.dst_node_id),
            names=_names(self._message.content),
        )

    def reply(self, content: Records) -> None:
        """Send what the job produced, after it was checked."""
        self._push(Message(content, reply_to=self._message), SubStatus.COMPLETED, "")

    def reply_error(self, number: int, code: str, reason: str) -> None:
        """Send a refusal or failure; the ServerApp sees ``kinhold:<code>: <reason>``."""
        text = f"kinhold:{code}: {reason}"
        message = Message(Error(code=number, reason=text), reply_to=self._message)
        self._push(message, SubStatus.COMPLETED if number == REFUSED else SubStatus.FAILED, text)

    def heartbeat(self) -> None:
        """Tell the SuperNode that the task is alive; a miss is not fatal."""
        try:
            self._client.SendTaskHeartbeat(SendTaskHeartbeatRequest())
        except LINK_ERRORS:
            return

    def _push(self, message: Message, outcome: str, details: str) -> None:
        try:
            push_message(self._client, message, self._context)
            # The job's context is not kept: a job has no memory from one round to the next.
            self._client.PushTaskOutput(PushTaskOutputRequest(sub_status=outcome, details=details))
        except LINK_ERRORS as error:
            raise LinkDown(str(error)) from error


def _lists(content: Records) -> dict[str, list[float]]:
    """Read the question; what is no list of numbers is left to the job, which will refuse it."""
    asked = content.get(QUESTION)
    if not isinstance(asked, MetricRecord):
        return {}
    return {
        name: [float(number) for number in value]
        for name, value in asked.items()
        if isinstance(value, list)
    }


def _record(content: Records, name: str) -> dict[str, object]:
    record = content.get(name)
    return dict(record) if isinstance(record, ConfigRecord) else {}


def _names(content: Records) -> tuple[str, ...]:
    inner = (str(name) for record in content.values() for name in record)
    return tuple(dict.fromkeys([*map(str, content), *inner]))


def write_records(records: Records) -> bytes:
    """Write records as ``read_records`` reads them."""
    return bytes(recorddict_to_proto(records).SerializeToString())


def mixing_records(part: Mapping[str, Any]) -> Records:
    """Make the reply to a step of secure aggregation."""
    return RecordDict({MIXING: ConfigRecord(dict(part))})


def _asked_digest(content: Records) -> str:
    """Give one digest for all that a job is asked with: every record but the mixing's own.

    Empty where nothing is mixed: only then must all nodes have been asked alike.
    """
    if MIXING not in content:
        return ""
    whole = hashlib.sha256()
    for name, record in sorted(content.items()):
        if name == MIXING:
            continue
        _take(whole, name, type(record).__name__, str(len(record)))
        for key, value in sorted(record.items()):
            # Told by type too: 1, 1.0 and "1" are three questions.
            _take(whole, key, type(value).__name__, repr(value))
    return whole.hexdigest()


def _take(whole: "hashlib._Hash", *texts: str) -> None:
    for text in texts:
        data = text.encode("utf-8", "surrogatepass")
        whole.update(len(data).to_bytes(8, "big") + data)


def read_records(data: bytes) -> Records:
    """Read the bytes a job returned.

    Raises:
        ValueError: they are not records.
    """
    proto = RecordDictProto()
    try:
        proto.ParseFromString(data)
        records: Records = recorddict_from_proto(proto)
    except (DecodeError, TypeError, KeyError, AttributeError, ValueError) as error:
        # Flower's own words may quote what the job made up.
        raise ValueError("the job's reply is not made of records") from error
    return records
