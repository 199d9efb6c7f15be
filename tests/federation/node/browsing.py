"""Speaks to the console's page over real HTTP."""

import http.client
import re
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from federation.node.console.page.server import Console
from federation.node.home import Home


@dataclass
class Answer:
    status: int
    headers: Mapping[str, str]
    text: str


@dataclass
class Browser:
    """Speaks HTTP as a browser does, with one cookie jar."""

    console: Console
    cookie: str = ""

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.console.server_port}"

    def ask(self, method: str, path: str, body: str | None = None, **headers: str) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self.console.server_port, timeout=20)
        told = {"Host": self.host} | ({"Cookie": self.cookie} if self.cookie else {})
        told |= {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request(method, path, body, told)
        answer = connection.getresponse()
        found = Answer(answer.status, dict(answer.headers), answer.read().decode())
        connection.close()
        return found

    def enter(self) -> Answer:
        path = self.console.keyring.link.removeprefix(f"http://{self.host}")
        answer = self.ask("GET", path)
        self.cookie = answer.headers.get("Set-Cookie", "").partition(";")[0]
        return answer

    def post(self, path: str, **changes: str) -> Answer:
        """Send the form that stands on the page of that path, with changes put in."""
        secret = re.search(r'name="form" value="([^"]+)"', self.ask("GET", path).text)
        form = {"form": secret[1] if secret else "", "reason": ""} | changes
        body = "&".join(f"{name}={value}" for name, value in form.items())
        return self.ask("POST", path, body, Origin=f"http://{self.host}")


def serving(home: Home) -> Iterator[Browser]:
    console = Console(home, 0)
    threading.Thread(target=console.serve_forever, args=(0.02,), daemon=True).start()
    yield Browser(console)
    console.shutdown()
    console.server_close()
