"""Results on their way to the platform. A result stays on disk until it is accepted."""

import json
import logging
import os
from collections.abc import Mapping
from pathlib import Path

import httpx

log = logging.getLogger(__name__)

_TIMEOUT_S = 10.0
# The platform will never take these bytes; anything else may be a passing trouble.
_FINAL_REFUSALS = frozenset({400, 404, 409, 413, 422})


class Outbox:
    """A folder with one file for each result not yet accepted."""

    def __init__(self, folder: Path, platform: str, token: str) -> None:
        self._folder = folder
        self._url = f"{platform}/api/v1/aggregator/results"
        self._token = token
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)

    def put(self, kinhold_run: str, flower_run: int, result: Mapping[str, object]) -> Path:
        """Write a result down so that a crash or a power cut cannot lose it."""
        body = {"run": kinhold_run, "flower_run": str(flower_run), "result": result}
        path = self._folder / f"{flower_run}.json"
        draft = path.with_suffix(".tmp")
        with draft.open("w", encoding="utf-8") as file:
            json.dump(body, file)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
        return path

    def waiting(self) -> list[Path]:
        return sorted(self._folder.glob("*.json"))

    def post(self, path: Path) -> bool:
        """Send one result; return whether it has left the outbox.

        A result that the platform refuses for good is kept beside the others under
        another name, for a person to look at.
        """
        try:
            answer = httpx.post(
                self._url,
                content=path.read_bytes(),
                headers={
                    "Authorization": f"Bearer {self._token}",
                    "Content-Type": "application/json",
                },
                timeout=_TIMEOUT_S,
            )
        except httpx.TransportError as error:
            log.warning("the platform does not answer (%s); %s waits", error, path.name)
            return False
        except FileNotFoundError:
            return True  # another process of ours sent it
        if answer.status_code in (200, 201):
            path.unlink(missing_ok=True)
            return True
        if answer.status_code in _FINAL_REFUSALS:
            path.replace(path.with_suffix(".refused"))
            log.error("the platform refused %s: HTTP %s", path.name, answer.status_code)
            return True
        log.warning("the platform answers HTTP %s; %s waits", answer.status_code, path.name)
        return False
