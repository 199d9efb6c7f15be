"""A real Chromium with an authenticator that holds one steward's own passkey."""

import base64
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from playwright.sync_api import Browser, Page, sync_playwright

from tools.soft_passkey import SoftPasskey

# Without these Chromium tries to reach its maker's servers at every start.
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


class Holder(Protocol):
    """Whoever has a passkey."""

    @property
    def passkey(self) -> SoftPasskey: ...

    @property
    def user_handle(self) -> bytes: ...


@contextmanager
def chromium() -> Iterator[Browser]:
    """Yield a fresh browser."""
    path = next(found for name in NAMES if (found := shutil.which(name)))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def browser_of(steward: Holder, base: str) -> Iterator[Page]:
    """Yield a page in a fresh browser whose device is the steward's; she is not signed in."""
    with chromium() as browser:
        page = browser.new_context(base_url=base).new_page()
        give_device(page, steward)
        yield page


def give_device(page: Page, steward: Holder) -> None:
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    made = session.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )
    passkey = steward.passkey
    private = passkey.key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    credential = {
        "credentialId": _text(passkey.credential_id),
        "isResidentCredential": True,
        "rpId": passkey.rp_id,
        "privateKey": _text(private),
        "userHandle": _text(steward.user_handle),
        "signCount": 0,
    }
    session.send(
        "WebAuthn.addCredential",
        {"authenticatorId": made["authenticatorId"], "credential": credential},
    )


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()
