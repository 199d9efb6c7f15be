"""Granted code that turns on the node: it finds no key, no file, no network, no token."""

import ast

import pytest

from tests.hostile.bundles import with_canary
from tests.hostile.conftest import Scene
from tests.hostile.governed import NAMES

pytestmark = [pytest.mark.stack, pytest.mark.xdist_group("hostile")]

_PROBE = """
import gc, os, signal, socket
found = {{"environment": sorted(os.environ), "files": sorted(os.listdir("/proc/self/fd"))}}
def attempt(name, act):
    try:
        found[name] = f"did: {{str(act())[:60]}}"
    except OSError as error:
        found[name] = type(error).__name__
# Its own number for the parent may be 0, behind which nobody is; this is the machine's.
parent = int(open("/proc/self/stat").read().rsplit(")", 1)[1].split()[1])
HOMES = {homes!r}
for place, home in enumerate(HOMES):
    attempt(f"key {{place}}", lambda: open(home + "/keys/receipt.pem").read())
    attempt(f"state {{place}}", lambda: open(home + "/state.sqlite", "rb").read(16))
    attempt(f"list {{place}}", lambda: os.listdir(home))
for place, data in enumerate({data!r}):
    attempt(f"data {{place}}", lambda: open(data).read())
attempt("write", lambda: open("/tmp/escaped", "w").write("x"))
attempt("network", lambda: socket.create_connection(("127.0.0.1", {port}), timeout=2))
attempt("memory", lambda: open(f"/proc/{{parent}}/mem", "rb").read(1))
attempt("signal", lambda: os.kill(parent, 0))
attempt("handed data", lambda: os.write(os.open(os.environ["KINHOLD_DATA"], 2), b"x"))
found["secrets"] = sum(
    1 for o in gc.get_objects()
    if type(o).__name__ in ("Ed25519PrivateKey", "TaskLink", "Acquirer", "State", "Platform")
)
sing(repr(found))
"""


def test_granted_code_cannot_reach_anything_but_its_columns(scene: Scene) -> None:
    governed = scene.governed
    probe = _PROBE.format(
        homes=[str(node.home) for node in governed.nodes.values()],
        data=[str(node.data) for node in governed.nodes.values()],
        port=governed.link.port,
    )
    request = governed.request(with_canary(scene.canary, train=probe))
    flower_run = governed.start(request, governed.grant_all(request))
    receipts = governed.receipts(flower_run)

    reports = [ast.literal_eval(line) for line in scene.songs() if line != "imported"]
    assert {r["outcome"] for r in receipts.values()} == {"trained"}
    assert len(reports) == len(NAMES)
    for report in reports:
        environment = set(report.pop("environment"))
        assert environment <= {
            *("FLWR_HOME", "FLWR_TELEMETRY_ENABLED", "HOME", "KINHOLD_DATA", "LANG", "LC_ALL"),
            *("PATH", "PYTHONDONTWRITEBYTECODE", "TMPDIR", "TZ"),
        }
        # Standard streams, the three files handed over, and the listing's own descriptor.
        assert len(report.pop("files")) <= 7
        assert report.pop("secrets") == 0
        assert {name: answer for name, answer in report.items() if answer.startswith("did")} == {}
