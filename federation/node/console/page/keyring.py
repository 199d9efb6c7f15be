"""Who may use the page: whoever has the link that was printed, once, and then that browser."""

import hmac
import secrets
import threading
from dataclasses import dataclass, field
from http.cookies import CookieError, SimpleCookie


def _secret() -> str:
    return secrets.token_urlsafe(32)


@dataclass
class Keyring:
    """Secrets of one start of the console; they are gone when it ends.

    Attributes:
        port: part of the cookie's name, because browsers give cookies to every port.
    """

    port: int
    _once: str = field(default_factory=_secret)
    _session: str = field(default_factory=_secret)
    _form: str = field(default_factory=_secret)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def link(self) -> str:
        return f"http://127.0.0.1:{self.port}/enter?token={self._once}"

    @property
    def form(self) -> str:
        """The secret that every form holds: pages of others cannot read it."""
        return self._form

    def enter(self, token: str) -> str | None:
        """Take the token of the link, which works once; give the cookie's header."""
        with self._lock:
            if not self._once or not _same(token, self._once):
                return None
            self._once = ""
        return f"{self._name}={self._session}; Path=/; HttpOnly; SameSite=Strict"

    def knows(self, cookies: str) -> bool:
        """Say whether the cookies are those of the browser that entered."""
        try:
            held = SimpleCookie(cookies).get(self._name)
        except CookieError:
            return False
        return held is not None and _same(held.value, self._session)

    def own_form(self, token: str) -> bool:
        return _same(token, self._form)

    @property
    def _name(self) -> str:
        return f"kinhold-console-{self.port}"


def _same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode(), other.encode())
