"""The job's side of Flower: loads a ClientApp and runs it on one message.

Imported by the launcher before any job exists, so that a job starts without waiting for it;
it holds no key, token or path.
"""

import importlib
import random
import struct
import sys
from pathlib import Path
from typing import Any

import numpy as np
from flwr.clientapp import ClientApp
from flwr.common.serde import context_from_proto, message_from_proto, recorddict_to_proto
from flwr.proto.message_pb2 import Context as ContextProto
from flwr.proto.message_pb2 import Message as MessageProto


class NotAClientApp(Exception):
    """The reference does not lead to a ClientApp."""


def load_app(reference: str, folder: str) -> ClientApp:
    """Import the ClientApp.

    Args:
        reference: ``module:attribute``.
        folder: where an unpacked bundle lies, or "" for a module installed at the node.
    Raises:
        NotAClientApp: it is something else.
    """
    module, _, attribute = reference.partition(":")
    if folder:
        sys.path.insert(0, folder)
    app = getattr(importlib.import_module(module), attribute, None)
    if not isinstance(app, ClientApp):
        raise NotAClientApp(f"{reference} is not a ClientApp")
    return app


def run_app(app: ClientApp, job_input: bytes) -> bytes:
    """Run it once; return the reply's records as protobuf bytes.

    Raises:
        NotAClientApp: it did not reply with records. Whatever else its code raises.
    """
    message, context = _read_input(job_input)
    reply = app(message=message, context=context)
    if reply.has_error():
        raise NotAClientApp("the ClientApp replied with an error")
    data: bytes = recorddict_to_proto(reply.content).SerializeToString()
    return data


def _read_input(job_input: bytes) -> tuple[Any, Any]:
    (length,) = struct.unpack(">Q", job_input[:8])
    message, context = MessageProto(), ContextProto()
    message.ParseFromString(job_input[8 : 8 + length])
    context.ParseFromString(job_input[8 + length :])
    return message_from_proto(message), context_from_proto(context)


def warm_up(packages: list[str]) -> None:
    """Import the catalogue's own client code ahead of time."""
    for package in packages:
        importlib.import_module(f"federation.catalogue.{package}.client_app")


def fresh_randomness() -> None:
    """Seed anew: forked processes would otherwise all draw the same numbers, noise included."""
    np.random.seed()
    random.seed()


def code_folders() -> list[Path]:
    """List the folders a job must be able to read to import anything."""
    here = Path(__file__).parents[2]
    return [here / "catalogue", here / "__init__.py", here.parent / "consent"]
